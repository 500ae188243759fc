"""What a config file may say, and how a refusal reads."""

import json

import pytest

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.unified.config import CodecConfig, ConfigError, ModelConfig, config_from, read_config

PUBLISHED_MODEL = {
    "model_type": "dasheng_audiogen", "architectures": ["DashengAudioGenModel"], "auto_map": {"AutoModel": "x.Y"},
    "transformers_version": "4.57.0", "torch_dtype": "float32", "instruction_seq_len": 14,
}  # fmt: skip


def test_a_file_that_says_little_is_the_published_model_of_33_blocks_at_25_frames_a_second():
    config = config_from(PUBLISHED_MODEL, ModelConfig)
    assert (config.dit_depth + 1, config.head_dim, config.dit_mlp_dim, config.frame_rate) == (33, 64, 6144, 25)
    assert config.instruction_seq_len == 14 and ModelConfig().instruction_seq_len == 1


def test_the_codec_makes_640_samples_of_a_frame_and_half_without_upsampler():
    assert CodecConfig().samples_per_latent == 640
    assert config_from({"upsample_tokens": 1}, CodecConfig).samples_per_latent == 320
    assert config_from({"upsample_tokens": 0}, CodecConfig).frames_per_latent == 1


def test_no_special_tokens_may_be_written_as_null():
    assert config_from({"special_tokens": None}, ModelConfig).special_tokens == ()
    assert config_from({"special_tokens": ["<|sfx|>"]}, ModelConfig).special_tokens == ("<|sfx|>",)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"dit_act_layer": "gelu"}, "dit_act_layer is 'gelu'"),
        ({"dit_time_fusion": "ada_sola"}, "dit_time_fusion"),
        ({"dit_rope_mode": "none"}, "dit_rope_mode"),
        ({"dit_context_fusion": "concat"}, "dit_context_fusion"),
        ({"dit_patch_size": 2}, "dit_patch_size is 2"),
        ({"dit_in_chans": 64}, "dit_in_chans is 64 but latent_dim is 1280"),
        ({"dit_context_dim": 512}, "dit_context_dim is 512 but content_dim is 1024"),
        ({"dit_num_heads": 7}, "dit_embed_dim 1536 is not a multiple of dit_num_heads 7"),
        ({"dit_depth": 0}, "dit_depth is 0"),
        ({"latent_dim": 0}, "latent_dim is 0"),
        ({"duration_predictor_kernel_size": 4}, "duration_predictor_kernel_size is 4"),
        ({"sample_rate": "fast"}, "sample_rate is 'fast', needs int"),
        ({"use_zero_instruction": 1}, "use_zero_instruction is 1, needs bool"),
        ({"special_tokens": "x"}, "special_tokens is 'x'"),
        ({"special_tokens": ["a", "a"]}, "special_tokens: a token stands twice"),
        ({"dit_new_trick": True}, "dit_new_trick=True"),
        ({"model_type": "llama"}, "model_type is 'llama'"),
    ],
)
def test_what_is_not_computed_is_refused_by_name(values, named):
    with pytest.raises(ConfigError, match=named.replace("(", r"\(")):
        config_from(values, ModelConfig)


@pytest.mark.parametrize("values", [{"hop_length": 200}, {"istft_hop": 2000}, {"num_heads": 3}, {"extra": 1}])
def test_the_codec_refuses_by_name_too(values):
    with pytest.raises(ConfigError, match=next(iter(values))):
        config_from(values, CodecConfig)


@pytest.mark.parametrize(("text", "said"), [("{", "not valid JSON"), ("[]", "not a JSON object"), ('{"a": 1}', "a=1")])
def test_a_broken_file_is_named(tmp_path, text, said):
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        read_config(path, ModelConfig)
    assert str(path) in str(caught.value) and caught.value.exit_code == 4


def test_a_missing_file_is_a_missing_model(tmp_path):
    with pytest.raises(ModelMissingError, match="no such file"):
        read_config(tmp_path / "config.json", CodecConfig)


def test_the_golden_configs_are_read_whole(golden_folder):
    values = json.loads((golden_folder / "tiny-audiogen" / "config.json").read_text())
    config = config_from(values, ModelConfig)
    kept = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(config).items()}
    assert kept == {key: value for key, value in values.items() if key not in ("model_type", "architectures")}
