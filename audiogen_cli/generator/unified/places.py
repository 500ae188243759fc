"""Where a checkpoint's three models lie on this machine: the network, its text encoder, its codec.

In: `ModelOptions`. Out: `Places`. No network and no torch, so that what is missing is said at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.unified.config import CodecConfig, ModelConfig, read_config
from audiogen_cli.generator.unified.json_object import shown
from audiogen_cli.generator.unified.options import ModelOptions
from audiogen_cli.hub.cache import Located, is_folder, locate
from audiogen_cli.hub.releases import RELEASES, is_repository


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the three models of a checkpoint lie, and what two of them say of themselves."""

    model: Located
    text_encoder: Located
    codec: Located
    config: ModelConfig
    codec_config: CodecConfig

    @property
    def origins(self) -> Mapping[str, Mapping[str, str | None]]:
        """Names and commits, for the recipe of a sound."""
        named = {"model": self.model, "text_encoder": self.text_encoder, "codec": self.codec}
        return {role: {"name": place.name, "revision": place.commit} for role, place in named.items()}


def find_places(options: ModelOptions) -> Places:
    """Find a checkpoint and the two it names, without the network.

    Raises:
        ModelMissingError: one of them is not on this machine, and the hint says how to get it; or they do not
            belong together.
    """
    name = str(options.model)
    release = RELEASES.get(name)
    model = locate(release.model if release else options.model, cache_dir=options.cache_dir)
    config = read_config(model.folder / "config.json", ModelConfig)
    text_encoder = _find_part(
        model, options.text_encoder, config.text_encoder_name, "--text-encoder", options.cache_dir
    )
    codec = _find_part(model, options.codec, config.tokenizer_name, "--codec", options.cache_dir)
    codec_config = read_config(codec.folder / "config.json", CodecConfig)
    if codec_config.embed_dim != config.latent_dim:
        raise ModelMissingError(
            f"{codec.name} decodes latents of {codec_config.embed_dim} channels,"
            f" {model.name} makes {config.latent_dim}",
            hint="--codec with the audio tokenizer of this model",
        )
    return Places(model=model, text_encoder=text_encoder, codec=codec, config=config, codec_config=codec_config)


def _find_part(model: Located, given: str | Path | None, named: str, flag: str, cache_dir: Path | None) -> Located:
    """A part that was given, or lies in or beside the model's folder by the name the config has, or was pulled."""
    if given is not None:
        return locate(given, cache_dir=cache_dir)
    if model.commit is None:
        own = model.folder.resolve()
        for folder in (own / Path(named).name, own.parent / Path(named).name):
            if Path(named).name not in ("", "..") and is_folder(folder) and folder != own:
                return locate(folder)
    if not is_repository(named):
        raise ModelMissingError(
            f"{model.name} names {shown(repr(named), 60)}, and no folder of that name lies in it or beside it",
            hint=f"{flag} FOLDER",
        )
    return locate(named, cache_dir=cache_dir)
