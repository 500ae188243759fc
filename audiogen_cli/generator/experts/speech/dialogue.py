"""Who says which sentence, and when: turns, gaps, overlaps, and the fit into the clip.

In: the sentences and the number of speakers; later the length of each spoken turn. Out: turns in
order, the rate at which they must be spoken, and where each begins. Nothing is ever cut inside a word:
what does not fit at the greatest rate is left away from the end, whole words at a time, and said so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from audiogen_cli.generator.experts.speech.spoken import Line, count_words

MAX_RATE = 1.35  # above it words blur; whisper-base misses one in ten at 1.5
MIN_GAP_S, SENTENCE_GAP_S, TURN_GAP_S, OVERLAP_S = 0.06, 0.25, 0.32, -0.14
_SHORT = 2  # words; a greeting or a cry of that length does not end a turn by itself


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One sentence and who says it."""

    speaker: int
    text: str


def share_lines(lines: Sequence[Line], num_speakers: int) -> list[Turn]:
    """Give the sentences to the speakers in turn.

    Where the text marks turns itself, its marks alone count. Else every sentence is a turn, save a cry or
    greeting of one or two words ("Wait. Where are you going?"), which leads into the sentence after it
    while enough sentences are left for everybody. One speaker says it all.
    """
    if num_speakers <= 1:
        return [Turn(speaker=0, text=line.text) for line in lines]
    marked = any(line.new_turn for line in lines)
    turns: list[Turn] = []
    speaker = 0
    for index, line in enumerate(lines):
        if index and (line.new_turn if marked else not _leads_on(lines, index - 1, turns, num_speakers)):
            speaker = (speaker + 1) % num_speakers
        turns.append(Turn(speaker=speaker, text=line.text))
    return turns


def _leads_on(lines: Sequence[Line], index: int, turns: Sequence[Turn], num_speakers: int) -> bool:
    text = lines[index].text
    heard = len({turn.speaker for turn in turns})
    enough = len(lines) - 1 - index > num_speakers - heard
    return enough and count_words(text) <= _SHORT and not text.endswith("?")


def plan_gaps(
    turns: Sequence[Turn], *, heated: bool, rng: np.random.Generator, pauses: Sequence[float] = ()
) -> list[float]:
    """Seconds between the end of each turn and the next one's beginning; below 0 they overlap.

    Args:
        turns: in order.
        heated: whether people fall into each other's words.
        rng: no two gaps are alike.
        pauses: factor on the gaps between each speaker's own sentences; 1 for whom none is given.
    """
    gaps = []
    for one, following in pairwise(turns):
        if one.speaker == following.speaker:
            own = pauses[one.speaker] if one.speaker < len(pauses) else 1.0
            gaps.append(own * SENTENCE_GAP_S * float(rng.uniform(0.8, 1.2)))
        elif heated:
            gaps.append(OVERLAP_S * float(rng.uniform(0.4, 1.2)))
        else:
            gaps.append(TURN_GAP_S * float(rng.uniform(0.7, 1.3)))
    return gaps


def fit_rate(lengths_s: Sequence[float], gaps_s: Sequence[float], window_s: float) -> float:
    """The rate above 1 at which turns of these lengths fit, gaps closed as far as they go; may exceed `MAX_RATE`."""
    speech, gaps = sum(lengths_s), sum(min(gap, MIN_GAP_S) for gap in gaps_s)
    return max(1.0, speech / max(0.05, window_s - gaps))


def keep_first_words(turns: Sequence[Turn], limit: int) -> list[Turn]:
    """The turns up to so many words, the last cut between words."""
    kept: list[Turn] = []
    for turn in turns:
        words = turn.text.split()
        if limit <= 0:
            break
        kept.append(turn if len(words) <= limit else replace(turn, text=" ".join(words[:limit])))
        limit -= len(words)
    return kept


def drop_last_words(turns: Sequence[Turn], lengths_s: Sequence[float], room_s: float) -> list[Turn]:
    """The turns without as many words from the end as it takes to last `room_s` seconds; at least one word goes."""
    kept: list[Turn] = []
    left = room_s
    for turn, length in zip(turns, lengths_s):
        if length <= left and (len(kept) + 1 < len(turns) or sum(lengths_s) > room_s):
            kept.append(turn)
            left -= length
            continue
        words = turn.text.split()
        count = min(len(words) - 1, int(len(words) * max(0.0, left) / max(length, 1e-3)))
        if count > 0:
            kept.append(replace(turn, text=" ".join(words[:count]).rstrip(",;:-—") + "."))
        break
    return kept


def place_turns(
    lengths_s: Sequence[float], gaps_s: Sequence[float], window: tuple[float, float], *, rng: np.random.Generator
) -> list[float]:
    """When each turn starts, in seconds of the clip.

    Gaps shrink to what the window leaves them; time to spare lies mostly behind the words.
    """
    start, end = window
    spare = end - start - sum(lengths_s) - sum(gaps_s)
    widest = max(0.0, sum(gap for gap in gaps_s if gap > 0) - sum(MIN_GAP_S for gap in gaps_s if gap > 0))
    shrink = min(1.0, -spare / widest) if spare < 0 and widest > 0 else 0.0
    at = start + min(1.2, max(0.0, spare) * float(rng.uniform(0.25, 0.45)))
    starts = []
    for index, length in enumerate(lengths_s):
        starts.append(max(start, at))
        if index < len(gaps_s):
            gap = gaps_s[index]
            gap = gap - shrink * (gap - MIN_GAP_S) if gap > MIN_GAP_S else max(gap, -0.4 * length)
            at = starts[-1] + length + gap
    return starts
