"""What a person may choose of the unified generator: how it samples, and how the model is held.

No torch here: options are read before anything heavy is loaded. A knob that is `None` is filled from
the quality preset when the options are made, so whoever reads them finds every value.
Sources: sway, arXiv:2410.06885; EPSS, arXiv:2505.19931; guidance interval, arXiv:2404.07724;
CFG-Zero*, arXiv:2503.18886. The published defaults are 25 steps, guidance 5.0, sway -1.0.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from audiogen_cli.device import check_device_name
from audiogen_cli.errors import OptionError
from audiogen_cli.generator.base import GenerationOptions

SOLVERS = ("euler", "midpoint", "heun", "ab2")
SCHEDULES = ("sway", "epss")
NOISES = ("item", "published")
TIMESTEPS = ("published", "exact")
DTYPES = ("auto", "float32", "bfloat16", "int8")

EPSS_POSITIONS: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {
        5: (0, 2, 4, 8, 16, 32),
        6: (0, 2, 4, 6, 8, 16, 32),
        7: (0, 2, 4, 6, 8, 16, 24, 32),
        10: (0, 2, 4, 6, 8, 12, 16, 20, 24, 28, 32),
        12: (0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32),
        16: (*range(9), 10, 12, 14, 16, 20, 24, 28, 32),
    }
)
"""Steps to their places in 32nds: crowded where the path bends, at the noisy end."""

PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "draft": {"num_inference_steps": 7, "schedule": "epss"},  # a sketch in 7 network calls
        "fast": {"num_inference_steps": 12, "schedule": "epss"},  # half the calls of standard
        "standard": {"num_inference_steps": 25, "schedule": "sway"},  # what the authors publish and evaluate
        "best": {"num_inference_steps": 50, "schedule": "sway"},  # the same path, walked twice as finely
    }
)

MAX_STEPS = 1000


@dataclass(frozen=True, kw_only=True)
class SamplingOptions(GenerationOptions):
    """How the unified model samples.

    Raises:
        OptionError: a value out of range, or two that contradict each other.
    """

    num_inference_steps: int | None = None  # network calls, never one more; filled from the quality
    schedule: str | None = None  # "sway": evenly spaced, then swayed; "epss": a table for few steps, then swayed
    guidance_scale: float = 5.0  # 1.0 turns guidance off and halves the work
    sway: float = -1.0  # below 0: finer steps where there is most noise; 0: even steps
    solver: str = "euler"  # midpoint and heun spend two calls a step, ab2 one
    guidance_interval: tuple[float, float] = (0.0, 1.0)  # guided while sigma lies within; the rest costs half
    cfg_zero_star: bool = False  # scale the unconditional velocity to fit the conditional one best
    zero_init_steps: int = 0  # first steps that stand still and cost no call, the other half of CFG-Zero*
    noise: str = "item"  # "item": an item's own seed alone; "published": one draw for the whole batch
    timesteps: str = "published"  # "published": cut to whole numbers of 1000, as the released code does; "exact"

    def __post_init__(self) -> None:
        super().__post_init__()
        preset = PRESETS[self.quality]
        if self.num_inference_steps is None:
            object.__setattr__(self, "num_inference_steps", preset["num_inference_steps"])
        if self.schedule is None:
            fits = self.num_inference_steps in EPSS_POSITIONS or preset["schedule"] != "epss"
            two_calls = self.solver in ("midpoint", "heun")
            object.__setattr__(self, "schedule", preset["schedule"] if fits and not two_calls else "sway")
        for name, allowed in (
            ("solver", SOLVERS),
            ("schedule", SCHEDULES),
            ("noise", NOISES),
            ("timesteps", TIMESTEPS),
        ):
            if getattr(self, name) not in allowed:
                raise OptionError(f"{name} is {getattr(self, name)!r}, needs one of {', '.join(allowed)}")
        if not _is_whole(self.steps) or not 1 <= self.steps <= MAX_STEPS:
            raise OptionError(f"num_inference_steps is {self.num_inference_steps}, needs 1 to {MAX_STEPS}")
        if not math.isfinite(self.guidance_scale) or not 1.0 <= self.guidance_scale <= 100.0:
            raise OptionError(f"guidance_scale is {self.guidance_scale}, needs 1 (no guidance) to 100")
        if not math.isfinite(self.sway) or not -1.0 <= self.sway <= MAX_SWAY:
            raise OptionError(f"sway is {self.sway}, needs -1 to {MAX_SWAY:.2f}; beyond, the steps would run backwards")
        self._check_interval()
        if not 0 <= self.zero_init_steps < self.steps:
            raise OptionError(
                f"zero_init_steps is {self.zero_init_steps}, needs 0 to {self.steps - 1} of {self.steps} steps"
            )
        if self.schedule == "epss" and self.solver in ("midpoint", "heun"):
            raise OptionError(
                f"schedule epss counts one call a step, solver {self.solver} needs two", hint="solver euler or ab2"
            )
        if self.schedule == "epss" and self.steps not in EPSS_POSITIONS:
            raise OptionError(
                f"schedule epss has no table for {self.steps} steps, only for {', '.join(map(str, EPSS_POSITIONS))}"
            )
        if self.cfg_zero_star and self.guidance_scale == 1.0:
            raise OptionError("cfg_zero_star needs guidance, and guidance_scale 1 turns it off")

    @property
    def steps(self) -> int:
        """Network calls, once the preset has spoken."""
        assert self.num_inference_steps is not None
        return self.num_inference_steps

    def _check_interval(self) -> None:
        try:
            low, high = map(float, self.guidance_interval)
        except (TypeError, ValueError) as fault:
            raise OptionError(f"guidance_interval is {self.guidance_interval!r}, needs two numbers LO,HI") from fault
        if not 0.0 <= low <= high <= 1.0:
            raise OptionError(f"guidance_interval is {low:g},{high:g}, needs 0 <= LO <= HI <= 1 (1 is pure noise)")
        object.__setattr__(self, "guidance_interval", (low, high))


MAX_SWAY = 2.0 / (math.pi - 2.0)
"""About 1.75: above it t + s (cos(pi t / 2) - 1 + t) is no longer rising at t = 1."""


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def parse_interval(text: str) -> tuple[float, float]:
    """`LO,HI` as typed on a command line; raises `OptionError`."""
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError as fault:
        raise OptionError(f"guidance interval is {text!r}, needs LO,HI such as 0.2,0.9") from fault
    return low, high


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """Which weights, and how they are held; nothing here changes what is asked of them.

    Raises:
        OptionError: an unknown device or dtype, or a batch of nothing.
    """

    model: str | Path = "english"  # "english", "multilingual", a hub name or a folder
    text_encoder: str | Path | None = None  # a folder or hub name; None takes the one the model names
    codec: str | Path | None = None
    device: str = "auto"
    dtype: str = "auto"  # of the network's weights; the codec stays float32
    compile: bool = False  # torch.compile: a slow first clip, quicker ones after
    low_memory: bool = False  # release the time-modulation weights, a fifth of all, once a schedule is known
    keep_text_encoder: bool = False  # for a server; otherwise it is released after each encoding
    max_batch: int = 8  # items that go through the network together
    offline: bool = False
    cache_dir: Path | None = None  # the hub's cache; None leaves it to huggingface_hub

    def __post_init__(self) -> None:
        check_device_name(self.device)
        if self.dtype not in DTYPES:
            raise OptionError(f"dtype is {self.dtype!r}, needs one of {', '.join(DTYPES)}")
        if not _is_whole(self.max_batch) or self.max_batch < 1:
            raise OptionError(f"max_batch is {self.max_batch}, needs 1 or more")
