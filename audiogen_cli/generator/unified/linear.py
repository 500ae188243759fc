"""Matrix products: one `Linear`, and the forms it takes once its weights are known and fixed.

In: activations [..., K]. Out: [..., N], in the weights' own precision. `fix_linear` turns a loaded
`Linear` into the quickest form for a device: float32 by oneDNN's packed product or numpy's, bfloat16, or
int8. Only the plain `Linear` can be trained. Which form pays is measured in benchmarks/README.md.
"""

import warnings
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.device import cpu_vendor
from audiogen_cli.errors import OptionError

_TINY = 1e-12
_WIDENED_AT_ONCE = 1 << 21  # weights: 8 MB of float32


class Linear(nn.Linear):
    """A linear layer that takes activations of any precision and answers in its weights' own."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x.to(self.weight.dtype), self.weight, self.bias)

    def in_float32(self, x: Tensor) -> Tensor:
        """The product in float32 whatever the weights are held in, for values that steer everything."""
        bias = None if self.bias is None else self.bias.float()
        return functional.linear(x.float(), self.weight.float(), bias)


class PackedLinear(nn.Module):
    """float32 in the order oneDNN likes best: the same product to rounding, up to 1.25 times as fast."""

    def __init__(self, weight: Tensor, bias: Tensor | None, *, rows: int = 500) -> None:
        super().__init__()
        self.weight = torch.ops.mkldnn._reorder_linear_weight(weight, rows)  # rows: a guided clip of 10 s
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        product: Tensor = torch.ops.mkldnn._linear_pointwise(x.float(), self.weight, self.bias, "none", [], "")
        return product


class NumpyLinear(nn.Module):
    """float32 as it lies in its file, multiplied by numpy's OpenBLAS: the same product to rounding."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias)
        # views of the same memory; `detach` because numpy refuses what could be learned
        self._columns = weight.detach().numpy().T
        self._bias = None if bias is None else bias.detach().numpy()

    def forward(self, x: Tensor) -> Tensor:
        product = x.detach().float().flatten(0, -2).numpy() @ self._columns
        if self._bias is not None:
            product += self._bias
        return torch.from_numpy(product).view(*x.shape[:-1], -1)


class WidenedLinear(nn.Module):
    """bfloat16 at rest, float32 at work: half the memory on a CPU that cannot multiply bfloat16.

    Weights are widened a few rows at a time, which are multiplied while they still lie in the cache.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.weight = weight.to(torch.bfloat16)
        self.bias = None if bias is None else bias.float()
        self.rows = max(1, _WIDENED_AT_ONCE // weight.shape[1])

    def forward(self, x: Tensor) -> Tensor:
        x = x.float()
        products = []
        for start in range(0, len(self.weight), self.rows):
            rows = slice(start, start + self.rows)
            bias = None if self.bias is None else self.bias[rows]
            products.append(functional.linear(x, self.weight[rows].float(), bias))
        return products[0] if len(products) == 1 else torch.cat(products, dim=-1)

    in_float32 = forward


class Int8Linear(nn.Module):
    """int8 weights, a scale for each output; activations are brought to int8 as they come, a scale for each row.

    On a CPU torch's own engine multiplies, on CUDA `_int_mm`; elsewhere the weights are widened and only
    memory is saved.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        cpu = weight.device.type == "cpu"
        largest = 63 if cpu and not _has("_is_vnni_supported") else 127  # two products of 255 * 63 fit in 16 bits
        quantized, scale = _quantize_rows(weight, largest)
        self.bias = None if bias is None else bias.float()
        self.packed: Any = None
        if cpu:
            self.packed = _pack_int8(quantized, scale)
        else:
            self.weight, self.scale = quantized, scale

    def forward(self, x: Tensor) -> Tensor:
        if self.packed is not None:
            return self._on_cpu(x.float())
        if x.device.type == "cuda" and x.numel() // x.shape[-1] > 16 and x.shape[-1] % 8 == 0:
            return _int8_product(x, self.weight, self.scale, self.bias)
        weight = (self.weight.float() * self.scale[:, None]).to(torch.bfloat16)
        bias = None if self.bias is None else self.bias.to(torch.bfloat16)
        return functional.linear(x.to(torch.bfloat16), weight, bias)

    def _on_cpu(self, x: Tensor) -> Tensor:
        """The engine has one scale for a whole call, so rows are first brought to one height: a third of the error."""
        height = torch.maximum(x.amax(dim=-1, keepdim=True), -x.amin(dim=-1, keepdim=True)).clamp(min=_TINY)
        product: Tensor = torch.ops.quantized.linear_dynamic(x / height, self.packed, False)
        return product * height if self.bias is None else torch.addcmul(self.bias, product, height)


