"""Solvers against fields whose answer is known; guidance against cases solved by hand."""

import dataclasses
import math

import pytest
import torch

from audiogen_cli.errors import OptionError
from audiogen_cli.generator.unified import sampler as sampler_module
from audiogen_cli.generator.unified.config import ModelConfig, read_config
from audiogen_cli.generator.unified.dit import DiT, Modulation
from audiogen_cli.generator.unified.finite import BrokenAnswerError
from audiogen_cli.generator.unified.flow import epss_levels, euler_step, interpolate, noise_levels, target_velocity
from audiogen_cli.generator.unified.options import EPSS_POSITIONS, SOLVERS, SamplingOptions
from audiogen_cli.generator.unified.sampler import SOLVERS as SOLVE
from audiogen_cli.generator.unified.sampler import calls, fit_scale, guide, levels, sample


@pytest.fixture
def rng():
    return torch.Generator().manual_seed(0)


class Text:
    """A prepared text for a network that does not read it."""

    frame_mask = None

    def __init__(self, guided=True):
        self.guided = guided

    def conditional(self):
        return Text(guided=False)


class Field:
    """A network whose conditional velocity is `rate * latent`, its unconditional one a share of that."""

    def __init__(self, rate=1.0, share=0.5):
        self.rate, self.share, self.asked = rate, share, []

    def modulate(self, timestep):
        self.timesteps = timestep
        return Modulation(timestep[:, None], timestep[:, None])

    def predict(self, latent, modulation, prepared):
        self.asked.append((len(self.asked), modulation.final.item(), prepared.guided))
        velocity = self.rate * latent
        return torch.cat([self.share * velocity, velocity]) if prepared.guided else velocity


class TestFlow:
    def test_one_exact_step_lands_on_the_clean_latent(self, rng):
        clean, noise = torch.randn(2, 1, 8, 25, generator=rng)
        landed = euler_step(noise, target_velocity(clean, noise), sigma=1.0, sigma_next=0.0)
        torch.testing.assert_close(landed, clean)

    def test_the_path_runs_from_clean_to_noise(self, rng):
        clean, noise = torch.randn(2, 3, 8, 25, generator=rng)
        there = interpolate(clean, noise, torch.tensor([0.0, 1.0, 0.25]))
        torch.testing.assert_close(there[0], clean[0])
        torch.testing.assert_close(there[1], noise[1])
        torch.testing.assert_close(there[2], 0.75 * clean[2] + 0.25 * noise[2])

    def test_sway_of_minus_one_is_a_quarter_of_a_cosine(self):
        expected = [math.cos(math.pi * i / 50) for i in range(26)]
        torch.testing.assert_close(noise_levels(25), torch.tensor(expected), atol=1e-6, rtol=0)

    @pytest.mark.parametrize("sway", [-1.0, -0.3, 0.0, 0.4, 1.7])
    @pytest.mark.parametrize("steps", [1, 2, 7, 50])
    def test_levels_run_down_from_one_to_exactly_zero(self, steps, sway):
        values = noise_levels(steps, sway)
        assert len(values) == steps + 1 and values[0] == 1.0 and values[-1] == 0.0
        assert (values.diff() < 0).all()

    @pytest.mark.parametrize("steps", EPSS_POSITIONS)
    def test_epss_keeps_some_of_the_32_swayed_levels(self, steps):
        values = epss_levels(steps)
        assert len(values) == steps + 1
        full = noise_levels(32)
        assert all((full - value).abs().min() < 1e-6 for value in values)

    def test_epss_has_no_table_for_other_steps(self):
        with pytest.raises(OptionError, match="8 steps"):
            epss_levels(8)


class TestSolvers:
    def error(self, solver, steps):
        """Against d x / d sigma = x from 1 to 0, whose answer is 1 / e."""
        options = SamplingOptions(num_inference_steps=steps, solver=solver, sway=0.0)
        answer = SOLVE[solver](1.0, levels(options), lambda latent, sigma: latent, steps)
        return abs(answer - math.exp(-1))

    @pytest.mark.parametrize(("solver", "order"), [("euler", 1), ("midpoint", 2), ("heun", 2), ("ab2", 2)])
    def test_twice_the_calls_bring_the_order_of_the_solver(self, solver, order):
        gain = self.error(solver, 40) / self.error(solver, 80)
        assert 0.8 * 2**order < gain < 1.3 * 2**order

    @pytest.mark.parametrize("solver", SOLVERS)
    @pytest.mark.parametrize("steps", [1, 2, 3, 4, 9])
    def test_every_solver_makes_the_calls_asked_and_ends_at_zero(self, solver, steps):
        options = SamplingOptions(num_inference_steps=steps, solver=solver)
        asked = calls(options)
        assert len(asked) == steps and asked[0] == 1.0
        straight = SOLVE[solver](1.0, levels(options), lambda latent, sigma: 1.0, steps)
        assert straight == pytest.approx(0.0, abs=1e-6)  # a constant velocity is walked exactly

    def test_calls_are_told_the_time_of_their_noise_level(self):
        field = Field()
        options = SamplingOptions(num_inference_steps=4, guidance_scale=1.0, sway=0.0)
        sample(field, torch.ones(1, 2, 3), Text(guided=False), options)
        assert [time for _, time, _ in field.asked] == [1000.0, 750.0, 500.0, 250.0]

    def test_times_are_cut_as_published_or_left_exact(self):
        options = SamplingOptions(num_inference_steps=10, sway=0.0)
        field = Field()
        sample(field, torch.ones(1, 2, 3), Text(), options)
        assert field.timesteps.tolist()[5:9] == [499.0, 399.0, 299.0, 199.0]
        sample(field, torch.ones(1, 2, 3), Text(), dataclasses.replace(options, timesteps="exact"))
        torch.testing.assert_close(field.timesteps[5:9], torch.tensor([500.0, 400.0, 300.0, 200.0]))


