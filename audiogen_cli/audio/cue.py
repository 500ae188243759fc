"""What sounds when: one `Cue` for each thing on the timeline of a rendering."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One thing that sounds, for pictures and recipes; times in seconds of the clip."""

    layer: str  # "speech", "music", "sfx" or "env"
    label: str  # what it is: a voice and its words, a style, a sound
    start_s: float
    end_s: float
