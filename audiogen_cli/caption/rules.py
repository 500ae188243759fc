"""What makes a caption good beyond its schema: named rules, each with its reason, its check and where safe its mend.

In: a `Caption` and what it was written for (pins, seconds, language, the person's text). Out: `Fault`s, or the
caption with what could be repaired without a language model and the list of `Repair`s. A pinned view is the
person's own and is never judged or touched. The LLM refiner sends back what cannot be repaired; `audiogen lint`
shows everything to the writer of a caption by hand.
Source: Dasheng AudioGen appendix G; view lengths from the model's published example prompts.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from audiogen_cli.caption import cleaning
from audiogen_cli.caption.caption import JSON_KEYS, VIEWS, Caption
from audiogen_cli.caption.language import looks_english, writes_without_spaces
from audiogen_cli.caption.spelling import spell_out
from audiogen_cli.errors import CaptionError

WORDS_PER_10_S = 22  # two short sentences at a human rate
CHARACTERS_PER_10_S = 45  # where words are not spaced: Chinese and Japanese at four to five syllables a second
MAX_WORDS = {"caption": 45, "speech": 20, "sfx": 30, "music": 25, "env": 20}  # twice the longest good example


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a caption was written for."""

    pins: Mapping[str, str | None] = field(default_factory=dict)  # views the person has fixed, `None` for absent
    duration_s: float = 10.0
    language: str = "english"  # "multilingual" takes any language in ASR
    text: str | None = None  # the person's words, where there are any


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One rule broken in one view."""

    rule: str
    view: str
    message: str  # what is wrong and what would be right, one line
    advice: bool = False  # better otherwise, but a caption can be rendered so


@dataclass(frozen=True, kw_only=True)
class Repair:
    """One view changed by one rule; `None` where the view was or became absent."""

    rule: str
    view: str
    before: str | None
    after: str | None


Check = Callable[[Caption, Purpose], Iterable[tuple[str, str]]]
Mend = Callable[[Caption, Purpose], Mapping[str, str | None]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule; `check` yields (view, message), `mend` gives the views it would change, if it can."""

    name: str
    reason: str
    check: Check
    mend: Mend | None = None
    advice: bool = False


def check_rules(
    caption: Caption,
    *,
    pins: Mapping[str, str | None] | None = None,
    duration_s: float = 10.0,
    language: str = "english",
    text: str | None = None,
) -> list[Fault]:
    """Every rule a caption breaks, in the order of `RULES`; pinned views are not judged."""
    purpose = Purpose(pins=pins or {}, duration_s=duration_s, language=language, text=text)
    return [
        Fault(rule=rule.name, view=view, message=f"{JSON_KEYS[view]}: {message}", advice=rule.advice)
        for rule in RULES
        for view, message in rule.check(caption, purpose)
        if view not in purpose.pins or rule.name == "pins"
    ]


def repair_caption(
    caption: Caption,
    *,
    pins: Mapping[str, str | None] | None = None,
    duration_s: float = 10.0,
    language: str = "english",
    text: str | None = None,
) -> tuple[Caption, list[Repair]]:
    """Mend what can be mended without a language model; pinned views end as they were pinned.

    Returns:
        The caption, and what was changed by which rule. Repairing once more changes nothing.
    """
    purpose = Purpose(pins=pins or {}, duration_s=duration_s, language=language, text=text)
    repairs: list[Repair] = []
    while True:  # one mend may uncover another: quotes around a label; each turn strips something, so it ends
        turn: list[Repair] = []
        for rule in RULES:
            changed = rule.mend(caption, purpose) if rule.mend else {}
            for view, after in changed.items():
                before = getattr(caption, view)
                after = (after or "").strip() or None
                if (
                    after == before
                    or (view in purpose.pins and rule.name != "pins")
                    or (view == "caption" and after is None)
                ):
                    continue
                caption = caption.with_views({view: after})
                turn.append(Repair(rule=rule.name, view=view, before=before, after=after))
        repairs += turn
        if not turn or len(repairs) > 200:
            return caption, repairs


def rule_named(name: str) -> Rule:
    """The rule of a name; raises `CaptionError` where there is none."""
    for rule in RULES:
        if rule.name == name:
            return rule
    raise CaptionError(f"{name}: unknown rule", hint="Rules: " + ", ".join(rule.name for rule in RULES))