class TestGuidance:
    def test_it_leads_away_from_the_unconditional_velocity(self):
        velocity = guide(torch.tensor([[[3.0]]]), torch.tensor([[[1.0]]]), SamplingOptions(guidance_scale=5.0))
        assert velocity.item() == 11.0

    def test_guiding_only_within_the_interval(self):
        field = Field()
        options = SamplingOptions(num_inference_steps=10, sway=0.0, guidance_interval=(0.35, 0.8))
        sample(field, torch.ones(1, 2, 3), Text(), options)
        guided = [round(1 - call / 10, 1) for call, _, guided in field.asked if guided]
        assert guided == [0.8, 0.7, 0.6, 0.5, 0.4]

    def test_the_whole_interval_changes_nothing(self, rng):
        noise = torch.randn(1, 2, 3, generator=rng)
        options = SamplingOptions(num_inference_steps=5)
        everywhere = dataclasses.replace(options, guidance_interval=(0, 1))
        assert torch.equal(sample(Field(), noise, Text(), options), sample(Field(), noise, Text(), everywhere))

    def test_zero_star_fits_the_unconditional_velocity_first(self, rng):
        unconditional = torch.randn(2, 4, 6, generator=rng)
        scale = torch.tensor([2.0, -0.5])[:, None, None]
        torch.testing.assert_close(fit_scale(scale * unconditional, unconditional), scale)
        options = SamplingOptions(cfg_zero_star=True)
        same = guide(scale * unconditional, unconditional, options)  # parallel velocities need no guidance
        torch.testing.assert_close(same, scale * unconditional)
        torch.testing.assert_close(guide(unconditional, unconditional, options), unconditional)

    def test_zero_star_does_not_listen_beyond_an_items_end(self, rng):
        conditional, unconditional = torch.randn(2, 1, 4, 6, generator=rng)
        mask = torch.tensor([[True] * 4 + [False] * 2])
        alone = fit_scale(conditional[..., :4], unconditional[..., :4])
        torch.testing.assert_close(fit_scale(conditional, unconditional, mask), alone)

    def test_zero_init_stands_still_without_a_call(self):
        field = Field(rate=1.0)
        options = SamplingOptions(num_inference_steps=4, sway=0.0, zero_init_steps=2, guidance_scale=1.0)
        latent = sample(field, torch.ones(1, 1, 1), Text(guided=False), options)
        assert len(field.asked) == 2
        assert latent.item() == pytest.approx(0.75**2)

    def test_an_answer_that_is_no_number_is_an_error(self):
        with pytest.raises(BrokenAnswerError, match="not made of numbers"):
            sample(Field(rate=float("inf")), torch.ones(1, 1, 1), Text(), SamplingOptions(num_inference_steps=2))


@pytest.mark.parametrize("solver", ["euler", "midpoint", "heun", "ab2"])
@pytest.mark.parametrize("cfg_zero_star", [True, False])
def test_the_loop_asks_nothing_of_the_device(golden_folder, monkeypatch, solver, cfg_zero_star):
    """Tensors without values: whoever waits for one of them, to branch or to print, fails here."""
    monkeypatch.setattr(sampler_module, "check_finite", lambda latent, what: None)  # the one look, after the loop
    options = SamplingOptions(
        num_inference_steps=6, solver=solver, guidance_interval=(0.3, 0.9), cfg_zero_star=cfg_zero_star
    )
    config = read_config(golden_folder / "tiny-audiogen" / "config.json", ModelConfig)
    with torch.device("meta"), torch.inference_mode():
        dit = DiT(config).eval()
        mask = torch.ones(2, 11, dtype=torch.bool)
        prepared = dit.prepare(
            torch.zeros(2, 5, 32), torch.zeros(1, 1, 32), num_frames=11, latent_mask=mask, guided=True, isolated=True
        )
    rotation = (torch.empty(11, config.head_dim, device="meta"),) * 2
    blocks = tuple(block._replace(rotation=rotation) for block in prepared.blocks)
    modulation = Modulation(
        torch.empty(6, len(blocks), 6, config.dit_embed_dim, device="meta"),
        torch.empty(6, 2, config.dit_embed_dim, device="meta"),
    )
    with torch.inference_mode():
        latent = sample(
            dit,
            torch.empty(2, 32, 11, device="meta"),
            dataclasses.replace(prepared, blocks=blocks),
            options,
            modulation=modulation,
        )
    assert latent.is_meta and latent.shape == (2, 32, 11)
