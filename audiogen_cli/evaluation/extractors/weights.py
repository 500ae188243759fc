"""Published weights of the extractors: where they are looked for, and how a pickle is read without running it.

In: the name of a file, or a folder as the hub has it and, where a person has it elsewhere, a path. Out: a loaded
module and the SHA-256 of its files. Nothing is ever downloaded: the error says where a file comes from and where to
put it. Pickles are read with `weights_only`, which builds tensors, numbers and arrays and nothing else; of folders
safetensors alone are read.
"""

import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.settings import cache_folder

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class WeightsFile:
    """A published file of weights."""

    file: str
    url: str
    licence: str


def weights_folder() -> Path:
    """Where the files are looked for."""
    return cache_folder() / "evaluation" / "weights"


def find_weights(published: WeightsFile, given: Path | None = None) -> Path:
    """The file: the given path (or a folder that holds it), else the one in the cache.

    Raises:
        ModelMissingError: it is in neither place; the hint says where to get it.
    """
    place = weights_folder() if given is None else given
    path = place / published.file if place.is_dir() or given is None else place
    if path.is_file():
        return path
    raise ModelMissingError(
        f"{path}: the weights are not there",
        hint=f"download {published.url} ({published.licence}) to {weights_folder() / published.file}",
    )


def find_safetensors(folder: Path, *, key: str, repository: str) -> list[Path]:
    """The files of weights in a folder as the hub has it.

    Raises:
        ModelMissingError: there is none; the hint says how to get them for `--weights KEY=FOLDER`.
    """
    found = sorted(folder.glob("model*.safetensors"))
    if found:
        return found
    raise ModelMissingError(
        f"{folder / 'model.safetensors'}: the weights are not there",
        hint=f"hf download {repository} --local-dir FOLDER, then --weights {key}=FOLDER (safetensors, not a pickle)",
    )


def load_from_folder(model: Any, processor: Any, folder: Path, *, device: str) -> tuple[Any, Any]:
    """A model and its processor of transformers, by their classes, from a folder; ready for inference.

    Raises:
        ModelMissingError: the folder holds another model, or files that are broken.
    """
    from safetensors import SafetensorError

    try:
        loaded = model.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        prepared = processor.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as fault:
        told = " ".join(str(fault).split())[:300]
        raise ModelMissingError(f"{folder}: not a {model.__name__} that can be read: {told}") from fault
    loaded.train(False)
    return loaded.to(device), prepared


def load_strictly(module: "nn.Module", path: Path) -> str:
    """Load a published state dict into a module, every key matched; returns the file's SHA-256.

    Raises:
        ModelMissingError: the file cannot be read without running code from it, or holds other weights.
    """
    state = _read_pickle(path)
    nested = state.get("model")
    try:
        module.load_state_dict(nested if isinstance(nested, Mapping) else state, strict=True)
    except (RuntimeError, AttributeError) as fault:
        first = " ".join(str(fault).split())[:300]
        raise ModelMissingError(f"{path}: holds the weights of another model: {first}") from fault
    module.eval().requires_grad_(False)
    return file_digest(path)


def file_digest(*paths: Path) -> str:
    """SHA-256 of a file, or of several one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _read_pickle(path: Path) -> "Mapping[str, Tensor]":
    import torch

    try:
        with torch.serialization.safe_globals(_array_parts()):  # a sampler's state lies beside some weights
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as fault:
        first = " ".join(str(fault).split())[:200]
        raise ModelMissingError(f"{path}: cannot be read as weights: {first}") from fault
    if not isinstance(state, Mapping):
        raise ModelMissingError(f"{path}: holds a {type(state).__name__}, not weights")
    return state


def _array_parts() -> list[Any]:
    """What a pickled NumPy array is made of, under the names of old and new releases."""
    import numpy as np
    from numpy._core import multiarray

    rebuild, scalar = multiarray._reconstruct, multiarray.scalar
    kinds = [type(np.dtype(kind)) for kind in (np.float32, np.float64, np.int32, np.int64, np.bool_)]
    return [
        *((rebuild, f"numpy.{room}.multiarray._reconstruct") for room in ("core", "_core")),
        *((scalar, f"numpy.{room}.multiarray.scalar") for room in ("core", "_core")),
        *(np.ndarray, np.dtype),
        *kinds,
    ]
