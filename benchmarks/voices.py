"""Measures every voice, manner and channel of `knowledge/voices`: pitch, brightness, voicing, CPU time, words.

Each preset says the same sentences, dry. Median F0 by autocorrelation (frames of 50 ms whose peak exceeds 0.45),
the centroid of the long-term spectrum, and the share of voiced frames come from numpy alone; with `--words` the
product's own ear (Whisper base and DNSMOS, extra `ear`) hears each take, words counted after Whisper's English
normaliser. "From plain" is how far a manner or trait or channel lies from the same speaker without it.

    python benchmarks/voices.py --only manner --words

The distance of two takes is the Euclidean one over 12 log2 F0, 12 log2 centroid and 12 log2 length (all in semitones:
pitch, brightness, pace), the first only where both have a pitch, 24 times the difference in voicing, and the difference
of the harmonics-to-noise ratio (Boersma 1993) in dB, and the difference of the swing of F0 (from its lowest to its
highest tenth) in semitones, halved. Two voices are compared by pitch and brightness alone: they have
to differ as persons.
Prints a Markdown table; the figures of our own run stand in benchmarks/README.md.
"""

import argparse
import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.evaluation.ear import Ear
from audiogen_cli.evaluation.metrics.words import word_errors
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.generator.experts.speech.expert import SpeechExpert
from audiogen_cli.generator.experts.speech.voices import Device, Manner, Trait, Voice, load_presets
from audiogen_cli.knowledge.entries import load_entries

SENTENCES = (
    "You said you would be here an hour ago. The last train leaves at dawn, please take your coat and follow me."
)
PLAIN = {"trait": "a man", "manner": "a woman", "channel": "a man"}
"""Whom the presets of an axis are said by."""


@dataclass(frozen=True)
class VoicePrint:
    """What tells a voice apart."""

    f0_hz: float
    centroid_hz: float
    voiced: float  # share of the frames that sound
    seconds: float = 1.0  # how long the words took
    harmonic_db: float = 0.0  # of the voiced frames: what repeats with the pitch against what does not
    swing: float = 0.0  # semitones between the lowest and the highest tenth of F0

    def distance(self, other: "VoicePrint") -> float:
        """In semitones, of pitch and of brightness together: how far apart two persons are."""
        pitch, bright = self.f0_hz / other.f0_hz, self.centroid_hz / other.centroid_hz
        return float(12 * np.hypot(np.log2(pitch), np.log2(bright)))

    def change(self, other: "VoicePrint") -> float:
        """In semitones, of pitch, brightness, pace, voicing and noise: how far apart two ways of speaking are."""
        ratios = [self.centroid_hz / other.centroid_hz, self.seconds / other.seconds]
        swing = 0.0
        if min(self.voiced, other.voiced) > 0.3:
            ratios.append(self.f0_hz / other.f0_hz)
            swing = (self.swing - other.swing) / 2
        steps = [12 * float(np.log2(ratio)) for ratio in ratios]
        rest = [24 * (self.voiced - other.voiced), self.harmonic_db - other.harmonic_db, swing]
        return float(np.linalg.norm([*steps, *rest]))


