"""Answers that are not made of numbers: an error, with the tensor that is to blame where it can be found.

In: what a model answered; the models it came through. Out: nothing, or an error. Weights are not searched
when they are loaded, as that would read every byte of them; they are when an answer is broken.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.unified.json_object import AGAIN
from audiogen_cli.generator.unified.published import Naming


class BrokenAnswerError(ModelMissingError):
    """A model's answer is no number, or beyond all sense: its weights are broken."""


class Suspect(NamedTuple):
    """A model that an answer came through, the folder it was loaded from, and its names there."""

    folder: Path
    model: nn.Module
    naming: Naming


def check_finite(answer: Tensor, what: str) -> None:
    """Raises `BrokenAnswerError` when an answer holds infinities or what is not a number."""
    if not bool(torch.isfinite(answer).all()):
        raise BrokenAnswerError(f"the model's {what} is not made of numbers", hint=f"--dtype float32, or {AGAIN}")


def blame(fault: BrokenAnswerError, suspects: Iterable[Suspect]) -> BrokenAnswerError:
    """The same error with the tensor's name, where one of the models holds what is not a number."""
    for suspect in suspects:
        for name, tensor in (*suspect.model.named_parameters(), *suspect.model.named_buffers()):
            if tensor.is_floating_point() and not tensor.is_meta and not bool(torch.isfinite(tensor).all()):
                names = " or ".join(suspect.naming(name))
                return BrokenAnswerError(f"{suspect.folder}: {names} holds what is not a number: {fault}", hint=AGAIN)
    return fault
