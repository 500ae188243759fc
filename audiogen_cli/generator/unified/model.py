"""The assembled network of a checkpoint: everything between encoded text and velocity.

In: content from the text encoder. Out: adapted text with lengths, and through `dit` velocities. The
text encoder and the codec are models of their own and live beside it.
Source: Dasheng AudioGen figure 2.
"""

import torch
from torch import Tensor, nn

from audiogen_cli.generator.unified.config import ModelConfig
from audiogen_cli.generator.unified.content_adapter import Adapted, ContentAdapter
from audiogen_cli.generator.unified.dit import DiT
from audiogen_cli.generator.unified.text_encoder import Content


class AudioGenModel(nn.Module):
    """Content adapter, DiT, and the vectors that stand for a task without time-aligned text."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.content_adapter = ContentAdapter(config)
        self.dit = DiT(config)
        self.no_time_aligned = nn.Parameter(torch.zeros(config.content_dim))  # on every frame of text-to-audio
        self.no_context = nn.Parameter(torch.zeros(config.content_dim))  # the context of time-aligned tasks
        self.instruction: Tensor
        self.instruction_length: Tensor
        num_tokens = 1 if config.use_zero_instruction else config.instruction_seq_len
        told = "cpu" if config.use_zero_instruction else None  # otherwise its value is the checkpoint's to tell
        self.register_buffer("instruction", torch.zeros(1, num_tokens, config.task_instruction_dim, device=told))
        self.register_buffer("instruction_length", torch.tensor([num_tokens], device="cpu"))

    def adapt(self, content: Content) -> Adapted:
        """Content shown the instruction of text-to-audio."""
        batch, tokens = len(content.vectors), self.instruction.shape[1]
        mask = torch.arange(tokens, device=self.instruction.device) < self.instruction_length[:, None]
        instruction = self.instruction.expand(batch, -1, -1)
        adapted: Adapted = self.content_adapter(content.vectors, content.mask, instruction, mask.expand(batch, -1))
        return adapted

    @property
    def time_aligned(self) -> Tensor:
        """What lies on the frames when no text does, [1, 1, E]."""
        return self.no_time_aligned[None, None, :]
