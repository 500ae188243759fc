"""The values of a plan: what sounds when and where in a clip, before anything is synthesised.

Made by `arrangement` and `timing`, carried out by `generator`.
"""

from dataclasses import dataclass

from audiogen_cli.knowledge.entries import Entry


@dataclass(frozen=True, kw_only=True)
class PlannedSound:
    """One sound of the plan."""

    entry: Entry
    layer: str  # "sfx" or "env"
    key: str  # names its randomness: the same sound keeps its grain when others come and go
    start_s: float
    duration_s: float | None  # asked of its model; None is its natural length
    length_s: float  # how long it is expected to sound
    bed: bool = False
    group: int = -1  # repeats of one mention move together; -1 for what stays where it is
    gap_s: float = 0.0  # least time from the start of the group before
    distance_m: float = 2.0
    typical_m: float = 2.0
    pan: float = 0.0
    gain_db: float = 0.0
    motion: str = "still"


@dataclass(frozen=True, kw_only=True)
class MusicPlace:
    """Where the music comes from: over the scene as a score, or out of it."""

    in_space: bool = False
    distance_m: float = 2.0


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """The plan of a clip."""

    duration_s: float
    speech_window: tuple[float, float] | None
    music: MusicPlace | None
    space: Entry
    sounds: tuple[PlannedSound, ...] = ()
    unknown: tuple[str, ...] = ()  # asked for and not to be had
    notes: tuple[str, ...] = ()
