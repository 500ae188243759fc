"""The `Waveform`: sound as numbers, the value every generator returns and every file is written from.

Samples are float32, [C, S] (channels, samples), nominally within -1 and 1; a generator's untouched
output may lie outside. NumPy alone, so that a scene can be rendered without torch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.errors import AudioFileError

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Waveform:
    """Sound: `samples` [C, S] float32 at `sample_rate` Hz; one-dimensional samples become one channel.

    Raises:
        AudioFileError: samples of another shape, or a sample rate that is not positive.
    """

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        samples = np.atleast_2d(np.asarray(self.samples, dtype=np.float32))
        if samples.ndim != 2 or self.sample_rate <= 0:
            raise AudioFileError(f"no sound: samples of shape {samples.shape} at {self.sample_rate} Hz")
        object.__setattr__(self, "samples", samples)

    @property
    def num_channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def num_samples(self) -> int:
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        return self.num_samples / self.sample_rate

    def mono(self) -> Samples:
        """The mean of the channels, [S]."""
        mean: Samples = self.samples.mean(axis=0, dtype=np.float32)
        return mean
