"""The ear from packages: what it needs, how its recogniser is put together, what it hears and does not."""

import hashlib

import numpy as np
import pytest

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.evaluation import ear
from audiogen_cli.settings import cache_folder

needs_ear = pytest.mark.skipif(bool(ear.missing_packages()), reason="needs the extra ear")


def _noise(seconds, rate=16_000, level=0.1, seed=0):
    return Waveform(np.random.default_rng(seed).normal(size=round(seconds * rate)).astype(np.float32) * level, rate)


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """Two packages that carry a recogniser of nine bytes, in the place of those of 145 MB."""
    for number, content in ((1, b"whis"), (2, b"per!!")):
        data = tmp_path / f"part{number}" / "data"
        data.mkdir(parents=True)
        (data / f"model.bin.part{number}").write_bytes(content)
    (tmp_path / "part1" / "data" / "config.json").write_text("{}")
    places = dict(zip(ear._WHISPER_PARTS, (tmp_path / "part1", tmp_path / "part2")))
    monkeypatch.setattr(ear, "_package_folder", places.__getitem__)
    monkeypatch.setattr(ear, "_SHA256", hashlib.sha256(b"whisper!!").hexdigest())
    return tmp_path


def test_the_recogniser_is_put_together_once_and_checked(parts):
    folder = ear._whisper_folder()
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.bin"]
    assert (folder / "model.bin").read_bytes() == b"whisper!!"
    assert folder.is_relative_to(cache_folder())
    (parts / "part2" / "data" / "model.bin.part2").unlink()
    assert ear._whisper_folder() == folder
    assert [path.name for path in folder.parent.iterdir()] == ["whisper-base"]


def test_parts_that_are_not_the_published_ones_are_refused_and_leave_nothing(parts):
    (parts / "part2" / "data" / "model.bin.part2").write_bytes(b"other")
    with pytest.raises(ModelMissingError, match="not the ones") as caught:
        ear._whisper_folder()
    assert caught.value.hint == ear.INSTALL_HINT
    assert not list(cache_folder().rglob("model.bin"))
    (parts / "part2" / "data" / "model.bin.part2").unlink()
    with pytest.raises(ModelMissingError, match="cannot be unpacked"):
        ear._whisper_folder()


def test_a_machine_without_the_packages_has_no_ear_and_says_which_are_missing(monkeypatch):
    monkeypatch.setattr(ear, "find_spec", lambda name: None)
    assert ear.find_ear() is None
    assert "faster-whisper" in ear.missing_packages()
    with pytest.raises(ModelMissingError, match="faster-whisper") as caught:
        ear.Ear().speech_quality(_noise(1))
    assert caught.value.exit_code == 4
    with pytest.raises(ModelMissingError, match="speechmos"):
        ear._package_folder("speechmos")


@needs_ear
def test_where_nobody_speaks_no_word_is_invented_and_the_recogniser_is_not_even_loaded():
    listening = ear.Ear()
    for quiet in (Waveform(np.zeros(48_000, np.float32), 48_000), _noise(3, rate=44_100), _noise(0.01)):
        assert listening.words(quiet) == ""
        assert listening.speech_share(quiet) < 0.02
    assert "_recogniser" not in vars(listening)


@needs_ear
@pytest.mark.parametrize(("seconds", "rate"), [(0.0, 16_000), (0.1, 8_000), (3.0, 48_000), (12.0, 16_000)])
def test_the_quality_of_speech_is_on_its_scale_for_any_length_and_rate(seconds, rate):
    assert 0.9 <= ear.Ear().speech_quality(_noise(seconds, rate)) <= 2.5  # noise is no speech


@needs_ear
@pytest.mark.embedded
@pytest.mark.slow
def test_words_that_are_said_are_heard_and_found_good():
    from audiogen_cli import assembly
    from audiogen_cli.caption import Caption
    from audiogen_cli.settings import Settings

    settings = Settings(engine="experts")
    generator = assembly.build_generator(settings).part
    caption = Caption(caption="A man speaks", speech="A calm man", asr="The train to the coast leaves at nine tonight.")
    options = assembly.build_options(generator, settings, seed=1, knobs={"duration": 5.0})
    spoken = generator.generate(caption, options).waveform
    listening = ear.Ear()
    heard = listening.words(spoken).lower()
    assert "train" in heard and "coast" in heard
    assert listening.speech_share(spoken) > 0.2
    assert listening.speech_quality(spoken) > listening.speech_quality(_noise(5))
