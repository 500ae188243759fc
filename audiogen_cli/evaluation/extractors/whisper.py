"""Whisper through transformers: a second recogniser, of any size, from a folder; not the paper's.

In: a clip. Out: `words`. The sound is mixed to one channel and brought to 16 kHz; English, no timestamps, greedy, so
that the same sound has the same words. What is longer than Whisper's thirty seconds is heard in windows of thirty.
Source: Radford et al. 2022, arXiv:2212.04356.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from audiogen_cli.audio.resample import resample
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity
from audiogen_cli.evaluation.extractors.weights import file_digest, find_safetensors, load_from_folder

REPOSITORY = "openai/whisper-large-v3"
RATE = 16_000
_WINDOW_S = 30


class Whisper:
    """The recogniser of a folder; downloads nothing."""

    of_paper = False
    concurrent = False
    name = "Whisper (transformers)"

    def __init__(self, folder: Path, *, device: str = "cpu") -> None:
        self._folder = folder
        self._device = device
        self._weights = find_safetensors(folder, key="whisper", repository=REPOSITORY)  # told now, not after an hour

    def identity(self) -> Identity:
        """The weights by content, the rate and the way of decoding."""
        return {
            "extractor": self.name,
            "weights_sha256": file_digest(*self._weights),
            "rate": RATE,
            "resampler": "kaiser 64",
            "channel": "mean",
            "decoding": "greedy, windows of 30 s",
            "form": 1,
        }

    def extract(self, clip: Clip) -> Arrays:
        """`words`, empty where it hears none."""
        mono = resample(Waveform(clip.waveform.mono(), clip.waveform.sample_rate), RATE).samples[0]
        window = _WINDOW_S * RATE
        heard = [self._words(mono[start : start + window]) for start in range(0, len(mono), window)]
        return {"words": np.array(" ".join(words for words in heard if words))}

    def _words(self, sound: Any) -> str:
        import torch

        model, processor = self._loaded
        inputs = processor.feature_extractor(
            sound, sampling_rate=RATE, return_tensors="pt", return_attention_mask=True
        ).to(self._device)
        spoken = {"language": "en", "task": "transcribe"} if model.generation_config.is_multilingual else {}
        with torch.inference_mode():
            tokens = model.generate(
                inputs.input_features,
                attention_mask=inputs.attention_mask,
                do_sample=False,
                num_beams=1,
                return_timestamps=False,
                **spoken,
            )
        return str(processor.tokenizer.decode(tokens[0], skip_special_tokens=True)).strip()

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        from transformers import WhisperForConditionalGeneration, WhisperProcessor

        return load_from_folder(WhisperForConditionalGeneration, WhisperProcessor, self._folder, device=self._device)
