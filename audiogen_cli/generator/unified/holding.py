"""The three models of a checkpoint as they are held between calls: found, loaded, released.

In: `ModelOptions`. Out: a `HeldModel`. The text encoder is loaded when a text is to be read and may be
released after; the time-modulation weights may be released once a schedule's vectors are known.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from audiogen_cli.errors import ModelMissingError, OptionError, OutOfMemoryError
from audiogen_cli.generator.unified.codec.decoder import Decoder
from audiogen_cli.generator.unified.config import CodecConfig, ModelConfig, read_config
from audiogen_cli.generator.unified.dit import Modulation, PreparedText
from audiogen_cli.generator.unified.loading import (
    TextParts,
    holds_modulation,
    load_decoder,
    load_model,
    load_modulation,
    load_text_encoder,
    release_modulation,
)  # fmt: skip
from audiogen_cli.generator.unified.model import AudioGenModel
from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions
from audiogen_cli.generator.unified.sampler import Network, calls, modulate_all
from audiogen_cli.hub.cache import Located, locate
from audiogen_cli.hub.releases import RELEASES, is_repository

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the three models of a checkpoint lie."""

    model: Located
    text_encoder: Located
    codec: Located

    @property
    def origins(self) -> Mapping[str, Mapping[str, str | None]]:
        """Names and commits, for the recipe of a sound."""
        named = {"model": self.model, "text_encoder": self.text_encoder, "codec": self.codec}
        return {role: {"name": place.name, "revision": place.commit} for role, place in named.items()}


def find_places(options: ModelOptions) -> Places:
    """Find a checkpoint and the two it names, without the network.

    Raises:
        ModelMissingError: one of them is not on this machine; the hint says how to get it.
    """
    name = str(options.model)
    release = RELEASES.get(name)
    model = locate(release.model if release else options.model, cache_dir=options.cache_dir)
    config = read_config(model.folder / "config.json", ModelConfig)
    return Places(
        model=model,
        text_encoder=_find_part(
            model, options.text_encoder, config.text_encoder_name, "--text-encoder", options.cache_dir
        ),
        codec=_find_part(model, options.codec, config.tokenizer_name, "--codec", options.cache_dir),
    )


def _find_part(model: Located, given: str | Path | None, named: str, flag: str, cache_dir: Path | None) -> Located:
    """A part that was given, or lies in or beside the model's folder by the name the config has, or was pulled."""
    if given is not None:
        return locate(given, cache_dir=cache_dir)
    if model.commit is None:
        own = model.folder.resolve()
        for folder in (own / Path(named).name, own.parent / Path(named).name):
            if folder.is_dir() and folder != own:
                return locate(folder)
    if not is_repository(named):
        raise ModelMissingError(
            f"{model.name} names {named!r}, and no folder of that name lies in it or beside it", hint=f"{flag} FOLDER"
        )
    return locate(named, cache_dir=cache_dir)


@dataclass
class HeldModel:
    """What is in memory, and how to get back what was released."""

    options: ModelOptions
    places: Places
    device: str
    dtype: str
    model: AudioGenModel
    decoder: Decoder
    codec_config: CodecConfig
    network: Network
    _text_parts: TextParts | None = None
    _modulations: dict[tuple[Any, ...], Modulation] = field(default_factory=dict)

    @property
    def config(self) -> ModelConfig:
        return self.model.config

    @property
    def origins(self) -> Mapping[str, Mapping[str, str | None]]:
        return self.places.origins

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
        return self._modulations[key]


def hold_model(options: ModelOptions, device: str, dtype: str) -> HeldModel:
    """Find and load a checkpoint's network and decoder.

    Raises:
        ModelMissingError: weights that are absent or not those of the model.
        OptionError: options that exclude each other on this device.
        OutOfMemoryError: the device does not hold the model.
    """
    if options.compile and dtype == "int8" and device == "cpu":
        raise OptionError(
            "compile: int8 on a CPU is torch's own engine, which cannot be compiled", hint="without --compile"
        )
    places = find_places(options)
    codec_config = read_config(places.codec.folder / "config.json", CodecConfig)
    config = read_config(places.model.folder / "config.json", ModelConfig)
    if codec_config.embed_dim != config.latent_dim:
        raise ModelMissingError(
            f"{places.codec.name} decodes latents of {codec_config.embed_dim} channels,"
            f" {places.model.name} makes {config.latent_dim}",
            hint="--codec with the audio tokenizer of this model",
        )
    model = load_model(places.model.folder, device=device, dtype=dtype, packed=not options.compile)
    decoder = load_decoder(places.codec.folder, device=device)
    network: Network = CompiledNetwork(model.dit, device) if options.compile else model.dit
    return HeldModel(
        options=options,
        places=places,
        device=device,
        dtype=dtype,
        model=model,
        decoder=decoder,
        codec_config=codec_config,
        network=network,
    )


class CompiledNetwork:
    """A DiT whose `predict` is compiled, once for each length and batch."""

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
