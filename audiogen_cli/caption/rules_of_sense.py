"""Rules for what a caption says: that it fits the clip, the language, its own views and what the person has fixed.

In: a `Caption` and the `Purpose` it was written for. Out: messages, and the few mends that are safe; the rest
needs somebody who understands the scene, the language model or the person.
Source: Dasheng AudioGen appendix G; lengths from the model's published example prompts.
"""

import re
from collections.abc import Iterable, Mapping

from audiogen_cli.caption.caption import JSON_KEYS, Caption
from audiogen_cli.caption.language import looks_english, writes_without_spaces
from audiogen_cli.caption.rule import Purpose, Rule, shown

WORDS_PER_10_S = 22  # two short sentences at a human rate
CHARACTERS_PER_10_S = 45  # where words are not spaced: Chinese and Japanese at four to five syllables a second
MAX_WORDS = {"caption": 45, "speech": 20, "sfx": 30, "music": 25, "env": 20}  # twice the longest good example


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
            yield view, f"{shown(text)} is not English, and the model reads English only here"


def _check_brief(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    for view, most in MAX_WORDS.items():
        text = getattr(caption, view)
        if text and (count_words(text) > most or len(text) > 12 * most):
            yield view, f"{count_words(text)} words; the model was shown short views, keep it within {most}"


def _check_enriched(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    if purpose.text and _letters(caption.caption) == _letters(purpose.text) and len(caption.views) < 3:
        yield "caption", "only repeats the request; describe the scene and fill the views that make sense"


def _check_distinct(caption: Caption, purpose: Purpose) -> Iterable[tuple[str, str]]:
    """Parts that repeat each other, or a voice that is described or speaks in the words of the whole scene."""
    seen: dict[str, str] = {}
    for view, text in caption.views.items():
        letters = _letters(text)
        first = seen.setdefault(letters, view) if view != "caption" else view
        if first == view and view in ("speech", "asr") and letters == _letters(caption.caption):
            first = "caption"
        if first != view and letters:
            yield view, f"repeats {JSON_KEYS[first]} word for word; each view tells its own part, or is null"


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
            yield view, f"must be {shown(pinned) if pinned else 'null'}, as the person fixed it"


def _mend_pins(caption: Caption, purpose: Purpose) -> Mapping[str, str | None]:
    return {view: _as_pinned(pinned) for view, pinned in purpose.pins.items()}


def _as_pinned(pinned: str | None) -> str | None:
    return (pinned or "").strip() or None


RULES_OF_SENSE: tuple[Rule, ...] = (
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
        reason="The model learned from English descriptions; the multilingual one takes other languages in ASR alone.",
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
        reason="What only repeats the request leaves the scene to chance; structured views halve the word errors.",
    ),
    Rule(
        name="distinct",
        check=_check_distinct,
        reason="Two views with the same words tell the model that one thing is voice, noise and music at once.",
    ),
    Rule(
        name="agreement",
        check=_check_agreement,
        mend=_mend_agreement,
        reason="A view that names what the person has ruled out makes the model sound it all the same.",
    ),
    Rule(name="pins", check=_check_pins, mend=_mend_pins, reason="What the person has fixed is kept to the letter."),
)
