"""Options of the unified generator: presets, ranges, contradictions."""

import dataclasses
import subprocess
import sys

import pytest

from audiogen_cli.errors import OptionError
from audiogen_cli.generator.base import QUALITIES
from audiogen_cli.generator.unified.options import PRESETS, ModelOptions, SamplingOptions, parse_interval


def test_the_defaults_are_the_published_ones():
    options = SamplingOptions()
    assert (options.steps, options.guidance_scale, options.sway, options.solver) == (25, 5.0, -1.0, "euler")
    assert options.schedule == "sway"


def test_every_quality_has_a_preset_and_what_is_said_wins():
    assert set(PRESETS) == set(QUALITIES)
    assert [SamplingOptions(quality=quality).steps for quality in QUALITIES] == [7, 12, 25, 50]
    assert SamplingOptions(quality="draft").schedule == "epss"
    assert SamplingOptions(quality="draft", num_inference_steps=9).schedule == "sway"  # EPSS has no table for nine
    assert SamplingOptions(quality="fast", solver="heun").schedule == "sway"


@pytest.mark.parametrize(
    "wrong",
    [
        {"num_inference_steps": 0}, {"num_inference_steps": 10**6}, {"num_inference_steps": 2.5},
        {"guidance_scale": 0.5},
        {"guidance_scale": float("nan")}, {"sway": -1.5}, {"sway": 2.0}, {"sway": float("inf")}, {"solver": "rk4"},
        {"schedule": "cosine"}, {"noise": "pink"}, {"timesteps": "odd"}, {"guidance_interval": (0.8, 0.2)},
        {"guidance_interval": (-0.1, 1)}, {"guidance_interval": (0.5,)}, {"zero_init_steps": 25},
        {"zero_init_steps": -1},
        {"schedule": "epss"}, {"schedule": "epss", "num_inference_steps": 7, "solver": "midpoint"},
        {"cfg_zero_star": True, "guidance_scale": 1.0}, {"quality": "superb"}, {"seed": -1},
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        SamplingOptions(**wrong)


def test_options_can_be_copied_with_another_seed():
    options = SamplingOptions(quality="draft")
    assert dataclasses.replace(options, seed=3) == SamplingOptions(quality="draft", seed=3)


def test_an_interval_is_two_numbers():
    assert parse_interval("0.2,0.9") == (0.2, 0.9)
    for text in ("0.2", "a,b", "0.1,0.2,0.3", ""):
        with pytest.raises(OptionError):
            parse_interval(text)


@pytest.mark.parametrize("wrong", [{"dtype": "float16"}, {"max_batch": 0}])
def test_model_options_are_checked(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        ModelOptions(**wrong)


def test_options_load_no_torch():
    rooms = "audiogen_cli.generator.unified.generator, audiogen_cli.hub.pulling, audiogen_cli.device"
    code = f"import sys, {rooms}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
