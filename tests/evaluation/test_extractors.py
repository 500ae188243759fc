"""The extractors' front ends against values solved by hand, and their way with files of weights."""

import numpy as np
import pytest
import torch

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.evaluation.extractors import cnn14, vggish
from audiogen_cli.evaluation.extractors.base import Clip
from audiogen_cli.evaluation.extractors.mel import htk_bank, slaney_bank
from audiogen_cli.evaluation.extractors.resampling import load_as_toolkit, sinc_resample
from audiogen_cli.evaluation.extractors.weights import find_weights, load_strictly


def _clip(tmp_path, seconds=2.0, rate=16_000):
    sound = np.random.default_rng(0).normal(size=round(seconds * rate)).astype(np.float32) * 0.1
    return Clip(path=tmp_path / "none.wav", waveform=Waveform(sound, rate))


@pytest.mark.parametrize(("old", "new", "length"), [(48_000, 16_000, 4), (44_100, 16_000, 4), (8_000, 16_000, 20)])
def test_resampling_rounds_the_length_up(old, new, length):
    assert len(sinc_resample(np.ones(10, np.float32), old, new)) == length


def test_resampling_keeps_a_tone_and_drops_what_the_new_rate_cannot_hold():
    time = np.arange(48_000) / 48_000
    low, high = (np.sin(2 * np.pi * hertz * time).astype(np.float32) for hertz in (1_000, 12_000))
    kept, gone = sinc_resample(low, 48_000, 16_000)[500:-500], sinc_resample(high, 48_000, 16_000)[500:-500]
    at = np.arange(500, 500 + len(kept)) / 16_000
    np.testing.assert_allclose(kept, np.sin(2 * np.pi * 1_000 * at), atol=2e-3)
    assert np.abs(gone).max() < 0.01


def test_one_output_sample_of_the_resampler_by_hand():
    impulse = np.zeros(60, np.float32)
    impulse[30] = 1.0
    edge = 0.99  # of the new rate, three times lower than the old
    distance = edge * np.arange(-2, 3)  # new samples around the impulse, in zero crossings
    expected = np.sinc(distance) * np.cos(distance * np.pi / 12) ** 2 * edge / 3
    np.testing.assert_allclose(sinc_resample(impulse, 3, 1)[8:13], expected, atol=1e-7)


def test_loading_takes_the_first_channel_without_its_offset_and_fills_up_two_seconds():
    sound = np.stack([np.full(100, 0.5), np.ones(100)]).astype(np.float32)
    sound[0, :50] += 0.25
    loaded = load_as_toolkit(Waveform(sound, 16_000), 16_000)
    assert len(loaded) == 32_000
    np.testing.assert_allclose(loaded[[0, 99, 100]], [0.125, -0.125, 0.0], atol=1e-6)


def test_htk_bank_by_hand():
    bank = htk_bank(sample_rate=16_000, num_bins=257, n_mels=64, low_hz=125, high_hz=7500)
    edges = np.linspace(1127 * np.log(1 + 125 / 700), 1127 * np.log(1 + 7500 / 700), 66)
    mel = 1127 * np.log(1 + 31.25 * 100 / 700)  # of bin 100
    upper = np.searchsorted(edges, mel)
    expected = np.zeros(64)
    expected[upper - 1] = (mel - edges[upper - 1]) / (edges[upper] - edges[upper - 1])
    expected[upper - 2] = 1 - expected[upper - 1]
    np.testing.assert_allclose(bank[100], expected, atol=1e-12)
    assert not bank[0].any()


def test_slaney_bank_has_equal_areas_and_is_linear_below_a_kilohertz():
    bank = slaney_bank(sample_rate=16_000, num_bins=8001, n_mels=64, low_hz=50, high_hz=8000)
    np.testing.assert_allclose(bank.sum(axis=0), 1.0, atol=2e-3)  # bins of 1 Hz
    centres = bank.argmax(axis=0)
    steps = np.diff(centres[centres < 950])
    assert steps.max() - steps.min() <= 1
    ratios = centres[-9:] / centres[-10:-1]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-3)


