"""Prompt strings to content: tokens, T5, one projection.

In: special-token strings. Out: `Content` [B, L, E] with its mask. The tags are plain text to the
published tokenizer; a checkpoint that lists special tokens brings their embeddings along. Only the
encoder of T5 or mT5 is held, always in float32: it is a thousandth of the work of a clip.
Source: Dasheng AudioGen section 3.2; T5, arXiv:1910.10683.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from audiogen_cli.errors import CaptionError, ModelMissingError
from audiogen_cli.generator.unified.config import ModelConfig
from audiogen_cli.generator.unified.json_object import read_object, shown
from audiogen_cli.generator.unified.linear import Linear

logger = logging.getLogger(__name__)


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


def build_transformer(folder: Path, name: str) -> tuple[nn.Module, Any]:
    """The encoder of T5, or of mT5 where the name says so, without weights, and its config.

    Raises:
        ModelMissingError: the folder's config is not one of these.
    """
    import transformers

    path = folder / "config.json"
    values = read_object(path, ModelMissingError)
    if values.get("model_type") not in ("t5", "mt5"):
        raise ModelMissingError(
            f"{path}: model_type is {shown(repr(values.get('model_type')), 60)}, needs 't5' or 'mt5'",
            hint=_OTHER_ENCODER,
        )
    for key, most in _SIZES.items():
        value = values.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise ModelMissingError(
                f"{path}: {key} is {shown(repr(value), 60)}, needs 1 to {most}", hint=_OTHER_ENCODER
            )
    kind = "MT5" if "mt5" in name else "T5"
    with _parsing(path, "no config of a T5 text encoder", _OTHER_ENCODER):
        config = getattr(transformers, f"{kind}Config").from_pretrained(folder, local_files_only=True)
        config.use_cache = False
        with torch.device("meta"):
            model: nn.Module = getattr(transformers, f"{kind}EncoderModel")(config)
    return model.eval(), config


def load_tokenizer(
    model_folder: Path, text_encoder_folder: Path, config: ModelConfig, *, num_embeddings: int
) -> TextTokenizer:
    """The tokenizer that lies with the model, where there is one, else the text encoder's.

    Args:
        num_embeddings: of the text encoder; a token beyond them would be another tokenizer's.

    Raises:
        ModelMissingError: no tokenizer, or not one of this text encoder.
    """
    import transformers

    own = model_folder / "tokenizer.json"
    place = own if own.is_file() else text_encoder_folder
    tokenizer: Any
    with _parsing(
        place, "no usable tokenizer", "a tokenizer.json is needed, or spiece.model and the package sentencepiece"
    ):
        if own.is_file():
            fast: Any = transformers.PreTrainedTokenizerFast
            tokenizer = fast(tokenizer_file=str(own), pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
        else:
            tokenizer = transformers.AutoTokenizer.from_pretrained(text_encoder_folder, local_files_only=True)
        largest, row = max(tokenizer.get_vocab().values()), tokenizer("rain")["input_ids"]
    if tokenizer.pad_token_id != 0:
        raise ModelMissingError(
            f"{place}: the tokenizer pads with {tokenizer.pad_token_id}, needs 0", hint=_OTHER_ENCODER
        )
    if largest >= num_embeddings:
        raise ModelMissingError(
            f"{place}: the tokenizer counts to {largest}, the text encoder has {num_embeddings} embeddings",
            hint=_OTHER_ENCODER,
        )
    if largest < num_embeddings // 2:
        logger.warning(
            "%s: the tokenizer knows %d of the %d pieces of the text encoder; it may be another's",
            place, largest + 1, num_embeddings,
        )  # fmt: skip
    if row[-1:] != [_END]:
        raise ModelMissingError(
            f"{place}: the tokenizer does not end a text with </s>, number {_END}", hint=_OTHER_ENCODER
        )
    return TextTokenizer(tokenizer, config)


@contextmanager
def _parsing(place: Path, what: str, hint: str) -> Iterator[None]:
    """Whatever another library says of a file that it cannot read is one line here."""
    try:
        yield
    except Exception as fault:  # tokenizers raises plain Exception, transformers whatever its parser came upon
        said = next(iter(str(fault).splitlines()), "")
        raise ModelMissingError(f"{place}: {what}: {shown(said) or type(fault).__name__}", hint=hint) from fault


_END = 1  # </s>, of T5 and mT5
_OTHER_ENCODER = "--text-encoder with the text encoder that the model names"
_SIZES = {"vocab_size": 1 << 21, "d_model": 1 << 16, "d_kv": 1 << 16, "d_ff": 1 << 20, "num_heads": 1 << 12,
          "num_layers": 1000, "relative_attention_num_buckets": 1 << 16}  # fmt: skip
"""What a config may ask for; beyond, it is broken, and building would not end."""
