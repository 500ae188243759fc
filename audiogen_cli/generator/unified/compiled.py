"""A network whose `predict` is compiled, once for each length and batch.

In: a DiT. Out: what the sampler asks of a network, quicker after a slow first call.
"""

import torch
from torch import Tensor

from audiogen_cli.errors import OptionError
from audiogen_cli.generator.unified.dit import Modulation, PreparedText
from audiogen_cli.generator.unified.sampler import Network


class CompiledNetwork:
    """A DiT with a compiled `predict`."""

    def __init__(self, network: Network, device: str) -> None:
        self._network = network
        # on CUDA the launches of a call are recorded once and replayed (CUDA graphs)
        mode = "reduce-overhead" if device.startswith("cuda") else None
        self._predict = torch.compile(network.predict, dynamic=False, fullgraph=True, mode=mode)

    def modulate(self, timestep: Tensor) -> Modulation:
        """Time, as every block reads it."""
        return self._network.modulate(timestep)

    def predict(self, latent: Tensor, modulation: Modulation, prepared: PreparedText) -> Tensor:
        """The velocity; raises `OptionError` where this machine cannot compile."""
        try:
            # a fresh copy: slices of one table would each have their own offset, and each be compiled anew
            velocity = self._predict(latent, Modulation(*(part.clone() for part in modulation)), prepared)
            return velocity.clone()  # a replay writes its answer over the last one
        except Exception as fault:
            if type(fault).__module__.startswith(("torch._dynamo", "torch._inductor")):
                first = next(iter(str(fault).strip().splitlines()), type(fault).__name__)
                raise OptionError(
                    f"compile: torch cannot compile on this machine: {first}", hint="without --compile"
                ) from fault
            raise
