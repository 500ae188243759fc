"""Loudness, peak, silence and clipping of a clip, as the quality gate measures them; no model, no package.

In: a clip. Out: scalars `lufs` and `peak_dbtp` (-inf for silence), `silent_share`, `clipped_share`, `duration_s`.
"""

import numpy as np

from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity
from audiogen_cli.quality.gate import measure_clip


class Levels:
    """The extractor of loudness."""

    of_paper = False
    concurrent = True
    name = "BS.1770-4 loudness and true peak"

    def identity(self) -> Identity:
        """The form of the code; the sound keeps its own rate."""
        return {"extractor": self.name, "form": 1}

    def extract(self, clip: Clip) -> Arrays:
        """The five scalars."""
        figures = measure_clip(clip.waveform, clip.waveform)
        return {
            "lufs": np.array(-np.inf if figures.lufs is None else figures.lufs),
            "peak_dbtp": np.array(-np.inf if figures.peak_dbtp is None else figures.peak_dbtp),
            "silent_share": np.array(figures.silent_share),
            "clipped_share": np.array(figures.clipped_share),
            "duration_s": np.array(figures.duration_s),
        }
