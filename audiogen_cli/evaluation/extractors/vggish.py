"""VGGish: what the Fréchet audio distance looks at.

In: a clip. Out: `patches` [N, 128], one for each 0.96 s, without the last activation and without the PCA, as the
paper's toolkit takes them. Weights: the PyTorch conversion `vggish-10086976.pth`, loaded strictly.
Source: Hershey et al. 2017, arXiv:1609.09430; Kilgour et al. 2019, arXiv:1812.08466.
"""

from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity
from audiogen_cli.evaluation.extractors.mel import audioset_log_mel
from audiogen_cli.evaluation.extractors.resampling import RESAMPLER, load_as_toolkit
from audiogen_cli.evaluation.extractors.weights import WeightsFile, find_weights, load_strictly

WEIGHTS = WeightsFile(
    file="vggish-10086976.pth",
    url="https://github.com/harritaylor/torchvggish/releases/download/v0.1/vggish-10086976.pth",
    licence="Apache-2.0",
)
RATE = 16_000
_N_MELS = 64
_FRAMES = 96  # of a patch, which follow each other without overlap
_LOG_OFFSET = 0.01
_CHANNELS = (64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool")


class VggishNetwork(nn.Module):
    """The network; its keys are those of the published file, its last ReLU is left out."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for width in _CHANNELS:
            if isinstance(width, int):
                layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
                channels = width
            else:
                layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.embeddings = nn.Sequential(
            nn.Linear(512 * 6 * 4, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 128)
        )

    def forward(self, patches: Tensor) -> Tensor:
        """Log mel patches [B, 1, 96, 64] to embeddings [B, 128]."""
        maps = self.features(patches)
        embeddings: Tensor = self.embeddings(maps.permute(0, 2, 3, 1).flatten(1))  # channels last, as TensorFlow has it
        return embeddings


class Vggish:
    """The extractor of FAD."""

    of_paper = True
    concurrent = True
    name = "VGGish"

    def __init__(self, weights: Path | None = None, *, device: str = "cpu") -> None:
        self._weights = weights
        self._device = device

    def identity(self) -> Identity:
        """The weights, the rate and the way of loading."""
        return {
            "extractor": self.name,
            "weights_sha256": self._loaded[1],
            "rate": RATE,
            "resampler": RESAMPLER,
            "channel": "first",
            "form": 1,
        }

    def extract(self, clip: Clip) -> Arrays:
        """`patches` [N, 128]."""
        patches = log_mel_patches(load_as_toolkit(clip.waveform, RATE))
        with torch.inference_mode():
            embeddings = self._loaded[0](torch.from_numpy(patches)[:, None].to(self._device))
        return {"patches": embeddings.float().cpu().numpy()}

    @cached_property
    def _loaded(self) -> tuple[VggishNetwork, str]:
        network = VggishNetwork()
        digest = load_strictly(network, find_weights(WEIGHTS, self._weights))
        return network.to(self._device), digest


def log_mel_patches(sound: Samples) -> NDArray[np.float32]:
    """Samples [S] at 16 kHz to whole patches [N, 96, 64]."""
    log_mel = audioset_log_mel(sound, offset=_LOG_OFFSET)
    whole = len(log_mel) // _FRAMES
    return log_mel[: whole * _FRAMES].reshape(whole, _FRAMES, _N_MELS)
