"""Extractors whose models live in workers: GLAP, UTMOSv2, NeMo's recognisers.

In: a clip. Out: `embedding` [1024], `mos`, or `words`. The sound is mixed to one channel and brought to 16 kHz here,
so that every worker hears the same samples whatever its own way of loading; it is handed over as a file of floats.
What the worker was made of stands in its record, so that kept features are used without starting it.
Source: Dasheng AudioGen appendix D.2.
"""

import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.files import write_audio
from audiogen_cli.audio.resample import resample
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import AudiogenError
from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity
from audiogen_cli.evaluation.workers.environment import open_worker, read_installed
from audiogen_cli.evaluation.workers.process import Worker
from audiogen_cli.evaluation.workers.roster import WorkerSpec

RATE = 16_000


class _Isolated:
    """What the three share: a worker, its identity, and sounds on their way to it."""

    of_paper = True
    concurrent = False

    def __init__(self, spec: WorkerSpec, *, device: str = "cpu") -> None:
        self._spec = spec
        self._installed = read_installed(spec)  # told now, not after an hour
        self._worker: Worker = open_worker(spec, device=device)
        self.name = self._installed.model

    def identity(self) -> Identity:
        """The weights by content, the versions in its environment, the rate and the way of loading."""
        return {
            "extractor": self.name,
            "worker": self._spec.name,
            "weights_sha256": self._installed.weights_sha256,
            **{f"{package}_version": version for package, version in self._installed.versions.items()},
            "rate": RATE,
            "resampler": "kaiser 64",
            "channel": "mean",
            "form": 1,
        }

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    def _ask_about(self, clip: Clip) -> Mapping[str, Any]:
        mono = resample(Waveform(clip.waveform.mono(), clip.waveform.sample_rate), RATE)
        with tempfile.TemporaryDirectory(prefix="audiogen-") as folder:
            sound = Path(folder) / "clip.wav"
            write_audio(sound, mono, subtype="float")
            return self._worker.ask({"audio": str(sound)})


class Glap(_Isolated):
    """Similarity of sound and text."""

    def extract(self, clip: Clip) -> Arrays:
        """`embedding` [1024]."""
        return {"embedding": self._vector(self._ask_about(clip))}

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Captions to [N, 1024]."""
        return np.stack([self._vector(self._worker.ask({"text": text})) for text in texts])

    def _vector(self, answer: Mapping[str, Any]) -> NDArray[np.float32]:
        try:
            vector = np.array(answer["embedding"], np.float32)
        except (KeyError, TypeError, ValueError) as fault:
            raise AudiogenError(f"{self.name} answered without an embedding") from fault
        if vector.ndim != 1 or not vector.size or not np.isfinite(vector).all():
            raise AudiogenError(f"{self.name} answered an embedding of shape {vector.shape} that cannot be used")
        return vector


class Utmos(_Isolated):
    """Quality of speech."""

    def extract(self, clip: Clip) -> Arrays:
        """`mos`, 1 to 5."""
        mos = self._ask_about(clip).get("mos")
        if not isinstance(mos, (int, float)) or not math.isfinite(mos):
            raise AudiogenError(f"{self.name} answered {mos!r} where a score is needed")
        return {"mos": np.array(float(mos))}


class NemoWords(_Isolated):
    """The words of speech; the paper's recogniser where it is the roster's own."""

    def __init__(self, spec: WorkerSpec, *, device: str = "cpu") -> None:
        super().__init__(spec, device=device)
        self.of_paper = ":" not in spec.name

    def extract(self, clip: Clip) -> Arrays:
        """`words`, empty where nobody speaks."""
        words = self._ask_about(clip).get("words")
        if not isinstance(words, str):
            raise AudiogenError(f"{self.name} answered {words!r} where words are needed")
        return {"words": np.array(words)}
