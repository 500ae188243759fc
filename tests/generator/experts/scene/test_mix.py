"""The mix: levels by role, words in front, one loudness, nothing clipped, the paper's plain sum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen_cli.audio.loudness import CEILING_DBTP, TARGET_LUFS, integrated_lufs, true_peak_dbtp
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.generator.experts.scene.mix import STILL_LUFS, plain_sum, produced
from audiogen_cli.generator.experts.scene.space import build_space
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE, Sounding
from audiogen_cli.knowledge.entries import load_entries

SPACES = {name: build_space(entry) for name, entry in load_entries("spaces").items()}


def noise(seconds, seed=0, low=False):
    sound = np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE)).astype("f4")
    sound = np.cumsum(sound - sound.mean()).astype("f4") if low else sound
    return sound / np.abs(sound).max()


def speech(start_s=3.0, seconds=3.0):
    """Syllables at 4 Hz."""
    sound = noise(seconds, 7)
    sound *= (0.55 + 0.45 * np.sin(2 * np.pi * 4 * np.arange(len(sound)) / SAMPLE_RATE)).astype("f4")
    return Sounding(layer="speech", label="a voice", samples=sound, start_s=start_s)


def music(seconds=10.0):
    both = np.stack([noise(seconds, 1), noise(seconds, 2)])
    return Sounding(layer="music", label="a band", samples=both, in_space=False)


def bed(layer="env", seconds=10.0):
    return Sounding(layer=layer, label="rain", samples=noise(seconds, 3), bed=True)


def event(start_s=7.0, **placing):
    sound = noise(0.4, 4) * np.exp(-np.arange(round(0.4 * SAMPLE_RATE)) / 4000).astype("f4")
    return Sounding(layer="sfx", label="a knock", samples=sound, start_s=start_s, **placing)


def mixed(*soundings, space="living_room", duration_s=10.0, channels=2):
    return produced(soundings, SPACES[space], duration_s=duration_s, channels=channels, rng=np.random.default_rng(0))


def level_between(stem, start_s, end_s):
    part = stem.samples[:, round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    return integrated_lufs(Waveform(part, SAMPLE_RATE))


SCENES = {
    "words": (speech(),),
    "words and music": (speech(), music()),
    "everything": (speech(), music(), bed(), bed("sfx"), event()),
    "one knock": (event(),),
    "rain": (bed("sfx"),),
    "a place": (bed(),),
    "music": (music(),),
    "music and knock": (music(), event()),
}


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_meets_the_programme_and_its_ceiling(scene):
    waveform = mixed(*SCENES[scene], space="street").waveform
    assert integrated_lufs(waveform) == pytest.approx(TARGET_LUFS, abs=1.0)
    assert true_peak_dbtp(waveform) <= CEILING_DBTP and np.abs(waveform.samples).max() < 1.0


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("duration_s", [1.0, 1.7, 13.333, 60.0])
def test_a_clip_is_exactly_as_long_as_asked(duration_s, channels):
    mix = mixed(speech(0.1, 0.7), bed(seconds=duration_s), duration_s=duration_s, channels=channels)
    assert mix.waveform.samples.shape == (channels, round(duration_s * SAMPLE_RATE))


@pytest.mark.parametrize("space", ["studio", "cathedral", "underwater"])
def test_every_space_meets_the_programme(space):
    waveform = mixed(*SCENES["everything"], space=space).waveform
    assert integrated_lufs(waveform) == pytest.approx(TARGET_LUFS, abs=1.0)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_stems_sum_to_the_mix(channels):
    mix = mixed(*SCENES["everything"], channels=channels)
    total = np.sum([stem.samples for stem in mix.stems.values()], axis=0)
    assert np.abs(total - mix.waveform.samples).max() < 1e-5
    assert list(mix.stems) == ["speech", "music", "sfx", "env"]


def test_however_much_sounds_the_words_lie_in_front():
    crowd = [bed("sfx") for _ in range(6)] + [event(start, gain_db=6.0) for start in np.arange(0, 10, 0.3)]
    stems = mixed(speech(), music(), *crowd).stems
    others = Waveform(sum(stem.samples for layer, stem in stems.items() if layer != "speech"), SAMPLE_RATE)
    assert level_between(stems["speech"], 3.3, 5.7) - level_between(others, 3.3, 5.7) > 7.5
    assert level_between(others, 7, 9.5) < level_between(stems["speech"], 3.3, 5.7) + 1


def test_music_and_ambience_lie_well_below_words_and_return_after_them():
    stems = mixed(*SCENES["everything"][:3]).stems
    words = level_between(stems["speech"], 3.3, 5.7)
    assert words - level_between(stems["music"], 3.3, 5.7) > 12
    assert words - level_between(stems["env"], 3.3, 5.7) > 12
    assert 4 < level_between(stems["music"], 8.0, 9.5) - level_between(stems["music"], 3.3, 5.7) < 10


def test_music_alone_is_not_held_back():
    stems = mixed(music()).stems
    assert level_between(stems["music"], 1, 9) == pytest.approx(TARGET_LUFS, abs=0.5)


def test_the_far_is_softer_duller_and_wetter_than_the_near():
    near, far = (
        mixed(speech(0.5, 2.0), event(5.0, distance_m=distance), space="hall").stems["sfx"] for distance in (1.0, 12.0)
    )

    def energy(stem, start_s, end_s):
        return float(np.square(stem.samples[:, round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]).sum())

    assert energy(far, 5, 5.1) < 0.5 * energy(near, 5, 5.1)
    assert energy(far, 5.8, 7) / energy(far, 5, 5.1) > 2 * energy(near, 5.8, 7) / energy(near, 5, 5.1)


def test_a_hall_rings_on_where_a_studio_is_silent():
    rings = {}
    for space in ("studio", "hall"):
        stem = mixed(speech(0.5, 2.0), event(5.0), space=space).stems["sfx"]
        rings[space] = np.square(stem.samples[:, round(5.7 * SAMPLE_RATE) : round(6.2 * SAMPLE_RATE)]).sum()
    assert rings["hall"] > 100 * rings["studio"]


def test_the_ends_are_soft_and_words_at_the_end_are_whole():
    mix = mixed(bed(), speech(6.5, 3.4))
    assert np.abs(mix.waveform.samples[:, :4]).max() < 1e-3 and np.abs(mix.waveform.samples[:, -4:]).max() < 1e-3
    words = mix.stems["speech"]
    assert level_between(words, 9.4, 9.8) == pytest.approx(level_between(words, 7.4, 7.8), abs=3)


def test_an_event_at_the_left_is_heard_at_the_left_and_one_channel_holds_it_too():
    left, right = mixed(event(5.0, pan=-0.8), space="studio").stems["sfx"].samples
    assert np.square(left).sum() > 4 * np.square(right).sum()
    assert np.abs(mixed(event(5.0, pan=-0.8), channels=1).stems["sfx"].samples).max() > 0.1


def test_a_place_where_nothing_happens_has_its_own_quiet():
    assert level_between(mixed(space="church").stems["env"], 1, 9) == pytest.approx(STILL_LUFS, abs=1)


def test_silence_stays_silence():
    nothing = produced([], SPACES["church"], duration_s=2.0, channels=1, rng=np.random.default_rng(0), quiet=False)
    assert not nothing.waveform.samples.any() and not nothing.stems
    silent = Sounding(layer="sfx", label="nothing", samples=np.zeros(100, "f4"))
    assert np.isfinite(mixed(silent).waveform.samples).all()


def test_the_papers_mix_is_the_plain_sum():
    voice, knock = speech(3.0, 2.0), event(7.0)
    quiet = [
        Sounding(layer=part.layer, label="", samples=part.samples * np.float32(0.2), start_s=part.start_s)
        for part in (voice, knock)
    ]
    mix = plain_sum([*quiet, bed()], duration_s=10.0, channels=1)
    expected = np.zeros(10 * SAMPLE_RATE, "f4")
    for part in quiet:  # aligned at time 0, and no ambience of the ENV view
        expected[: len(part.samples)] += part.samples
    assert np.array_equal(mix.waveform.samples[0], expected)
    assert set(mix.stems) == {"speech", "sfx"}


def test_the_papers_mix_is_scaled_only_where_it_would_clip():
    mix = plain_sum([speech(), music()], duration_s=10.0, channels=2)
    assert np.abs(mix.waveform.samples).max() == pytest.approx(1.0, abs=1e-6)


@settings(max_examples=8)
@given(
    starts=st.lists(st.floats(-2, 12), max_size=5),
    duration_s=st.floats(1.0, 12.0),
    space=st.sampled_from(sorted(SPACES)),
    channels=st.sampled_from([1, 2]),
    motion=st.sampled_from(["still", "passing", "approaching", "receding"]),
)
def test_any_scene_keeps_its_length_and_its_ceiling(starts, duration_s, space, channels, motion):
    parts = [event(start, motion=motion, pan=0.5) for start in starts]
    waveform = mixed(*parts, bed(seconds=duration_s), space=space, duration_s=duration_s, channels=channels).waveform
    assert waveform.samples.shape == (channels, round(duration_s * SAMPLE_RATE))
    assert np.isfinite(waveform.samples).all() and true_peak_dbtp(waveform) <= CEILING_DBTP + 1e-3
