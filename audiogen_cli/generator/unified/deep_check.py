"""Does the real model work on this machine? Loads it strictly, renders three scenes, and looks at them.

In: a `UnifiedGenerator`. Out: figures as JSON, `passed` among them: timings, peak memory, and for each
scene whether it is finite, of the model's length, neither silent nor stuck at full scale, and the same
when rendered again. `audiogen doctor --deep` runs it. Nobody could run it on the published weights
while this was written: what they should sound like is left to the listener.
"""

import time
from typing import Any

import numpy as np

from audiogen_cli.caption import Caption
from audiogen_cli.generator.base import OnStep, Rendering, no_progress
from audiogen_cli.generator.unified.generator import UnifiedGenerator
from audiogen_cli.generator.unified.options import SamplingOptions

SCENES = (
    Caption(
        caption="A woman greets someone in a quiet room.",
        speech="A calm woman, close to the microphone.",
        asr="Good morning, it is nice to see you.",
    ),
    Caption(caption="Gentle solo piano in a concert hall.", music="Slow solo piano.", env="A large concert hall."),
    Caption(
        caption="Heavy rain on a tin roof while thunder rolls far away.", sfx="Heavy rain on tin, distant thunder."
    ),
)
"""Speech, music, effects: one scene each."""

SEED = 2026
_QUIETEST_RMS = 1e-3  # -60 dBFS; the quietest published demo lies at -56
_MOST_CLIPPED = 0.05  # share of samples at or beyond full scale
_SECONDS = (1.0, 30.0)  # published clips are 10 s


def check_generator(generator: UnifiedGenerator, on_step: OnStep = no_progress) -> dict[str, Any]:
    """Render the scenes and judge them; errors of loading pass through, as they say what is wrong."""
    started = time.perf_counter()
    generator.load(on_step)
    loaded = time.perf_counter()
    scenes = [_check_scene(generator, scene, on_step) for scene in SCENES]
    again = generator.generate(SCENES[0], SamplingOptions(seed=SEED), on_step)
    repeatable = bool(np.array_equal(again.waveform.samples, scenes[0].pop("samples")))
    for scene in scenes[1:]:
        del scene["samples"]
    return {
        "passed": repeatable and all(scene["passed"] for scene in scenes),
        "same_seed_same_sound": repeatable,
        "load_seconds": round(loaded - started, 2),
        "peak_memory_gb": _peak_memory_gb(str(again.details["device"])),
        "scenes": scenes,
        **{key: again.details[key] for key in ("model", "text_encoder", "codec", "device", "dtype", "torch")},
    }


def _check_scene(generator: UnifiedGenerator, scene: Caption, on_step: OnStep) -> dict[str, Any]:
    started = time.perf_counter()
    rendering = generator.generate(scene, SamplingOptions(seed=SEED), on_step)
    seconds = time.perf_counter() - started
    checks = judge(rendering)
    return {
        "caption": scene.caption,
        "passed": all(checks.values()),
        "checks": checks,
        "render_seconds": round(seconds, 2),
        "clip_seconds": round(rendering.waveform.duration_s, 2),
        "rms": round(float(np.sqrt(np.mean(rendering.waveform.samples.astype(np.float64) ** 2))), 4),
        "samples": rendering.waveform.samples,
    }


def judge(rendering: Rendering) -> dict[str, bool]:
    """What can be told of a clip without an ear."""
    samples = rendering.waveform.samples
    finite = bool(np.isfinite(samples).all())
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if finite else 0.0
    return {
        "finite": finite,
        "of a sensible length": _SECONDS[0] <= rendering.waveform.duration_s <= _SECONDS[1],
        "not silent": rms > _QUIETEST_RMS,
        "not clipped throughout": bool((np.abs(samples) >= 1.0).mean() < _MOST_CLIPPED),
        "not one value": bool(samples.std() > 0),
    }


def _peak_memory_gb(device: str) -> float | None:
    import torch

    if device.startswith("cuda"):
        return round(torch.cuda.max_memory_allocated(device) / 1e9, 2)
    if device == "mps":
        return round(torch.mps.driver_allocated_memory() / 1e9, 2)
    try:
        import resource
        import sys
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9, 2)
