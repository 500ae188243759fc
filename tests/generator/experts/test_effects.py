"""Every sound of the knowledge, rendered by its model: what no listener should ever hear go wrong."""

import zlib

import numpy as np
import pytest

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.effects import throat
from audiogen_cli.generator.experts.effects.registry import render_sound, sound_models
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import Entry, load_entries

ENTRIES = load_entries("sounds")
BEDS = [name for name, entry in ENTRIES.items() if entry.params.get("kind") == "bed"]
EVENTS = [name for name, entry in ENTRIES.items() if entry.params.get("kind") == "event"]
BED_S = 2.0  # long enough for every bed to speak, short enough for a busy machine


def _render(name: str, seed: int = 0) -> np.ndarray:
    entry = ENTRIES[name]
    return render_sound(entry, rng=np.random.default_rng(seed), duration_s=BED_S if name in BEDS else None)


@pytest.fixture(scope="module")
def rendered():
    """Each entry rendered once with seed 0, when first asked for."""
    sounds: dict[str, np.ndarray] = {}

    def get(name: str) -> np.ndarray:
        if name not in sounds:
            sounds[name] = _render(name)
        return sounds[name]

    return get


def test_every_sound_is_a_bed_or_an_event():
    assert set(BEDS) | set(EVENTS) == set(ENTRIES)


@pytest.mark.parametrize("name", ENTRIES)
def test_sound_has_a_model_whose_docstring_says_what_it_is_made_by(name):
    entry = ENTRIES[name]
    model = sound_models().get(entry.params.get("model", name))
    assert model is not None, f"{name} has no model"
    text = (model.__doc__ or "").strip()
    assert len(text) > 40, f"{name}: the docstring names the physical model and its source"
    assert any(char.isupper() for char in text[1:]), f"{name}: no source is named in {text!r}"


@pytest.mark.parametrize("name", ENTRIES)
def test_sound_is_finite_and_peaks_at_one(name, rendered):
    samples = rendered(name)
    assert samples.dtype == np.float32 and samples.ndim == 1
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("name", BEDS)
def test_bed_lasts_exactly_as_long_as_asked(name, rendered):
    assert rendered(name).size == round(BED_S * SAMPLE_RATE)


@pytest.mark.parametrize("name", BEDS)
def test_bed_is_heard_in_most_of_its_length(name):
    samples = render_sound(ENTRIES[name], rng=np.random.default_rng(3), duration_s=8.0)
    seconds = np.sqrt(np.mean(samples.reshape(8, -1) ** 2, axis=1))
    assert np.count_nonzero(seconds > 0.003) >= 5, f"{name} is silent most of the time: {seconds.round(4)}"


@pytest.mark.parametrize("name", EVENTS)
def test_event_rings_out_into_silence(name, rendered):
    samples = rendered(name)
    tail = samples[-round(0.002 * SAMPLE_RATE) :]
    assert np.abs(tail).max() < 0.02, f"{name} is cut off at {np.abs(tail).max():.3f} of its peak"


@pytest.mark.parametrize("name", ENTRIES)
def test_sound_starts_and_ends_without_a_click(name, rendered):
    samples = rendered(name)
    assert abs(samples[0]) < 0.05 and abs(samples[-1]) < 0.05


@pytest.mark.parametrize("name", ENTRIES)
def test_sound_carries_no_direct_current(name, rendered):
    samples = rendered(name)
    assert abs(float(samples.mean())) < 0.02 * max(float(samples.std()), 1e-3) + 0.002


@pytest.mark.parametrize("name", ENTRIES)
def test_same_seed_gives_the_same_sound_and_another_seed_another(name, rendered):
    first = rendered(name)
    assert np.array_equal(first, _render(name, seed=0))
    other = _render(name, seed=1)
    assert other.size != first.size or not np.array_equal(first, other)


@pytest.mark.parametrize("name", BEDS)
def test_bed_renders_at_the_extremes_of_a_clip(name):
    for duration_s in (0.3, 1.0):
        samples = render_sound(ENTRIES[name], rng=np.random.default_rng(1), duration_s=duration_s)
        assert samples.size == round(duration_s * SAMPLE_RATE)
        assert np.isfinite(samples).all()


def test_a_missing_model_is_named():
    with pytest.raises(KnowledgeError, match="no sound model"):
        render_sound(
            Entry(name="dodo", family="birds", words=("dodo",), phrase="a dodo calling"), rng=np.random.default_rng(0)
        )


def test_sounds_do_not_depend_on_the_process_wide_seed():
    np.random.seed(zlib.crc32(b"one"))
    first = _render("rain")
    np.random.seed(zlib.crc32(b"two"))
    assert np.array_equal(first, _render("rain"))


def test_shaped_noise_follows_its_curve():
    noise = shaped_noise(4 * SAMPLE_RATE, np.random.default_rng(0), [(500, 0), (1000, 0), (2000, -40)])
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    hz = np.fft.rfftfreq(noise.size, 1 / SAMPLE_RATE)
    band = lambda low, high: spectrum[(hz > low) & (hz < high)].mean()  # noqa: E731
    assert 10 * np.log10(band(3000, 6000) / band(600, 900)) == pytest.approx(-40, abs=1)
    assert noise.std() == pytest.approx(1, abs=1e-6)


def test_a_moving_mouth_that_stands_still_is_a_still_mouth():
    rng = np.random.default_rng(0)
    buzz = throat.glottis(np.full(SAMPLE_RATE, 120.0), rng)
    still = formant_filter(buzz, throat.vowel("a"))
    moving = formant_filter(buzz, throat.vowel_path(buzz.size, [(0, "a"), (1, "a")]))
    assert np.corrcoef(still, moving)[0, 1] > 0.97


def test_the_folds_buzz_at_the_pitch_they_are_given():
    buzz = throat.glottis(np.full(SAMPLE_RATE, 200.0), np.random.default_rng(0), jitter=0.0, breath=0.0)
    spectrum = np.abs(np.fft.rfft(buzz))
    assert abs(int(spectrum[50:350].argmax()) + 50 - 200) <= 1


def test_events_are_placed_at_their_times_and_cut_at_the_end():
    out = place(100, [np.ones(10), np.ones(50)], [0.0, 80 / SAMPLE_RATE], [1.0, 2.0])
    assert out[:10].tolist() == [1.0] * 10 and out[80:].tolist() == [2.0] * 20 and out[10:80].sum() == 0


def test_a_mode_is_a_sine_that_dies_in_its_time():
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    expected = 0.5 * 10 ** (-3 * t / 1.0) * np.sin(2 * np.pi * 440 * t)  # 60 dB in a second
    np.testing.assert_allclose(modes(t.size, [440.0], [1.0], [0.5]), expected, atol=1e-5)
