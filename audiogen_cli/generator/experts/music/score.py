"""The written music: `Note`s in `Part`s in a `Score`, in seconds; composing ends and playing begins here.

The rule composer (`compose`) writes it, `instruments` play each part, `mix` brings the parts together.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """One tone or one stroke of a drum."""

    start_s: float
    duration_s: float  # how long the key is held; an instrument may ring longer
    pitch: float  # MIDI number, 69 is A4 at 440 Hz; fractions are allowed; unused by drums
    velocity: float  # 0 to 1: loudness and, with it, brightness
    piece: str = ""  # of a drum kit: "kick", "snare"

    @property
    def frequency_hz(self) -> float:
        return float(440.0 * 2.0 ** ((self.pitch - 69.0) / 12.0))


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one instrument plays, and how it lies in the mix."""

    role: str  # "drums", "bass", "chords", "arpeggio", "pad", "lead", "drone", "hits"
    instrument: str  # an entry of `knowledge/instruments`
    notes: tuple[Note, ...]
    level_db: float = 0.0
    pan: float = 0.0  # -1 left to 1 right
    duck: float = 0.0  # 0 to 1: how far the kick drum pushes it down


@dataclass(frozen=True, kw_only=True)
class Score:
    """A whole piece."""

    parts: tuple[Part, ...]
    duration_s: float
    end_s: float  # where the last chord is struck; it rings until `duration_s`
    tempo_bpm: float
    metre: int  # beats in a bar
    key: str  # "D minor"
    progression: tuple[str, ...] = field(default=())  # roman numerals, for people
