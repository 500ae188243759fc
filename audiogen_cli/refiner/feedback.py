"""Feedback taken apart: which change of which view a person's words ask for.

In: one clause of feedback. Out: a `Change`, or None where nothing is understood. Making the change is the
business of `revising`.
"""

import re
from dataclasses import dataclass

VIEW_NAMES = {
    "speech": r"speech|voices?|talking|dialogues?|speaking|words|people talking|narration|narrator|conversation",
    "music": r"music|song|melody|soundtrack|score|instruments?",
    "sfx": r"sfx|sound effects|effects",
    "env": r"ambience|ambiance|background(?: noise)?|atmosphere|environment|env",
}
_QUALITIES = {
    "calm": r"calm|relax|gentl|peaceful",
    "angry": r"angr|furious|mad(?:der)?\b",
    "sad": r"sad|melanchol|mournful",
    "cheerful": r"happ|cheer|joy|bright",
    "slow": r"slow",
    "fast": r"fast|quick|speed",
    "loud": r"loud|stronger|heavier|more intense",
    "quiet": r"quiet|softly|softer|soften|fainter|lighter|subtle",
    "dark": r"dark",
    "excited": r"excit|enthusias",
    "nervous": r"nervous|anxious|worried",
    "tense": r"tens",
    "whispering": r"whisper",
    "shouting": r"shout|yell",
    "tired": r"tired|sleepy",
    "energetic": r"energetic|livel|upbeat",
    "frightened": r"scared|afraid|frighten",
    "friendly": r"friendl|nicer|kind(?:er|ly)",
    "epic": r"epic|grand",
    "eerie": r"eer[iy]|creep|scar(?:y|ier)|spook",
    "dreamy": r"dream",
    "playful": r"playful|funn",
    "stern": r"serious|stern",
    "deep": r"deep",
    "distant": r"further away|farther|distant|far away",
    "old": r"older\b",
    "young": r"younger\b",
}
_FILLERS = r"^(?:(?:and|but|then|please|also|now|just)\s+)*"
_REMOVE = re.compile(
    _FILLERS + r"(?:remove|delete|drop|cut|lose|mute|skip|take out|take away|leave out|get rid of|without|"
    r"no(?: more)?|turn off)\s+(?:out\s+)?(?:all\s+)?(?:the\s+|any\s+)?(.+)",
    re.IGNORECASE,
)
_ADD = re.compile(
    _FILLERS + r"(?:add|include|insert|put in|put|mix in|with|plus|there should be|i want|let there be|"
    r"it should|give (?:it|me)|more)\s+(?:also\s+|some\s+|in\s+)?(.+)",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"^(?:(?:make|move|set|put|place|use|try|let|have)\s+(?:it|this|that|the scene|them|everything|him|her)?\s*)?"
    r"(?:to\s+|be\s+)?(.+?)\s+instead(?:\s+of\s+(?:the\s+|an?\s+)?(.+))?$",
    re.IGNORECASE,
)
_REPLACE = re.compile(
    r"\b(?:replace|swap|change|exchange|turn|make)\s+(?:the\s+|an?\s+)?(.+?)\s+"
    r"(?:with|for|by|into|to be|to|an?)\s+(?:an?\s+|the\s+)?(.+)",
    re.IGNORECASE,
)
_MOVE = re.compile(
    _FILLERS + r"(?:move|set|place|put|make)\s+(?:it|this|that|the scene|them|everything)\s+"
    r"(?:to\s+)?((?:in|on|at|inside|by|outside|near|"
    r"during)\b.+|(?:an?|the)\s+.+)",
    re.IGNORECASE,
)
_REWORD = re.compile(
    r"\b(?:different|other|another|new|change)\s+(?:the\s+)?(?:words|lines?|dialogue|text|sentence)\b|\bre-?(?:word|write)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"\b(?:man|woman|men|women|voices?|speakers?|boy|girl|he|she|him|her|them|they|couple|child|narrator|"
    r"speak\w*|talk\w*|sing\w*|shout\w*|whisper\w*|waitress|announcer|mother|father)\b",
    re.IGNORECASE,
)
_MUSICAL = re.compile(
    r"\b(?:music|song|tempo|beat|rhythm|melody|piano|guitar|drums|strings|band|orchestra|jazz)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Change:
    """One asked change: what is done ("add", "remove", "replace", "move", "reword", "quality"), to what, into what."""

    kind: str
    target: str = ""  # a view's name, or words that name a sound, a person, a place
    into: str = ""


def split_clauses(feedback: str) -> list[str]:
    """Feedback that asks for several things, one by one."""
    verbs = r"(?:add|remove|make|delete|drop|replace|change|no|without|move|put|set|mute|use|less|more)"
    pieces = re.split(rf"[;.!]\s*|,\s*(?:and\s+|but\s+)?(?={verbs}\b)|\s+and\s+(?={verbs}\b)|\s+but\s+", feedback)
    return [piece.strip(" ,") for piece in pieces if piece.strip(" ,")]


def read_change(clause: str) -> Change | None:
    """What one clause of feedback asks for."""
    clause = re.sub(r"^(?:could|can|would) you\s+|^please\s+|\s+please$", "", clause.strip(), flags=re.IGNORECASE)
    if _REWORD.search(clause):
        return Change("reword", "speech")
    instead = _INSTEAD.match(clause)
    if instead:
        return Change("replace", instead.group(2) or "", instead.group(1))
    removed = _REMOVE.match(clause)
    if removed:
        return Change("remove", view_named(removed.group(1)) or removed.group(1))
    quality = quality_of(clause)
    if (quality and not _ADD.match(clause)) or (
        quality and re.search(r"\b(?:more|less|a bit|a little)\b", clause) and view_or_speaker(clause)
    ):
        return Change("quality", view_or_speaker(clause) or clause, quality)
    moved = _MOVE.match(clause)
    if moved:
        return Change("replace", "", moved.group(1))
    replaced = _REPLACE.search(clause)
    if replaced:
        return Change("replace", view_named(replaced.group(1)) or replaced.group(1), replaced.group(2))
    if quality:
        return Change("quality", view_or_speaker(clause) or clause, quality)
    added = _ADD.match(clause)
    return Change("add", into=added.group(1)) if added else None


def view_named(words: str) -> str | None:
    """The view that words name as a whole: "the music", "background noise"."""
    for view, pattern in VIEW_NAMES.items():
        if re.fullmatch(rf"(?:the\s+|any\s+|all\s+)?(?:{pattern})", words.strip(), re.IGNORECASE):
            return view
    return None


def view_or_speaker(clause: str) -> str | None:
    """The view whose quality a clause is about, if it says so."""
    if _MUSICAL.search(clause):
        return "music"
    return "speech" if _SPEAKER.search(clause) else None


def quality_of(clause: str) -> str | None:
    """The quality a clause asks for, as an adjective."""
    opposite = {
        "loud": "quiet",
        "quiet": "loud",
        "fast": "slow",
        "slow": "fast",
        "angry": "calm",
        "sad": "cheerful",
        "eerie": "calm",
    }
    for quality, pattern in _QUALITIES.items():
        if re.search(rf"\b(?:{pattern})", clause, re.IGNORECASE):
            return (
                opposite.get(quality, "calm")
                if re.search(r"\bless\b|\bnot so\b|\btoo\b", clause, re.IGNORECASE)
                else quality
            )
    return None
