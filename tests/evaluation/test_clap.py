"""Similarity of sound and text with a small random CLAP; the maths and the way of loading, not the published model."""

import json

import numpy as np
import pytest

from audiogen_cli.audio.files import read_audio
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import ModelMissingError, OptionError
from audiogen_cli.evaluation.building import Choices
from audiogen_cli.evaluation.cache import FeatureCache
from audiogen_cli.evaluation.catalogue import choose_metrics
from audiogen_cli.evaluation.evaluate import evaluate
from audiogen_cli.evaluation.extractors.base import Clip
from audiogen_cli.evaluation.extractors.clap import Clap
from audiogen_cli.evaluation.manifest import read_manifest


@pytest.fixture(scope="module")
def tiny_clap(tmp_path_factory):
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        ClapAudioConfig,
        ClapConfig,
        ClapFeatureExtractor,
        ClapModel,
        ClapProcessor,
        ClapTextConfig,
        PreTrainedTokenizerFast,
    )

    folder = tmp_path_factory.mktemp("clap")
    torch.manual_seed(0)
    text = ClapTextConfig(
        vocab_size=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    audio = ClapAudioConfig(
        patch_embeds_hidden_size=8,
        depths=[1, 1, 1, 1],
        num_attention_heads=[1, 1, 2, 2],
        hidden_size=64,
        enable_fusion=True,
    )
    config = ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=16)
    ClapModel(config).save_pretrained(folder)
    words = {word: number for number, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", "rain", "dog", "music"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>")
    extractor = ClapFeatureExtractor(truncation="fusion", padding="repeatpad")
    ClapProcessor(feature_extractor=extractor, tokenizer=fast).save_pretrained(folder)
    return folder


def _clip(tmp_path, seconds, seed=0):
    sound = np.random.default_rng(seed).normal(size=round(48_000 * seconds)).astype(np.float32) * 0.1
    return Clip(path=tmp_path / "none.wav", waveform=Waveform(sound, 48_000))


def test_the_same_sound_has_the_same_embedding_also_beyond_ten_seconds(tiny_clap, tmp_path):
    clap = Clap(tiny_clap)
    long = _clip(tmp_path, 12)
    first, again = (clap.extract(long)["embedding"] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    cut = Clip(path=long.path, waveform=Waveform(long.waveform.samples[:, :480_000], 48_000))
    np.testing.assert_array_equal(first, clap.extract(cut)["embedding"])
    assert first.shape == (16,)


def test_similarity_is_a_hundred_times_the_mean_cosine(tiny_clap, tmp_path, write_sound):
    rows = []
    for number, words in enumerate(["rain", "dog music"]):
        path = write_sound(f"{number}.wav", seed=number, rate=48_000, seconds=1.0)
        rows.append(json.dumps({"audio": path.name, "caption": words}))
    (tmp_path / "list.jsonl").write_text("\n".join([*rows, json.dumps({"id": "n", "audio": "0.wav"})]))
    manifest = read_manifest(tmp_path / "list.jsonl")
    choices = Choices(weights={"clap": tiny_clap})
    result = evaluate(manifest, choose_metrics(["clap"], manifest, choices), choices, FeatureCache(folder=None))
    figure = result["metrics"]["all"]["figures"]["clap"]
    clap = Clap(tiny_clap)
    cosines = []
    for item in manifest.items[:2]:
        sound = clap.extract(Clip(path=item.audio, waveform=read_audio(item.audio)))["embedding"]
        text = clap.embed_texts([item.caption.caption])[0]
        cosines.append(sound @ text / np.linalg.norm(sound) / np.linalg.norm(text))
    assert figure["value"] == pytest.approx(100 * np.mean(cosines), abs=1e-3)
    assert (figure["n"], figure["num_skipped"]) == (2, 1)


def test_a_folder_without_weights_says_how_to_get_them(tmp_path, write_sound):
    write_sound("s/a.wav")
    (tmp_path / "l.jsonl").write_text('{"audio": "s/a.wav", "caption": "Rain"}')
    manifest = read_manifest(tmp_path / "l.jsonl")
    with pytest.raises(ModelMissingError, match=r"model\.safetensors") as caught:
        choose_metrics(["clap"], manifest, Choices(weights={"clap": tmp_path}))
    assert "laion/clap-htsat-fused" in caught.value.hint
    with pytest.raises(OptionError, match="captions"):
        choose_metrics(["clap"], read_manifest(tmp_path / "s"), Choices())


def test_broken_weights_are_named(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelMissingError, match="not a ClapModel"):
        Clap(tmp_path).embed_texts(["rain"])


def test_takes_are_matched_with_the_same_figure(tiny_clap, tmp_path):
    from audiogen_cli.caption import Caption
    from audiogen_cli.evaluation.extractors.weights import weights_folder
    from audiogen_cli.quality.matching import find_matcher

    assert find_matcher() is None
    weights_folder().mkdir(parents=True)
    (weights_folder() / "clap").symlink_to(tiny_clap)
    matcher, clap, clip = find_matcher(), Clap(tiny_clap), _clip(tmp_path, 1)
    sound, text = clap.extract(clip)["embedding"], clap.embed_texts(["rain"])[0]
    expected = 100 * sound @ text / np.linalg.norm(sound) / np.linalg.norm(text)
    assert matcher.similarity(Caption(caption="rain"), clip.waveform) == pytest.approx(expected, abs=1e-3)
