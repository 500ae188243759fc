"""The three models of a checkpoint as they are held between calls: loaded, released, loaded again.

In: `ModelOptions` and the places found for them. Out: a `HeldModel`. The text encoder is loaded when a
text is to be read and may be released after; the time-modulation weights may be released once a
schedule's vectors are known.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from audiogen_cli.device import release_unused
from audiogen_cli.errors import OptionError, OutOfMemoryError
from audiogen_cli.generator.unified.checkpoint import CheckpointError
from audiogen_cli.generator.unified.codec.decoder import Decoder
from audiogen_cli.generator.unified.compiled import CompiledNetwork
from audiogen_cli.generator.unified.dit import Modulation
from audiogen_cli.generator.unified.finite import Suspect
from audiogen_cli.generator.unified.json_object import AGAIN
from audiogen_cli.generator.unified.loading import (
    TextParts,
    check_text_encoder,
    holds_modulation,
    load_decoder,
    load_model,
    load_modulation,
    load_text_encoder,
    release_modulation,
)  # fmt: skip
from audiogen_cli.generator.unified.model import AudioGenModel
from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions
from audiogen_cli.generator.unified.places import Places
from audiogen_cli.generator.unified.published import codec_naming, model_naming, text_naming
from audiogen_cli.generator.unified.sampler import Network, calls, modulate_all

logger = logging.getLogger(__name__)


@dataclass
class HeldModel:
    """What is in memory, and how to get back what was released."""

    options: ModelOptions
    places: Places
    device: str
    dtype: str
    model: AudioGenModel
    decoder: Decoder
    network: Network
    _text_parts: TextParts | None = None
    _modulations: dict[tuple[Any, ...], Modulation] = field(default_factory=dict)

    def text_parts(self) -> TextParts:
        """The tokenizer and the text encoder, loaded where they are not held."""
        if self._text_parts is None:
            folders = (self.places.model.folder, self.places.text_encoder.folder)
            try:
                self._text_parts = load_text_encoder(*folders, device=self.device)
            except OutOfMemoryError:
                if self.device == "cpu":
                    raise
                logger.info("%s does not hold the text encoder beside the model; it reads on the CPU", self.device)
                self._text_parts = load_text_encoder(*folders, device="cpu")
        return self._text_parts

    def release_text_encoder(self) -> None:
        """Let go of the text encoder, 1.4 GB at the published size."""
        self._text_parts = None

    def suspects(self) -> Iterator[Suspect]:
        """The models an answer came through, for when it is broken."""
        yield Suspect(self.places.model.folder, self.model, model_naming)
        yield Suspect(self.places.codec.folder, self.decoder, lambda name: codec_naming(f"decoder.{name}"))
        if self._text_parts is not None:
            encoder = self._text_parts.encoder
            yield Suspect(self.places.text_encoder.folder, encoder.transformer, lambda name: (name,))
            yield Suspect(self.places.model.folder, encoder, text_naming)

    def modulation(self, options: SamplingOptions) -> Modulation:
        """The time modulation of every network call of a schedule, made once and kept for the next clip."""
        key = (*calls(options), options.timesteps)
        if key not in self._modulations:
            if not holds_modulation(self.model):
                load_modulation(self.model, self.places.model.folder, device=self.device, dtype=self.dtype)
            made = modulate_all(self.model.dit, options, torch.device(self.device))
            self._modulations = {key: made}
            if self.options.low_memory:
                release_modulation(self.model)
                release_unused(self.device)
        return self._modulations[key]


def hold_model(options: ModelOptions, places: Places, device: str, dtype: str) -> HeldModel:
    """Load a checkpoint's network and decoder.

    Raises:
        ModelMissingError: weights that are not those of the model.
        OptionError: options that exclude each other on this device.
        OutOfMemoryError: the device does not hold the model.
    """
    if options.compile and dtype == "int8" and device == "cpu":
        raise OptionError(
            "compile: int8 on a CPU is oneDNN's packed product, which is not compiled", hint="without --compile"
        )
    check_text_encoder(places.model.folder, places.text_encoder.folder)  # before gigabytes are read
    decoder = load_decoder(places.codec.folder, device=device)
    model = load_model(places.model.folder, device=device, dtype=dtype, packed=not options.compile)
    release_unused(device)  # what loading took and no longer needs
    length, longest = int(model.instruction_length), model.instruction.shape[1]
    if not 1 <= length <= longest:
        raise CheckpointError(
            f"{places.model.folder}: instruction_lengths is {length}, needs 1 to {longest}", hint=AGAIN
        )
    network: Network = CompiledNetwork(model.dit, device) if options.compile else model.dit
    return HeldModel(
        options=options, places=places, device=device, dtype=dtype, model=model, decoder=decoder, network=network
    )
