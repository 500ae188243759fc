"""Short sounds keep their attack: body instead of limiting, a loudness that peaks allow, an ambience behind."""

import numpy as np
import pytest

from audiogen_cli.audio.loudness import CEILING_DBTP, TARGET_LUFS, integrated_lufs, true_peak_dbtp
from audiogen_cli.generator.experts.scene import mix as mixing
from audiogen_cli.generator.experts.scene.levels import gain_to, sounding_lufs
from audiogen_cli.generator.experts.scene.mix import produced
from audiogen_cli.generator.experts.scene.peaks import MOST_LEVELLING_DB, brought_near, highest_gain
from audiogen_cli.generator.experts.scene.space import build_space
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE, Sounding
from audiogen_cli.knowledge.entries import load_entries

SPACES = {name: build_space(entry) for name, entry in load_entries("spaces").items()}


def noise(seconds, seed=0):
    sound = np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE)).astype("f4")
    return sound / np.abs(sound).max()


def knock(t60_s=0.1, **placing):
    """A short blow; with 0.02 s it is a click."""
    sound = noise(0.5) * np.exp(-6.9 * np.arange(SAMPLE_RATE // 2) / (t60_s * SAMPLE_RATE)).astype("f4")
    return Sounding(layer="sfx", label="a knock", samples=sound / np.abs(sound).max(), **placing)


def ambience():
    return Sounding(layer="env", label="wind", samples=noise(10.0, 1), bed=True)


def limiting_db(monkeypatch, *soundings, space="living_room"):
    """A mix, and what its limiter took at most."""
    gains = []
    level = mixing.levelling_gain
    monkeypatch.setattr(
        mixing, "levelling_gain", lambda *told, **knobs: gains.append(level(*told, **knobs)) or gains[-1]
    )
    mix = produced(soundings, SPACES[space], duration_s=10.0, channels=2, rng=np.random.default_rng(0))
    return mix, 0.0 if gains[0] is None else 20 * np.log10(gains[0].max() / gains[0].min())


@pytest.mark.parametrize("t60_s", [0.02, 0.1, 0.4])
@pytest.mark.parametrize("around", [(), (ambience(),)])
def test_the_limiter_takes_no_more_of_a_lone_sound_than_is_stated(monkeypatch, t60_s, around):
    mix, taken_db = limiting_db(monkeypatch, knock(t60_s, start_s=4.0), *around)
    assert taken_db <= MOST_LEVELLING_DB + 0.2
    assert true_peak_dbtp(mix.waveform) <= CEILING_DBTP
    assert mix.below_lu == pytest.approx(max(0.0, TARGET_LUFS - integrated_lufs(mix.waveform)), abs=0.01)


def test_a_scene_bound_by_its_peaks_says_so_and_is_not_levelled_again():
    from audiogen_cli.caption import Caption
    from audiogen_cli.generator.experts.generator import ExpertsGenerator
    from audiogen_cli.generator.experts.options import ExpertOptions

    rendering = ExpertsGenerator().generate(
        Caption(caption="A mouse clicks", sfx="mouse clicks"), ExpertOptions(seed=1, duration_s=4.0)
    )
    assert rendering.peak_bound and integrated_lufs(rendering.waveform) < TARGET_LUFS - 1
    assert any("LU below" in note for note in rendering.notes)


def test_a_click_stays_below_the_programme_and_a_ringing_sound_reaches_it():
    click, bell = (
        produced([knock(t60_s)], SPACES["studio"], duration_s=5.0, channels=1, rng=np.random.default_rng(0))
        for t60_s in (0.02, 1.0)
    )
    assert click.below_lu > 2 and true_peak_dbtp(click.waveform) > CEILING_DBTP - 0.5
    assert bell.below_lu < 0.2


def placed(*soundings, space="garden"):
    return produced(soundings, SPACES[space], duration_s=10.0, channels=2, rng=np.random.default_rng(0))


def test_a_place_makes_up_what_a_single_short_event_lacks_and_the_event_stands_out_of_it():
    mix = placed(knock(0.3, start_s=4.0), ambience())
    assert integrated_lufs(mix.waveform) == pytest.approx(TARGET_LUFS, abs=1.0)
    highest = {layer: np.abs(stem.samples).max() for layer, stem in mix.stems.items()}
    assert highest["sfx"] > 2.5 * highest["env"]


def test_a_place_stays_behind_what_carries_the_loudness_by_itself():
    calls = [knock(0.8, start_s=start_s) for start_s in (0.5, 2.5, 4.5, 6.5, 8.5)]
    with_place = placed(*calls, ambience())
    assert with_place.below_lu < 0.5
    assert integrated_lufs(with_place.stems["env"]) < TARGET_LUFS - 6


def test_no_place_that_was_not_asked_for_comes_up():
    quiet = placed(knock(0.02, start_s=4.0), space="studio")
    assert quiet.below_lu > 2 and integrated_lufs(quiet.stems["env"]) < TARGET_LUFS - 20


def test_a_place_without_events_is_the_programme():
    mix = produced([ambience()], SPACES["garden"], duration_s=5.0, channels=2, rng=np.random.default_rng(0))
    assert integrated_lufs(mix.waveform) == pytest.approx(TARGET_LUFS, abs=0.5) and mix.below_lu < 0.2


def test_a_sound_that_goes_on_reaches_the_programme_beside_a_hard_blow(monkeypatch):
    rain = Sounding(layer="sfx", label="rain", samples=noise(10.0, 2), bed=True)
    mix, taken_db = limiting_db(monkeypatch, rain, knock(0.02, start_s=4.0))
    assert mix.below_lu < 0.5 and taken_db <= MOST_LEVELLING_DB + 0.2


def test_the_peak_stays_and_what_follows_it_comes_up_in_order():
    dry = knock(0.05).samples
    near = brought_near(dry, sounding_lufs(knock(0.05)))
    peak = np.abs(dry).max()
    assert np.abs(near).max() == pytest.approx(peak, rel=1e-3)
    blocks = np.abs(near[: SAMPLE_RATE // 10]).reshape(-1, 480).max(axis=1)
    raised = blocks / np.abs(dry[: SAMPLE_RATE // 10]).reshape(-1, 480).max(axis=1)
    assert raised[0] < 1.05 and raised[5] > 1.3 and raised.max() <= 4  # at most 12 dB
    assert np.all(np.diff(20 * np.log10(blocks)) < 1.0)  # it still dies away


def test_what_is_no_click_comes_back_as_it_is():
    steady = Sounding(layer="sfx", label="rain", samples=noise(2.0), bed=True)
    assert brought_near(steady.samples, sounding_lufs(steady)) is steady.samples
    silence = np.zeros(100, "f4")
    assert brought_near(silence, -np.inf) is silence and highest_gain(silence) == np.inf


def test_an_event_under_words_is_held_by_its_peak_and_the_words_are_not_pumped():
    voice = Sounding(layer="speech", label="a voice", samples=noise(4.0, 7), start_s=0.5)
    click = knock(0.005, start_s=6.0)
    stems = produced([voice, click], SPACES["studio"], duration_s=8.0, channels=1, rng=np.random.default_rng(0)).stems
    wanted = gain_to(sounding_lufs(click), TARGET_LUFS)
    assert highest_gain(brought_near(click.samples, sounding_lufs(click))) < wanted
    assert np.abs(stems["sfx"].samples).max() > 0.5
