"""Which form a matrix product takes: by the precision asked for and by what the machine is.

In: a loaded `Linear`, or the rows of its weights. Out: one of the forms of `linear`. Never chosen by a
race at run time: the same machine must give the same sound again. Figures: benchmarks/README.md.
"""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

from audiogen_cli.device import cpu_vendor
from audiogen_cli.generator.unified.linear import (
    Int8AtRest,
    Int8Linear,
    Int8OnDevice,
    Linear,
    NumpyLinear,
    PackedLinear,
    WidenedLinear,
    quantize,
)

_QUANTIZED_AT_ONCE = 1 << 20  # weights: 4 MB of float32


@dataclass(frozen=True, kw_only=True)
class Cpu:
    """What decides of a CPU and of the libraries built for it."""

    vendor: str | None = None  # "AuthenticAMD"
    level: str = "DEFAULT"  # the instructions torch computes with: "AVX2", "AVX512", "SVE256"
    is_x86: bool = True
    multiplies_bfloat16: bool = False  # emulated it takes seven times as long as float32
    sums_int8_wide: bool = False  # VNNI, AMX: products of int8 are summed in 32 bits; AVX2 sums pairs in 16
    has_onednn: bool = True
    has_openblas: bool = False  # numpy multiplies with OpenBLAS, torch with MKL


@cache
def read_cpu() -> Cpu:
    """The CPU of this machine."""
    has_onednn: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    has_mkl: bool = torch.backends.mkl.is_available()  # type: ignore[no-untyped-call]
    numpy_blas = str(np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"])
    level = torch.backends.cpu.get_cpu_capability()
    has_amx = _has("_is_amx_tile_supported")
    return Cpu(
        vendor=cpu_vendor(),
        level=level,
        is_x86=platform.machine().lower() in ("x86_64", "amd64"),
        multiplies_bfloat16=has_amx or _has("_is_avx512_bf16_supported") or level.startswith("SVE"),
        sums_int8_wide=has_amx or _has("_is_vnni_supported"),
        has_onednn=has_onednn,
        has_openblas=has_mkl and "openblas" in numpy_blas,
    )


def choose_form(dtype: str, cpu: Cpu, *, once: bool = False, packed: bool = True) -> type[nn.Module]:
    """The form that is quickest on a CPU.

    Args:
        dtype: "float32", "bfloat16" or "int8".
        cpu: what the machine is.
        once: the layer works once a clip, in float32, and should only be small.
        packed: allow oneDNN's own order of weights and numpy's product, which torch.compile cannot look into.
    """
    onednn = cpu.is_x86 and cpu.has_onednn
    if dtype == "int8":
        return Int8Linear if onednn and not once else Int8AtRest
    if dtype == "bfloat16" and not cpu.multiplies_bfloat16:
        return WidenedLinear
    if once or not packed:
        return Linear
    if onednn and (dtype == "bfloat16" or cpu.level.startswith("AVX512")):
        return PackedLinear
    if dtype == "float32" and (cpu.vendor, cpu.level) == ("AuthenticAMD", "AVX2") and cpu.has_openblas:
        return NumpyLinear  # OpenBLAS beats MKL by a tenth there
    return Linear


def fix_linear(linear: Linear, dtype: str, *, once: bool = False, packed: bool = True) -> nn.Module:
    """The form of a loaded layer that is quickest on its device; the layer itself where it already is.

    Arguments as in `choose_form`.
    """
    weight, bias = linear.weight.detach(), None if linear.bias is None else linear.bias.detach()
    if dtype == "int8":
        parts = torch.split(weight, rows_at_once(weight.shape[1]))
        return fix_rows(parts, (weight.shape[0], weight.shape[1]), bias, once=once, device=str(weight.device))
    form = choose_form(dtype, read_cpu(), once=once, packed=packed) if weight.device.type == "cpu" else Linear
    return linear if form is Linear else form(weight, bias)


def fix_rows(
    parts: Iterable[Tensor], shape: tuple[int, int], bias: Tensor | None, *, once: bool = False, device: str = "cpu"
) -> nn.Module:
    """An int8 layer made of the rows of its weights as they come, so that they never stand in memory as they were.

    Args:
        parts: the rows in order, `rows_at_once` or fewer at a time.
        shape: of the weights.
        bias: for each output.
        once: as in `choose_form`.
        device: where the rows are.
    """
    on_cpu = device == "cpu"
    form = choose_form("int8", read_cpu(), once=once) if on_cpu else Int8AtRest if once else Int8OnDevice
    # two products of 255 and 63 fit in the 16 bits of an AVX2 sum
    largest = 63 if form is Int8Linear and not read_cpu().sums_int8_wide else 127
    return form(quantize(parts, shape, largest=largest, device=device), bias)


def rows_at_once(width: int) -> int:
    """How many rows of so many weights are brought to int8 together: what the cache holds."""
    return max(1, _QUANTIZED_AT_ONCE // width)


def remark(dtype: str, device: str) -> str | None:
    """What a person should know of a precision on this machine; None where it does what it is taken for."""
    form = choose_form(dtype, read_cpu()) if device == "cpu" else None
    if form in (WidenedLinear, Int8AtRest):
        return f"this CPU does not multiply {dtype}: it saves memory here, not time"
    return None


def _has(feature: str) -> bool:
    check = getattr(torch.cpu, feature, None)
    return bool(check()) if check is not None else False
