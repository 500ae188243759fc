"""Every golden vector of the published code, reproduced: parts alone, then whole generations."""

import json

import pytest
import torch

from audiogen_cli.generator.unified.attention import key_mask
from audiogen_cli.generator.unified.codec.mel import decibels, logarithm
from audiogen_cli.generator.unified.duration import frame_mask, latent_frames, token_frames, unrounded_frames
from audiogen_cli.generator.unified.flow import noise_levels, published_sigmas, timesteps
from audiogen_cli.generator.unified.options import SamplingOptions
from audiogen_cli.generator.unified.sampler import calls, sample
from audiogen_cli.generator.unified.text_encoder import Content

PROMPTS = [
    "<|caption|> A dog barking loudly",
    "<|caption|> Rainy city street with music and speech. <|asr|> I think we should leave now.",
]


def near(actual, expected, *, atol=2e-5):
    torch.testing.assert_close(actual, expected, atol=atol, rtol=1e-5)


@pytest.fixture(autouse=True)
def no_grad():
    with torch.inference_mode():
        yield


class TestText:
    def test_token_numbers_are_those_of_the_published_tokenizer(self, golden_folder, tiny_text):
        cases = json.loads((golden_folder / "text_tokens.json").read_text("utf-8"))
        for case in cases["single"]:
            assert tiny_text.tokenizer([case["prompt"]]).ids.tolist() == [case["input_ids"]]
        batch = next(value for key, value in cases.items() if key != "single")
        tokens = tiny_text.tokenizer(batch["prompts"])
        assert tokens.ids.tolist() == batch["input_ids"]
        assert tokens.mask.long().tolist() == batch["attention_mask"]

    def test_content_and_adapter(self, golden, tiny_text, tiny_model):
        expected = golden("adapter")
        tokens = tiny_text.tokenizer(PROMPTS)
        assert torch.equal(tokens.ids, expected["input_ids"])
        near(tiny_text.encoder.hidden(tokens.ids, tokens.mask), expected["t5_last_hidden_state"])
        content = tiny_text.encoder(tokens.ids, tokens.mask)
        near(content.vectors, expected["content"])
        assert torch.equal(content.mask, expected["content_mask"])

        adapted = tiny_model.adapt(Content(expected["content"], expected["content_mask"]))
        near(adapted.content, expected["adapted_content"])
        near(adapted.log_duration, expected["global_duration_pred"])
        near(adapted.token_log_duration, expected["local_duration_pred"])

    def test_lengths(self, golden, tiny_model):
        expected, config = golden("adapter"), tiny_model.config
        near(unrounded_frames(expected["global_duration_pred"], config), expected["unrounded_latent_length"])
        assert torch.equal(latent_frames(expected["global_duration_pred"], config), expected["global_latent_length"])
        frames = token_frames(expected["local_duration_pred"], expected["content_mask"], config)
        assert torch.equal(frames, expected["local_latent_duration"])


class TestDiT:
    def inputs(self, golden, masks=True):
        tensors = golden("dit")
        named = {"latent_mask": tensors["x_mask"], "context_mask": tensors["context_mask"]} if masks else {}
        return (tensors["context"], tensors["time_aligned_context"]), named, tensors

    def test_a_number_as_timestep_is_cut_to_a_whole_one(self, golden, tiny_model):
        text, masks, t = self.inputs(golden)
        near(tiny_model.dit(t["x"], t["timestep_scalar"], *text, **masks), t["out_scalar_timestep"])

    def test_a_vector_of_timesteps_is_used_as_it_is(self, golden, tiny_model):
        text, masks, t = self.inputs(golden)
        near(tiny_model.dit(t["x"], t["timestep_vector"], *text, **masks), t["out_vector_timestep"])

    def test_without_masks(self, golden, tiny_model):
        text, _, t = self.inputs(golden)
        near(tiny_model.dit(t["x"], t["timestep_scalar"], *text), t["out_no_masks"])

    def test_a_long_clip(self, golden, tiny_model):
        t = golden("dit")
        out = tiny_model.dit(t["long.x"], torch.tensor(1000.0), t["long.context"], t["long.time_aligned_context"])
        near(out, t["long.out"])

    def test_every_traced_module(self, golden, tiny_model):
        text, masks, t = self.inputs(golden)
        dit = tiny_model.dit
        seen = {}
        modules = {
            "patch_embed": dit.patch_embed, "context_embed": dit.context_embed,
            "final_linear": dit.final_block.linear,
            "in_block.0": dit.in_blocks[0], "in_block.1": dit.in_blocks[1], "mid_block": dit.mid_block,
            "out_block.0": dit.out_blocks[0], "out_block.1": dit.out_blocks[1],
            "in_block.0.attn": dit.in_blocks[0].attn,
            "in_block.0.cross_attn": dit.in_blocks[0].cross_attn, "in_block.0.mlp": dit.in_blocks[0].mlp,
        }  # fmt: skip
        hooks = [
            module.register_forward_hook(lambda module, _, out, name=name: seen.__setitem__(name, out))
            for name, module in modules.items()
        ]
        dit(t["x"], t["timestep_scalar"], *text, **masks)
        for hook in hooks:
            hook.remove()
        for name, out in seen.items():
            near(out, t[f"trace.{name}"])
        time = dit.time_embed(torch.tensor([437.0]))
        near(time.expand(2, -1), t["trace.time_embed"])
        time = torch.nn.functional.silu(time)
        near(dit.in_blocks[0].adaln.raw(time).expand(2, -1, -1), t["trace.in_block.0.adaln"])
        near(dit.time_ada_final(time).expand(2, -1), t["trace.time_ada_final"])
        assert len(seen) + 3 == sum(name.startswith("trace.") for name in t)


