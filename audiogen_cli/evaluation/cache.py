"""Features kept between runs, keyed by what they were made of and by: never by a file's name.

In: the digest of a decoded sound and an extractor's identity. Out: its arrays, or None. A run that was broken
off goes on where it stopped, and a sound that has changed under its old name is measured anew. No pickles: a
file holds plain arrays, and one that is broken counts as absent.
"""

import hashlib
import io
import json
import logging
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audiogen_cli.audio.files import write_bytes
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import AudioFileError
from audiogen_cli.evaluation.extractors.base import Arrays, Identity
from audiogen_cli.settings import cache_folder

_log = logging.getLogger(__name__)


def sound_digest(waveform: Waveform) -> str:
    """SHA-256 of the samples and the rate; the same sound in another container has the same."""
    digest = hashlib.sha256(f"{waveform.sample_rate} {waveform.samples.shape}".encode())
    digest.update(np.ascontiguousarray(waveform.samples).data)
    return digest.hexdigest()


@dataclass(frozen=True, kw_only=True)
class FeatureCache:
    """A folder of arrays; `folder` None keeps nothing."""

    folder: Path | None

    @staticmethod
    def usual() -> "FeatureCache":
        """The one in the cache folder."""
        return FeatureCache(folder=cache_folder() / "evaluation" / "features")

    def get(self, identity: Identity, digest: str) -> Arrays | None:
        """The arrays that are kept, None where there are none that can be read."""
        if self.folder is None:
            return None
        try:
            with np.load(self._path(identity, digest), allow_pickle=False) as kept:
                return {name: kept[name] for name in kept.files}
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            return None

    def put(self, identity: Identity, digest: str, arrays: Arrays) -> None:
        """Keep arrays, whole or not at all; a folder that cannot be written to costs time and nothing else."""
        if self.folder is None:
            return
        path = self._path(identity, digest)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)  # type: ignore[arg-type]  # a mapping of arrays by name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, buffer.getvalue())
        except (OSError, AudioFileError) as fault:
            _log.info("features are not kept: %s", fault)

    def _path(self, identity: Identity, digest: str) -> Path:
        assert self.folder is not None
        made_by = hashlib.sha256(json.dumps(dict(identity), sort_keys=True).encode()).hexdigest()[:16]
        return self.folder / made_by / digest[:2] / f"{digest}.npz"