def test_vggish_patches_are_of_whole_096_seconds_and_silence_is_the_log_of_its_offset():
    patches = vggish.log_mel_patches(np.zeros(32_000, np.float32))
    assert patches.shape == (2, 96, 64)
    np.testing.assert_allclose(patches, np.log(0.01), rtol=1e-6)
    assert vggish.log_mel_patches(np.zeros(160_000, np.float32)).shape[0] == 10


def test_cnn14_front_end_is_the_power_spectrum_of_a_centred_hann_window():
    front = cnn14.FRONTS[16_000]
    network = cnn14.Cnn14Network(front)
    sound = np.random.default_rng(1).normal(size=4_000).astype(np.float32)
    power = network.spectrogram_extractor(torch.from_numpy(sound)[None])[0].detach().numpy()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)
    expected = np.abs(np.fft.rfft(sound[10 * 160 - 256 : 10 * 160 + 256] * window)) ** 2
    np.testing.assert_allclose(power[10], expected, rtol=1e-3, atol=1e-3)
    log_mel = network.logmel_extractor(torch.zeros(1, 1, 257))
    torch.testing.assert_close(log_mel, torch.full((1, 1, 64), -100.0))


@pytest.mark.parametrize("rate", [16_000, 32_000])
def test_cnn14_has_the_keys_of_the_published_file(rate):
    state = cnn14.Cnn14Network(cnn14.FRONTS[rate]).state_dict()
    window = cnn14.FRONTS[rate].window
    assert state["spectrogram_extractor.stft.conv_real.weight"].shape == (window // 2 + 1, 1, window)
    assert state["logmel_extractor.melW"].shape == (window // 2 + 1, 64)
    assert state["conv_block6.conv2.weight"].shape == (2048, 2048, 3, 3)
    assert state["fc_audioset.weight"].shape == (527, 2048)
    assert len(state) == 84


def test_extractors_give_the_published_shapes(random_weights, tmp_path):
    clip = _clip(tmp_path, seconds=2.0, rate=48_000)
    assert vggish.Vggish(random_weights).extract(clip)["patches"].shape == (2, 128)
    found = cnn14.Cnn14(random_weights).extract(clip)
    assert (found["embedding"].shape, found["logits"].shape) == ((2048,), (527,))
    assert (found["embedding"] >= 0).all()


def test_the_identity_names_the_weights_by_content(random_weights):
    identity = vggish.Vggish(random_weights).identity()
    assert len(identity["weights_sha256"]) == 64
    assert identity["rate"] == 16_000


def test_weights_that_are_not_there_say_where_they_come_from(tmp_path):
    with pytest.raises(ModelMissingError, match="not there") as caught:
        find_weights(vggish.WEIGHTS, tmp_path)
    assert vggish.WEIGHTS.url in caught.value.hint


def test_weights_of_another_model_are_refused(tmp_path):
    path = tmp_path / "other.pth"
    torch.save({"features.0.weight": torch.zeros(64, 1, 3, 3)}, path)
    with pytest.raises(ModelMissingError, match="another model"):
        load_strictly(vggish.VggishNetwork(), path)


class _Trap:
    def __reduce__(self):
        return (print, ("ran",))


@pytest.mark.parametrize("content", ["code", "garbage", "list"])
def test_a_pickle_is_read_without_running_it(tmp_path, content, capsys):
    path = tmp_path / "trap.pth"
    if content == "garbage":
        path.write_bytes(b"not a pickle")
    else:
        torch.save(_Trap() if content == "code" else [1], path)
    with pytest.raises(ModelMissingError, match=r"trap\.pth"):
        load_strictly(torch.nn.Linear(1, 1), path)
    assert capsys.readouterr().out == ""
