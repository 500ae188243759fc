"""Which library should hold a local language model to the caption's schema: llguidance, xgrammar or outlines?

Method: a llama of random weights (the hardest case: it wants nothing of what the schema wants) with a byte-level
vocabulary trained here on Python's own sources, so that nothing is downloaded. Every library constrains the same
model in the same run with the same seeds. Told for each: seconds of CPU to import, to read the vocabulary and
to compile the schema; microseconds of CPU a token for the mask alone; how many of the texts are valid captions,
and how many were never ended by the model and cut. Libraries that are not installed are left out, and said to be.

    python benchmarks/constrained.py [--texts 6] [--vocabulary 32000]
"""

import argparse
import importlib
import json
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from audiogen_cli.caption import caption_from_json, strict_schema
from audiogen_cli.errors import CaptionError
from audiogen_cli.llm.constrained import bounded_schema

MAX_TOKENS = 900
PROMPT = "Write the scene of a rainy street as JSON."


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--texts", type=int, default=6, help="texts a library")
    asked.add_argument("--vocabulary", type=int, default=32_000, help="tokens")
    args = asked.parse_args()
    torch.set_num_threads(1)
    tokenizer = train_tokenizer(args.vocabulary)
    model = random_llama(len(tokenizer))
    print(f"vocabulary {len(tokenizer):,}, {args.texts} texts each, at most {MAX_TOKENS} tokens, 1 thread, CPU seconds")
    print("library          import  vocabulary  schema  us/token  tokens  valid  cut")
    for name, build in (("llguidance", with_llguidance), ("xgrammar", with_xgrammar), ("outlines_core", with_outlines)):
        try:
            imported = timed(lambda name=name: importlib.import_module(name))[1]
        except ImportError as fault:
            print(f"{name:16} not installed ({fault})")
            continue
        make, read_s, compile_s = build(tokenizer, len(tokenizer))
        texts, mask_s, tokens = write(model, tokenizer, make, args.texts)
        valid = sum(is_caption(text) for text, _ in texts)
        cut = sum(was_cut for _, was_cut in texts)
        version = f"{name} {importlib.metadata.version(name)}"
        print(
            f"{version:16} {imported:6.2f}  {read_s:10.2f}  {compile_s:6.3f}  {1e6 * mask_s / tokens:8.0f}"
            f"  {tokens:6d}  {valid}/{args.texts}  {cut:5d}"
        )


def train_tokenizer(size: int) -> PreTrainedTokenizerFast:
    """A byte-level vocabulary from the texts that come with Python."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|end|>"],
        show_progress=False,
    )  # fmt: skip
    sources = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    bpe.train_from_iterator((path.read_text("utf-8", errors="replace") for path in sources), trainer)
    return PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|end|>")


def random_llama(size: int) -> LlamaForCausalLM:
    """One narrow layer; what it costs is the same for every library and is not counted."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=size, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, eos_token_id=0,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


Mask = Callable[[list[int]], "torch.Tensor | None"]
"""The new tokens to the tokens allowed next, [V] bool; `None` once the text has ended."""


def with_llguidance(tokenizer: Any, size: int) -> tuple[Callable[[], Mask], float, float]:
    from llguidance import LLMatcher
    from llguidance.hf import from_tokenizer

    vocabulary, read_s = timed(lambda: from_tokenizer(tokenizer, n_vocab=size))
    grammar, compile_s = timed(
        lambda: LLMatcher.grammar_from_json_schema(
            bounded_schema(strict_schema()), overrides={"whitespace_flexible": False, "lenient": True}
        )
    )

    def make() -> Mask:
        matcher = LLMatcher(vocabulary, grammar, log_level=0)

        def mask(new: list[int]) -> torch.Tensor | None:
            matcher.consume_tokens(new)
            if matcher.is_stopped():
                return None
            return torch.frombuffer(bytearray(matcher.compute_logit_bias()), dtype=torch.uint8)[:size] > 0

        return mask

    return make, read_s, compile_s + timed(make)[1]


