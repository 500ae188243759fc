"""Matrix products: one `Linear`, and the forms it takes once its weights are known and fixed.

In: activations [..., K]. Out: [..., N], in the weights' own precision. Only the plain `Linear` can be
trained. Which form a machine gets is told in `forms`; what each is worth, in benchmarks/README.md.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

_TINY = 1e-12
_LARGEST_ACTIVATION = 127
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
    """Weights in the order oneDNN likes best, float32 or bfloat16: the same product to rounding.

    oneDNN picks the instructions by itself: AVX2, AVX-512, its bfloat16, AMX.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, *, rows: int = 500) -> None:
        super().__init__()
        self.weight = torch.ops.mkldnn._reorder_linear_weight(weight, rows)  # rows: a guided clip of 10 s
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        product: Tensor = torch.ops.mkldnn._linear_pointwise(
            x.to(self.weight.dtype), self.weight, self.bias, "none", [], ""
        )
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
    """bfloat16 at rest, float32 at work: half the memory on a CPU that cannot multiply bfloat16."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.weight = weight.to(torch.bfloat16)
        self.bias = None if bias is None else bias.float()

    def forward(self, x: Tensor) -> Tensor:
        return _widened_product(x, lambda rows: self.weight[rows].float(), tuple(self.weight.shape), self.bias)

    in_float32 = forward


class Int8Weight(NamedTuple):
    """Weights [N, K] as int8, and the scale of each row [N], float32."""

    values: Tensor
    scale: Tensor


class Int8Linear(nn.Module):
    """int8 weights and activations on a CPU, by oneDNN, which picks the instructions: AVX2, VNNI or AMX.

    A scale for each output and each row of activations, so that a loud row costs the others no precision
    and no row depends on another.
    """

    def __init__(self, weight: Int8Weight, bias: Tensor | None, *, rows: int = 500) -> None:
        super().__init__()
        num_outputs, num_inputs = weight.values.shape
        self.weight = torch.ops.onednn.qlinear_prepack(weight.values, [rows, num_inputs])
        self.scale, self.zeros = weight.scale, torch.zeros(num_outputs, dtype=torch.int64)
        self.bias = None if bias is None else bias.float()

    def forward(self, x: Tensor) -> Tensor:
        height = _row_height(x)
        # unsigned, 128 is zero: the first factor of the CPU's int8 products has no sign
        rows = (x * (_LARGEST_ACTIVATION / height)).round_().add_(128).to(torch.uint8)
        product: Tensor = torch.ops.onednn.qlinear_pointwise(
            rows, 1 / _LARGEST_ACTIVATION, 128, self.weight, self.scale, self.zeros, None,
            1.0, 0, torch.float32, "none", [], "",
        )  # fmt: skip
        return product.mul_(height) if self.bias is None else torch.addcmul(self.bias, product, height)


class Int8OnDevice(nn.Module):
    """int8 weights on another device: multiplied as integers on CUDA; elsewhere widened, which saves only memory."""

    def __init__(self, weight: Int8Weight, bias: Tensor | None) -> None:
        super().__init__()
        self.weight, self.scale = weight
        self.bias = None if bias is None else bias.float()

    def forward(self, x: Tensor) -> Tensor:
        if x.device.type == "cuda" and x.numel() // x.shape[-1] > 16 and x.shape[-1] % 8 == 0:  # what `_int_mm` takes
            return int8_product(x, Int8Weight(self.weight, self.scale), self.bias)
        weight = (self.weight.float() * self.scale[:, None]).to(torch.bfloat16)
        bias = None if self.bias is None else self.bias.to(torch.bfloat16)
        return functional.linear(x.to(torch.bfloat16), weight, bias)


class Int8AtRest(nn.Module):
    """int8 at rest, float32 at work: for a product made once a clip, or a CPU without a quick int8 product."""

    def __init__(self, weight: Int8Weight, bias: Tensor | None) -> None:
        super().__init__()
        self.weight, self.scale = weight
        self.bias = None if bias is None else bias.float()

    def forward(self, x: Tensor) -> Tensor:
        return _widened_product(x, self._widened, tuple(self.weight.shape), self.bias)

    def _widened(self, rows: slice) -> Tensor:
        return self.weight[rows].float() * self.scale[rows, None]

    in_float32 = forward


def quantize(parts: Iterable[Tensor], shape: tuple[int, int], *, largest: int, device: str = "cpu") -> Int8Weight:
    """Weights [N, K] as int8 up to `largest`.

    Args:
        parts: the rows in order, a few at a time [n, K], so that each part is read and scaled within the cache.
        shape: N and K.
        largest: 127, or less where the machine's sums of products would overflow.
        device: where the parts are.
    """
    values = torch.empty(shape, dtype=torch.int8, device=device)
    scale = torch.empty(shape[0], device=device)
    room = torch.empty(0, shape[1], device=device)  # the same for every part: fresh memory costs more than the work
    start = 0
    for part in parts:
        rows = slice(start, start + len(part))
        scale[rows] = _row_height(part)[:, 0] / largest
        room = room if len(room) >= len(part) else torch.empty(part.shape, device=device)
        values[rows] = torch.mul(part, 1 / scale[rows, None], out=room[: len(part)]).round_()
        start = rows.stop
    return Int8Weight(values, scale)


def int8_product(x: Tensor, weight: Int8Weight, bias: Tensor | None) -> Tensor:
    """Rows brought to int8 each with its own scale, multiplied as integers, scaled back; bfloat16 out."""
    rows = x.flatten(0, -2).float()
    row_scale = _row_height(rows) / _LARGEST_ACTIVATION
    integers = torch._int_mm((rows / row_scale).round().to(torch.int8), weight.values.t())
    product = integers.float() * row_scale * weight.scale
    if bias is not None:
        product = product + bias
    return product.view(*x.shape[:-1], -1).to(torch.bfloat16)


def _row_height(x: Tensor) -> Tensor:
    """The largest magnitude of each row, [..., 1] float32, never 0; twice as quick as by way of `abs`."""
    return torch.maximum(x.amax(dim=-1, keepdim=True), -x.amin(dim=-1, keepdim=True)).float().clamp(min=_TINY)


def _widened_product(
    x: Tensor, widened: Callable[[slice], Tensor], shape: tuple[int, ...], bias: Tensor | None
) -> Tensor:
    """A float32 product with weights [N, K] that are widened a few rows at a time and multiplied within the cache."""
    x, num_rows = x.float(), max(1, _WIDENED_AT_ONCE // shape[1])
    products = []
    for start in range(0, shape[0], num_rows):
        rows = slice(start, start + num_rows)
        products.append(functional.linear(x, widened(rows), None if bias is None else bias[rows]))
    return products[0] if len(products) == 1 else torch.cat(products, dim=-1)
