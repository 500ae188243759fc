"""A caption revised by feedback: "make the man calmer", "add thunder", "remove the music", "in a church instead".

In: the previous `Caption` and a person's words. Out: the caption with only what was asked for changed.
What the words ask for is read by `feedback`; what cannot be understood is refused rather than guessed at.
"""

import re

from audiogen_cli.caption import VIEWS, Caption
from audiogen_cli.errors import RefinerError
from audiogen_cli.knowledge.languages import put_into_english
from audiogen_cli.knowledge.mentions import find_mentions
from audiogen_cli.refiner.composing import Composition, compose, without_words
from audiogen_cli.refiner.feedback import Change, read_change, split_clauses
from audiogen_cli.refiner.idea import Idea, understand
from audiogen_cli.refiner.phrases import lower_first, sentence_case
from audiogen_cli.refiner.wording import clean_text, find_quotes

Views = dict[str, str | None]

_AGAINST = {
    "calm": "angry angrily furious shouting excited heatedly heated loudly frantic fast energetic nervous tense",
    "slow": "fast rapid quick upbeat driving lively quickly",
    "fast": "slow slowly lazy drifting unhurried gently",
    "sad": "happy cheerful cheerfully bright upbeat",
    "cheerful": "sad dark mournful tense eerie gloomy angry tired",
    "quiet": "loud loudly pounding shouting roaring heavy strong",
    "loud": "quiet soft softly faint gentle light whispering gently",
    "angry": "calm gentle polite relaxed friendly cheerful",
    "dark": "bright happy cheerful",
    "energetic": "slow calm gentle tired lazy relaxed",
    "whispering": "shouting loud loudly",
    "shouting": "whispering quiet calm softly",
    "tired": "excited energetic lively",
    "friendly": "angry stern cold annoyed",
    "excited": "calm bored tired slow",
    "old": "young youthful middle-aged",
    "young": "old elderly middle-aged",
}
_ADVERBS = {
    "calm": "calmly",
    "angry": "angrily",
    "sad": "sadly",
    "cheerful": "cheerfully",
    "slow": "slowly",
    "fast": "quickly",
    "loud": "loudly",
    "quiet": "quietly",
    "excited": "excitedly",
    "nervous": "nervously",
    "whispering": "in a whisper",
    "shouting": "in a shout",
}
_LOUDER = frozenset(("angry", "shouting", "excited", "loud", "frightened"))
_SOFTER = frozenset(("calm", "sad", "slow", "quiet", "whispering", "tired", "dreamy"))


def revise(previous: Caption, feedback: str, *, seed: int, duration_s: float) -> tuple[Caption, list[str]]:
    """Apply feedback to a caption.

    Args:
        previous: the caption to revise.
        feedback: what to change, in the person's words.
        seed: chooses among alternatives.
        duration_s: the clip new words must fit into, in seconds.

    Returns:
        The revised caption, and notes on clauses that were not understood beside others that were.

    Raises:
        RefinerError: nothing in the feedback is understood.
    """
    words = clean_text(feedback).strip(" .!")
    quotes = find_quotes(words)
    if quotes:
        spoken = " ".join(quote if quote[-1] in ".!?…。！？" else f"{quote}." for quote in quotes)
        return previous.with_views({"asr": spoken, "speech": previous.speech or "Clear adult voice"}), []
    language, english, _ = put_into_english(words)
    views: Views = {view: getattr(previous, view) for view in VIEWS}
    notes = []
    understood = False
    for clause in split_clauses(words if language == "english" else english):
        change = read_change(clause)
        made = _make(views, change, seed=seed, duration_s=duration_s) if change else None
        if made is None:
            notes.append(f"not understood: {clause[:60]}")
        elif made == views:
            notes.append(f"nothing to change: {clause[:60]}")
            understood = True
        else:
            views, understood = made, True
    if not understood:
        raise RefinerError(
            f"the embedded refiner does not understand this feedback: {words[:80]}",
            hint='It knows "add thunder", "remove the music", "make the man calmer", "in a church instead" and such.',
        )
    return Caption(**views), notes  # type: ignore[arg-type]  # the caption view is never taken away


def _make(views: Views, change: Change, *, seed: int, duration_s: float) -> Views | None:
    if change.kind == "remove":
        return _removed(views, change.target)
    if change.kind == "quality":
        return _coloured(views, change.target, change.into)
    if change.kind == "reword":
        return _reworded(views, seed, duration_s)
    idea = understand(change.into)
    if not idea.wanted:
        return None
    draft = compose(idea, seed=seed, creativity="low", duration_s=duration_s)
    return _added(views, idea, draft) if change.kind == "add" else _replaced(views, change.target, idea, draft)


