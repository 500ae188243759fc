"""A model without memory, filled from a checkpoint: strictly, in place, in the form that suits the device.

In: a model on the meta device, a `Checkpoint`, the names its tensors have there. Layers are filled one
by one straight on the target device, so that loading peaks one layer above what stays. A tensor that is
missing, extra or misshapen is an error that names it. Buffers that can be computed are taken from the
file when they are there, and computed when not.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from audiogen_cli.device import is_out_of_memory
from audiogen_cli.errors import OutOfMemoryError
from audiogen_cli.generator.unified.checkpoint import Checkpoint, CheckpointError
from audiogen_cli.generator.unified.forms import choose_form, fix_linear, fix_rows, read_cpu, rows_at_once
from audiogen_cli.generator.unified.json_object import AGAIN, shown
from audiogen_cli.generator.unified.linear import Linear, PackedLinear
from audiogen_cli.generator.unified.published import KERNEL_1, Naming

_NAMES_SHOWN = 5


@dataclass(frozen=True)
class Keep:
    """In which form filled layers are kept."""

    dtype: str
    packed: bool = True

    @property
    def maps(self) -> bool:
        """Whether the weights of DiT layers stay as they lie in a float32 file."""
        return self.dtype == "float32" and choose_form("float32", read_cpu(), packed=self.packed) is not PackedLinear

    def quantizes(self, name: str) -> bool:
        """Whether a layer is brought to int8 while it is read."""
        return self.dtype == "int8" and name.startswith("dit.")

    def fixed(self, name: str, linear: Linear) -> nn.Module:
        """The form of a filled layer."""
        if name.startswith(("dit.", "decoder.", "encoder.")):
            return fix_linear(linear, self.dtype, once=_works_once(name), packed=self.packed)
        return linear


def _works_once(name: str) -> bool:
    """Whether a layer makes the time modulation, which is known before the first step."""
    return "time_" in name


def fill(
    model: nn.Module,
    checkpoint: Checkpoint,
    naming: Naming,
    *,
    device: str,
    weight_dtype: torch.dtype = torch.float32,
    skipped: Collection[str] = (),
    passed_over: tuple[str, ...] = (),
    keep: Keep | None = None,
) -> None:
    """Fill a model built on the meta device from a checkpoint, after checking every name and shape.

    Args:
        model: on the meta device; buffers whose values are computed may be real already.
        checkpoint: the tensors.
        naming: our names to the published ones.
        device: where the tensors are to live.
        weight_dtype: of the weights of DiT layers; everything else is float32.
        skipped: buffers of ours whose value is known, whatever the file says.
        passed_over: beginnings of published names that belong to others.
        keep: the form in which a filled layer is kept; None keeps it as it is.

    Raises:
        CheckpointError: tensors missing, extra or misshapen.
        OutOfMemoryError: the device does not hold the model.
    """
    check(model, checkpoint, naming, skipped=skipped, passed_over=passed_over)
    fill_modules(
        list(model.named_modules()), model, checkpoint, naming, device=device, weight_dtype=weight_dtype, keep=keep,
        skipped=skipped,
    )  # fmt: skip


def check(
    model: nn.Module,
    checkpoint: Checkpoint,
    naming: Naming,
    *,
    skipped: Collection[str] = (),
    passed_over: tuple[str, ...] = (),
) -> None:
    """Whether a checkpoint is exactly of this model, told by its headers; arguments and errors as in `fill`."""
    skipped = set(skipped)
    computed = {name for name, buffer in model.named_buffers() if not buffer.is_meta}
    computed |= {name for name, _ in model.named_buffers() if name.endswith("num_batches_tracked")}
    missing: list[str] = []
    misshapen: list[str] = []
    mistyped: list[str] = []
    known: set[str] = set()
    for name, tensor in _tensors(model):
        names = naming(name)
        known.update(names)
        if name in skipped:
            continue
        absent = [published for published in names if published not in checkpoint.entries]
        missing += [] if name in computed else absent
        if absent:
            continue
        entries = [checkpoint.entries[published] for published in names]
        shapes = [entry.shape for entry in entries]
        wanted = (tensor.shape[0] // len(names), *tensor.shape[1:]) if len(names) > 1 else tuple(tensor.shape)
        wanted = (*wanted, 1) if name in KERNEL_1 else wanted
        misshapen += [f"{p} is {_by(s)}, needs {_by(wanted)}" for p, s in zip(names, shapes) if s != wanted]
        kind = "floats" if tensor.is_floating_point() else "integers"
        mistyped += [
            f"{p} holds {str(entry.dtype).removeprefix('torch.')}, needs {kind}"
            for p, entry in zip(names, entries)
            if entry.dtype.is_floating_point != tensor.is_floating_point() or entry.dtype == torch.bool
        ]
    extra = [name for name in checkpoint.entries if name not in known and not name.startswith(passed_over or ("\0",))]
    found = {"missing": missing, "misshapen": misshapen, "mistyped": mistyped, "extra": extra}
    faults = [_told(kind, list(dict.fromkeys(names))) for kind, names in found.items() if names]
    if faults:
        raise CheckpointError(
            f"{checkpoint.folder}: tensors do not fit the model: " + "; ".join(faults),
            hint=f"the file is of another model or version than its config.json, or damaged: {AGAIN}",
        )


def _told(kind: str, names: list[str]) -> str:
    more = ", ..." if len(names) > _NAMES_SHOWN else ""
    return f"{len(names)} {kind}: {', '.join(map(shown, names[:_NAMES_SHOWN]))}{more}"


def fill_modules(
    modules: Iterable[tuple[str, nn.Module]],
    model: nn.Module,
    checkpoint: Checkpoint,
    naming: Naming,
    *,
    device: str,
    weight_dtype: torch.dtype,
    keep: Keep | None,
    skipped: Collection[str] = (),
) -> None:
    """Fill modules by name, arguments and errors as in `fill`; their names and shapes have been checked."""
    maps = keep is None or keep.maps
    shared: dict[int, nn.Parameter] = {}  # a tensor may hang in two places, as T5's embedding does
    try:
        for prefix, module in modules:
            if keep is not None and isinstance(module, Linear) and device == "cpu" and keep.quantizes(prefix):
                _replace(model, prefix, _read_int8(prefix, module, checkpoint, naming))
                continue
            narrow = isinstance(module, Linear) and prefix.startswith("dit.")
            for own, tensor in [*module.named_parameters(recurse=False)]:
                parameter = shared.get(id(tensor))
                if parameter is None:
                    names, dtype = naming(_join(prefix, own)), weight_dtype if narrow else torch.float32
                    mapped = device == "cpu" and dtype == torch.float32 and (maps or not narrow)
                    target = _filled(checkpoint, names, tensor.shape, dtype, device, mapped=mapped)
                    parameter = nn.Parameter(target, requires_grad=False)
                    if not narrow:  # what is kept in another form must not be held here in its first one
                        shared[id(tensor)] = parameter
                module._parameters[own] = parameter
            for own, buffer in [*module.named_buffers(recurse=False)]:
                name = _join(prefix, own)
                module._buffers[own] = (
                    buffer.to(device) if name in skipped else _filled_buffer(checkpoint, naming(name), buffer, device)
                )
            if keep is not None and isinstance(module, Linear):
                kept = keep.fixed(prefix, module)
                if kept is not module:
                    _replace(model, prefix, kept)
                    module._parameters.clear()  # `modules` still holds it
    except (MemoryError, torch.OutOfMemoryError, RuntimeError) as fault:
        if isinstance(fault, RuntimeError) and not is_out_of_memory(fault):
            raise
        raise OutOfMemoryError(
            f"{device} does not hold the model ({checkpoint.num_bytes / 1e9:.1f} GB on disk)",
            hint="--dtype int8 or --dtype bfloat16 hold it in less, --device cpu elsewhere",
        ) from fault
    finally:
        checkpoint.close()


def _read_int8(prefix: str, linear: Linear, checkpoint: Checkpoint, naming: Naming) -> nn.Module:
    """An int8 layer for the CPU, whose float32 weights never stand in memory whole."""
    bias = None
    if linear.bias is not None:
        bias = torch.empty(linear.bias.shape)
        _read(checkpoint, naming(_join(prefix, "bias")), bias)
    num_outputs, num_inputs = linear.weight.shape
    parts = checkpoint.rows(naming(_join(prefix, "weight")), rows_at_once(num_inputs))
    return fix_rows(parts, (num_outputs, num_inputs), bias, once=_works_once(prefix))


def _filled(
    checkpoint: Checkpoint, names: tuple[str, ...], shape: torch.Size, dtype: torch.dtype, device: str, *, mapped: bool
) -> Tensor:
    """A tensor of a checkpoint: where it lies in its file if that will do, else in memory of its own."""
    target = checkpoint.map(names, shape) if mapped else None
    if target is None:
        target = torch.empty(shape, dtype=dtype, device=device)
        _read(checkpoint, names, target)
    return target


def _read(checkpoint: Checkpoint, names: tuple[str, ...], target: Tensor) -> None:
    with torch.no_grad():
        for name, rows in zip(names, target.chunk(len(names)) if len(names) > 1 else (target,)):
            checkpoint.read_into(name, rows)


def _filled_buffer(checkpoint: Checkpoint, names: tuple[str, ...], buffer: Tensor, device: str) -> Tensor:
    if names[0] in checkpoint.entries and tuple(checkpoint.entries[names[0]].shape) == tuple(buffer.shape):
        target = torch.empty(buffer.shape, dtype=buffer.dtype, device=device)
        _read(checkpoint, names, target)
        return target
    return torch.zeros(buffer.shape, dtype=buffer.dtype, device=device) if buffer.is_meta else buffer.to(device)


def _replace(model: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, own = name.rpartition(".")
    model.get_submodule(parent)._modules[own] = module


def _tensors(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from model.named_parameters(remove_duplicate=False)
    yield from model.named_buffers(remove_duplicate=False)


def _join(prefix: str, own: str) -> str:
    return f"{prefix}.{own}" if prefix else own


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "one number"
