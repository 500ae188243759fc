"""Weights and sounds for the extractors: random, small on disk, of the published shapes."""

import numpy as np
import pytest
import soundfile


@pytest.fixture
def write_sound(tmp_path):
    """Write a noise of its own seed to a path below the test's folder; returns the path."""

    def write(name, *, seed=0, seconds=2.5, rate=16_000, channels=1, level=0.1, subtype=None):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sound = np.random.default_rng(seed).normal(size=(round(seconds * rate), channels)) * level
        soundfile.write(path, sound, rate, subtype=subtype)
        return path

    return write


@pytest.fixture(scope="session")
def random_weights(tmp_path_factory):
    """A folder with files of the published names and shapes; rows repeat one number, so that a file stays small."""
    import torch

    from audiogen_cli.evaluation.extractors import cnn14, vggish

    folder = tmp_path_factory.mktemp("weights")
    generator = torch.Generator().manual_seed(0)

    def shrunk(tensor):
        if tensor.ndim < 2:
            return tensor
        column = torch.randn(tensor.shape[0], *[1] * (tensor.ndim - 1), generator=generator)
        return (column / tensor[0].numel()).expand(tensor.shape)

    torch.save({k: shrunk(v) for k, v in vggish.VggishNetwork().state_dict().items()}, folder / vggish.WEIGHTS.file)
    front = cnn14.FRONTS[16_000]
    state = {k: v if "extractor" in k else shrunk(v) for k, v in cnn14.Cnn14Network(front).state_dict().items()}
    sampler = {"indexes": np.arange(4), "pointer": np.float64(1.0)}  # as lies beside the published weights
    torch.save({"iteration": 1, "model": state, "sampler": sampler}, folder / front.weights.file)
    return folder
