"""Linear filters: Butterworth, resonances and impulse responses, applied by fast convolution.

In: samples [.., S] and second-order sections, or an impulse response. Out: what the filter, at rest before the
first sample, answers. Left to others: which filter a sound needs; changes of rate (`resample`).

Why not scipy.signal: to import it takes over a second from cold, a quarter of a whole draft, nearly all of it for
parts that no filter needs. A filter whose answer has died away after some samples is a convolution, and blocks of
it go through the fast Fourier transform (overlap-add): every order at one price, about that of a biquad run sample
by sample. The tests hold designs and answers to scipy's.

Source: Oppenheim and Schafer, Discrete-Time Signal Processing (bilinear transform, overlap-add).
"""

import math
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Sections: TypeAlias = NDArray[np.float64]
"""Second-order sections in series [N, 6], each b0 b1 b2 a0 a1 a2 with a0 = 1; scipy's `sos`."""

_SILENT = 1e-8  # of its start, -160 dB: there an answer counts as over
_BLOCK = 8192  # samples of a transform that a core's cache holds
_AT_ONCE = 16  # blocks transformed together


def butterworth(
    order: int, corners_hz: float | tuple[float, float], kind: Literal["low", "high", "band"], *, sample_rate: int
) -> Sections:
    """A Butterworth filter, 3 dB down at its corner (a band: at both, `order` a side), by the bilinear transform.

    Raises:
        ValueError: a corner does not lie between 0 and half the rate, or a band's do not rise.
    """
    corners = np.atleast_1d(np.asarray(corners_hz, dtype=float))
    if len(corners) != (2 if kind == "band" else 1) or not (0 < corners[0] <= corners[-1] < sample_rate / 2):
        raise ValueError(f"corners of a {kind} filter are {corners_hz} Hz at a rate of {sample_rate} Hz")
    warped = np.tan(np.pi * corners / sample_rate)
    prototype = np.exp(1j * np.pi * (2 * np.arange(order) + order + 1) / (2 * order))
    if kind == "band":
        middle, half_width = math.sqrt(warped[0] * warped[1]), (warped[1] - warped[0]) / 2
        spread = np.sqrt((prototype * half_width) ** 2 - middle**2)
        analogue = np.concatenate([prototype * half_width + spread, prototype * half_width - spread])
        passing = np.exp(-2j * math.atan(middle))
    else:
        analogue = prototype * warped[0] if kind == "low" else warped[0] / prototype
        passing = 1.0 if kind == "low" else -1.0
    sections = _sections((1 + analogue) / (1 - analogue), kind)
    for section in sections:
        section[:3] /= abs(np.polyval(section[2::-1], passing) / np.polyval(section[:2:-1], passing))
    return sections


def resonance(frequency_hz: float, bandwidth_hz: float, *, sample_rate: int) -> Sections:
    """Two poles that ring at a frequency, with unit gain at its peak."""
    radius = math.exp(-math.pi * bandwidth_hz / sample_rate)
    angle = 2 * math.pi * frequency_hz / sample_rate
    poles = [1.0, -2 * radius * math.cos(angle), radius**2]
    return np.array([[abs(np.polyval(poles[::-1], np.exp(-1j * angle))), 0.0, 0.0, *poles]])


def peak(frequency_hz: float, quality: float, *, sample_rate: int) -> Sections:
    """Unit gain at a frequency, nothing at 0 Hz and half the rate; `quality` is frequency over the -3 dB width."""
    width = math.tan(math.pi * frequency_hz / quality / sample_rate)
    gain = width / (1 + width)
    turn = math.cos(2 * math.pi * frequency_hz / sample_rate)
    return np.array([[gain, 0.0, -gain, 1.0, -2 * (1 - gain) * turn, 1 - 2 * gain]])


def filtered(sections: Sections, samples: NDArray[Any]) -> NDArray[Any]:
    """Samples [.., S] through sections in series; float32 stays float32, all else becomes float64.

    Raises:
        ValueError: the filter is unstable.
    """
    tail = _answer_length(sections)
    size = _transform_size(samples.shape[-1], tail)
    return _overlap_add(samples, _response(sections, size), size, tail)[..., : samples.shape[-1]]


