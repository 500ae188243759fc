"""Which clips go through the network together, and how far they are.

In: items, each with its text and options. Out: batches of items that share their options and are about
equally long. What is done with a batch is the generator's business.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from audiogen_cli.caption import Caption
from audiogen_cli.generator.base import OnStep
from audiogen_cli.generator.unified.duration import frame_mask
from audiogen_cli.generator.unified.options import SamplingOptions


class EncodedText(NamedTuple):
    """A prompt as the DiT takes it, and what was lost on the way."""

    context: Tensor  # [1, L, E]
    num_frames: int
    num_cut: int
    num_unknown: int


@dataclass(frozen=True)
class Item:
    """One clip to be made."""

    place: int  # in the caller's order
    caption: Caption
    text: EncodedText
    options: SamplingOptions


def make_batches(items: Iterable[Item], max_batch: int) -> list[list[Item]]:
    """Items in batches of at most `max_batch`, but that the published noise ties all items of one seed together."""
    return [batch for group in _groups(items) for batch in _cut(group, max_batch)]


def _groups(items: Iterable[Item]) -> list[list[Item]]:
    """Items that can go through the network together; the published noise ties those of one seed."""
    groups: dict[SamplingOptions, list[Item]] = {}
    for item in items:
        key = item.options if item.options.noise == "published" else replace(item.options, seed=0)
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def _cut(group: list[Item], max_batch: int) -> list[list[Item]]:
    """A group in batches of like lengths; the published noise knows one batch only."""
    if group[0].options.noise == "published":
        return [group]
    ordered = sorted(group, key=lambda item: item.text.num_frames)
    return [ordered[start : start + max_batch] for start in range(0, len(ordered), max_batch)]


def pad_contexts(contexts: Sequence[Tensor]) -> tuple[Tensor, Tensor | None]:
    """Texts [1, L, E] in one tensor [B, longest, E], and which tokens count; no mask where all are equally long."""
    lengths = [context.shape[1] for context in contexts]
    rows = [torch.nn.functional.pad(context, (0, 0, 0, max(lengths) - context.shape[1])) for context in contexts]
    mask = None if len(set(lengths)) == 1 else frame_mask(lengths, contexts[0].device)
    return torch.cat(rows), mask


class Progress:
    """Network calls of all batches, counted through."""

    def __init__(self, on_step: OnStep, total: int) -> None:
        self._on_step, self._total, self._done = on_step, total, 0

    def expect(self, num_calls: int) -> None:
        """So many calls are still to come: a batch was cut in two, and begins again."""
        self._total = self._done + num_calls

    def decoding(self) -> None:
        """A batch's calls are made, its sound comes next."""
        self._on_step(self._done, self._total, "decoding")

    def on_call(self, steps: int) -> Callable[[int, Tensor], None]:
        """What `sample` is to tell before each of a batch's calls."""
        start = self._done

        def tell(call: int, latent: Tensor) -> None:
            self._on_step(start + call, self._total, f"step {call + 1} of {steps}")
            self._done = start + call + 1

        return tell