class Int8AtRest(nn.Module):
    """int8 at rest, float32 at work, for a product that is made once a clip."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.weight, self.scale = _quantize_rows(weight, 127)
        self.bias = None if bias is None else bias.float()

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x.float(), self.weight.float() * self.scale[:, None], self.bias)

    in_float32 = forward


def fix_linear(linear: Linear, dtype: str, *, once: bool = False, packed: bool = True) -> nn.Module:
    """The form of a loaded layer that is quickest on its device; the layer itself where it already is.

    Args:
        linear: loaded, on its device.
        dtype: "float32", "bfloat16" or "int8".
        once: the layer works once a clip, in float32, and should only be small.
        packed: allow oneDNN's own order of weights and numpy's product, which torch.compile cannot look into.
    """
    weight, bias = linear.weight.detach(), None if linear.bias is None else linear.bias.detach()
    cpu = weight.device.type == "cpu"
    if dtype == "int8":
        return Int8AtRest(weight, bias) if once else Int8Linear(weight, bias)
    if dtype == "bfloat16" and cpu and not multiplies_bfloat16():
        return WidenedLinear(weight, bias)
    if dtype == "float32" and cpu and packed and not once:
        if prefers_packed():
            return PackedLinear(weight, bias)
        if prefers_numpy():
            return NumpyLinear(weight, bias)
    return linear


@cache
def prefers_packed() -> bool:
    """Whether oneDNN's packed float32 product beats the default one here: it does with AVX-512, not with AVX2."""
    has_onednn: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return has_onednn and "AVX512" in torch.backends.cpu.get_cpu_capability()


@cache
def prefers_numpy() -> bool:
    """Whether numpy's product beats torch's here: OpenBLAS beats MKL on an AMD CPU with AVX2 alone, by a tenth."""
    if cpu_vendor() != "AuthenticAMD" or torch.backends.cpu.get_cpu_capability() != "AVX2":
        return False
    built_with = np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    has_mkl: bool = torch.backends.mkl.is_available()  # type: ignore[no-untyped-call]
    return has_mkl and "openblas" in str(built_with)


@cache
def multiplies_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 itself; emulated it takes seven times as long as float32."""
    return (
        any(_has(feature) for feature in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
        or _is_arm_with_bfloat16()
    )


def _has(feature: str) -> bool:
    check = getattr(torch.cpu, feature, None)
    return bool(check()) if check is not None else False


def _is_arm_with_bfloat16() -> bool:
    return torch.backends.cpu.get_cpu_capability().startswith("SVE") or _has("_is_arm_bf16_supported")


def _quantize_rows(weight: Tensor, largest: int) -> tuple[Tensor, Tensor]:
    """Weights [N, K] as int8 up to `largest`, and the scale of each row; a few rows at a time, in the cache."""
    scale = torch.maximum(weight.amax(dim=1), -weight.amin(dim=1)).float().clamp(min=_TINY) / largest
    quantized = torch.empty(weight.shape, dtype=torch.int8, device=weight.device)
    num_rows = max(1, _WIDENED_AT_ONCE // weight.shape[1])
    for start in range(0, len(weight), num_rows):
        rows = slice(start, start + num_rows)
        quantized[rows] = (weight[rows].float() / scale[rows, None]).round_().clamp_(-largest, largest)
    return quantized, scale


def _pack_int8(quantized: Tensor, scale: Tensor) -> Any:
    zeros = torch.zeros(len(scale), dtype=torch.int64)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch calls quantized tensors deprecated; its int8 engine knows no others
            weight = torch._make_per_channel_quantized_tensor(quantized, scale.double(), zeros, 0)
            return torch.ops.quantized.linear_prepack(weight, None)
    except (RuntimeError, AttributeError) as fault:
        raise OptionError(
            "dtype int8: this build of torch has no int8 engine for this CPU", hint="--dtype bfloat16"
        ) from fault


def _int8_product(x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
    """Rows brought to int8 each with its own scale, multiplied as integers, scaled back; bfloat16 out."""
    rows = x.flatten(0, -2).float()
    row_scale = rows.abs().amax(dim=1, keepdim=True).clamp(min=_TINY) / 127.0
    product = torch._int_mm((rows / row_scale).round().to(torch.int8), weight.t()).float() * row_scale * scale
    if bias is not None:
        product = product + bias
    return product.view(*x.shape[:-1], -1).to(torch.bfloat16)