def convolved(samples: NDArray[Any], response: NDArray[Any]) -> NDArray[Any]:
    """Samples [.., S] through an impulse response [.., R], all of it: [.., S + R - 1]; leading axes broadcast."""
    from scipy.fft import rfft

    tail = response.shape[-1] - 1
    size = _transform_size(samples.shape[-1], tail)
    return _overlap_add(samples, rfft(response, size), size, tail)


def _sections(poles: NDArray[np.complex128], kind: str) -> Sections:
    """Poles in pairs with the zeros that their kind of filter has: at half the rate, at 0 Hz, at both."""
    above = poles[poles.imag > 1e-9]
    pairs = [(pole, pole.conjugate()) for pole in above]
    real = sorted(poles[np.abs(poles.imag) <= 1e-9].real)
    pairs += [(first, second) for first, second in zip(real[::2], real[1::2])]
    zeros = {"low": [1.0, 2.0, 1.0], "high": [1.0, -2.0, 1.0], "band": [1.0, 0.0, -1.0]}[kind]
    rows = [[*zeros, 1.0, -(one + other).real, (one * other).real] for one, other in pairs]
    if len(real) % 2:
        rows.append([1.0, 1.0 if kind == "low" else -1.0, 0.0, 1.0, -real[-1], 0.0])
    return np.array(rows)


def _answer_length(sections: Sections) -> int:
    """Samples until the answer to a click has died away: that of the slowest section, and a little of the others'."""
    lengths = []
    for a1, a2 in sections[:, 4:]:
        root = np.sqrt(complex(a1 * a1 - 4 * a2))
        radius = max(abs(-a1 + root), abs(-a1 - root)) / 2
        if radius >= 1:
            raise ValueError(f"unstable filter: a pole at {radius:.6f} of the unit circle")
        lengths.append(math.log(_SILENT) / math.log(max(radius, 1e-3)))
    return math.ceil(max(lengths) + 0.25 * (sum(lengths) - max(lengths))) + 2


def _response(sections: Sections, size: int) -> NDArray[np.complex128]:
    delay = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    answer = np.ones_like(delay)
    for b0, b1, b2, _, a1, a2 in sections:
        answer *= ((b2 * delay + b1) * delay + b0) / ((a2 * delay + a1) * delay + 1)
    return answer


def _transform_size(length: int, tail: int) -> int:
    """As long as the whole where it is short or rings long; else of blocks that the cache holds."""
    from scipy.fft import next_fast_len

    block = max(_BLOCK, 2 ** math.ceil(math.log2(2 * tail + 1)))
    whole: int = next_fast_len(max(1, length + tail), real=True)
    return min(block, whole)


def _overlap_add(samples: NDArray[Any], spectrum: NDArray[Any], size: int, tail: int) -> NDArray[Any]:
    """Every stretch of `size - tail` samples through the spectrum [.., size / 2 + 1]; what rings on meets the next."""
    from scipy.fft import irfft, rfft

    single = samples.dtype == np.float32
    samples = np.asarray(samples, dtype=np.float32 if single else np.float64)
    spectrum = spectrum.astype(np.complex64 if single else np.complex128, copy=False)[..., None, :]
    length, step = samples.shape[-1], size - tail
    if step >= length:
        return irfft(rfft(samples[..., None, :], size) * spectrum, size)[..., 0, : length + tail]
    blocks = -(-length // step)
    leading = np.broadcast_shapes(samples.shape[:-1], spectrum.shape[:-2])
    out = np.zeros((*leading, blocks + 1, step), dtype=samples.dtype)
    for first in range(0, blocks, _AT_ONCE):
        last = min(first + _AT_ONCE, blocks)
        piece = samples[..., first * step : last * step]
        missing = (last - first) * step - piece.shape[-1]
        if missing:
            piece = np.pad(piece, [(0, 0)] * (piece.ndim - 1) + [(0, missing)])
        heard = irfft(rfft(piece.reshape(*piece.shape[:-1], last - first, step), size) * spectrum, size)
        out[..., first:last, :] += heard[..., :step]
        out[..., first + 1 : last + 1, :tail] += heard[..., step:]
    return out.reshape(*leading, -1)[..., : length + tail]