def _removed(views: Views, target: str) -> Views | None:
    """Views without a view, or without whatever sounds under some words."""
    if target in VIEWS:
        gone = ("speech", "asr") if target == "speech" else (target,)
        if all(views[view] is None for view in gone):
            return views
        words = {"music": ("music", "song", "melody"), "speech": (), "sfx": (), "env": ()}[target]
        words += tuple(found.text for found in understand(views[target] or "").found)
        if target == "music":  # which the caption may call by a wider name
            told = understand(views["caption"] or "")
            words += tuple(found.text for found in told.of("genres", "instruments"))
        return {**views, "caption": _caption_without(views, words), **dict.fromkeys(gone)}
    idea = understand(target)
    words = tuple({word for found in idea.found for word in (*found.concept.words, found.text.lower())}) or (target,)
    named = {mention.entry.name for kind in ("sounds", "styles") for mention in find_mentions(target, kind)}
    left = dict(views)
    for view in ("sfx", "env", "music"):
        left[view] = without_words(views[view], words)
        if left[view] == views[view] and named:
            left[view] = _without_sounds(views[view], named)
    if idea.of("people", "speaking") and any(
        re.search(rf"\b{re.escape(word)}", views["speech"] or "", re.IGNORECASE) for word in words
    ):
        left["speech"] = left["asr"] = None
    return None if left == views else {**left, "caption": _caption_without(views, words)}


def _without_sounds(view: str | None, names: set[str]) -> str | None:
    parts = re.split(r",\s*(?:then\s+)?", view or "")
    kept = [part for part in parts if not names & {mention.entry.name for mention in find_mentions(part, "sounds")}]
    return sentence_case(", ".join(kept)) or None


def _caption_without(views: Views, words: tuple[str, ...]) -> str:
    """The caption without the clauses that name some words, as long as something is left to tell."""
    caption = views["caption"] or ""
    pieces = re.split(r"(,\s*|\s+(?:while|as|over|beneath|with|to|and)\s+)", caption)
    kept, dropped = [pieces[0]], False
    for joint, piece in zip(pieces[1::2], pieces[2::2]):
        if any(re.search(rf"\b{re.escape(word)}", piece, re.IGNORECASE) for word in words):
            dropped = True
        else:
            kept.append(joint + piece)
    text = "".join(kept).strip(" ,")
    return text if dropped and len(text.split()) > 3 else caption


def _coloured(views: Views, target: str, quality: str) -> Views | None:
    """Views in which the speaker, the music or a sound has another quality."""
    changed = dict(views)
    aims = [target] if target in ("speech", "music") else []
    if not aims:
        sound = _sound_named(views, target)
        if sound is not None:
            view, part = sound
            adjective = (
                "faint"
                if quality == "quiet"
                else "distant"
                if quality == "distant"
                else "loud"
                if quality == "loud"
                else quality
            )
            changed[view] = (views[view] or "").replace(part, _with_quality(part, adjective, quality), 1)
            return changed
        aims = [view for view in ("speech", "music") if views[view]] or ["env"]
    for view in aims:
        if views[view]:
            changed[view] = _with_quality(views[view] or "", quality, quality)
    if changed == views:
        return None
    if "speech" in aims and views["asr"]:
        changed["asr"] = re.sub(r"!", ".", views["asr"]) if quality in _SOFTER else views["asr"]
        if quality in _LOUDER:
            changed["asr"] = re.sub(r"\.(?=\s|$)", "!", views["asr"])
        caption = _stripped(views["caption"] or "", quality)
        adverb = _ADVERBS.get(quality)
        if adverb and adverb not in caption:
            caption = f"{caption.rstrip('.')}, speaking {adverb}"
        changed["caption"] = caption
    return changed


def _sound_named(views: Views, clause: str) -> tuple[str, str] | None:
    names = {mention.entry.name for mention in find_mentions(clause, "sounds")}
    for view in ("sfx", "env"):
        for part in re.split(r",\s*(?:then\s+)?", views[view] or ""):
            if names & {mention.entry.name for mention in find_mentions(part, "sounds")}:
                return view, part
    return None


def _with_quality(text: str, adjective: str, quality: str) -> str:
    stripped = _stripped(text, quality)
    if re.search(rf"\b{adjective}\b", stripped, re.IGNORECASE):
        return sentence_case(stripped)
    article = re.match(r"(an?|the)\s+", stripped, re.IGNORECASE)
    rest = stripped[article.end() :] if article else stripped
    lowered = rest if rest[1:2].isupper() else rest[:1].lower() + rest[1:]
    if article:
        first = article.group(1)
        new = "an" if adjective[0] in "aeiou" and first.lower() != "the" else "a" if first.lower() != "the" else "the"
        return (sentence_case(new) if first[0].isupper() else new) + f" {adjective} {lowered}"
    return f"{sentence_case(adjective)} {lowered}" if text[:1].isupper() else f"{adjective} {lowered}"


