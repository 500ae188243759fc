"""The gate closes on what no listener would take for intent, and on nothing else."""

import numpy as np
import pytest

from audiogen_cli.audio.loudness import normalise_loudness
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.quality.gate import find_gate_faults, measure_clip

RATE = 16_000
NOISE = np.random.default_rng(0).normal(0, 0.1, RATE * 4).astype(np.float32)


def faults(samples, *, levelled=True, **asked):
    raw = Waveform(samples, RATE)
    clip = normalise_loudness(raw) if levelled else raw
    return find_gate_faults(measure_clip(raw, clip), levelled=levelled, **asked)


@pytest.mark.parametrize("level", [1.0, 0.1, 0.02])
def test_loud_and_quiet_scenes_pass(level):
    assert faults(level * NOISE) == []


def test_one_short_event_in_a_still_room_passes():
    room = 0.004 * NOISE
    room[RATE : RATE + 4000] += 3 * NOISE[:4000]
    assert faults(room) == []


@pytest.mark.parametrize(
    ("samples", "complaint"),
    [
        (np.zeros(RATE * 2), "silence"),
        (1e-5 * NOISE, "silence"),
        (np.where(np.arange(RATE * 4) < 2000, NOISE, 0), "of it is silence"),
        (np.clip(12 * NOISE, -1, 1), "of the samples clip"),
        (NOISE + 0.1, "an offset of 0.1"),
        (np.full(RATE, np.nan), "are not numbers"),
        (np.where(np.arange(RATE * 4) == 9, np.inf, NOISE), "1 samples are not numbers"),
    ],
)
def test_faults_are_named_with_their_figure(samples, complaint):
    assert any(complaint in fault for fault in faults(samples, levelled=False))


def test_a_clip_cut_short_is_told():
    assert faults(NOISE, duration_s=10.0) == ["4.0 s where 10 s were asked for"]


def test_figures_of_broken_sound_are_json():
    figures = measure_clip(Waveform(np.full(100, np.nan), RATE), Waveform(np.full(100, np.nan), RATE)).as_json()
    assert figures["broken_samples"] == 100 and figures["lufs"] is None
