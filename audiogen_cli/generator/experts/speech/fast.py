"""The quick voice for drafts: hibari, a 8 MB English model a hundred times faster than real time.

In: phonemes, a speed, factors for F0 and its swing. Out: 24 kHz samples. The package carries one voice (a
woman's); its network gives spectrum and F0 apart, so other people are made of it by another F0 and,
in `shaping`, other formants. Apache-2.0.
"""

import json
from typing import Any

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.experts.speech.carried import (
    INSTALL_HINT,
    find_package,
    open_session,
    read_carried,
    run_session,
)
from audiogen_cli.generator.experts.speech.melody import bend, rise_to_end

SAMPLE_RATE = 24_000  # Hz
MEDIAN_F0_HZ = 203.0  # of the carried voice, measured over 15 sentences
MAX_PHONEMES = 400
_VOICED_HZ = 40.0  # the network writes less where there is no pitch
_RISE = 22  # frames, 80 a second
_HEARD = 0.05  # of the loudest frame


class Hibari:
    """The loaded model.

    Raises:
        ModelMissingError: the package is missing or not as expected.
    """

    name = "hibari-heart"

    def __init__(self) -> None:
        folder = find_package("hibari")
        self._tokens: dict[str, int] = json.loads(read_carried("hibari", "assets/vocab.json"))
        self._session = open_session(str(folder / "assets" / "hibari.onnx"), named="hibari-tts", threads=1)

    def say(
        self,
        phonemes: str,
        *,
        pitch: float,
        speed: float,
        rng: np.random.Generator,
        melody: float = 1.0,
        asks: bool = False,
    ) -> Samples:
        """Speak one line, [S] at `SAMPLE_RATE`.

        Args:
            phonemes: in misaki's alphabet, at most `MAX_PHONEMES`; others are left out.
            pitch: factor on F0; the formants stay where they are.
            speed: 1 is the voice's own.
            rng: for the noise in it.
            melody: factor on the swing of F0 about its middle.
            asks: rise at the end, which the model itself does not do.
        """
        tokens = [self._tokens[phoneme] for phoneme in phonemes if phoneme in self._tokens][:MAX_PHONEMES]
        if not tokens:
            return np.zeros(0, np.float32)
        outputs = run_session(
            self._session,
            {"ids": np.array([[0, *tokens, 0]], np.int64), "speed": np.array([speed], np.float32)},
            named="hibari-tts",
        )
        harmonic, phase, noise, residual, angle, f0 = (output[0] for output in outputs)
        voiced = f0 > _VOICED_HZ
        if voiced.any():
            f0 = f0.astype(np.float64)
            f0[voiced] *= bend(f0[voiced], melody)
            level = np.exp(harmonic).sum(axis=0)
            heard = voiced & (level > _HEARD * level.max())  # the pitch goes on beyond what is heard
            if asks and heard.any():
                f0[heard] *= rise_to_end(f0[heard], _RISE)
            f0 = f0.astype(np.float32)
        samples = _import_dsp().synth(harmonic, phase, noise, residual, angle, f0 * np.float32(pitch), rng)
        return np.nan_to_num(np.asarray(samples, np.float32))


def _import_dsp() -> Any:
    """The package's signal processing; not at load, for it imports scipy, which another thread may be doing."""
    try:
        from hibari import dsp
    except ImportError as fault:
        raise ModelMissingError(f"the package hibari-tts is broken: {fault}", hint=INSTALL_HINT) from fault
    return dsp
