"""What the experts hand to the mix: `Sounding`s, each one dry sound with its place in the scene.

Speech, music and effects are performed apart (the paper's Expert-Pipeline, section 4.1) and know
nothing of each other; `scene` alone puts them into one space and to their levels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from audiogen_cli.audio.waveform import Samples

SAMPLE_RATE = 48_000  # Hz, of every expert; twice the speech models' 24 kHz, the rate of film and games
LAYERS = ("speech", "music", "sfx", "env")


@dataclass(frozen=True, kw_only=True, eq=False)
class Sounding:
    """One sound, dry, and where and when it is heard."""

    layer: str  # one of LAYERS
    label: str  # for people: "woman, angry: You never listen.", "jazz trio", "dog bark"
    samples: Samples  # [S] one source, or [2, S] one that is wide by itself; float32, peak at most 1
    start_s: float = 0.0
    gain_db: float = 0.0  # against the other soundings of its layer; the mix sets the layer's own level
    distance_m: float = 2.0  # 1 is at the microphone
    typical_m: float = 2.0  # where such a sound is usually heard: there it has its full level and brightness
    pan: float = 0.0  # -1 left to 1 right
    in_space: bool = True  # False: laid over the scene (a score, a narrator), not sounding in its room
    bed: bool = False  # an ambience that lies under the scene, rather than something that happens in it
    motion: str = "still"  # "passing", "approaching", "receding": `distance_m` is then the nearest point
    speed_mps: float = 12.0  # of the motion

    @property
    def end_s(self) -> float:
        return self.start_s + int(self.samples.shape[-1]) / SAMPLE_RATE


@dataclass(frozen=True, kw_only=True)
class Performance:
    """What one expert made of its views."""

    soundings: tuple[Sounding, ...] = ()
    notes: tuple[str, ...] = ()  # honest remarks: words that had to be hurried, a style that is not known
    details: Mapping[str, Any] = field(default_factory=dict)  # JSON for the recipe: voices, style, models
