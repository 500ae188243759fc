"""Decoding that cannot leave the schema: of every next token only those are allowed that some valid JSON goes on with.

In: a fast tokenizer of transformers, the width of the model's logits and a JSON Schema. Out: a logits processor
for one generation. The grammar is kept by llguidance (MIT, one wheel without dependencies for every Python from
3.9 on; it was measured against two others, see benchmarks/README.md). White space between JSON's signs is not
allowed, for an unwilling model would write it without end.
"""

from collections.abc import Mapping
from typing import Any

import torch

from audiogen_cli.errors import ModelMissingError

MAX_VIEW_CHARS = 240  # no view is longer; without it an unwilling model would write one string without end


def build_vocabulary(tokenizer: Any, *, width: int) -> Any:
    """The tokenizer's tokens as bytes; takes about a second for a large vocabulary, so it is built once a model.

    Args:
        tokenizer: a fast tokenizer.
        width: of the model's logits, which may be padded beyond the vocabulary.

    Raises:
        ModelMissingError: the package is absent, or the tokenizer is not a fast one.
    """
    try:
        from llguidance.hf import from_tokenizer
    except ImportError as fault:
        raise ModelMissingError(
            "constrained decoding needs llguidance", hint='pip install "audiogen[local]"'
        ) from fault
    try:
        return from_tokenizer(tokenizer, n_vocab=width)
    except ValueError as fault:
        raise ModelMissingError(
            f"the model's tokenizer cannot be constrained: {fault}", hint="take another model"
        ) from fault


def bounded_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with a bound on every string."""
    properties = {
        key: {**rule, "maxLength": MAX_VIEW_CHARS} | ({"minLength": 1} if rule.get("type") == "string" else {})
        for key, rule in schema["properties"].items()
    }
    return {**schema, "properties": properties}


class SchemaProcessor:
    """A logits processor of transformers for one sequence; made anew for every generation."""

    def __init__(self, vocabulary: Any, schema: Mapping[str, Any], *, prompt_length: int) -> None:
        from llguidance import LLMatcher

        grammar = LLMatcher.grammar_from_json_schema(
            bounded_schema(schema), overrides={"whitespace_flexible": False, "lenient": True}
        )
        self._matcher = LLMatcher(vocabulary, grammar, log_level=0)
        self._read = prompt_length  # tokens of the sequence that the grammar has seen
        self._check()

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores [1, V] with minus infinity where no valid object goes on; input_ids [1, L]."""
        for token in input_ids[0, self._read :].tolist():
            self._matcher.consume_token(token)
        self._read = input_ids.shape[1]
        self._check()
        allowed = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.uint8)
        self._check()
        kept = torch.zeros(scores.shape[-1], dtype=torch.bool)
        width = min(len(allowed), len(kept))
        kept[:width] = allowed[:width] > 0
        return scores.masked_fill(~kept.to(scores.device), float("-inf"))

    def _check(self) -> None:
        if self._matcher.is_error():
            raise RuntimeError(f"the grammar broke: {self._matcher.get_error()}")
