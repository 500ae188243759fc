"""Prompt strings to content: tokens, T5, one projection.

In: special-token strings. Out: `Content` [B, L, E] with its mask. The tags are plain text to the
published tokenizer; a checkpoint that lists special tokens brings their embeddings along. Only the
encoder of T5 or mT5 is held, always in float32: it is a thousandth of the work of a clip.
Source: Dasheng AudioGen section 3.2; T5, arXiv:1910.10683.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from audiogen_cli.errors import CaptionError, ModelMissingError
from audiogen_cli.generator.unified.config import ModelConfig
from audiogen_cli.generator.unified.linear import Linear


class Content(NamedTuple):
    """Encoded text: vectors [B, L, E] and which of them are text, [B, L] bool."""

    vectors: Tensor
    mask: Tensor


class Tokens(NamedTuple):
    """Token numbers [B, L] and which of them are text; how many did not fit, item by item."""

    ids: Tensor
    mask: Tensor
    num_cut: list[int]


class TextTokenizer:
    """Strings to token numbers: cut at the model's length, padded on the right with 0."""

    def __init__(self, tokenizer: Any, config: ModelConfig) -> None:
        self._tokenizer = tokenizer
        self.max_length = config.tokenizer_max_length
        if config.special_tokens:
            tokenizer.add_tokens(list(config.special_tokens), special_tokens=True)
        self.special_ids = [int(number) for number in tokenizer.convert_tokens_to_ids(list(config.special_tokens))]

    def __call__(self, prompts: Sequence[str]) -> Tokens:
        """Tokenize prompts; raises `CaptionError` for none or for an empty one."""
        if not prompts or not all(prompt.strip() for prompt in prompts):
            raise CaptionError("no prompt: at least one, and none empty")
        rows = [self._tokenizer(prompt, truncation=False, verbose=False)["input_ids"] for prompt in prompts]
        cut = [row if len(row) <= self.max_length else self._cut(prompt) for row, prompt in zip(rows, prompts)]
        length = max(map(len, cut))
        return Tokens(
            ids=torch.tensor([[*row, *[0] * (length - len(row))] for row in cut]),
            mask=torch.tensor([[True] * len(row) + [False] * (length - len(row)) for row in cut]),
            num_cut=[len(row) - len(kept) for row, kept in zip(rows, cut)],
        )

    def count_unknown(self, text: str) -> int:
        """How many pieces of a text the tokenizer has no number for; the tags' own brackets are such pieces."""
        row: list[int] = self._tokenizer(text, truncation=True, max_length=self.max_length)["input_ids"]
        return row.count(self._tokenizer.unk_token_id)

    def _cut(self, prompt: str) -> list[int]:
        """The tokenizer's own truncation, which keeps the last place for the end mark."""
        row: list[int] = self._tokenizer(prompt, truncation=True, max_length=self.max_length)["input_ids"]
        return row


class TextEncoder(nn.Module):
    """T5's encoder and the projection to content."""

    def __init__(self, transformer: nn.Module, config: ModelConfig, width: int) -> None:
        super().__init__()
        self.transformer = transformer
        self.proj = Linear(width, config.content_dim)
        num_special = len(config.special_tokens)
        self.special_token_embedding = nn.Embedding(num_special, width) if num_special else None
        self.special_ids: list[int] = []  # where the tokenizer put the special tokens

    def forward(self, ids: Tensor, mask: Tensor) -> Content:
        """Token numbers and their mask, [B, L] each, to content."""
        return Content(self.proj(self.hidden(ids, mask)), mask.bool())

    def hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The transformer's last layer, [B, L, width]."""
        numbers: dict[str, Tensor] = {"input_ids": ids}
        if self.special_token_embedding is not None:
            numbers = {"inputs_embeds": self._embed(ids)}
        state: Tensor = self.transformer(attention_mask=mask.long(), **numbers).last_hidden_state
        return state

    def _embed(self, ids: Tensor) -> Tensor:
        """Input embeddings in which the special tokens have their own; their numbers may lie beyond the table."""
        assert self.special_token_embedding is not None
        table: nn.Embedding = self.transformer.get_input_embeddings()  # type: ignore[operator]
        special = torch.tensor(self.special_ids, device=ids.device)
        is_special = ids[..., None] == special  # [B, L, n]
        known = table(ids.masked_fill(is_special.any(-1), 0))
        own = is_special.to(known.dtype) @ self.special_token_embedding.weight
        return torch.where(is_special.any(-1, keepdim=True), own, known)


def build_transformer(folder: Path, name: str) -> tuple[nn.Module, int]:
    """The encoder of T5, or of mT5 where the name says so, without weights, and its width.

    Raises:
        ModelMissingError: the folder's config is not one of these.
    """
    import transformers

    kind = "MT5" if "mt5" in name else "T5"
    config_class: Any = getattr(transformers, f"{kind}Config")
    model_class: Any = getattr(transformers, f"{kind}EncoderModel")
    try:
        config = config_class.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as fault:
        raise ModelMissingError(f"{folder}: no config of a T5 text encoder: {fault}") from fault
    if config.model_type not in ("t5", "mt5"):
        raise ModelMissingError(f"{folder}: model_type is {config.model_type!r}, needs t5 or mt5")
    config.use_cache = False
    with torch.device("meta"):
        model: nn.Module = model_class(config)
    return model.eval(), int(config.d_model)


def load_tokenizer(model_folder: Path, text_encoder_folder: Path, config: ModelConfig) -> TextTokenizer:
    """The tokenizer that lies with the model, where there is one, else the text encoder's.

    Raises:
        ModelMissingError: no tokenizer, or one whose padding is not 0.
    """
    import transformers

    own = model_folder / "tokenizer.json"
    place = model_folder if own.is_file() else text_encoder_folder
    tokenizer: Any
    try:
        if own.is_file():
            fast: Any = transformers.PreTrainedTokenizerFast
            tokenizer = fast(tokenizer_file=str(own), pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
        else:
            tokenizer = transformers.AutoTokenizer.from_pretrained(text_encoder_folder, local_files_only=True)
    except (OSError, ValueError, ImportError) as fault:
        raise ModelMissingError(
            f"{place}: no usable tokenizer: {str(fault).splitlines()[0]}",
            hint="a tokenizer.json is needed, or spiece.model and the package sentencepiece",
        ) from fault
    if tokenizer.pad_token_id != 0:
        raise ModelMissingError(f"{place}: the tokenizer pads with {tokenizer.pad_token_id}, needs 0")
    return TextTokenizer(tokenizer, config)
