"""The options that commands share, in groups: a dataclass a group, which `grouping` unpacks into the command line.

A command takes the groups it needs as parameters (`def make(text, *, refine: RefineFlags, ...)`). `None`
everywhere means that the person did not say.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audiogen_cli.cli import console
from audiogen_cli.errors import OptionError
from audiogen_cli.settings import allowed_values

if TYPE_CHECKING:
    from audiogen_cli.pipeline import Finish


def _option(*names: str, help: str, panel: str, values: tuple[Any, ...] = (), **more: Any) -> Any:
    """An option; its values, where they are a list, are what a shell completes."""
    if values:
        more["autocompletion"] = lambda incomplete: [str(one) for one in values if str(one).startswith(incomplete)]
    return typer.Option(*names, help=help, rich_help_panel=panel, show_default=False, **more)


def _quiet(value: bool) -> bool:
    if value:
        console.set_verbosity(console.QUIET)
    return value


def _verbose(value: int) -> int:
    if value:
        console.set_verbosity(console.VERBOSE + value - 1)
    return value


@dataclass(frozen=True, kw_only=True)
class TalkFlags:
    """How much is said."""

    quiet: Annotated[bool, _option("--quiet", "-q", help="Say nothing but errors.", panel="Talk", callback=_quiet)] = (
        False
    )
    verbose: Annotated[
        int, _option("--verbose", "-v", help="Say more; twice for a log.", panel="Talk", count=True, callback=_verbose)
    ] = 0
    json: Annotated[bool, _option("--json", help="Results as JSON on stdout.", panel="Talk")] = False


_R = "Caption"


@dataclass(frozen=True, kw_only=True)
class RefineFlags:
    """Who writes the caption, and what of it is fixed."""

    refiner: Annotated[
        str | None,
        _option(
            "--refiner",
            "-r",
            help="auto, embedded, openai (any OpenAI-compatible server) or local [auto].",
            panel=_R,
            values=allowed_values("refiner"),
        ),
    ] = None
    caption: Annotated[str | None, _option("--caption", help="Fix the overall caption.", panel=_R)] = None
    speech: Annotated[str | None, _option("--speech", help="Fix who speaks and how.", panel=_R)] = None
    asr: Annotated[str | None, _option("--asr", help="Fix the spoken words.", panel=_R)] = None
    sfx: Annotated[str | None, _option("--sfx", help="Fix the sound effects.", panel=_R)] = None
    music: Annotated[str | None, _option("--music", help="Fix the music.", panel=_R)] = None
    env: Annotated[str | None, _option("--env", help="Fix the space.", panel=_R)] = None
    no_speech: Annotated[bool, _option("--no-speech", help="Nobody speaks.", panel=_R)] = False
    no_sfx: Annotated[bool, _option("--no-sfx", help="No sound effects.", panel=_R)] = False
    no_music: Annotated[bool, _option("--no-music", help="No music.", panel=_R)] = False
    no_env: Annotated[bool, _option("--no-env", help="No space given.", panel=_R)] = False
    creativity: Annotated[
        str | None,
        _option("--creativity", help="low, medium or high [medium].", panel=_R, values=allowed_values("creativity")),
    ] = None
    language: Annotated[
        str | None,
        _option(
            "--language",
            help="english or multilingual: what the engine's text may be.",
            panel=_R,
            values=allowed_values("language"),
        ),
    ] = None
    llm: Annotated[
        str | None, _option("--llm", help="PRESET[:MODEL], such as ollama:qwen3, openai, groq.", panel=_R)
    ] = None
    llm_model: Annotated[str | None, _option("--llm-model", help="The model's name on the server.", panel=_R)] = None
    llm_base_url: Annotated[str | None, _option("--llm-base-url", help="The server's address.", panel=_R)] = None
    llm_timeout: Annotated[
        float | None, _option("--llm-timeout", help="Seconds for all attempts together [60].", panel=_R)
    ] = None
    instructions: Annotated[
        str | None, _option("--instructions", help="A file with your own instructions for the LLM.", panel=_R)
    ] = None
    no_cache: Annotated[
        bool, _option("--no-cache", help="Ask again, even if the LLM has answered this before.", panel=_R)
    ] = False

    def pins(self) -> dict[str, str | None]:
        """The fixed views by name, `None` for those that must stay absent; raises `OptionError` when both are asked."""
        pins: dict[str, str | None] = {}
        for view in ("caption", "speech", "asr", "sfx", "music", "env"):
            text = getattr(self, view)
            if text is not None and not text.strip():
                raise OptionError(f"--{view} is empty", hint=f"--no-{view} leaves it out")
            if text is not None:
                pins[view] = text.strip()
        for view, views in (("speech", ("speech", "asr")), ("sfx", ("sfx",)), ("music", ("music",)), ("env", ("env",))):
            if getattr(self, f"no_{view}"):
                for name in views:
                    if name in pins:
                        raise OptionError(f"--{name} and --no-{view} contradict each other")
                    pins[name] = None
        return pins

    def settings(self) -> dict[str, Any]:
        """The flags that override settings of the same name."""
        names = ("refiner", "creativity", "language", "llm", "llm_model", "llm_base_url", "llm_timeout", "instructions")
        return {name: getattr(self, name) for name in names} | {"keep_replies": False if self.no_cache else None}


_E, _X, _U = "Sound", "Experts", "Unified model"


@dataclass(frozen=True, kw_only=True)
class EngineFlags:
    """Which engine renders, and how."""

    engine: Annotated[
        str | None,
        _option("--engine", "-e", help="auto, experts or unified [auto].", panel=_E, values=allowed_values("engine")),
    ] = None
    seed: Annotated[
        int | None, _option("--seed", "-s", help="Same seed, same sound; drawn and shown when not given.", panel=_E)
    ] = None
    takes: Annotated[
        int, _option("--takes", help="Render this many, with seeds counting up [1].", panel=_E, min=1, max=64)
    ] = 1
    quality: Annotated[
        str | None,
        _option(
            "--quality", help="draft, fast, standard or best [standard].", panel=_E, values=allowed_values("quality")
        ),
    ] = None
    duration: Annotated[float | None, _option("--duration", "-d", help="Seconds, 1 to 60 [10].", panel=_X)] = None
    channels: Annotated[
        int | None, _option("--channels", help="1 mono, 2 stereo [2].", panel=_X, values=allowed_values("channels"))
    ] = None
    mix: Annotated[
        str | None,
        _option("--mix", help="produced, or paper: the plain sum [produced].", panel=_X, values=allowed_values("mix")),
    ] = None
    allow_missing: Annotated[
        bool, _option("--allow-missing", help="Render what can be rendered, and say what is left out.", panel=_X)
    ] = False
    model: Annotated[
        str | None, _option("--model", "-m", help="english, multilingual, a hub name or a folder.", panel=_U)
    ] = None
    text_encoder: Annotated[
        str | None,
        _option("--text-encoder", help="Folder or hub name, where the model's own does not serve.", panel=_U),
    ] = None
    codec: Annotated[
        str | None, _option("--codec", help="Folder or hub name, where the model's own does not serve.", panel=_U)
    ] = None
    steps: Annotated[int | None, _option("--steps", help="Network evaluations [25].", panel=_U)] = None
    schedule: Annotated[str | None, _option("--schedule", help="sway, or epss: a table for few steps.", panel=_U)] = (
        None
    )
    guidance: Annotated[float | None, _option("--guidance", help="Guidance scale, 1 for none [5.0].", panel=_U)] = None
    sway: Annotated[float | None, _option("--sway", help="Sway of the schedule, 0 for linear [-1.0].", panel=_U)] = None
    solver: Annotated[str | None, _option("--solver", help="euler, midpoint, heun or ab2.", panel=_U)] = None
    guidance_interval: Annotated[
        str | None, _option("--guidance-interval", help="LO,HI: guide between these noise levels alone.", panel=_U)
    ] = None
    cfg_zero_star: Annotated[
        bool | None, _option("--cfg-zero-star/--no-cfg-zero-star", help="Guidance with an optimised scale.", panel=_U)
    ] = None
    noise: Annotated[
        str | None, _option("--noise", help="item, or published: one draw for the whole batch.", panel=_U)
    ] = None
    compile: Annotated[
        bool | None, _option("--compile/--no-compile", help="Compile the network with torch.compile.", panel=_U)
    ] = None
    low_memory: Annotated[
        bool | None, _option("--low-memory/--no-low-memory", help="Release what a step no longer needs.", panel=_U)
    ] = None
    device: Annotated[str | None, _option("--device", help="auto, cpu, cuda, cuda:1 or mps.", panel=_U)] = None
    dtype: Annotated[
        str | None,
        _option("--dtype", help="auto, float32, bfloat16 or int8.", panel=_U, values=allowed_values("dtype")),
    ] = None
    offline: Annotated[bool, _option("--offline", help="Make no network call at all.", panel=_E)] = False

    def settings(self) -> dict[str, Any]:
        """The flags that override settings of the same name."""
        names = ("engine", "quality", "duration", "channels", "mix", *_MODEL_FLAGS)
        return {name: getattr(self, name) for name in names} | {"offline": True if self.offline else None}

    def knobs(self, *, refiner: str = "") -> dict[str, Any]:
        """What was said of the engines' own options, by flag name; an engine refuses those it does not have.

        The refiner "local" has a model that takes a device too, so that --device is not the engine's alone.
        """
        names = (
            *("duration", "channels", "mix"),
            *("steps", "schedule", "guidance", "sway", "solver", "guidance_interval", "cfg_zero_star", "noise"),
            *(name for name in _MODEL_FLAGS if name != "device" or refiner != "local"),
        )
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return said | ({"allow_missing": True} if self.allow_missing else {})


_MODEL_FLAGS = ("model", "text_encoder", "codec", "device", "dtype", "compile", "low_memory")
"""How the unified model is held."""


_O = "Output"
KEEP = ("all", "best")
"""Which of several takes are kept."""


@dataclass(frozen=True, kw_only=True)
class OutputFlags:
    """Where the sound goes, and in which form."""

    output: Annotated[
        Path | None,
        _option(
            "--output", "-o", help="File to write, - for WAV on stdout; named from the scene when not given.", panel=_O
        ),
    ] = None
    force: Annotated[bool, _option("--force", "-f", help="Overwrite a file that exists.", panel=_O)] = False
    format: Annotated[
        str | None,
        _option(
            "--format",
            help="wav, flac, ogg or mp3, where no file is named, and of -o -.",
            panel=_O,
            values=allowed_values("format"),
        ),
    ] = None
    subtype: Annotated[
        str | None, _option("--subtype", help="pcm16, pcm24 or float.", panel=_O, values=allowed_values("subtype"))
    ] = None
    sample_rate: Annotated[
        int | None, _option("--sample-rate", help="Hz; the engine's own when not given.", panel=_O)
    ] = None
    no_gate: Annotated[bool, _option("--no-gate", help="Hand over even what the quality gate refuses.", panel=_O)] = (
        False
    )
    retakes: Annotated[
        int, _option("--retakes", help="Seeds to try after a refused take [2].", panel=_O, min=0, max=32)
    ] = 2
    no_normalize: Annotated[bool, _option("--no-normalize", help="Leave the engine's samples untouched.", panel=_O)] = (
        False
    )
    play: Annotated[bool, _option("--play", "-p", help="Play it when it is done.", panel=_O)] = False
    plot: Annotated[
        Path | None, _option("--plot", help="Draw waveform, spectrogram and timeline to a PNG, SVG or PDF.", panel=_O)
    ] = None
    keep: Annotated[
        str,
        _option(
            "--keep",
            help="Of several takes: all, or best: the one the measures place first [all].",
            panel=_O,
            values=KEEP,
        ),
    ] = "all"
    check_words: Annotated[
        bool,
        _option("--check-words", help="Listen for the spoken words; several takes are always listened to.", panel=_O),
    ] = False
    contact_sheet: Annotated[
        Path | None, _option("--contact-sheet", help="A page to hear and compare all takes (HTML).", panel=_O)
    ] = None
    stems: Annotated[bool, _option("--stems", help="Write the layers beside the mix (experts).", panel=_O)] = False
    sidecar: Annotated[bool, _option("--sidecar", help="Write the recipe beside the sound, as JSON.", panel=_O)] = False

    def settings(self) -> dict[str, Any]:
        """The flags that override settings of the same name."""
        return {name: getattr(self, name) for name in ("format", "subtype", "sample_rate")}

    def finish(self, *, level: bool = True, takes: int = 1) -> "Finish":
        """What the pipeline does with an engine's sound.

        Args:
            level: what would hold without a flag.
            takes: how many there will be; several are listened to and matched with the caption where models are here.

        Raises:
            ModelMissingError: the words are to be checked, and there is no ear.
        """
        from audiogen_cli.pipeline import Finish
        from audiogen_cli.quality.listening import find_listener, require_listener
        from audiogen_cli.quality.matching import find_matcher

        listener = require_listener() if self.check_words else find_listener() if takes > 1 else None
        return Finish(
            level=level and not self.no_normalize,
            gate=not self.no_gate,
            retakes=self.retakes,
            listener=listener,
            matcher=find_matcher() if takes > 1 else None,
        )
