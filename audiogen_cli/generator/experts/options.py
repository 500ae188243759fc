"""The knobs that the embedded experts have beyond every generator's: length, channels, mix, gaps.

Nothing heavy is imported here, so that the command line can read it for `--help`.
"""

import math
from dataclasses import dataclass

from audiogen_cli.errors import OptionError
from audiogen_cli.generator.base import GenerationOptions

MIN_DURATION_S, MAX_DURATION_S = 1.0, 60.0
MIXES = ("produced", "paper")


@dataclass(frozen=True, kw_only=True)
class ExpertOptions(GenerationOptions):
    """How the experts render a caption.

    Raises:
        OptionError: a value out of range.
    """

    duration_s: float = 10.0  # the clip is exactly this long
    channels: int = 2  # 2: placed from left to right; 1: one channel, mixed as such
    mix: str = "produced"  # "produced": one space, levels by role; "paper": the paper's plain sum of the tracks
    allow_missing: bool = False  # render what there is when a sound or the voices are missing

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.duration_s, bool) or not isinstance(self.duration_s, (int, float)):
            raise OptionError(f"duration_s is {self.duration_s!r}, needs a number of seconds")
        if not math.isfinite(self.duration_s) or not MIN_DURATION_S <= self.duration_s <= MAX_DURATION_S:
            raise OptionError(f"duration_s is {self.duration_s}, needs {MIN_DURATION_S:g} to {MAX_DURATION_S:g}")
        if self.channels not in (1, 2):
            raise OptionError(f"channels is {self.channels}, needs 1 or 2")
        if self.mix not in MIXES:
            raise OptionError(f"mix is {self.mix!r}, needs one of {', '.join(MIXES)}")
