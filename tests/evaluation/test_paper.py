"""The paper's own tables, recomputed where their cells allow it; rounded cells may cost a digit."""

import numpy as np
import pytest

from audiogen_cli.evaluation.sets.records import MECAT_COUNTS, PAPER_COUNTS

A2 = {  # (acoustic, unified) by training and test set: FAD, FD, KL, CLAP
    "ACAVCaps|AudioCaps": [(4.73, 3.19), (41.06, 26.06), (2.56, 1.86), (32.1, 43.8)],
    "ACAVCaps|MusicCaps": [(2.90, 1.37), (24.34, 18.45), (1.62, 1.37), (28.9, 33.4)],
    "WavCaps|AudioCaps": [(4.27, 3.06), (24.72, 21.23), (1.84, 1.56), (41.2, 43.8)],
    "LP-MusicCaps|MusicCaps": [(4.35, 3.47), (23.68, 22.74), (1.94, 2.00), (25.8, 26.1)],
}
A2_SPEECH = {  # WER, UTMOSv2
    "ACAVCaps|LibriTTS": [(32.90, 10.77), (1.52, 3.12)],
    "LibriTTS|LibriTTS": [(6.40, 12.20), (1.48, 3.02)],
}
A3 = {"00A": 1036.54, "0M0": 10492.79, "0MA": 465.28, "S00": 37094.54, "S0A": 7601.22, "SM0": 19447.17, "SMA": 1482.54}


def _gain(before, after, *, lower_is_better):
    """Relative gain in per cent."""
    return 100 * (before - after if lower_is_better else after - before) / before


@pytest.mark.parametrize(
    ("sets", "gain"),
    [
        ("ACAVCaps|AudioCaps", 33.2),  # the paper prints 33.3
        ("ACAVCaps|MusicCaps", 27.0),
        ("WavCaps|AudioCaps", 16.0),
        ("LP-MusicCaps|MusicCaps", 5.6),
    ],
)
def test_mean_relative_gains_of_table_a2_follow_from_its_cells(sets, gain):
    *lower, higher = A2[sets]
    gains = [_gain(*cell, lower_is_better=True) for cell in lower] + [_gain(*higher, lower_is_better=False)]
    assert np.mean(gains) == pytest.approx(gain, abs=0.06)


@pytest.mark.parametrize(
    ("sets", "wer", "utmos"),
    [
        ("ACAVCaps|LibriTTS", 67.3, 105.3),  # the paper prints 106.3, from cells that were not rounded
        ("LibriTTS|LibriTTS", -90.6, 104.1),
    ],
)
def test_relative_changes_of_speech_follow_from_the_cells_of_table_a2(sets, wer, utmos):
    (acoustic_wer, unified_wer), (acoustic_mos, unified_mos) = A2_SPEECH[sets]
    assert _gain(acoustic_wer, unified_wer, lower_is_better=True) == pytest.approx(wer, abs=0.05)
    assert _gain(acoustic_mos, unified_mos, lower_is_better=False) == pytest.approx(utmos, abs=0.05)


def test_hours_of_table_a3_add_up():
    total = sum(A3.values())
    assert total == pytest.approx(77_620.07, abs=0.02)
    mixed, speech = (
        100 * sum(hours for code, hours in A3.items() if test(code)) / total
        for test in (lambda code: code.count("0") <= 1, lambda code: code.startswith("S"))
    )
    assert (round(mixed, 2), round(speech, 2)) == (37.36, 84.55)  # the paper, adding rounded shares: 37.35, 84.54


def test_counts_of_table_a5_add_up():
    assert sum(whole for whole, _ in MECAT_COUNTS.values()) == 19_873
    assert sum(english for _, english in MECAT_COUNTS.values()) == 11_722
    assert PAPER_COUNTS == {"audiocaps": 957, "musiccaps": 4950, "libritts": 3835}