def _stripped(text: str, quality: str) -> str:
    for word in _AGAINST.get(quality, "").split():
        text = re.sub(rf"\b{word}\b(?:,?\s+and\s+(?=\w+ly\b))?\s*", "", text, flags=re.IGNORECASE)
    return sentence_case(re.sub(r"\s+([,.])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,"))


def _reworded(views: Views, seed: int, duration_s: float) -> Views | None:
    if not views["asr"]:
        return None
    idea = understand(f"{views['speech']}, {views['caption']}")
    for shift in range(8):
        draft = compose(idea, seed=seed + shift, creativity="low", duration_s=duration_s)
        if draft.views["asr"] and draft.views["asr"] != views["asr"]:
            return {**views, "asr": draft.views["asr"]}
    return None


def _added(views: Views, idea: Idea, draft: Composition) -> Views | None:
    """Views with what an idea adds; what is there stays as it is."""
    new: Views = dict(views)
    sounds = idea.of("weather", "animals", "machines", "appliances", "things", "actions", "places", "eras")
    has_music = bool(idea.of("genres", "instruments"))
    if draft.views["asr"] and idea.of("speaking", "people"):
        if views["asr"] is None:
            new["speech"], new["asr"] = draft.views["speech"], draft.views["asr"]
        else:
            new["speech"] = f"{views['speech']} and {lower_first(draft.views['speech'] or '')}"
            new["asr"] = (
                f"{views['asr']} {draft.views['asr']}"
                if len(f"{views['asr']} {draft.views['asr']}".split()) <= 26
                else views["asr"]
            )
    if has_music and draft.views["music"]:
        new["music"] = draft.views["music"]
    phrase = ", ".join(lower_first(event.phrase) for event in draft.events) or (
        lower_first(draft.views["sfx"] or "") if sounds else ""
    )
    if phrase:
        new["sfx"] = sentence_case(f"{views['sfx']}, {phrase}" if views["sfx"] else phrase)
    elif sounds and draft.views["env"]:
        new["env"] = sentence_case(
            f"{views['env']}, {lower_first(draft.views['env'])}" if views["env"] else draft.views["env"]
        )
    if new == views:
        return None
    told = phrase or lower_first(
        draft.views["music"] or "" if has_music else draft.views["speech"] or draft.views["env"] or ""
    )
    new["caption"] = f"{(views['caption'] or '').rstrip('.')}, with {told}"
    return new


def _replaced(views: Views, target: str, idea: Idea, draft: Composition) -> Views | None:
    """Views in which a place, a speaker, the music or a sound gives way to another."""
    new: Views = dict(views)
    told = understand(views["caption"] or "")
    caption = views["caption"] or ""
    places = idea.of("places", "weather", "times", "eras")
    if (target in ("", "env") and places) or idea.of("places"):
        place = places[0].concept
        new["env"] = next(iter(place.texts("env")), "") or draft.views["env"]
        here = place.text("at") or f"in {place.text('called')}"
        old = [found for found in told.of(places[0].concept.role) if found.concept.name != place.name]
        if old:
            where = r"\b(?:in|on|at|by|inside|beside)?\s*(?:(?:an?|the)\s+)?(?:[\w-]+\s+){0,2}?"
            pattern = rf"{where}{re.escape(old[0].text)}\b"
            caption = re.sub(pattern, f" {here}", caption, count=1, flags=re.IGNORECASE).strip()
        else:
            caption = f"{caption.rstrip('.')} {here}"
        new["caption"] = sentence_case(re.sub(r"\s+", " ", caption))
        return new
    if idea.of("genres", "instruments"):
        new["music"] = draft.views["music"]
        names = ("music", *(found.text for found in told.of("genres", "instruments")))
        new["caption"] = f"{_caption_without(views, names).rstrip('.')}, to {lower_first(draft.views['music'] or '')}"
        return new
    if idea.of("people") and views["speech"]:
        person = idea.of("people")[0].concept
        how = " ".join(re.findall(r"\b\w+ing\b.*", views["speech"])[:1])
        new["speech"] = f"{person.text('voice')} {how}".strip()
        for found in told.of("people")[:1]:
            new["caption"] = sentence_case(
                re.sub(
                    rf"\b(?:an?\s+)?{re.escape(found.text)}\b",
                    person.text("called"),
                    caption,
                    count=1,
                    flags=re.IGNORECASE,
                )
            )
        return new
    without = _removed(views, target) if target else None
    return _added(without or views, idea, draft)
