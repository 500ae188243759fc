"""Safetensors files as one table of tensors, mapped where they lie or read into memory that is already there.

In: a folder with `model.safetensors`, or with shards and their index. Out: shapes, and tensors by name.
No pickle is ever opened. What is used on the CPU just as it lies is mapped: nothing is copied, and the
system shares and takes back its pages. What changes device or precision is read in pieces through a small buffer.
Source: the safetensors format, https://github.com/huggingface/safetensors.
"""

import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.unified.json_object import AGAIN, read_object, shown

DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
    "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
}  # fmt: skip
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"

_PIECE = 1 << 20  # numbers read and changed at once: 4 MB of float32, less than the last cache


class CheckpointError(ModelMissingError):
    """Weights that are absent, damaged, or not those of this model."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Where one tensor lies."""

    path: Path
    dtype: torch.dtype
    shape: tuple[int, ...]
    start: int  # bytes from the file's beginning
    num_bytes: int


class Checkpoint:
    """The tensors of a model folder.

    Raises:
        CheckpointError: no safetensors files, or damaged ones.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: dict[str, Entry] = {}
        self._scratch = torch.empty(0, dtype=torch.uint8)
        self._maps: dict[Path, mmap.mmap] = {}
        for path, names in _files(folder).items():
            entries = _read_header(path)
            absent = [name for name in names or () if name not in entries]
            twice = [name for name in entries if name in self.entries]
            if absent:
                raise CheckpointError(f"{path}: lacks {shown(absent[0])}, which its index promises", hint=AGAIN)
            if twice:
                raise CheckpointError(f"{path}: holds {shown(twice[0])}, which another shard holds too", hint=AGAIN)
            self.entries.update(entries)

    @property
    def num_bytes(self) -> int:
        """What all tensors take on disk."""
        return sum(entry.num_bytes for entry in self.entries.values())

    def read_into(self, name: str, target: Tensor) -> None:
        """Fill a tensor of the same number of elements, on any device and of any dtype.

        Raises:
            CheckpointError: the file ends early.
        """
        entry = self.entries[name]
        if entry.num_bytes == 0:
            return
        direct = target.device.type == "cpu" and target.dtype == entry.dtype and target.is_contiguous()
        if direct:
            _read_bytes(entry, target.view(-1).view(torch.uint8))
            return
        flat = target.view(-1)
        for start, piece in self._pieces(entry, _PIECE):
            flat[start : start + len(piece)].copy_(piece)

    def rows(self, names: Sequence[str], num_rows: int) -> Iterator[Tensor]:
        """The rows of stacked matrices, at most so many at a time, float32, in room that the next ones take again.

        Raises:
            CheckpointError: the file ends early.
        """
        for name in names:
            entry = self.entries[name]
            width = entry.num_bytes // entry.dtype.itemsize // entry.shape[0]
            for _, piece in self._pieces(entry, num_rows * width):
                yield piece.view(-1, width).float()

    def _pieces(self, entry: Entry, most: int) -> Iterator[tuple[int, Tensor]]:
        """A tensor in pieces of so many numbers, read one after the other into room that the cache holds."""
        size = entry.dtype.itemsize
        if len(self._scratch) < most * size:
            self._scratch = torch.empty(most * size, dtype=torch.uint8)
        with entry.path.open("rb", buffering=0) as file:
            file.seek(entry.start)
            for start in range(0, entry.num_bytes // size, most):
                raw = self._scratch[: min(most * size, entry.num_bytes - start * size)]
                _read_whole(file, raw, entry.path)
                yield start, raw.view(entry.dtype)

    def map(self, names: Sequence[str], shape: torch.Size) -> Tensor | None:
        """Tensors that lie one after the other as one float32 tensor without a copy; None where they do not.

        Writing to it changes memory, never the file.
        """
        entries = [self.entries[name] for name in names]
        ends = [entry.start + entry.num_bytes for entry in entries]
        adjacent = all(
            end == after.start and before.path == after.path for end, before, after in zip(ends, entries, entries[1:])
        )
        first = entries[0]
        if not adjacent or not first.num_bytes or first.start % 4 or any(e.dtype != torch.float32 for e in entries):
            return None
        if first.path not in self._maps:
            with first.path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
            if hasattr(mmap, "MADV_WILLNEED"):
                mapped.madvise(mmap.MADV_WILLNEED)  # begin to read before it is asked for
            self._maps[first.path] = mapped
        count = sum(entry.num_bytes for entry in entries) // 4
        return torch.frombuffer(self._maps[first.path], dtype=torch.float32, count=count, offset=first.start).view(
            shape
        )

    def read(self, name: str) -> Tensor:
        """One tensor, as it lies in the file."""
        entry = self.entries[name]
        tensor = torch.empty(entry.shape, dtype=entry.dtype)
        self.read_into(name, tensor)
        return tensor

    def close(self) -> None:
        """Let go of the reading buffer; a map lives as long as a tensor that lies in it."""
        self._scratch = torch.empty(0, dtype=torch.uint8)
        self._maps = {}


def _files(folder: Path) -> Mapping[Path, set[str] | None]:
    """The files of a folder, and which tensors the index promises of each (None without an index)."""
    index, single = folder / INDEX, folder / WEIGHTS
    try:
        if single.is_file():
            return {single: None}
        if not index.is_file():
            raise _absent(folder)
    except OSError as fault:
        raise CheckpointError(
            f"{fault.filename}: cannot be read: {fault.strerror}", hint="check its permissions"
        ) from fault
    places = read_object(index, CheckpointError).get("weight_map")
    if not isinstance(places, dict) or not places:
        raise CheckpointError(f"{index}: not an index of safetensors files: no weight_map", hint=AGAIN)
    by_file: dict[Path, set[str] | None] = {}
    for name, file in places.items():
        if not isinstance(file, str) or Path(file).name != file or "\\" in file or not file.endswith(".safetensors"):
            raise CheckpointError(
                f"{index}: {shown(repr(file))} does not lie in the folder as a safetensors file", hint=AGAIN
            )
        names = by_file.setdefault(folder / file, set())
        assert names is not None
        names.add(name)
    return by_file


def _absent(folder: Path) -> CheckpointError:
    """What to say of a folder without weights, by what lies there instead."""
    linked = [name for name in (WEIGHTS, INDEX) if (folder / name).is_symlink()]
    if linked:
        return CheckpointError(f"{folder / linked[0]}: a link that leads nowhere", hint=AGAIN)
    files = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    others = [name for name in files if name.endswith(".safetensors")]
    pickles = [name for name in files if name.endswith((".bin", ".pt", ".pth", ".ckpt"))]
    if others:
        return CheckpointError(
            f"{folder}: no {WEIGHTS}, only {shown(others[0])}" + (f" and {len(others) - 1} more" if others[1:] else ""),
            hint=f"shards need their {INDEX}; a single file the name {WEIGHTS}",
        )
    if pickles:
        return CheckpointError(
            f"{folder}: no {WEIGHTS}, only {shown(pickles[0])}, a pickle, which is never opened",
            hint="convert it to safetensors elsewhere",
        )
    return CheckpointError(f"{folder}: no {WEIGHTS}", hint="audiogen pull, or --model with the folder of a checkpoint")


def _read_header(path: Path) -> dict[str, Entry]:
    from safetensors import SafetensorError, safe_open

    try:
        if path.exists() and not path.is_file():
            raise CheckpointError(f"{path}: not a file", hint=AGAIN)
        with safe_open(path, framework="pt"):  # the library checks the header against the file's length
            pass
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header: dict[str, Any] = json.loads(file.read(length))
    except FileNotFoundError as fault:
        raise CheckpointError(f"{path}: no such file", hint=AGAIN) from fault
    except (OSError, SafetensorError, ValueError) as fault:
        raise CheckpointError(
            f"{path}: not a whole safetensors file: {_resembles(path) or shown(str(fault))}", hint=AGAIN
        ) from fault
    entries = {}
    for name, value in header.items():
        if name == "__metadata__":
            continue
        if value["dtype"] not in DTYPES:
            raise CheckpointError(
                f"{path}: {shown(name)} is of type {value['dtype']}, which is not read here",
                hint="convert the weights to F32, F16 or BF16",
            )
        start, end = value["data_offsets"]
        entries[name] = Entry(
            path=path,
            dtype=DTYPES[value["dtype"]],
            shape=tuple(value["shape"]),
            start=8 + length + start,
            num_bytes=end - start,
        )
    return entries


def _resembles(path: Path) -> str | None:
    """What often lies where weights should."""
    try:
        with path.open("rb") as file:
            start = file.read(64).lstrip().lower()
    except OSError:
        return None
    if start.startswith(b"version https://git-lfs"):
        return "a pointer of git-lfs, which `git lfs pull` turns into the file"
    if start.startswith((b"<!doctype", b"<html")):
        return "a web page"
    return "empty" if not start else None


def _read_bytes(entry: Entry, target: Tensor) -> None:
    with entry.path.open("rb", buffering=0) as file:
        file.seek(entry.start)
        _read_whole(file, target, entry.path)


def _read_whole(file: FileIO, target: Tensor, path: Path) -> None:
    """Fill bytes from where a file stands."""
    view = memoryview(target.numpy())  # type: ignore[arg-type]
    filled = 0
    while filled < len(view):
        count = file.readinto(view[filled:])
        if not count:
            raise CheckpointError(f"{path}: ends early", hint=AGAIN)
        filled += count
