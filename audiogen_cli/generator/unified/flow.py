"""The straight path between noise and sound: where it is walked, and what the network learns of it.

sigma 1 is noise, sigma 0 the clean latent; the paper's t is 1 - sigma. Latents are [B, C, T], 25
frames a second. Training and sampling both read it here.
Sources: Lipman et al. 2022, arXiv:2210.02747; sway, arXiv:2410.06885; EPSS, arXiv:2505.19931.
"""

import math
from typing import TypeVar

import torch
from torch import Tensor

from audiogen_cli.errors import OptionError
from audiogen_cli.generator.unified.options import EPSS_POSITIONS

TIMESTEPS = 1000.0
"""The network's clock at sigma 1."""

Latent = TypeVar("Latent", Tensor, float)


def interpolate(clean: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
    """The latent on the path at `sigma` ([B] or a number), [B, C, T]."""
    sigma = sigma.reshape(-1, *[1] * (clean.ndim - 1))
    return (1.0 - sigma) * clean + sigma * noise


def target_velocity(clean: Tensor, noise: Tensor) -> Tensor:
    """d latent / d sigma, what the network learns to predict, [B, C, T]."""
    return noise - clean


def euler_step(latent: Latent, velocity: Latent, *, sigma: float, sigma_next: float) -> Latent:
    """Carry a latent from one noise level down to the next along one velocity."""
    return latent + (sigma_next - sigma) * velocity


def published_sigmas(num_steps: int, sway: float) -> Tensor:
    """The released schedule as it is, float32: one network call for each value but the last.

    With a sway it holds `num_steps` + 2 values, the last two both 0: the released code calls the
    network once more than asked, for a step of length 0.
    """
    if sway:
        return torch.cat([noise_levels(num_steps, sway), torch.zeros(1)])
    return noise_levels(num_steps, sway)


def noise_levels(num_steps: int, sway: float = -1.0) -> Tensor:
    """The noise levels between `num_steps` steps, from 1 to exactly 0, float32 [num_steps + 1].

    Args:
        num_steps: steps, each of which needs the velocity at its beginning.
        sway: bends the even steps; with -1 sigma is cos(pi i / 2n), dense where there is most noise; 0 keeps them even.
    """
    if sway:
        return 1.0 - _swayed(torch.linspace(0, 1, num_steps + 1, dtype=torch.float32), sway)
    return torch.cat([torch.linspace(1, 1 / num_steps, num_steps, dtype=torch.float32), torch.zeros(1)])


def epss_levels(num_steps: int, sway: float = -1.0) -> Tensor:
    """Empirically pruned noise levels for few steps, float32 [num_steps + 1].

    Raises:
        OptionError: the paper has no table for so many steps.
    """
    if num_steps not in EPSS_POSITIONS:
        raise OptionError(f"EPSS has no table for {num_steps} steps, only for {', '.join(map(str, EPSS_POSITIONS))}")
    return 1.0 - _swayed(torch.tensor(EPSS_POSITIONS[num_steps], dtype=torch.float32) / 32.0, sway)


def timesteps(sigmas: Tensor, *, whole: bool = True) -> Tensor:
    """Noise levels on the network's clock, float32, of the same shape.

    The released sampler cuts them to whole numbers, after a float32 product whose rounding decides
    between 500 and 499; `whole` reproduces that.
    """
    times = sigmas.to(torch.float32) * TIMESTEPS
    return times.to(torch.int64).to(torch.float32) if whole else times


def _swayed(times: Tensor, sway: float) -> Tensor:
    return times + sway * (torch.cos(math.pi / 2 * times) - 1 + times) if sway else times
