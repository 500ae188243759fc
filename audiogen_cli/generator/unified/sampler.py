"""From noise to a latent: solvers that walk the path, and the guidance that bends each velocity.

In: noise [B, C, T], the prepared text, the options. Out: the clean latent. The network predicts; here
its answers are guided and stepped. Everything that can be known before the first step is: the noise
levels of all calls, their time modulation. The loop itself asks nothing of the device.
Sources: classifier-free guidance, arXiv:2207.12598; guidance interval, arXiv:2404.07724;
CFG-Zero*, arXiv:2503.18886; the solvers are the textbook ones.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Protocol

import torch
from torch import Tensor

from audiogen_cli.generator.unified.dit import Modulation, PreparedText
from audiogen_cli.generator.unified.finite import check_finite
from audiogen_cli.generator.unified.flow import Latent, epss_levels, euler_step, noise_levels, timesteps
from audiogen_cli.generator.unified.options import SamplingOptions

Velocity = Callable[[Any, float], Any]
"""The velocity of a latent at a noise level."""

Solver = Callable[[Any, Sequence[float], Velocity, int], Any]
"""Takes a latent, the noise levels, the velocity and how often to ask for it; gives the latent at the last level."""


class Network(Protocol):
    """What the sampler asks of a network; `DiT` answers."""

    def modulate(self, timestep: Tensor) -> Modulation:
        """Time, as every block reads it."""
        ...

    def predict(self, latent: Tensor, modulation: Modulation, prepared: PreparedText) -> Tensor:
        """The velocity, with a guided text for both halves, the unconditional one first."""
        ...


def sample(
    network: Network,
    noise: Tensor,
    prepared: PreparedText,
    options: SamplingOptions,
    *,
    modulation: Modulation | None = None,
    on_call: Callable[[int, Tensor], None] | None = None,
) -> Tensor:
    """Walk from noise to a clean latent.

    Args:
        network: predicts velocities.
        noise: [B, C, T] float32, on the network's device.
        prepared: the text; guided where the options ask for guidance.
        options: steps, solver, schedule, guidance.
        modulation: what `modulate_all` gave for these options, where it is already known.
        on_call: told before each network call how many were made, and the latent it is asked about.

    Returns:
        The latent, [B, C, T] float32.

    Raises:
        BrokenAnswerError: the latent holds infinities or what is not a number.
    """
    modulation = modulate_all(network, options, noise.device) if modulation is None else modulation
    unguided = prepared.conditional() if prepared.guided else prepared
    low, high = options.guidance_interval[0] - _ROUNDING, options.guidance_interval[1] + _ROUNDING
    made = 0

    def velocity(latent: Tensor, sigma: float) -> Tensor:
        nonlocal made
        call, made = made, made + 1
        if on_call is not None:
            on_call(call, latent)
        if call < options.zero_init_steps:
            return torch.zeros_like(latent)
        if prepared.guided and low <= sigma <= high:
            unconditional, conditional = network.predict(latent, modulation.at(call), prepared).chunk(2)
            return guide(conditional, unconditional, options, prepared.frame_mask)
        return network.predict(latent, modulation.at(call), unguided)

    latent: Tensor = SOLVERS[options.solver](noise, levels(options), velocity, options.steps)
    check_finite(latent, "latent")
    return latent


def guide(conditional: Tensor, unconditional: Tensor, options: SamplingOptions, mask: Tensor | None = None) -> Tensor:
    """Push the conditional velocity away from the unconditional one.

    Args:
        conditional, unconditional: [B, C, T].
        options: the scale, and whether the unconditional velocity is first fitted to the conditional one.
        mask: [B, T], True on frames that count for the fit.
    """
    if options.cfg_zero_star:
        unconditional = unconditional * fit_scale(conditional, unconditional, mask)
    return unconditional + options.guidance_scale * (conditional - unconditional)


def fit_scale(conditional: Tensor, unconditional: Tensor, mask: Tensor | None = None) -> Tensor:
    """The factor that brings the unconditional velocity nearest to the conditional one, [B, 1, 1]."""
    weighed = unconditional if mask is None else unconditional * mask[:, None, :]
    dot = (conditional * weighed).sum(dim=(1, 2), keepdim=True)
    return dot / (unconditional * weighed).sum(dim=(1, 2), keepdim=True).clamp(min=1e-8)


def levels(options: SamplingOptions) -> list[float]:
    """The noise levels between the solver's steps, from 1 to 0; each is a float32 value."""
    num_steps = math.ceil(options.steps / _CALLS_PER_STEP.get(options.solver, 1))
    if options.schedule == "epss":
        values: list[float] = epss_levels(num_steps, options.sway).tolist()
    else:
        values = noise_levels(num_steps, options.sway).tolist()
    return values


