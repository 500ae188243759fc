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
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity
from audiogen_cli.evaluation.extractors.weights import file_digest

REPOSITORY = "laion/clap-htsat-fused"
RATE = 48_000
_MOST_SAMPLES = 480_000
_BATCH = 64


class Clap:
    """The extractor of text similarity; reads a folder, downloads nothing."""

    of_paper = False  # the port's weights have not been compared with the paper's checkpoint
    name = "CLAP (transformers)"

    def __init__(self, folder: Path, *, device: str = "cpu") -> None:
        self._folder = folder
        self._device = device
        self._weights = weights_of(folder)  # told now, not after an hour

    def identity(self) -> Identity:
        """The weights by content, the rate and the way of loading."""
        return {
            "extractor": self.name,
            "weights_sha256": file_digest(self._weights),
            "rate": RATE,
            "resampler": "kaiser 64",
            "channel": "mean",
            "form": 1,
        }

    def extract(self, clip: Clip) -> Arrays:
        """`embedding` [512]."""
        import torch

        model, processor = self._loaded
        mono = resample(Waveform(clip.waveform.mono(), clip.waveform.sample_rate), RATE).samples[0][:_MOST_SAMPLES]
        rounded = (np.clip(mono, -1, 1) * 32767).astype(np.int16).astype(np.float32) / 32767
        inputs = processor.feature_extractor(rounded, sampling_rate=RATE, return_tensors="pt").to(self._device)
        inputs["is_longer"] = torch.zeros_like(inputs["is_longer"])  # the extractor marks one clip of a batch by chance
        with torch.inference_mode():
            embedding = _pooled(model.get_audio_features(**inputs))
        return {"embedding": embedding[0].float().cpu().numpy()}

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

        try:
            model = ClapModel.from_pretrained(self._folder, local_files_only=True, use_safetensors=True)
            processor = ClapProcessor.from_pretrained(self._folder, local_files_only=True)
        except (OSError, ValueError) as fault:
            raise ModelMissingError(f"{self._folder}: not a CLAP model that can be read: {fault}") from fault
        module: Any = model  # transformers wraps `to` in a way that hides its signature
        module.train(False)
        return module.to(self._device), processor


def weights_of(folder: Path) -> Path:
    """The file of weights in a folder; raises `ModelMissingError` where there is none."""
    weights = folder / "model.safetensors"
    if weights.is_file():
        return weights
    raise ModelMissingError(
        f"{weights}: the weights are not there",
        hint=f"hf download {REPOSITORY} --local-dir FOLDER, then --weights clap=FOLDER (safetensors, not a pickle)",
    )


def _pooled(found: Any) -> Any:
    """The embeddings, which newer releases of transformers wrap."""
    return getattr(found, "pooler_output", found)
