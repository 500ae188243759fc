"""Clips or folders side by side, in figures that a listener's ear would ask for.

In: sound files and folders. Out: for each the figures of its clips and their means; a file that cannot be read is
named and the rest measured. Loudness and true peak are those of BS.1770, bandwidth is where the spectrum ends.
With an ear also the words heard (and their errors, where a file's recipe tells the words) and the quality of speech.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from audiogen_cli.audio.files import read_audio, read_provenance
from audiogen_cli.audio.loudness import integrated_lufs, true_peak_dbtp
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import AudioFileError, OptionError
from audiogen_cli.evaluation.metrics.words import scoring_packages_missing, utterance_word_errors
from audiogen_cli.generator.base import OnStep, no_progress
from audiogen_cli.quality.gate import measure_clip

ENDINGS = frozenset((".wav", ".flac", ".ogg", ".mp3", ".opus", ".aif", ".aiff"))
_SPECTRUM_END_DB = 60.0  # below the strongest band: what lies under it is the noise of resamplers and codecs
_N_FFT = 2048


class Hearing(Protocol):
    """What of an ear is asked here."""

    def words(self, waveform: Waveform) -> str:
        """What is said."""
        ...

    def speech_share(self, waveform: Waveform) -> float:
        """The share of it in which somebody speaks."""
        ...

    def speech_quality(self, waveform: Waveform) -> float:
        """A mean opinion score, 1 to 5."""
        ...


@dataclass(frozen=True, kw_only=True)
class ClipFigures:
    """One clip in figures; `None` is what it does not have."""

    duration_s: float
    sample_rate: int
    channels: int
    broken_samples: int | None = None  # that are no numbers; beside them nothing can be measured
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    silent_share: float | None = None
    clipped_share: float | None = None
    bandwidth_hz: float | None = None
    speech_share: float | None = None
    speech_quality: float | None = None  # only where somebody speaks
    word_error: float | None = None
    heard: str | None = None


@dataclass(frozen=True, kw_only=True)
class Side:
    """One clip or folder of a comparison."""

    name: str
    clips: dict[str, ClipFigures]  # by their name within the folder
    files: dict[str, Path]
    faults: tuple[str, ...]  # files that could not be read

    def means(self) -> dict[str, float | None]:
        """The mean of each figure over the clips that have it."""
        names = [item for item in ClipFigures.__dataclass_fields__ if item != "heard"]
        columns = {name: [getattr(clip, name) for clip in self.clips.values()] for name in names}
        present = {name: [value for value in values if value is not None] for name, values in columns.items()}
        return {name: float(np.mean(values)) if values else None for name, values in present.items()}

    def as_json(self) -> dict[str, object]:
        """Everything, for programs."""
        return {
            "name": self.name,
            "num_clips": len(self.clips),
            "mean": self.means(),
            "clips": {name: asdict(clip) for name, clip in self.clips.items()},
            "faults": list(self.faults),
        }


def compare_sides(paths: Sequence[Path], ear: Hearing | None = None, on_step: OnStep = no_progress) -> list[Side]:
    """Measure clips or folders.

    Args:
        paths: two or more; a folder stands for all sound files in it, at any depth.
        ear: asked for words and speech; None for neither.
        on_step: progress over all files.

    Raises:
        OptionError: fewer than two, or a folder without a sound file.
        AudioFileError: a path that is not there, or a side of which nothing can be read.
    """
    if len(paths) < 2:
        raise OptionError("a comparison needs two or more clips or folders")
    found = [(path, list_sounds(path)) for path in paths]
    total = sum(len(files) for _, files in found)
    done = 0
    sides = []
    for path, files in found:
        clips, faults = {}, []
        for name, file in files.items():
            on_step(done, total, name)
            try:
                clips[name] = measure_figures(file, ear)
            except AudioFileError as fault:
                faults.append(str(fault))
            done += 1
        if not clips:
            raise AudioFileError(f"{path}: nothing in it can be read: {faults[0]}")
        kept = {name: files[name] for name in clips}
        sides.append(Side(name=str(path), clips=clips, files=kept, faults=tuple(faults)))
    on_step(total, total, "")
    return sides


def list_sounds(path: Path) -> dict[str, Path]:
    """The sound files of a folder by their path in it, or a single file by its name."""
    if not path.is_dir():
        if not path.exists():
            raise AudioFileError(f"{path}: there is no such file or folder")
        return {path.name: path}
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
    if not files:
        raise OptionError(f"{path}: no sound file is in it", hint="endings: " + " ".join(sorted(ENDINGS)))
    return {file.relative_to(path).as_posix(): file for file in files}


def measure_figures(file: Path, ear: Hearing | None = None) -> ClipFigures:
    """Measure one file; raises `AudioFileError` where it cannot be read or holds no sound."""
    waveform = read_audio(file)
    if not waveform.num_samples:
        raise AudioFileError(f"{file}: it holds no samples")
    gate = measure_clip(waveform, waveform)
    form = ClipFigures(
        duration_s=round(waveform.duration_s, 3), sample_rate=waveform.sample_rate, channels=waveform.num_channels
    )
    if gate.broken_samples:
        return replace(form, broken_samples=gate.broken_samples)
    share = ear.speech_share(waveform) if ear is not None else None
    spoken = bool(share)
    heard = ear.words(waveform) if ear is not None and spoken else "" if ear is not None else None
    return replace(
        form,
        loudness_lufs=_rounded(integrated_lufs(waveform)),
        true_peak_dbtp=_rounded(true_peak_dbtp(waveform)),
        silent_share=round(gate.silent_share, 4),
        clipped_share=round(gate.clipped_share, 6),
        bandwidth_hz=bandwidth_hz(waveform),
        speech_share=None if share is None else round(share, 4),
        speech_quality=_rounded(ear.speech_quality(waveform)) if ear is not None and spoken else None,
        word_error=_word_error(file, heard),
        heard=heard,
    )


def bandwidth_hz(waveform: Waveform) -> float | None:
    """The highest frequency whose long-term level is within 60 dB of the strongest; None for silence."""
    from scipy.signal import welch

    mono = waveform.mono()
    frequencies, power = welch(mono, waveform.sample_rate, window="blackmanharris", nperseg=min(_N_FFT, len(mono)))
    strongest = float(power.max(initial=0.0))
    if strongest <= 0:
        return None
    return float(frequencies[np.flatnonzero(power >= strongest * 10 ** (-_SPECTRUM_END_DB / 10))[-1]])


def _word_error(file: Path, heard: str | None) -> float | None:
    if heard is None or scoring_packages_missing():
        return None
    try:
        words = read_provenance(file).caption.asr
    except AudioFileError:  # not one of ours: nobody knows what should be said
        return None
    return utterance_word_errors(words, heard) if words else None


def _rounded(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