def with_xgrammar(tokenizer: Any, size: int) -> tuple[Callable[[], Mask], float, float]:
    import xgrammar

    info, read_s = timed(lambda: xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=size))
    compiler = xgrammar.GrammarCompiler(info, max_threads=1)
    schema = json.dumps(bounded_schema(strict_schema()))
    grammar, compile_s = timed(lambda: compiler.compile_json_schema(schema, any_whitespace=False))

    def make() -> Mask:
        matcher = xgrammar.GrammarMatcher(grammar)
        bits = xgrammar.allocate_token_bitmask(1, size)

        def mask(new: list[int]) -> torch.Tensor | None:
            for token in new:
                matcher.accept_token(token)
            if matcher.is_terminated():
                return None
            matcher.fill_next_token_bitmask(bits)
            return unpack(bits[0], size)

        return mask

    return make, read_s, compile_s


def with_outlines(tokenizer: Any, size: int) -> tuple[Callable[[], Mask], float, float]:
    from outlines_core import Guide, Index, Vocabulary
    from outlines_core.json_schema import build_regex_from_schema

    def read() -> Any:
        byte_of = {char: byte for byte, char in bytes_to_characters().items()}
        ids: dict[bytes, list[int]] = {}
        for token, number in tokenizer.get_vocab().items():
            if number != tokenizer.eos_token_id:
                ids.setdefault(bytes(byte_of[char] for char in token), []).append(number)
        return Vocabulary(tokenizer.eos_token_id, ids)

    vocabulary, read_s = timed(read)
    schema = json.dumps(bounded_schema(strict_schema()))
    index, compile_s = timed(lambda: Index(build_regex_from_schema(schema, whitespace_pattern=""), vocabulary))

    def make() -> Mask:
        guide = Guide(index)

        def mask(new: list[int]) -> torch.Tensor | None:
            for token in new:
                guide.advance(token, return_tokens=False)
            if guide.is_finished():
                return None
            allowed = torch.zeros(size, dtype=torch.bool)
            allowed[guide.get_tokens()] = True
            return allowed

        return mask

    return make, read_s, compile_s


def bytes_to_characters() -> dict[int, str]:
    """How byte-level vocabularies write bytes as printable characters (GPT-2's table)."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    moved = (byte for byte in range(256) if byte not in kept)
    return {byte: chr(byte) for byte in kept} | {byte: chr(256 + place) for place, byte in enumerate(moved)}


def unpack(bits: torch.Tensor, size: int) -> torch.Tensor:
    return ((bits[:, None] >> torch.arange(32, dtype=torch.int32)) & 1).flatten()[:size] > 0


def write(
    model: Any, tokenizer: Any, make: Callable[[], Mask], count: int
) -> tuple[list[tuple[str, bool]], float, int]:
    """Texts with whether they were cut, CPU seconds spent on masks alone, tokens written."""
    prompt = tokenizer(PROMPT, return_tensors="pt").input_ids
    texts, mask_s, tokens = [], 0.0, 0
    for seed in range(count):
        rng = torch.Generator().manual_seed(seed)
        mask, new, written, past, ids = make(), [], [], None, prompt
        with torch.inference_mode():
            while len(written) < MAX_TOKENS:
                allowed, spent = timed(lambda mask=mask, new=new: mask(new))
                mask_s += spent
                if allowed is None:
                    break
                answer = model(ids, past_key_values=past, use_cache=True)
                past, logits = answer.past_key_values, answer.logits[0, -1].masked_fill(~allowed, float("-inf"))
                token = int(torch.multinomial(torch.softmax(logits, -1), 1, generator=rng))
                tokens += 1
                if token == tokenizer.eos_token_id:
                    break
                written.append(token)
                new, ids = [token], torch.tensor([[token]])
        texts.append((tokenizer.decode(written), len(written) >= MAX_TOKENS))
    return texts, mask_s, tokens


def is_caption(text: str) -> bool:
    try:
        caption_from_json(json.loads(text))
    except (ValueError, CaptionError):
        return False
    return True


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return work(), time.process_time() - began


if __name__ == "__main__":
    main()
