"""Measures every voice, manner and channel of `knowledge/voices`: pitch, brightness, voicing, CPU time, words.

Each preset says the same sentences, dry. Median F0 by autocorrelation (frames of 50 ms whose peak exceeds 0.45),
the centroid of the long-term spectrum, and the share of voiced frames come from numpy alone; words are counted
by a recogniser of your own, given as a command that prints a JSON line with "file" and "wer" for each file:

    python benchmarks/voices.py --out voices/ --recogniser "my-recogniser --words '{words}' {files}"

The distance of two voices is the Euclidean one over 12 log2 F0 (semitones) and 12 log2 centroid (semitones).
Prints a Markdown table; the figures of our own run stand in benchmarks/README.md.
"""

import argparse
import json
import shlex
import subprocess
import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.generator.experts.speech.expert import SpeechExpert
from audiogen_cli.generator.experts.speech.voices import Device, Manner, Trait, Voice, load_presets
from audiogen_cli.knowledge.entries import load_entries

SENTENCES = (
    "You said you would be here an hour ago. The last train leaves at dawn, please take your coat and follow me."
)


@dataclass(frozen=True)
class VoicePrint:
    """What tells a voice apart."""

    f0_hz: float
    centroid_hz: float
    voiced: float  # share of the frames that sound

    def distance(self, other: "VoicePrint") -> float:
        """In semitones, of pitch and of brightness together."""
        pitch, bright = self.f0_hz / other.f0_hz, self.centroid_hz / other.centroid_hz
        return float(12 * np.hypot(np.log2(pitch), np.log2(bright)))


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
    return VoicePrint(f0_hz=f0, centroid_hz=centroid, voiced=float(voiced.mean()))


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
    parser.add_argument("--out", type=Path, default=Path("voices"), help="folder for the sound files")
    parser.add_argument("--quality", default="standard", choices=["draft", "standard"])
    parser.add_argument("--only", help="measure presets whose name holds this, or of this axis")
    parser.add_argument("--recogniser", help="command; {words} and {files} are filled in")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    expert, prints, costs = SpeechExpert(), {}, {}
    expert.models.load(arguments.quality)
    for name, axis, view in views():
        if arguments.only and arguments.only not in name and arguments.only != axis:
            continue
        started = time.process_time()
        samples = speak(expert, view, SENTENCES, arguments.quality)
        costs[name] = (time.process_time() - started, len(samples) / SAMPLE_RATE, axis)
        prints[name] = measure_voice(samples)
        soundfile.write(arguments.out / f"{name}.wav", samples, SAMPLE_RATE)
    heard = recognise(arguments.recogniser, arguments.out, list(prints)) if arguments.recogniser else {}
    print("| preset | axis | median F0 (Hz) | centroid (Hz) | voiced | CPU s / s | WER (%) | DNSMOS |")
    print("|---|---|---|---|---|---|---|---|")
    for name, found in prints.items():
        cpu, length, axis = costs[name]
        wer, mos = heard.get(name, ("", ""))
        print(f"| {name} | {axis} | {found.f0_hz:.0f} | {found.centroid_hz:.0f} | {found.voiced:.2f} "
              f"| {cpu / length:.2f} | {wer} | {mos} |")  # fmt: skip
    voices = [name for name in prints if costs[name][2] == "voice"]
    nearest = sorted((prints[one].distance(prints[other]), one, other) for one, other in combinations(voices, 2))[:5]
    print("\nNearest voices: " + "; ".join(f"{one} - {other} {distance:.1f}" for distance, one, other in nearest))


def recognise(command: str, folder: Path, names: list[str]) -> dict[str, tuple[str, str]]:
    """Word error rate in percent and, where the recogniser gives it, DNSMOS of each file."""
    files = " ".join(shlex.quote(str(folder / f"{name}.wav")) for name in names)
    filled = command.replace("{words}", SENTENCES).replace("{files}", files)
    answer = subprocess.run(filled, shell=True, check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in answer.splitlines() if line.startswith("{")]
    return {Path(row["file"]).stem: (f"{100 * row['wer']:.0f}", str(row.get("dnsmos", ""))) for row in rows}


if __name__ == "__main__":
    main()
