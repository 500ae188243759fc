"""A Music view read as a brief to the composer: style, tempo, key, mood, players, dynamics, place.

In: the words of the view. Out: a `Brief`, with notes where it was not understood: the nearest style by its players
or its mood is then named openly, never put in silently.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from audiogen_cli.generator.experts.music.moods import Mood, read_mood, read_pace
from audiogen_cli.knowledge.entries import Entry, load_entries
from audiogen_cli.knowledge.mentions import find_mentions, named

_BPM = re.compile(r"\b(\d{2,3})\s*-?\s*(?:bpm|beats\s+(?:per|a)\s+minute)\b", re.IGNORECASE)
_KEY = re.compile(
    r"\b(?:in|key of)\s+(?:the\s+key\s+of\s+)?([A-G])(?:\s*|-)(#|b|♯|♭|sharp|flat)?[\s-]+(major|minor)\b", re.IGNORECASE
)
_MODE = re.compile(r"\b(major|minor|dorian|phrygian|lydian|mixolydian)\s+(?:key|mode|scale|chords?|harmon\w+)\b", re.I)
_SOLO = re.compile(r"\b(?:solo|unaccompanied|lone|a single|just an?)\b", re.IGNORECASE)
_DYNAMICS_WORDS = {
    "build": r"building|builds?|crescendo|growing|grows|rising|swells? (?:in)?to|escalat\w+|intensifying",
    "fade": r"fading(?! in)|fades?(?! in)|diminuendo|dying away|trailing off|winding down",
    "swell": r"swelling|swells|ebb\w*|surging",
    "steady": r"steady|constant|even|unchanging|relentless",
}
_PLACES = {
    "radio": r"radio|gramophone|phonograph|old record|tinny|transistor|loudspeaker|tannoy|phone speaker|television",
    "wall": r"muffled|through (?:a|the) wall|from next door|behind (?:a|the) door|from another room|upstairs",
    "street": r"busker|street (?:musician|performer|band|player)\w*",
}
_FAR = r"distant|in the distance|far away|faraway|far off|faint|from afar"
_TONICS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What is asked of the composer."""

    style: Entry
    mood: Mood
    players: tuple[Entry, ...] = ()  # instruments named, in order
    without: frozenset[str] = frozenset()  # instruments denied
    only_players: bool = False  # nobody else plays: the view names players and no style, or says solo
    bpm: float | None = None  # asked for in figures
    pace: float = 1.0
    tonic: int | None = None
    mode: str | None = None
    dynamics: str | None = None
    place: str | None = None  # "radio", "wall", "street": the music sounds within the scene
    far: bool = False
    notes: tuple[str, ...] = ()


def read_brief(view: str) -> Brief:
    """Read a Music view."""
    mood = read_mood(view)
    mentions = find_mentions(view, "instruments")
    players = tuple(named(mentions))
    without = frozenset(
        name
        for mention in mentions
        if mention.denied
        for name in (mention.entry.name, *mention.entry.params.get("kin", ()))
    )
    styles = named(find_mentions(view, "styles"))
    notes: tuple[str, ...] = ()
    solo = bool(_SOLO.search(view)) and len(players) == 1
    if styles:
        style = _most_telling(styles)
        only = solo
    else:
        style, why = _closest(players, mood)
        only = bool(players)
        notes = (f"no music style is named in {view.strip()[:80]!r}; played as {style.phrase} ({why})",)
    bpm = _BPM.search(view)
    key = _KEY.search(view)
    mode = _MODE.search(view)
    return Brief(
        style=style,
        mood=mood,
        players=players,
        without=without,
        only_players=only,
        bpm=float(min(max(int(bpm.group(1)), 30), 260)) if bpm else None,
        pace=read_pace(view) or mood.pace,
        tonic=_tonic(key) if key else None,
        mode=(key.group(3) if key else mode.group(1) if mode else "").lower() or None,
        dynamics=_first(_DYNAMICS_WORDS, view),
        place=_first(_PLACES, view),
        far=bool(re.search(rf"\b(?:{_FAR})\b", view, re.IGNORECASE)),
        notes=notes,
    )


def _most_telling(styles: list[Entry]) -> Entry:
    """Of several styles named the first that is not merely a general word such as "soundtrack"."""
    return next((style for style in styles if not style.params.get("general")), styles[0])


def _closest(players: tuple[Entry, ...], mood: Mood) -> tuple[Entry, str]:
    """The style that uses most of the players, else the one that suits the mood."""
    styles = load_entries("styles")
    if players:
        wanted = {player.name for player in players}

        def shared(style: Entry) -> float:
            cast = {part["instrument"] for part in style.params["parts"].values()}
            fit = len(wanted & cast) - 0.1 * len(cast - wanted)
            return fit + (0.5 if style.params.get("neutral") else 0.0)

        best = max(styles.values(), key=shared)
        return best, f"for {' and '.join(player.phrase for player in players)}"
    chosen = next((_MOOD_STYLES[name] for name in mood.names if name in _MOOD_STYLES), "ambient")
    return styles[chosen], f"for its mood: {', '.join(mood.names)}" if mood.names else "as the most neutral"


_MOOD_STYLES: Mapping[str, str] = {
    "happy": "pop",
    "sad": "piano_ballad",
    "calm": "ambient",
    "tense": "suspense",
    "dark": "drone",
    "scary": "horror",
    "epic": "epic_orchestral",
    "triumphant": "epic_orchestral",
    "romantic": "piano_ballad",
    "mysterious": "suspense",
    "playful": "comedy",
    "nostalgic": "piano_ballad",
    "hopeful": "cinematic_strings",
    "energetic": "edm",
    "angry": "metal",
    "festive": "pop",
}


def _tonic(match: re.Match[str]) -> int:
    accidental = (match.group(2) or "").lower()
    shift = 1 if accidental in ("#", "♯", "sharp") else -1 if accidental else 0
    return (_TONICS[match.group(1).lower()] + shift) % 12


def _first(table: Mapping[str, str], view: str) -> str | None:
    return next((name for name, words in table.items() if re.search(rf"\b(?:{words})\b", view, re.IGNORECASE)), None)
