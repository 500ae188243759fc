"""Whisper through transformers with a small random model: loading, decoding and naming, not the published one."""

import json

import numpy as np
import pytest

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.evaluation.building import Choices
from audiogen_cli.evaluation.cache import FeatureCache
from audiogen_cli.evaluation.catalogue import choose_metrics
from audiogen_cli.evaluation.evaluate import evaluate
from audiogen_cli.evaluation.extractors.base import Clip
from audiogen_cli.evaluation.extractors.whisper import Whisper
from audiogen_cli.evaluation.manifest import read_manifest

WORDS = ["the", "train", "leaves", "tonight", "rain", "on", "a", "roof"]
SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|notimestamps|>"]


@pytest.fixture(scope="module")
def tiny_whisper(tmp_path_factory):
    import torch
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
        WhisperTokenizer,
    )

    folder = tmp_path_factory.mktemp("whisper")
    signs = [chr(code) for code in range(ord("a"), ord("z") + 1)] + ["Ġ"]
    tokens = signs + [f"Ġ{word}" for word in WORDS] + SPECIAL
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = WhisperTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    tokenizer.add_special_tokens({"additional_special_tokens": SPECIAL})
    end, start, english, transcribe, plain = (tokens.index(token) for token in SPECIAL)
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=len(tokens),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        num_mel_bins=80,
        max_target_positions=24,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
    )
    model = WhisperForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        decoder_start_token_id=start,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        max_length=12,
        is_multilingual=True,
        lang_to_id={"<|en|>": english},
        task_to_id={"transcribe": transcribe},
        no_timestamps_token_id=plain,
    )
    model.save_pretrained(folder)
    WhisperProcessor(feature_extractor=WhisperFeatureExtractor(), tokenizer=tokenizer).save_pretrained(folder)
    return folder


def _clip(tmp_path, seconds, rate=16_000, seed=0):
    sound = np.random.default_rng(seed).normal(size=round(rate * seconds)).astype(np.float32) * 0.1
    return Clip(path=tmp_path / "none.wav", waveform=Waveform(sound, rate))


def test_the_same_sound_has_the_same_words_at_any_rate_it_comes_in(tiny_whisper, tmp_path):
    whisper = Whisper(tiny_whisper)
    clip = _clip(tmp_path, 1.0)
    words = str(whisper.extract(clip)["words"])
    assert words == str(whisper.extract(clip)["words"])
    assert words and "<|" not in words


def test_what_is_longer_than_a_window_is_heard_to_its_end(tiny_whisper, tmp_path):
    whisper = Whisper(tiny_whisper)
    long = _clip(tmp_path, 31.0)
    parts = [
        Clip(path=long.path, waveform=Waveform(samples, 16_000))
        for samples in (long.waveform.samples[:, :480_000], long.waveform.samples[:, 480_000:])
    ]
    heard = [str(whisper.extract(part)["words"]) for part in parts]
    assert str(whisper.extract(long)["words"]) == " ".join(heard)


def test_its_word_error_rate_is_not_called_the_papers(tiny_whisper, tmp_path, write_sound):
    write_sound("a.wav")
    (tmp_path / "list.jsonl").write_text('{"audio": "a.wav", "caption": "A talk", "asr": "The train leaves"}')
    manifest = read_manifest(tmp_path / "list.jsonl")
    choices = Choices(recogniser="whisper", weights={"whisper": tiny_whisper})
    result = evaluate(manifest, choose_metrics(["wer"], manifest, choices), choices, FeatureCache(folder=None))
    figure = result["metrics"]["all"]["figures"]["wer"]
    assert not figure["as_in_paper"] and figure["value"] > 0
    assert figure["extractor"]["extractor"] == "Whisper (transformers)"
    assert len(figure["extractor"]["weights_sha256"]) == 64


def test_a_folder_that_is_no_whisper_is_named(tiny_whisper, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelMissingError, match="not a Whisper"):
        Whisper(tmp_path).extract(_clip(tmp_path, 0.5))