def measure_voice(samples: NDArray[np.float32], sample_rate: int = SAMPLE_RATE) -> VoicePrint:
    """Median F0, centroid of the long-term spectrum between 100 Hz and 8 kHz, and the share of voiced frames."""
    step = sample_rate // 12_000
    low = np.convolve(samples, np.ones(step) / step, "same")[::step].astype(np.float64)
    rate, size = sample_rate // step, 600
    frames = np.lib.stride_tricks.sliding_window_view(low, size)[::120]
    energy = np.sum(frames**2, axis=1)
    frames = frames[energy > 0.03 * energy.max()]
    spectrum = np.fft.rfft(frames * np.hanning(size), 2048, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(size), 2048)) ** 2)[: size // 2]
    correlation = correlation[:, : size // 2] / np.maximum(window, 1e-3) * window[0] / correlation[:, :1]
    shortest, longest = rate // 600, min(size // 2 - 1, rate // 55)
    within = correlation[:, shortest:longest]
    best = np.argmax(within > 0.88 * within.max(axis=1, keepdims=True), 1)
    peaks = np.array([_climb(row, lag + shortest) for row, lag in zip(correlation, best)])
    strength = correlation[np.arange(len(peaks)), peaks]
    voiced = strength > 0.45
    power = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / sample_rate)
    band = (frequency > 100) & (frequency < 8000)
    centroid = float(np.sum(np.sqrt(power[band]) * frequency[band]) / np.sum(np.sqrt(power[band])))
    f0 = float(np.median(rate / peaks[voiced])) if voiced.any() else float("nan")
    periodic = float(np.median(np.clip(strength[voiced], 0.01, 0.999))) if voiced.any() else 0.01
    return VoicePrint(
        f0_hz=f0,
        centroid_hz=centroid,
        voiced=float(voiced.mean()),
        seconds=len(samples) / sample_rate,
        harmonic_db=10 * float(np.log10(periodic / (1 - periodic))),
        swing=_swing(rate / peaks[voiced]),
    )


def _swing(f0_hz: NDArray[np.float64]) -> float:
    """Semitones from the lowest to the highest tenth, without what lies more than 9 semitones off: wrong octaves."""
    if not len(f0_hz):
        return 0.0
    steps = 12 * np.log2(f0_hz / np.median(f0_hz))
    low, high = np.quantile(steps[np.abs(steps) < 9], (0.1, 0.9))
    return float(high - low)


def _climb(row: NDArray[np.float64], lag: int) -> int:
    """From the first lag near the maximum up to the peak beside it."""
    while lag + 1 < len(row) and row[lag + 1] > row[lag]:
        lag += 1
    return lag


def speak(expert: SpeechExpert, view: str, words: str, quality: str) -> NDArray[np.float32]:
    """One view's words alone, dry, turns laid where they start."""
    performed = expert.perform(view, words, window=(0.0, 30.0), rng=np.random.default_rng(0), quality=quality)
    end = max(sounding.end_s for sounding in performed.soundings)
    track = np.zeros(int(end * SAMPLE_RATE) + SAMPLE_RATE // 4, np.float32)
    for sounding in performed.soundings:
        at = int(sounding.start_s * SAMPLE_RATE)
        track[at : at + len(sounding.samples)] += sounding.samples
    return track


def views() -> list[tuple[str, str, str]]:
    """Name, axis and a Speech view of every preset: manners by a woman, traits and channels by a man."""
    presets, entries, rows = load_presets(), load_entries("voices"), []
    for name, preset in presets.items():
        phrase = entries[name].phrase
        if isinstance(preset, Voice):
            rows.append((name, "voice", phrase))
        elif isinstance(preset, Trait) and preset.age is None:
            rows.append((name, "trait", f"a {phrase} man"))
        elif isinstance(preset, Manner):
            rows.append((name, "manner", f"a woman {entries[name].words[0]}"))
        elif isinstance(preset, Device):
            rows.append((name, "channel", f"a man {phrase}"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for the sound files; nowhere if absent")
    parser.add_argument("--quality", default="standard", choices=["draft", "standard"])
    parser.add_argument("--only", nargs="+", help="names of presets or axes; all if absent")
    parser.add_argument("--words", action="store_true", help="listen to each take")
    arguments = parser.parse_args()
    expert, prints, ear = SpeechExpert(), {}, Ear() if arguments.words else None
    expert.models.load(arguments.quality)
    wanted = [row for row in views() if arguments.only is None or {row[0], row[1]} & set(arguments.only)]
    plain = {axis: view for axis, view in PLAIN.items() if any(axis == row[1] for row in wanted)}
    bare = {
        view: measure_voice(speak(expert, view, SENTENCES, arguments.quality)) for view in sorted(set(plain.values()))
    }
    heads = ["preset", "axis", "F0 (Hz)", "centroid (Hz)", "swing", "voiced", "HNR dB", "s", "from plain", "CPU s / s"]
    print(f"| {' | '.join([*heads, 'WER %', 'DNSMOS'])} |")
    print("|---" * 12 + "|")
    for name, axis, view in wanted:
        started = time.process_time()
        samples = speak(expert, view, SENTENCES, arguments.quality)
        cpu = (time.process_time() - started) / len(samples) * SAMPLE_RATE
        found = prints[name, axis] = measure_voice(samples)
        change = f"{found.change(bare[plain[axis]]):.1f}" if axis in plain else ""
        wer, mos = _heard(samples, ear) if ear is not None else ("", "")
        print(f"| {name} | {axis} | {found.f0_hz:.0f} | {found.centroid_hz:.0f} | {found.swing:.1f} "
              f"| {found.voiced:.2f} | {found.harmonic_db:.1f} | {found.seconds:.1f} | {change} | {cpu:.2f} "
              f"| {wer} | {mos} |", flush=True)  # fmt: skip
        if arguments.out:
            arguments.out.mkdir(parents=True, exist_ok=True)
            soundfile.write(arguments.out / f"{name}.wav", samples, SAMPLE_RATE)
    for axis in dict.fromkeys(axis for _, axis in prints):
        pairs = combinations([name for name, one in prints if one == axis], 2)
        apart = VoicePrint.distance if axis == "voice" else VoicePrint.change
        nearest = sorted((apart(prints[one, axis], prints[other, axis]), one, other) for one, other in pairs)[:5]
        print(f"\nNearest of axis {axis}: " + "; ".join(f"{one} - {other} {far:.1f}" for far, one, other in nearest))


def _heard(samples: NDArray[np.float32], ear: Ear) -> tuple[str, str]:
    """Word error rate in percent and mean opinion score of one take."""
    sound = Waveform(samples[None, :], SAMPLE_RATE)
    wrong = word_errors([SENTENCES], [ear.words(sound)]).corpus
    return f"{100 * wrong:.0f}", f"{ear.speech_quality(sound):.2f}"


if __name__ == "__main__":
    main()
