"""The engine of experts, whole: captions in, scenes out, with the parts that are really there."""

import subprocess
import sys

import numpy as np
import pytest

from audiogen_cli.audio.loudness import TARGET_LUFS, integrated_lufs
from audiogen_cli.caption import Caption
from audiogen_cli.errors import ModelMissingError, OptionError, UnknownSoundError
from audiogen_cli.generator.base import GenerationOptions
from audiogen_cli.generator.experts.generator import ExpertsGenerator
from audiogen_cli.generator.experts.options import ExpertOptions

SCENE = Caption(
    caption="A dog barks while a band plays",
    sfx="a dog barks twice, then a door slams",
    music="calm solo piano",
    env="forest",
)
SPOKEN = Caption(caption="A man greets", speech="calm man", asr="Good evening, everyone.", sfx="rain", env="street")


@pytest.fixture(scope="module")
def engine():
    return ExpertsGenerator()


def render(engine, caption, **options):
    return engine.generate(caption, ExpertOptions(**{"duration_s": 4.0, "quality": "draft", **options}))


def test_a_caption_becomes_a_levelled_scene_with_its_story(engine):
    rendering = render(engine, SCENE)
    assert rendering.waveform.sample_rate == engine.sample_rate == 48_000
    assert rendering.waveform.samples.shape == (2, 4 * 48_000)
    assert integrated_lufs(rendering.waveform) == pytest.approx(TARGET_LUFS, abs=1.0)
    assert set(rendering.stems) == {"music", "sfx", "env"}
    assert [cue.label for cue in rendering.cues if cue.layer == "sfx"] == ["dog bark", "dog bark", "door slam"]
    assert all(0 <= cue.start_s < cue.end_s <= 4.0 for cue in rendering.cues)
    assert rendering.details["space"] == "forest" and not rendering.details["unknown_sounds"]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(engine):
    first, again, other = (render(engine, SCENE, seed=seed).waveform.samples.tobytes() for seed in (3, 3, 4))
    assert first == again != other


def test_changing_one_view_leaves_the_sound_of_the_others(engine):
    dry = {"mix": "paper", "channels": 1}
    one = render(engine, SCENE, **dry)
    other = render(engine, SCENE.with_views({"music": "driving techno"}), **dry)
    scale = np.abs(one.stems["sfx"].samples).max() / np.abs(other.stems["sfx"].samples).max()
    assert np.allclose(one.stems["sfx"].samples, other.stems["sfx"].samples * scale, atol=1e-5)
    assert not np.allclose(one.stems["music"].samples, other.stems["music"].samples, atol=1e-2)


def test_the_papers_mix_is_the_sum_of_its_tracks(engine):
    rendering = render(engine, SCENE, mix="paper", channels=1)
    total = sum(stem.samples for stem in rendering.stems.values())
    assert np.allclose(total, rendering.waveform.samples, atol=1e-6) and set(rendering.stems) == {"music", "sfx"}
    assert min(cue.start_s for cue in rendering.cues if cue.layer == "sfx") == 0.0


def test_a_batch_is_item_for_item_what_one_alone_would_be(engine):
    options = [ExpertOptions(seed=seed, duration_s=2.0, channels=1) for seed in (1, 2)]
    batch = engine.generate_batch([SCENE, SCENE], options)
    alone = [engine.generate(SCENE, option) for option in options]
    assert [item.waveform.samples.tobytes() for item in batch] == [item.waveform.samples.tobytes() for item in alone]
    with pytest.raises(OptionError):
        engine.generate_batch([SCENE], options)


def test_plain_options_take_the_experts_defaults(engine):
    rendering = engine.generate(Caption(caption="rain", sfx="rain"), GenerationOptions(seed=5))
    assert rendering.waveform.duration_s == 10.0 and rendering.waveform.num_channels == 2


def test_progress_is_told_from_the_first_step_to_the_last(engine):
    told = []
    engine.generate(SCENE, ExpertOptions(duration_s=1.0), lambda *step: told.append(step))
    assert [done for done, _, _ in told] == list(range(5)) and told[-1][:2] == (4, 4)


