"""Words heard and quality of speech, by the ear whose weights lie in packages; not the paper's models.

In: a clip. Out: `words`, a text, or `mos`, DNSMOS overall from 1 to 5.
"""

import numpy as np

from audiogen_cli.evaluation.ear import Ear
from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity


class HeardWords:
    """The recogniser of the word error rate."""

    of_paper = False
    concurrent = False
    name = "whisper-base int8 behind Silero VAD"

    def __init__(self, ear: Ear) -> None:
        self._ear = ear

    def identity(self) -> Identity:
        """The ear's parts; it resamples by its own filter."""
        return {"extractor": self.name, "rate": 16_000, "resampler": "kaiser 64", "channel": "mean", "form": 1}

    def extract(self, clip: Clip) -> Arrays:
        """`words`, empty where nobody speaks."""
        return {"words": np.array(self._ear.words(clip.waveform))}


class SpeechQuality:
    """DNSMOS of the whole clip, music and rain counted as noise."""

    of_paper = False
    concurrent = False
    name = "DNSMOS P.835 overall"

    def __init__(self, ear: Ear) -> None:
        self._ear = ear

    def identity(self) -> Identity:
        """The ear's parts; it resamples by its own filter."""
        return {"extractor": self.name, "rate": 16_000, "resampler": "kaiser 64", "channel": "mean", "form": 1}

    def extract(self, clip: Clip) -> Arrays:
        """`mos`, 1 to 5."""
        return {"mos": np.array(self._ear.speech_quality(clip.waveform))}
