"""Which of several takes of one scene is the best, and why.

In: figures of each take. Out: the takes in order, each with what puts it behind the one before. The rule is
a list of measures, the weightiest first; a later one counts only where all earlier ones are as good as
equal, which is what a measure's step says. So a recogniser's slip of one word in fifty never outweighs
what is plainly heard, and the reason is always a single figure. Takes that no measure tells apart keep
their order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audiogen_cli.audio.loudness import TARGET_LUFS
from audiogen_cli.quality.gate import GateFigures
from audiogen_cli.quality.listening import HeardFigures


@dataclass(frozen=True, kw_only=True)
class TakeFigures:
    """What is known of one take when it is ranked; `None` is what was not measured."""

    faults: int = 0  # of the gate
    word_error: float | None = None
    similarity: float | None = None  # to the caption, -100 to 100
    speech_quality: float | None = None  # 1 to 5
    clipped_share: float = 0.0
    off_target_lu: float | None = None  # how far from the house loudness; None where it was not levelled
    silent_share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One line of the rule: the lower the better."""

    name: str
    read: Callable[[TakeFigures], float | None]
    step: float  # differences below it are heard by nobody, or are the meter's own error
    show: Callable[[float], str]


RULE = (
    Measure(name="faults", read=lambda take: take.faults, step=1, show=lambda value: f"{value:.0f}"),
    Measure(name="word error", read=lambda take: take.word_error, step=0.02, show=lambda value: f"{value:.0%}"),
    Measure(
        name="similarity",
        read=lambda take: None if take.similarity is None else -take.similarity,
        step=2.0,
        show=lambda value: f"{-value:.1f}",
    ),
    Measure(
        name="speech quality",
        read=lambda take: None if take.speech_quality is None else -take.speech_quality,
        step=0.05,
        show=lambda value: f"{-value:.2f}",
    ),
    Measure(name="clipped", read=lambda take: take.clipped_share, step=0.0002, show=lambda value: f"{value:.2%}"),
    Measure(name="off level", read=lambda take: take.off_target_lu, step=0.5, show=lambda value: f"{value:.1f} LU"),
    Measure(name="silence", read=lambda take: take.silent_share, step=0.02, show=lambda value: f"{value:.0%}"),
)
"""Words first, then what was asked for at large, then the quality of speech, then artefacts."""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A take's place."""

    index: int  # in the order the takes were given
    place: int  # 1 is the best
    reason: str  # what puts it behind the place before; of the first, what puts it ahead


def rank_takes(takes: Sequence[TakeFigures]) -> list[Ranked]:
    """Order takes, the best first; equal ones stay as they were."""
    order = sorted(range(len(takes)), key=lambda index: _key(takes[index]))
    ranked = []
    for place, index in enumerate(order, start=1):
        if len(order) == 1:
            reason = "the only one"
        elif place == 1:
            reason = _difference(takes[index], takes[order[1]], "against")
        else:
            reason = _difference(takes[index], takes[order[place - 2]], "where the place before has")
        ranked.append(Ranked(index=index, place=place, reason=reason))
    return ranked


def figures_of_take(
    gate: GateFigures, heard: HeardFigures | None, similarity: float | None, *, faults: int, levelled: bool
) -> TakeFigures:
    """What the rule reads of a take's measurements."""
    return TakeFigures(
        faults=faults,
        word_error=heard.word_error if heard is not None else None,
        similarity=similarity,
        speech_quality=heard.speech_quality if heard is not None else None,
        clipped_share=gate.clipped_share,
        off_target_lu=abs(gate.lufs - TARGET_LUFS) if levelled and gate.lufs is not None else None,
        silent_share=gate.silent_share,
    )


def _key(take: TakeFigures) -> tuple[int, ...]:
    """The measures in whole steps; one that is not there is worse than any that is."""
    values = [(measure.read(take), measure.step) for measure in RULE]
    return tuple(10**9 if value is None else round(value / step) for value, step in values)


def _difference(one: TakeFigures, other: TakeFigures, word: str) -> str:
    for measure, mine, theirs in zip(RULE, _key(one), _key(other)):
        if mine != theirs:
            return f"{measure.name} {_shown(measure, one)} {word} {_shown(measure, other)}"
    return "no measure tells them apart; the earlier stands first"


def _shown(measure: Measure, take: TakeFigures) -> str:
    value = measure.read(take)
    return "not measured" if value is None else measure.show(value)
