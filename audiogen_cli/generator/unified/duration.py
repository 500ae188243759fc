"""Log-durations to latent frames: how long the model makes a clip.

The model alone decides; nothing stretches or loops what it makes. Rounding is half to even, as
published. Source: the released model.
"""

import torch
from torch import Tensor

from audiogen_cli.errors import AudiogenError
from audiogen_cli.generator.unified.config import ModelConfig
from audiogen_cli.generator.unified.finite import BrokenAnswerError
from audiogen_cli.generator.unified.json_object import AGAIN

MAX_SECONDS = 600.0
"""Beyond this a prediction is taken for broken weights: the model was trained on 10 s."""


class LengthError(AudiogenError):
    """The model predicts a length that is none."""


def unrounded_frames(log_duration: Tensor, config: ModelConfig) -> Tensor:
    """The length of clips in latent frames before rounding, of the shape of their log-durations."""
    return (log_duration.exp() - config.duration_offset) * config.frame_rate


def latent_frames(log_duration: Tensor, config: ModelConfig) -> Tensor:
    """The length of clips in latent frames, int64; like the prediction it may be 0 or less."""
    return unrounded_frames(log_duration, config).round().to(torch.int64)


def token_frames(token_log_duration: Tensor, mask: Tensor, config: ModelConfig) -> Tensor:
    """The latent frames of each token [B, L], for tasks whose text lies on the time axis; text-to-audio has none."""
    durations = (token_log_duration.exp() * mask).ceil() - config.duration_offset
    return (durations * config.frame_resolution * config.frame_rate).round()


def checked_lengths(log_duration: Tensor, config: ModelConfig) -> list[int]:
    """The frames of each clip.

    Raises:
        LengthError: a length below one frame.
        BrokenAnswerError: one that is not a number, or beyond `MAX_SECONDS`.
    """
    seconds = (unrounded_frames(log_duration, config) / config.frame_rate).tolist()
    for predicted in seconds:
        if not predicted <= MAX_SECONDS:  # also when it is not a number
            raise BrokenAnswerError(f"the model predicts a clip of {predicted:g} s; its weights are broken", hint=AGAIN)
    lengths: list[int] = latent_frames(log_duration, config).tolist()
    for length, predicted in zip(lengths, seconds):
        if length < 1:
            raise LengthError(
                f"the model predicts a clip of {predicted:.2f} s for this prompt", hint="describe the scene more fully"
            )
    return lengths


def frame_mask(lengths: list[int], device: torch.device | str = "cpu") -> Tensor:
    """Which frames of a batch belong to their item, [B, longest] bool."""
    return torch.arange(max(lengths), device=device) < torch.tensor(lengths, device=device)[:, None]
