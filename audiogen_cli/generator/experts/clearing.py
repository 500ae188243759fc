"""Events moved off spoken words, as far as their order and the clip allow.

In: a plan and when words were spoken. Out: the same plan with other starts; what was told a time stays at it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from audiogen_cli.generator.experts.plan import Arrangement


def clear_of_words(arrangement: Arrangement, spoken: Sequence[tuple[float, float]]) -> Arrangement:
    """The arrangement with its events moved off spoken words as far as their order and the clip allow.

    The cheapest placing is found over a grid of tenths of a second: time over words costs most, leaving the
    planned time a little, and no group may come before the one told before it.
    """
    groups = sorted({sound.group for sound in arrangement.sounds if sound.group >= 0})
    if not groups or not spoken:
        return arrangement
    grid = np.arange(0.0, max(arrangement.duration_s - 0.15, 0.1), 0.1)
    masked = np.zeros(len(grid) + 1)
    for start, end in spoken:
        masked[1:] += np.clip(np.minimum(end, grid + 0.1) - np.maximum(start, grid), 0, 0.1)
    masked = np.cumsum(masked)
    best = np.zeros(len(grid))
    choices: list[np.ndarray] = []
    leads = {group: [sound for sound in arrangement.sounds if sound.group == group] for group in groups}
    for number, group in enumerate(groups):
        members = leads[group]
        first = members[0].start_s
        span = max(sound.start_s + min(sound.length_s, 3.0) for sound in members) - first
        last = np.clip(np.searchsorted(grid, grid + span), 0, len(grid))
        over = masked[last] - masked[: len(grid)]
        beyond = np.clip(grid + span - arrangement.duration_s, 0, None)
        cost = 3.0 * over + 0.25 * np.abs(grid - first) + 4.0 * beyond
        if number:
            reach = np.clip(np.floor((grid - members[0].gap_s) / 0.1 + 1e-6).astype(int), -1, len(grid) - 1)
            lowest = np.minimum.accumulate(best)
            where = np.maximum.accumulate(np.where(best <= lowest, np.arange(len(grid)), 0))
            before = np.where(reach >= 0, lowest[np.maximum(reach, 0)], 1e6 + np.maximum(0, members[0].gap_s - grid))
            choices.append(np.where(reach >= 0, where[np.maximum(reach, 0)], 0))
            cost = cost + before
        best = cost
    at = int(np.argmin(best))
    starts = {groups[-1]: grid[at]}
    for group, choice in zip(reversed(groups[:-1]), reversed(choices)):
        at = int(choice[at])
        starts[group] = grid[at]
    shifted = tuple(
        sound
        if sound.group < 0
        else replace(sound, start_s=float(starts[sound.group] + sound.start_s - leads[sound.group][0].start_s))
        for sound in arrangement.sounds
    )
    return replace(arrangement, sounds=shifted)