def calls(options: SamplingOptions) -> list[float]:
    """The noise level of every network call, in order: a dry run of the solver on a plain number."""
    asked: list[float] = []

    def velocity(latent: float, sigma: float) -> float:
        asked.append(sigma)
        return 0.0

    SOLVERS[options.solver](0.0, levels(options), velocity, options.steps)
    return asked


def modulate_all(network: Network, options: SamplingOptions, device: torch.device) -> Modulation:
    """The time modulation of every network call, float32."""
    times = timesteps(torch.tensor(calls(options), dtype=torch.float32), whole=options.timesteps == "published")
    return network.modulate(times.to(device))


def solve_euler(latent: Latent, noise_levels: Sequence[float], velocity: Velocity, num_calls: int) -> Latent:
    """One call a step, straight on."""
    for sigma, sigma_next in _steps(noise_levels):
        latent = euler_step(latent, velocity(latent, sigma), sigma=sigma, sigma_next=sigma_next)
    return latent


def solve_midpoint(latent: Latent, noise_levels: Sequence[float], velocity: Velocity, num_calls: int) -> Latent:
    """Two calls a step: half a step to feel the way, then the whole step with what was felt there."""
    for sigma, sigma_next in _steps(noise_levels)[: num_calls // 2]:
        middle = (sigma + sigma_next) / 2
        felt = euler_step(latent, velocity(latent, sigma), sigma=sigma, sigma_next=middle)
        latent = euler_step(latent, velocity(felt, middle), sigma=sigma, sigma_next=sigma_next)
    return solve_euler(
        latent, noise_levels[num_calls // 2 :], velocity, num_calls % 2
    )  # an odd call makes a last, simple step


def solve_heun(latent: Latent, noise_levels: Sequence[float], velocity: Velocity, num_calls: int) -> Latent:
    """Two calls a step: the mean of the velocities at its two ends."""
    for sigma, sigma_next in _steps(noise_levels)[: num_calls // 2]:
        here = velocity(latent, sigma)
        there = velocity(euler_step(latent, here, sigma=sigma, sigma_next=sigma_next), sigma_next)
        latent = euler_step(latent, (here + there) / 2, sigma=sigma, sigma_next=sigma_next)
    return solve_euler(
        latent, noise_levels[num_calls // 2 :], velocity, num_calls % 2
    )  # an odd call makes a last, simple step


def solve_ab2(latent: Latent, noise_levels: Sequence[float], velocity: Velocity, num_calls: int) -> Latent:
    """One call a step: the last two velocities drawn on (Adams-Bashforth, for uneven steps)."""
    before, length_before = None, 0.0
    for sigma, sigma_next in _steps(noise_levels):
        here, length = velocity(latent, sigma), sigma_next - sigma
        ahead = here if before is None else here + (length / (2 * length_before)) * (here - before)
        latent = euler_step(latent, ahead, sigma=sigma, sigma_next=sigma_next)
        before, length_before = here, length
    return latent


SOLVERS: dict[str, Solver] = {"euler": solve_euler, "midpoint": solve_midpoint, "heun": solve_heun, "ab2": solve_ab2}

_ROUNDING = 1e-6  # a noise level of 0.8 is a float32 a little above it
_CALLS_PER_STEP = {"midpoint": 2, "heun": 2}


def _steps(noise_levels: Sequence[float]) -> list[tuple[float, float]]:
    return list(pairwise(noise_levels))
