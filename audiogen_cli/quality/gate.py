"""The gate: what a clip must not be before it is handed over.

In: an engine's untouched sound and the clip that was made of it. Out: figures, and in plain words every
limit they break: broken numbers, silence, clipping, an offset, a wrong level, a clip cut short. The
limits are for faults that no listener would take for intent; a quiet forest passes. Which of several
good clips is best is the business of `takes`.
"""

import math
from dataclasses import asdict, dataclass

import numpy as np

from audiogen_cli.audio.loudness import TARGET_LUFS, integrated_lufs, true_peak_dbtp
from audiogen_cli.audio.waveform import Samples, Waveform
from audiogen_cli.quality.listening import HeardFigures

_FRAME_S = 0.05
_SILENT_DBFS = -75.0  # below the noise floor of any recording that is meant to be heard


@dataclass(frozen=True, kw_only=True)
class GateLimits:
    """Where the gate closes; each figure outside its limit is a fault."""

    min_raw_lufs: float = -60.0  # of the engine's own sound: below, nothing was generated
    max_silent_share: float = 0.9  # of frames under -75 dBFS; one short event in a still room passes
    max_clipped_share: float = 0.005  # of the engine's samples at or beyond full scale
    max_offset: float = 0.02  # mean of the samples
    max_peak_dbtp: float = -0.5  # of a levelled clip
    max_off_target_lu: float = 6.0  # of a levelled clip; a lone click cannot reach the target
    min_duration_share: float = 0.9  # of the length that was asked for
    max_missing_words: float = 0.5  # share of the spoken words; a recogniser misses some of a good clip's too


@dataclass(frozen=True, kw_only=True)
class GateFigures:
    """What was measured; dB and LUFS are `None` where there is no sound."""

    duration_s: float
    broken_samples: int  # NaN or infinite
    raw_lufs: float | None
    silent_share: float
    clipped_share: float
    offset: float
    lufs: float | None
    peak_dbtp: float | None

    def as_json(self) -> dict[str, float | int | None]:
        """For the recipe, rounded to what can be heard."""
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()}


def measure_clip(raw: Waveform, clip: Waveform) -> GateFigures:
    """Measure an engine's untouched sound and the clip that is to be written."""
    samples = raw.samples
    broken = int(np.count_nonzero(~np.isfinite(samples)))
    sound = Waveform(np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), raw.sample_rate) if broken else raw
    return GateFigures(
        duration_s=clip.duration_s,
        broken_samples=broken,
        raw_lufs=_finite(integrated_lufs(sound)),
        silent_share=_silent_share(sound.mono(), raw.sample_rate),
        clipped_share=float(np.mean(np.abs(sound.samples) >= 1.0)) if samples.size else 0.0,
        offset=float(np.abs(sound.samples.mean(axis=1, dtype=np.float64)).max(initial=0.0)) if samples.size else 0.0,
        lufs=_finite(integrated_lufs(clip)) if not broken else None,
        peak_dbtp=_finite(true_peak_dbtp(clip)) if not broken else None,
    )


def find_gate_faults(
    figures: GateFigures,
    *,
    levelled: bool,
    duration_s: float | None = None,
    heard: HeardFigures | None = None,
    limits: GateLimits | None = None,
) -> list[str]:
    """Every limit that is broken, in plain words with its figure; empty for a clip that may pass.

    Args:
        figures: of `measure_clip`.
        levelled: whether the clip was brought to the house loudness, so that its level can be judged.
        duration_s: the length that was asked for; None where the engine chooses it.
        heard: what an ear heard of the words; None where none listened.
        limits: other limits than the usual ones.
    """
    limits = limits or GateLimits()
    if figures.broken_samples:
        return [f"{figures.broken_samples} samples are not numbers"]
    if figures.raw_lufs is None or figures.raw_lufs < limits.min_raw_lufs:
        return ["silence" + (f" ({figures.raw_lufs:.0f} LUFS)" if figures.raw_lufs is not None else "")]
    faults = []
    if figures.silent_share > limits.max_silent_share:
        faults.append(f"{figures.silent_share:.0%} of it is silence")
    if figures.clipped_share > limits.max_clipped_share:
        faults.append(f"{figures.clipped_share:.1%} of the samples clip")
    if figures.offset > limits.max_offset:
        faults.append(f"an offset of {figures.offset:.3f}")
    if levelled and figures.peak_dbtp is not None and figures.peak_dbtp > limits.max_peak_dbtp:
        faults.append(f"peaks at {figures.peak_dbtp:.1f} dBTP")
    if levelled and figures.lufs is not None and abs(figures.lufs - TARGET_LUFS) > limits.max_off_target_lu:
        faults.append(f"{figures.lufs:.1f} LUFS where {TARGET_LUFS:g} was the target")
    if duration_s is not None and figures.duration_s < limits.min_duration_share * duration_s:
        faults.append(f"{figures.duration_s:.1f} s where {duration_s:g} s were asked for")
    if heard is not None and heard.missing_words > limits.max_missing_words:
        said = f"heard was {heard.heard[:80]!r}" if heard.heard else "nobody was heard speaking"
        faults.append(f"{heard.missing_words:.0%} of the words are missing ({said})")
    return faults


def _silent_share(mono: Samples, sample_rate: int) -> float:
    frame = max(1, int(_FRAME_S * sample_rate))
    whole = mono[: len(mono) // frame * frame]
    if not len(whole):
        return 1.0 if not np.any(mono) else 0.0
    power = np.mean(np.square(whole.reshape(-1, frame), dtype=np.float64), axis=1)
    return float(np.mean(power < 10 ** (_SILENT_DBFS / 10)))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
