"""CLAP of LAION through its port in transformers: how near a sound lies to its caption.

In: a clip; texts. Out: `embedding` [512] of the sound, and of texts [N, 512]. The sound is mixed to one channel,
brought to 48 kHz, rounded to 16 bits, cut at ten seconds and repeated up to them; so a cut is never drawn at random
and the same sound has the same score. That the port's weights equal the paper's checkpoint
has not been checked here, so its figures are not marked as the paper's.
Source: Wu et al. 2023, arXiv:2211.06687.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.resample import resample
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity
from audiogen_cli.evaluation.extractors.weights import file_digest, find_safetensors, load_from_folder

REPOSITORY = "laion/clap-htsat-fused"
RATE = 48_000
_MOST_SAMPLES = 480_000
_BATCH = 64


class Clap:
    """The extractor of text similarity; reads a folder, downloads nothing."""

    of_paper = False  # the port's weights have not been compared with the paper's checkpoint
    concurrent = False
    name = "CLAP (transformers)"

    def __init__(self, folder: Path, *, device: str = "cpu") -> None:
        self._folder = folder
        self._device = device
        self._weights = find_clap(folder)  # told now, not after an hour

    def identity(self) -> Identity:
        """The weights by content, the rate and the way of loading."""
        return {
            "extractor": self.name,
            "weights_sha256": file_digest(*self._weights),
            "rate": RATE,
            "resampler": "kaiser 64",
            "channel": "mean",
            "form": 1,
        }

    def extract(self, clip: Clip) -> Arrays:
        """`embedding` [512]."""
        return {"embedding": self.embed_sound(clip.waveform)}

    def embed_sound(self, waveform: Waveform) -> NDArray[np.float32]:
        """A sound to [512]."""
        import torch

        model, processor = self._loaded
        mono = resample(Waveform(waveform.mono(), waveform.sample_rate), RATE).samples[0][:_MOST_SAMPLES]
        rounded = (np.clip(mono, -1, 1) * 32767).astype(np.int16).astype(np.float32) / 32767
        inputs = processor.feature_extractor(rounded, sampling_rate=RATE, return_tensors="pt").to(self._device)
        inputs["is_longer"] = torch.zeros_like(inputs["is_longer"])  # the extractor marks one clip of a batch by chance
        with torch.inference_mode():
            embedding: NDArray[np.float32] = _pooled(model.get_audio_features(**inputs))[0].float().cpu().numpy()
        return embedding

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Captions to [N, 512]."""
        import torch

        model, processor = self._loaded
        found = []
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            inputs = processor.tokenizer(batch, padding=True, truncation=True, max_length=77, return_tensors="pt")
            with torch.inference_mode():
                found.append(_pooled(model.get_text_features(**inputs.to(self._device))).float().cpu().numpy())
        return np.concatenate(found)

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        from transformers import ClapModel, ClapProcessor

        return load_from_folder(ClapModel, ClapProcessor, self._folder, device=self._device)


def find_clap(folder: Path) -> list[Path]:
    """Its files of weights; raises `ModelMissingError` where there is none."""
    return find_safetensors(folder, key="clap", repository=REPOSITORY)


def _pooled(found: Any) -> Any:
    """The embeddings, which newer releases of transformers wrap."""
    return getattr(found, "pooler_output", found)
