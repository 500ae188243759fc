"""CNN14 of the PANNs: what FD, KL and the inception score look at.

In: a clip. Out: `embedding` [2048] after the first full layer's activation, and `logits` [527] of AudioSet's
classes. Weights: the published file of 16 kHz (the model's own rate) or of 32 kHz, loaded strictly: the spectrum
and the mel bank are stored in the file as weights, so they are parameters here too.
Source: Kong et al. 2020, arXiv:1912.10211.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity
from audiogen_cli.evaluation.extractors.mel import slaney_bank
from audiogen_cli.evaluation.extractors.resampling import RESAMPLER, load_as_toolkit
from audiogen_cli.evaluation.extractors.weights import WeightsFile, find_weights, load_strictly

_CHANNELS = (1, 64, 128, 256, 512, 1024, 2048)
_N_MELS, _NUM_CLASSES = 64, 527
_LOW_HZ = 50.0
_FLOOR = 1e-10


@dataclass(frozen=True, kw_only=True)
class Front:
    """One of the published front ends, and the file that goes with it."""

    rate: int
    window: int
    hop: int
    high_hz: float
    weights: WeightsFile


FRONTS = {
    16_000: Front(
        rate=16_000,
        window=512,
        hop=160,
        high_hz=8_000.0,
        weights=WeightsFile(
            file="Cnn14_16k_mAP=0.438.pth",
            url="https://zenodo.org/record/3987831/files/Cnn14_16k_mAP%3D0.438.pth",
            licence="CC-BY-4.0",
        ),
    ),
    32_000: Front(
        rate=32_000,
        window=1024,
        hop=320,
        high_hz=14_000.0,
        weights=WeightsFile(
            file="Cnn14_mAP=0.431.pth",
            url="https://zenodo.org/record/3987831/files/Cnn14_mAP%3D0.431.pth",
            licence="CC-BY-4.0",
        ),
    ),
}


class Cnn14Network(nn.Module):
    """The network with its front end; its keys are those of the published file."""

    def __init__(self, front: Front) -> None:
        super().__init__()
        self.spectrogram_extractor = _Spectrogram(front)
        self.logmel_extractor = _LogMel(front)
        self.bn0 = nn.BatchNorm2d(_N_MELS)
        for number, (before, after) in enumerate(pairwise(_CHANNELS), start=1):
            self.add_module(f"conv_block{number}", _Block(before, after))
        self.fc1 = nn.Linear(2048, 2048)
        self.fc_audioset = nn.Linear(2048, _NUM_CLASSES)

    def forward(self, sound: Tensor) -> tuple[Tensor, Tensor]:
        """Samples [B, S] to embeddings [B, 2048] and logits [B, 527]."""
        maps = self.logmel_extractor(self.spectrogram_extractor(sound))[:, None]  # [B, 1, T, mel]
        maps = self.bn0(maps.transpose(1, 3)).transpose(1, 3)
        for number in range(1, len(_CHANNELS)):
            maps = self.get_submodule(f"conv_block{number}")(maps)
            if number < len(_CHANNELS) - 1:
                maps = functional.avg_pool2d(maps, 2)
        over_time = maps.mean(dim=3)
        embedding = functional.relu(self.fc1(over_time.amax(dim=2) + over_time.mean(dim=2)))
        return embedding, self.fc_audioset(embedding)


class Cnn14:
    """The extractor of FD and KL."""

    of_paper = True
    concurrent = True

    def __init__(self, weights: Path | None = None, *, rate: int = 16_000, device: str = "cpu") -> None:
        self.name = f"PANNs CNN14 {rate // 1000} kHz"
        self._front = FRONTS[rate]
        self._weights = weights
        self._device = device

    def identity(self) -> Identity:
        """The weights, the rate and the way of loading."""
        return {
            "extractor": self.name,
            "weights_sha256": self._loaded[1],
            "rate": self._front.rate,
            "resampler": RESAMPLER,
            "channel": "first",
            "form": 1,
        }

    def extract(self, clip: Clip) -> Arrays:
        """`embedding` [2048] and `logits` [527]."""
        sound = torch.from_numpy(load_as_toolkit(clip.waveform, self._front.rate))
        with torch.inference_mode():
            embedding, logits = self._loaded[0](sound[None].to(self._device))
        return {"embedding": embedding[0].float().cpu().numpy(), "logits": logits[0].float().cpu().numpy()}

    @cached_property
    def _loaded(self) -> tuple[Cnn14Network, str]:
        network = Cnn14Network(self._front)
        digest = load_strictly(network, find_weights(self._front.weights, self._weights))
        return network.to(self._device), digest


class _Spectrogram(nn.Module):
    """Power of a centred short-time spectrum, as a convolution whose kernels are stored weights."""

    def __init__(self, front: Front) -> None:
        super().__init__()
        self.stft = _Stft(front)

    def forward(self, sound: Tensor) -> Tensor:
        """[B, S] to [B, T, window / 2 + 1]."""
        real, imaginary = self.stft(sound)
        power: Tensor = (real**2 + imaginary**2).transpose(1, 2)
        return power


class _Stft(nn.Module):
    def __init__(self, front: Front) -> None:
        super().__init__()
        self._pad = front.window // 2
        bins = front.window // 2 + 1
        self.conv_real = nn.Conv1d(1, bins, front.window, stride=front.hop, bias=False)
        self.conv_imag = nn.Conv1d(1, bins, front.window, stride=front.hop, bias=False)
        turns = np.exp(-2j * np.pi / front.window * np.outer(np.arange(bins), np.arange(front.window)))
        kernels = turns * (0.5 - 0.5 * np.cos(2 * np.pi / front.window * np.arange(front.window)))
        self.conv_real.weight.data = torch.from_numpy(kernels.real.astype(np.float32))[:, None]
        self.conv_imag.weight.data = torch.from_numpy(kernels.imag.astype(np.float32))[:, None]

    def forward(self, sound: Tensor) -> tuple[Tensor, Tensor]:
        padded = functional.pad(sound[:, None], (self._pad, self._pad), mode="reflect")
        return self.conv_real(padded), self.conv_imag(padded)


class _LogMel(nn.Module):
    """Ten times the decimal logarithm of the power in 64 bands."""

    def __init__(self, front: Front) -> None:
        super().__init__()
        bank = slaney_bank(
            sample_rate=front.rate,
            num_bins=front.window // 2 + 1,
            n_mels=_N_MELS,
            low_hz=_LOW_HZ,
            high_hz=front.high_hz,
        )
        self.melW = nn.Parameter(torch.from_numpy(bank.astype(np.float32)))

    def forward(self, power: Tensor) -> Tensor:
        return 10.0 * torch.log10((power @ self.melW).clamp(min=_FLOOR))


class _Block(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.bn2 = nn.BatchNorm2d(after)

    def forward(self, maps: Tensor) -> Tensor:
        maps = functional.relu(self.bn1(self.conv1(maps)))
        return functional.relu(self.bn2(self.conv2(maps)))