def test_an_unknown_sound_is_told_and_never_replaced(engine):
    with pytest.raises(UnknownSoundError, match="kazoo"):
        render(engine, Caption(caption="a kazoo", sfx="a kazoo"))
    partly = render(engine, Caption(caption="rain and a kazoo", sfx="rain and a kazoo"))
    assert any("kazoo" in note for note in partly.notes) and partly.details["unknown_sounds"] == ["kazoo"]
    assert render(engine, Caption(caption="a kazoo", sfx="a kazoo", env="forest"), allow_missing=True).stems["env"]


def test_nothing_to_render_is_silence_with_a_note(engine):
    rendering = render(engine, Caption(caption="something"))
    assert not rendering.waveform.samples.any() and rendering.notes


def test_without_the_voices_the_words_are_an_error_or_left_out_on_request(monkeypatch):
    monkeypatch.setattr("audiogen_cli.generator.experts.speech.carried.find_spec", lambda name: None)
    engine = ExpertsGenerator()
    with pytest.raises(ModelMissingError):
        render(engine, SPOKEN)
    rendering = render(engine, SPOKEN, allow_missing=True)
    assert any("not spoken" in note for note in rendering.notes) and "speech" not in rendering.stems


@pytest.mark.embedded
def test_words_are_spoken_within_the_clip_and_lie_in_front(engine):
    pytest.importorskip("hibari")
    rendering = render(engine, SPOKEN)
    cues = [cue for cue in rendering.cues if cue.layer == "speech"]
    assert cues and all(0 < cue.start_s < cue.end_s < 4.0 for cue in cues)
    words, rain = (integrated_lufs(rendering.stems[layer]) for layer in ("speech", "sfx"))
    assert words - rain > 6


@pytest.mark.embedded
def test_new_music_leaves_the_spoken_words_as_they_were(engine):
    pytest.importorskip("hibari")
    one, other = (
        render(engine, SPOKEN.with_views({"music": style}), mix="paper").stems["speech"].samples
        for style in ("calm solo piano", "driving techno")
    )
    scale = np.abs(one).max() / np.abs(other).max()
    assert np.allclose(one, other * scale, atol=1e-5)


def test_neither_torch_nor_the_slow_parts_of_scipy_are_loaded():
    code = (
        "import sys; from audiogen_cli.caption import Caption;"
        "from audiogen_cli.generator.experts.generator import ExpertsGenerator;"
        "from audiogen_cli.generator.experts.options import ExpertOptions;"
        "scene = Caption(caption='x', asr='Hello.', sfx='rain', music='rock');"
        "ExpertsGenerator().generate(scene, ExpertOptions(duration_s=1.0, allow_missing=True));"
        "slow = {'torch', 'transformers', 'scipy.signal', 'scipy.stats', 'scipy.interpolate'} & sys.modules.keys();"
        "sys.exit(str(slow) if slow else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "wrong",
    [{"duration_s": 0.5}, {"duration_s": 61}, {"duration_s": float("nan")}, {"channels": 3}, {"mix": "loud"},
     {"duration_s": True}, {"duration_s": "ten"}, {"seed": -1}, {"quality": "awful"}],
)  # fmt: skip
def test_an_option_out_of_range_is_refused(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        ExpertOptions(**wrong)


def test_a_still_place_stays_still():
    from audiogen_cli.audio.loudness import integrated_lufs
    from audiogen_cli.generator.experts.scene.mix import STILL_LUFS
    from audiogen_cli.pipeline import iterate_takes

    scene = Caption(caption="Near silence in an empty room", env="Quiet empty room")
    take = next(iterate_takes(ExpertsGenerator(), scene, [ExpertOptions(seed=1, duration_s=3.0)]))
    assert integrated_lufs(take.waveform) == pytest.approx(STILL_LUFS, abs=1) and take.faults == ()


def test_a_caption_without_other_views_is_read_for_them_and_says_so(engine):
    rendering = render(engine, Caption(caption="Rain on a tin roof"))
    assert "sfx" in rendering.stems and len(rendering.details["sounds"]) == 1
    assert any("only a Caption" in note for note in rendering.notes)
