"""What each system of the paper is told, made from a caption.

In: a `Caption` (and which kind of set it is from). Out: the texts that a system takes, by the name of its input.
Where the paper leaves a choice open it is stated at the function that makes it.
Source: Dasheng AudioGen appendix D.3; the official prompt lists for the rendering of absent views.
"""

from collections.abc import Mapping

from audiogen_cli.caption import Caption
from audiogen_cli.errors import CaptionError, OptionError
from audiogen_cli.prompt import compose_prompt

Texts = Mapping[str, str]

SYSTEMS = (
    "dasheng",
    "dasheng-unstructured",
    "audioldm2",
    "audiox",
    "uniflow-audio",
    "tangoflux",
    "musicgen",
    "qwen3-tts",
    "expert-pipeline",
)
KINDS = ("scenes", "plain", "speech")
"""MECAT's structured captions; one sentence, as AudioCaps and MusicCaps have; a transcript, as LibriTTS has."""

_AUDIOBOOK = "Studio-quality, high-fidelity audiobook recording"
_LISTED = ("speech", "sfx", "music", "env")  # the views the official lists always write, "None" where absent


def prompts_for(caption: Caption, system: str, *, kind: str = "scenes", absent: str = "left-out") -> Texts:
    """The texts a system is given.

    Args:
        caption: the scene; of kind "speech" only its `asr` is read, of kind "plain" only its `caption`.
        system: one of `SYSTEMS`.
        kind: one of `KINDS`.
        absent: "left-out", as in training, or "none": written as `None`, as the official lists have it (dasheng).

    Returns:
        Input name to text: "prompt" for most; "transcript" and "instruction" for Qwen3-TTS; for the pipeline those
        two, "sfx" and "music", each only where that expert is used.

    Raises:
        OptionError: an unknown system, kind or rendering.
        CaptionError: a speech item without words.
    """
    for name, value, allowed in (
        ("system", system, SYSTEMS),
        ("kind", kind, KINDS),
        ("absent", absent, ("left-out", "none")),
    ):
        if value not in allowed:
            raise OptionError(f"{name} is {value!r}, needs one of {', '.join(allowed)}")
    if kind == "speech":
        return _of_transcript(caption, system)
    if kind == "plain":
        return _of_sentence(caption.caption, system)
    return _of_scene(caption, system, absent)


def _of_scene(caption: Caption, system: str, absent: str) -> Texts:
    if system == "dasheng":
        return {"prompt": compose_prompt(caption) if absent == "left-out" else _listed(caption)}
    if system == "qwen3-tts":  # instruction: all that is not spoken, in the order of the views
        rest = [text for view, text in caption.views.items() if view != "asr"]
        return {"transcript": caption.asr or "", "instruction": " ".join(rest)}
    if system == "expert-pipeline":
        return _of_experts(caption)
    if system in ("tangoflux", "musicgen"):
        # "All available information": every view with the words, in order. Whether the tags stayed is not stated;
        # they are no words to these models and are left out.
        return {"prompt": " ".join(caption.views.values())}
    return {"prompt": caption.caption}  # the unstructured model; for AudioLDM2, AudioX, UniFlow-Audio by analogy


def _of_experts(caption: Caption) -> Texts:
    """Effects, music and speech for their experts; the space is not told to any of them."""
    texts = {}
    if caption.sfx:
        texts["sfx"] = caption.sfx
    if caption.music:
        texts["music"] = caption.music
    if caption.speech:
        texts |= {"transcript": caption.asr or "", "instruction": caption.speech}
    return texts


def _of_sentence(sentence: str, system: str) -> Texts:
    if system == "dasheng":
        return {"prompt": compose_prompt(Caption(caption=sentence))}
    if system == "qwen3-tts":
        return {"transcript": "", "instruction": sentence}
    if system == "expert-pipeline":
        raise OptionError("the expert pipeline needs structured captions", hint="--kind scenes")
    return {"prompt": sentence}


def _of_transcript(caption: Caption, system: str) -> Texts:
    if not caption.asr:
        raise CaptionError("there are no words to be said")
    if system == "dasheng":
        return {"prompt": f"<|caption|> {_AUDIOBOOK} <|asr|> {caption.asr}"}
    if system in ("qwen3-tts", "expert-pipeline"):
        return {"transcript": caption.asr, "instruction": ""}
    return {"prompt": f"{_AUDIOBOOK} with content {caption.asr}"}


def _listed(caption: Caption) -> str:
    """As the official lists: the words last and only where there are some, every other view, `None` where absent."""
    parts = [f"<|caption|> {caption.caption}"]
    parts += [f"<|{view}|> {getattr(caption, view) or 'None'}" for view in _LISTED]
    return " ".join([*parts, *([f"<|asr|> {caption.asr}"] if caption.asr else [])])
