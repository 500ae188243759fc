"""How long the paper's 11,722 MECAT clips take to score, reckoned from a few.

Noise of ten seconds at 16 kHz goes through each extractor, one clip first to load, then `--clips` that are counted,
in CPU seconds of this process on one torch thread. Networks have random weights of the published shapes, which cost
the same as the published ones. The last column multiplies by 11,722 and is computed, not measured; references double
it for FAD, FD and KL. Words and DNSMOS need the extra `ear`; of noise the recogniser is not asked at all, so speech
costs more than stands here.

    OMP_NUM_THREADS=1 python benchmarks/evaluation.py --clips 6
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.evaluation.ear import find_ear
from audiogen_cli.evaluation.extractors import cnn14, vggish
from audiogen_cli.evaluation.extractors.base import Clip, Extractor
from audiogen_cli.evaluation.extractors.hearing import SpeechQuality
from audiogen_cli.evaluation.extractors.levels import Levels

MECAT = 11_722


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=6)
    clips = parser.parse_args().clips
    torch.set_num_threads(1)
    print("| extractor | CPU s a clip | 11,722 clips, CPU h (computed) |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for extractor in _extractors(Path(folder)):
            extractor.extract(_clip(0))
            began = time.process_time()
            for number in range(clips):
                extractor.extract(_clip(number + 1))
            each = (time.process_time() - began) / clips
            print(f"| {extractor.name} | {each:.2f} | {each * MECAT / 3600:.1f} |", flush=True)


def _extractors(folder: Path) -> Iterator[Extractor]:
    yield Levels()
    path = folder / vggish.WEIGHTS.file
    torch.save(vggish.VggishNetwork().state_dict(), path)
    yield vggish.Vggish(path)
    front = cnn14.FRONTS[16_000]
    path = folder / front.weights.file
    torch.save({"model": cnn14.Cnn14Network(front).state_dict()}, path)
    yield cnn14.Cnn14(path)
    listening = find_ear()
    if listening is not None:
        yield SpeechQuality(listening)


def _clip(seed: int) -> Clip:
    sound = np.random.default_rng(seed).normal(size=160_000).astype(np.float32) * 0.1
    return Clip(path=Path("noise.wav"), waveform=Waveform(sound, 16_000))


if __name__ == "__main__":
    main()
