"""Whether the words of a scene can be heard in it.

In: a caption with spoken words, a clip, an ear. Out: what the ear heard, how far it is from the words, and
how good the speech is. The ear knows English alone, so words in another language are not judged; and a
recogniser's misses are its own as well as the clip's, which is why the gate closes late (`GateLimits`).
"""

from dataclasses import asdict, dataclass
from typing import Protocol

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.caption.language import looks_english
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.evaluation.ear import find_ear, missing_packages
from audiogen_cli.evaluation.metrics.words import missing_words, scoring_packages_missing, utterance_word_errors

INSTALL_HINT = 'pip install "audiogen[ear,eval]"'


class Listener(Protocol):
    """What hears words and judges speech, as `evaluation.ear.Ear` does."""

    name: str

    def words(self, waveform: Waveform) -> str:
        """What is said; empty where nobody speaks."""
        ...

    def speech_quality(self, waveform: Waveform) -> float:
        """A mean opinion score, 1 to 5."""
        ...


@dataclass(frozen=True, kw_only=True)
class HeardFigures:
    """What was heard of a scene's words."""

    ear: str
    heard: str
    word_error: float  # of the words as the caption has them; above 1 where much is added
    missing_words: float  # the share of them that was not heard
    speech_quality: float | None  # None where something else than speech sounds, which the meter takes for noise

    def as_json(self) -> dict[str, str | float | None]:
        """For the recipe, rounded."""
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()}


def find_listener() -> Listener | None:
    """The ear, where it and what scores words are installed; nothing is loaded yet."""
    return find_ear() if not scoring_packages_missing() else None


def require_listener() -> Listener:
    """The ear; raises `ModelMissingError` naming the packages that are not there."""
    found = find_listener()
    if found is None:
        missing = ", ".join([*missing_packages(), *scoring_packages_missing()])
        raise ModelMissingError(f"spoken words cannot be checked without {missing}", hint=INSTALL_HINT)
    return found


def has_words(caption: Caption) -> bool:
    """Whether a caption holds words that the ear can be asked for."""
    return bool(caption.asr) and looks_english(caption.asr or "")


def listen_for_words(caption: Caption, waveform: Waveform, listener: Listener) -> HeardFigures | None:
    """Listen for a caption's words; None where it has none, or none in English."""
    if not has_words(caption):
        return None
    heard = listener.words(waveform)
    word_error = utterance_word_errors(caption.asr or "", heard)
    if word_error is None:  # only signs
        return None
    alone = not caption.music and not caption.sfx
    return HeardFigures(
        ear=listener.name,
        heard=heard,
        word_error=word_error,
        missing_words=missing_words(caption.asr or "", heard),
        speech_quality=listener.speech_quality(waveform) if alone else None,
    )
