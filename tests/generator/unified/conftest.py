"""The golden vectors, and the tiny complete model they were computed with."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="session")
def golden_folder():
    return GOLDEN


@pytest.fixture(scope="session")
def golden():
    """`golden("dit")`: the tensors of one file."""
    files = {}

    def read(name):
        if name not in files:
            with torch.inference_mode(False):  # a test in inference mode may ask first, one that learns later
                files[name] = load_file(GOLDEN / f"{name}.safetensors")
        return files[name]

    return read


@pytest.fixture(scope="session")
def tiny_model():
    from audiogen_cli.generator.unified.loading import load_model

    return load_model(GOLDEN / "tiny-audiogen")


@pytest.fixture(scope="session")
def tiny_text():
    from audiogen_cli.generator.unified.loading import load_text_encoder

    return load_text_encoder(GOLDEN / "tiny-audiogen", GOLDEN / "tiny-t5")


@pytest.fixture(scope="session")
def tiny_codec():
    from audiogen_cli.generator.unified.loading import load_codec

    return load_codec(GOLDEN / "tiny-tokenizer")