class TestSchedules:
    def test_every_published_schedule_to_the_bit(self, golden_folder):
        for case in json.loads((golden_folder / "schedules.json").read_text("utf-8")):
            sigmas = published_sigmas(case["num_steps"], case["sway_sampling_coef"])
            assert sigmas.tolist() == case["sigmas"]
            assert timesteps(sigmas[:-1], whole=False).tolist() == case["timesteps"]
            assert timesteps(sigmas[:-1]).tolist() == case["timesteps_as_seen_by_the_dit"]
            assert sigmas.diff().tolist() == case["step_sizes"]
            assert len(sigmas) - 1 == case["model_evaluations"]

    def test_ours_leaves_out_the_call_that_changes_nothing(self):
        published = published_sigmas(25, -1.0)
        assert torch.equal(noise_levels(25, -1.0), published[:-1])
        assert len(calls(SamplingOptions())) == 25


RUNS = {
    "cfg5_steps5_sway": (PROMPTS, SamplingOptions(num_inference_steps=5)),
    "cfg5_steps4_linear": (PROMPTS, SamplingOptions(num_inference_steps=4, sway=0.0)),
    "nocfg_steps3_sway": (PROMPTS, SamplingOptions(num_inference_steps=3, guidance_scale=1.0)),
    "single_cfg3_steps5_sway": (PROMPTS[:1], SamplingOptions(num_inference_steps=5, guidance_scale=3.0)),
}


class TestGeneration:
    @pytest.mark.parametrize("name", RUNS)
    def test_every_latent_of_the_walk_and_the_sound(self, golden, tiny_model, tiny_text, tiny_codec, name):
        prompts, options = RUNS[name]
        expected = golden("generate")
        torch.manual_seed(1234)
        tokens = tiny_text.tokenizer(prompts)
        content = tiny_text.encoder(tokens.ids, tokens.mask)
        adapted = tiny_model.adapt(content)
        lengths = latent_frames(adapted.log_duration, tiny_model.config).tolist()
        noise = torch.randn(len(prompts), tiny_model.config.latent_dim, max(lengths))
        assert torch.equal(noise, expected[f"{name}.noise"])

        prepared = tiny_model.dit.prepare(
            adapted.content, tiny_model.time_aligned, num_frames=max(lengths), latent_mask=frame_mask(lengths),
            context_mask=content.mask, guided=options.guidance_scale > 1,
        )  # fmt: skip
        walked = []
        latent = sample(tiny_model.dit, noise, prepared, options, on_call=lambda call, latent: walked.append(latent))
        published_walk = expected[f"{name}.latents_before_each_eval"]
        near(torch.stack(walked), published_walk[: options.steps])
        near(latent, expected[f"{name}.latent"])
        if options.sway:  # the published code asks once more, for a step of length 0
            assert len(published_walk) == options.steps + 1
            near(latent, published_walk[-1])
        near(tiny_codec.decode(latent), expected[f"{name}.waveform"])

    def test_the_network_is_given_what_the_published_one_is(self, golden, tiny_model):
        """The published doubled batch, through the plain network, equals the prepared halves."""
        expected = golden("generate")
        name = "cfg5_steps5_sway"
        given = {
            key: expected[f"{name}.backbone_input.{key}"]
            for key in ("context", "context_mask", "time_aligned_context", "x_mask")
        }
        latent = expected[f"{name}.noise"]
        dit = tiny_model.dit
        plain = dit(
            latent.repeat(2, 1, 1), torch.tensor(1000.0), given["context"], given["time_aligned_context"],
            latent_mask=given["x_mask"], context_mask=given["context_mask"],
        )  # fmt: skip
        prepared = dit.prepare(
            given["context"][2:], tiny_model.time_aligned, num_frames=latent.shape[-1], latent_mask=given["x_mask"][2:],
            context_mask=given["context_mask"][2:], guided=True,
        )  # fmt: skip
        near(dit.predict(latent, dit.modulate(torch.tensor([1000.0])), prepared), plain)
        assert torch.equal(given["time_aligned_context"][2:], tiny_model.time_aligned.expand(2, latent.shape[-1], -1))


class TestCodec:
    def test_decode(self, golden, tiny_codec):
        t = golden("decode")
        near(tiny_codec.decode(t["latent"].transpose(1, 2)), t["waveform"])
        near(tiny_codec.decode(t["latent_one_frame"].transpose(1, 2)), t["waveform_one_frame"])

    def test_mels(self, golden, tiny_codec):
        t = golden("encode")
        samples = t["audio_int16"] / 32768.0
        near(decibels(tiny_codec.encoder.semantic.mel(samples)), t["dbmel_semantic"], atol=5e-4)
        near(logarithm(tiny_codec.encoder.acoustic.mel(samples)), t["logmel_acoustic"])

    def test_encode(self, golden, tiny_codec):
        t = golden("encode")
        samples = t["audio_int16"] / 32768.0
        near(tiny_codec.encode(samples).transpose(1, 2), t["latent"])
        mask = torch.arange(samples.shape[1]) < t["mask_lengths"][:, None]
        near(tiny_codec.encode(samples, mask).transpose(1, 2), t["latent_with_mask"])

    def test_encode_more_than_one_piece(self, golden, tiny_codec):
        t = golden("encode")
        near(tiny_codec.encode(t["long_audio_int16"] / 32768.0).transpose(1, 2), t["long_latent"])


def test_key_masks_broadcast_over_queries():
    assert key_mask(torch.ones(2, 7, dtype=torch.bool)).shape == (2, 1, 1, 7)
    assert key_mask(None) is None
