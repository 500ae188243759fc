"""Rules for the wording of a single view: what must not stand in it, and how it is taken out.

In: a `Caption`. Out: messages, and views as they would be when mended; nearly every fault here can be mended
without a language model. What is stripped how stands in `cleaning` and `spelling`; whether the views make sense
together in `rules_of_sense`.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from audiogen_cli.caption import cleaning
from audiogen_cli.caption.caption import VIEWS, Caption
from audiogen_cli.caption.language import looks_english, writes_without_spaces
from audiogen_cli.caption.rule import Purpose, Rule, shown
from audiogen_cli.caption.spelling import spell_out

_NOTHING = re.compile(
    r"(?:none|null|nil|nothing|n/?a|not (?:applicable|available|present|specified)|absent|empty|unknown|undefined|"
    r"silent|"
    r"(?:complete |total |pure )?silence|(?:no|without)(?: any| audible| background)? (?:music|speech|dialog(?:ue)?|"
    r"voices?|"
    r"(?:spoken )?words|talking|sounds?|sound effects?|effects?|sfx|asr|transcript|ambien[ct]e|noise|vocals?))"
    r"(?: (?:present|needed|here|at all))?",
    re.IGNORECASE,
)


def _says_nothing(text: str) -> bool:
    bare = cleaning.strip_markdown(cleaning.strip_tags(text)).strip(" \t\n.,;:!?()[]{}<>\"'“”‘’*-–—_…/|")
    return not bare or _NOTHING.fullmatch(bare) is not None


def _check_absent(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    for view, text in caption.views.items():
        if _says_nothing(text):
            need = "it must describe the scene" if view == "caption" else "null is how a view is left out"
            yield view, f"{shown(text)} says that there is nothing; {need}"


def _mend_absent(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    return {view: None for view, text in caption.views.items() if view != "caption" and _says_nothing(text)}


def _cleaned(
    name: str, reason: str, clean: Callable[[str], str], fault: str, *, views: tuple[str, ...] = VIEWS
) -> Rule:
    """A rule that is kept where cleaning changes nothing, and mended by cleaning."""

    def check(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
        return [
            (view, f"{shown(text)} {fault}")
            for view, text in caption.views.items()
            if view in views and clean(text) != text
        ]

    def mend(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
        return {view: clean(text) for view, text in caption.views.items() if view in views}

    return Rule(name=name, reason=reason, check=check, mend=mend)


def _unwrap(text: str) -> str:
    inner = text.strip()
    while (
        len(inner) > 1
        and (inner[0], inner[-1]) in (('"', '"'), ("“", "”"), ("'", "'"), ("«", "»"), ("「", "」"))
        and inner[0] not in inner[1:-1]
    ):
        inner = inner[1:-1].strip()
    return inner


def _check_narration(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if caption.asr and cleaning.is_narrated(caption.asr):
        yield "asr", f"{shown(caption.asr)} tells who speaks; only the words themselves belong here"


def _mend_narration(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    if caption.asr and cleaning.is_narrated(caption.asr) and cleaning.quoted_words(caption.asr):
        return {"asr": cleaning.quoted_words(caption.asr)}
    return {}


def _check_spelling(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if caption.asr and (
        spell_out(caption.asr) != caption.asr if looks_english(caption.asr) else re.search(r"\d", caption.asr)
    ):
        yield "asr", f"{shown(caption.asr)} holds digits, signs or abbreviations; write them as they are spoken"


def _mend_spelling(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    return {"asr": spell_out(caption.asr)} if caption.asr and looks_english(caption.asr) else {}


def _check_ending(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if caption.asr and _punctuate(caption.asr) != caption.asr:
        yield "asr", "ends without a full stop, question or exclamation mark, which the voice follows"


def _mend_ending(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    return {"asr": _punctuate(caption.asr)} if caption.asr else {}


def _punctuate(text: str) -> str:
    bare = text.rstrip(" ,;:-–—、，；：")
    if not bare or bare[-1] in ".!?…。！？~" or not any(char.isalnum() for char in bare):
        return text
    return bare + ("。" if writes_without_spaces(bare) else ".")


RULES_OF_FORM: tuple[Rule, ...] = (
    Rule(
        name="absent",
        check=_check_absent,
        mend=_mend_absent,
        reason='"none", "n/a" or "silence" in a view is read as something to be heard; null leaves the view out.',
    ),
    _cleaned(
        "tags",
        "The model's tokenizer knows <|sfx|> and its like as text, so a tag inside a view opens a view of its own.",
        cleaning.strip_tags,
        "holds a <|tag|>",
    ),
    _cleaned(
        "markdown", "Stars, headings and bullets are read as words or noise.", cleaning.strip_markdown, "holds markdown"
    ),
    _cleaned(
        "emoji",
        "A picture has no sound, and the text encoder does not know it.",
        cleaning.strip_emoji,
        "holds emoji or picture signs",
    ),
    _cleaned(
        "labels",
        'Names and labels before the words ("Man:") would be spoken aloud.',
        cleaning.strip_labels,
        "names the speaker; only the words themselves belong here",
        views=("asr",),
    ),
    _cleaned(
        "directions",
        "What stands in brackets or asterisks, such as (sighs), would be spoken aloud; it belongs in Speech.",
        cleaning.strip_directions,
        "holds stage directions",
        views=("asr",),
    ),
    Rule(
        name="narration",
        check=_check_narration,
        mend=_mend_narration,
        reason="ASR holds what is said, not that somebody says it; a narrated line would be read out as it stands.",
    ),
    _cleaned(
        "one_line",
        "A view is one line; breaks and invisible characters confuse model and reader.",
        cleaning.join_lines,
        "is not one plain line",
    ),
    _cleaned(
        "quotes",
        "Quotes are not spoken, and around a view they are left-overs of JSON.",
        cleaning.strip_quotes,
        "holds quotes",
        views=("asr",),
    ),
    _cleaned(
        "wrapped",
        "Quotes around a whole view are left-overs of JSON.",
        _unwrap,
        "is wrapped in quotes",
        views=("caption", "speech", "sfx", "music", "env"),
    ),
    Rule(
        name="spelled_out",
        check=_check_spelling,
        mend=_mend_spelling,
        reason="The model learned speech from words; digits and abbreviations are guessed at, and often wrongly.",
    ),
    Rule(
        name="ending",
        check=_check_ending,
        mend=_mend_ending,
        reason="All of the model's published examples end their words with a mark, and the voice follows it.",
    ),
)