def count_words(text: str) -> int:
    """Words that a voice would speak."""
    return len(re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", text))


def default_voice(caption: str) -> str:
    """A Speech view for words whose speaker nobody described, after the people the caption names."""
    for words, phrase in _VOICES:
        if re.search(rf"\b(?:{words})\b", caption, re.IGNORECASE):
            return phrase
    return "A clear adult voice, natural and calm"


_VOICES = (
    ("(?:men|man|boy|husband|father|he)\\b.*\\b(?:women|woman|girl|wife|mother|she)|(?:women|woman|girl|wife|mother)\\b.*\\b(?:men|man|boy|husband|father)"
     "|couple", "A man and a woman talking, natural voices"),
    ("two men|men", "Two men talking, natural voices"),
    ("two women|women", "Two women talking, natural voices"),
    ("boy", "A young boy's voice, natural and clear"),
    ("girl", "A young girl's voice, natural and clear"),
    ("child|children|kid|kids", "A child's voice, natural and clear"),
    ("woman|female|mother|wife|lady|grandmother|waitress|actress", "A woman's voice, natural and clear"),
    ("man|male|father|husband|grandfather|waiter|gentleman", "A man's voice, natural and clear"),
)  # fmt: skip

_NOTHING = re.compile(
    r"(?:none|null|nil|nothing|n/?a|not applicable|not available|not present|not specified|absent|empty|unknown|undefined|"
    r"(?:complete |total |pure )?silence|silent|(?:no|without)(?: any| audible| background)? (?:music|speech|dialogue|dialog|voices?|"
    r"words|talking|sounds?|sound effects?|effects?|sfx|asr|transcript|ambien[ct]e|noise|spoken words|vocals?|background noise))"
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
            yield view, f"{_short(text)} says that there is nothing; {need}"


def _mend_absent(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    return {view: None for view, text in caption.views.items() if view != "caption" and _says_nothing(text)}


def _cleaned(
    name: str, reason: str, clean: Callable[[str], str], fault: str, *, views: tuple[str, ...] = VIEWS
) -> Rule:
    """A rule that is kept where cleaning changes nothing, and mended by cleaning."""

    def check(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
        return [
            (view, f"{_short(text)} {fault}")
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
        yield "asr", f"{_short(caption.asr)} tells who speaks; only the words themselves belong here"


def _mend_narration(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    if caption.asr and cleaning.is_narrated(caption.asr) and cleaning.quoted_words(caption.asr):
        return {"asr": cleaning.quoted_words(caption.asr)}
    return {}


def _check_spelling(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if caption.asr and (
        spell_out(caption.asr) != caption.asr if looks_english(caption.asr) else re.search(r"\d", caption.asr)
    ):
        yield "asr", f"{_short(caption.asr)} holds digits, signs or abbreviations; write them as they are spoken"


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


def _check_fit(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if not caption.asr:
        return
    if writes_without_spaces(caption.asr):
        count, unit, rate = sum(char.isalnum() for char in caption.asr), "characters", CHARACTERS_PER_10_S
    else:
        count, unit, rate = count_words(caption.asr), "words", WORDS_PER_10_S
    allowed = max(1, round(rate * purpose.duration_s / 10))
    if count > allowed:
        yield "asr", f"{count} {unit}, at most {allowed} can be spoken in {purpose.duration_s:g} seconds; shorten it"


_WORDLESS = re.compile(
    r"\b(?:murmur\w*|chatter\w*|indistinct|unintelligible|wordless|hum(?:s|ming)?|laugh\w*|giggl\w*|babbl\w*|cry(?:ing)?|cries|sob\w*|"
    r"scream\w*|gasp\w*|sigh\w*|breath\w*|cough\w*|cheer\w*|moan\w*|groan\w*|grunt\w*|choir|chant\w*|vocali[sz]\w*|muffled|distant|crowd|"
    r"sing\w*|coo\w*|walla|yell\w*|shout\w*)\b",
    re.IGNORECASE,
)


def _check_words_for_speech(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if caption.speech and not caption.asr and "asr" not in purpose.pins and not _WORDLESS.search(caption.speech):
        yield "asr", "null although Speech describes a voice; write the words spoken, or set Speech to null too"


def _check_voice_for_words(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if caption.asr and not caption.speech:
        yield "speech", "null although ASR has words; say who speaks and how"


def _mend_voice_for_words(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    return {"speech": default_voice(caption.caption)} if caption.asr and not caption.speech else {}


def _check_english(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    for view, text in caption.views.items():
        if (view != "asr" or purpose.language == "english") and not looks_english(text):
            yield view, f"{_short(text)} is not English, and the model reads English only here"


def _check_brief(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    for view, most in MAX_WORDS.items():
        text = getattr(caption, view)
        if text and (count_words(text) > most or len(text) > 12 * most):
            yield view, f"{count_words(text)} words; the model was shown short views, keep it within {most}"


def _check_enriched(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if purpose.text and _letters(caption.caption) == _letters(purpose.text) and len(caption.views) < 3:
        yield "caption", "only repeats the request; describe the scene and fill the views that make sense"


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


_MUSIC_WORDS = (
    r"music|song|melody|melodies|soundtrack|tune|orchestra|symphony|jazz|guitar|piano|drums?|drumbeat|violins?|cello|synth\w*|"
    r"saxophone|bassline|techno|hip[- ]hop|singing|sings"
)
_SPEECH_WORDS = (
    r"speaks?|speaking|says?|saying|talks?|talking|voices?|speech|dialogue|conversation|converses?|shouts?|shouting|whispers?|whispering|"
    r"narrat\w+|argues?|arguing|argument|announc\w+|commentat\w+|yells?|yelling"
)
_DENIED = r"(?:no|without|free of|lacking|neither|nor|or|not|never)\s+(?:\w+\s+){0,3}$"
_GENDERS = {
    "a woman": (
        r"woman|women|girls?|female|lady|mother|wife|she|grandmother",
        r"man|men|boys?|male|gentleman|father|husband|he|grandfather",
    ),
    "a man": (
        r"man|men|boys?|male|gentleman|father|husband|he|grandfather",
        r"woman|women|girls?|female|lady|mother|wife|she|grandmother",
    ),
}


def _check_agreement(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    """Views that speak of what the person has ruled out, or of another speaker than the person has fixed."""
    pins = purpose.pins
    others = [(view, text) for view, text in caption.views.items() if view not in pins and view != "asr"]
    for ruled_out, words in (("music", _MUSIC_WORDS), ("speech", _SPEECH_WORDS)):
        if ruled_out in pins and pins[ruled_out] is None and not (ruled_out == "speech" and pins.get("asr")):
            for view, text in others:
                word = _affirmed(text, words)
                if word:
                    yield view, f'speaks of "{word}" although there is to be no {ruled_out}'
            if ruled_out == "speech" and caption.asr and "asr" not in pins:
                yield "asr", "has words although there is to be no speech"
    speaker = pins.get("speech")
    for who, (theirs, not_theirs) in _GENDERS.items():
        if speaker and _affirmed(speaker, theirs) and not _affirmed(speaker, not_theirs):
            for view, text in others:
                if _affirmed(text, not_theirs) and not _affirmed(text, theirs):
                    yield view, f"speaks of another speaker than the fixed Speech view, which has {who}"


def _mend_agreement(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    no_speech = "speech" in purpose.pins and purpose.pins["speech"] is None
    return {"asr": None} if no_speech and "asr" not in purpose.pins and caption.asr else {}


def _affirmed(text: str, words: str) -> str | None:
    """The first of some words that a text says and does not deny."""
    for match in re.finditer(rf"\b(?:{words})\b", text, re.IGNORECASE):
        if not re.search(_DENIED, text[: match.start()], re.IGNORECASE):
            return match.group()
    return None


def _check_pins(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    for view, pinned in purpose.pins.items():
        if getattr(caption, view) != _as_pinned(pinned):
            yield view, f"must be {_short(pinned) if pinned else 'null'}, as the person fixed it"


def _mend_pins(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    return {view: _as_pinned(pinned) for view, pinned in purpose.pins.items()}


def _as_pinned(pinned: str | None) -> str | None:
    return (pinned or "").strip() or None


def _short(text: str) -> str:
    text = cleaning.join_lines(text)
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'


RULES: tuple[Rule, ...] = (
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
    Rule(
        name="fits",
        check=_check_fit,
        reason=f"A human voice says about {WORDS_PER_10_S} words in ten seconds; more are gabbled or cut off.",
    ),
    Rule(
        name="words_for_speech",
        check=_check_words_for_speech,
        advice=True,
        reason="A voice without words is babble; only crowds, laughter and their like need none.",
    ),
    Rule(
        name="voice_for_words",
        check=_check_voice_for_words,
        mend=_mend_voice_for_words,
        reason="Words without a described voice get a random one.",
    ),
    Rule(
        name="english",
        check=_check_english,
        reason="The model's text encoder was trained on English descriptions; the multilingual model takes other languages in ASR alone.",
    ),
    Rule(
        name="brief",
        check=_check_brief,
        advice=True,
        reason="The model was shown views of a few words; it cuts the prompt silently at 512 tokens.",
    ),
    Rule(
        name="enriched",
        check=_check_enriched,
        advice=True,
        reason="A caption that only repeats the request leaves the scene to chance; structured views halve the word errors.",
    ),
    Rule(
        name="agreement",
        check=_check_agreement,
        mend=_mend_agreement,
        reason="A view that names music, a voice or a speaker the person has ruled out makes the model sound it all the same.",
    ),
    Rule(name="pins", check=_check_pins, mend=_mend_pins, reason="What the person has fixed is kept to the letter."),
)
"""Every rule, in the order in which captions are mended."""
