"""A Music view read as a brief to the composer: style, tempo, key, mood, players, dynamics, place.

In: the words of the view. Out: a `Brief`, with notes where it was not understood: the nearest style by its players
or its mood is then named openly, never put in silently.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from audiogen_cli.generator.experts.music.figures import in_metre, read_bpm, read_key, read_metre
from audiogen_cli.generator.experts.music.moods import Mood, read_mood, read_pace
from audiogen_cli.knowledge.entries import Entry, load_entries
from audiogen_cli.knowledge.mentions import Mention, find_mentions, named

_SOLO = re.compile(
    r"(?<!with )(?<!with a )(?<!featuring )(?<!featuring a )\b(?:solo|unaccompanied|lone|a single|just an?)\b",
    re.IGNORECASE,
)
_DUET = re.compile(r"\b(?:duets?|duos?)\b", re.IGNORECASE)
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
_HALT = re.compile(
    r"\b(?:then|followed by|into|sudden|cut(?:s|ting)? to)\s+(?:a\s+)?(?:sudden\s+|dead\s+|total\s+)?silence\b|"
    r"\b(?:ends?|ending|stops?|stopping|cuts? (?:off|out))\s+(?:abruptly|suddenly)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What is asked of the composer."""

    style: Entry
    mood: Mood
    players: tuple[Entry, ...] = ()  # instruments named, in order
    without: frozenset[str] = frozenset()  # instruments denied
    only_players: bool = False  # nobody else plays: the view names players and no style, or says solo or duet
    bpm: float | None = None  # asked for in figures
    pace: float = 1.0
    tonic: int | None = None
    mode: str | None = None
    dynamics: str | None = None
    place: str | None = None  # "radio", "wall", "street": the music sounds within the scene
    far: bool = False
    halts: bool = False  # silence is to follow within the clip
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
    styles = _styles_told(view, mentions)
    notes: tuple[str, ...] = ()
    alone = (bool(_SOLO.search(view)) and len(players) == 1) or (bool(_DUET.search(view)) and len(players) == 2)
    if styles:
        style = _most_telling(view, styles, mood)
        only = alone
    else:
        style, why = _closest(players, mood)
        only = bool(players)
        notes = (f"no music style is named in {view.strip()[:80]!r}; played as {style.phrase} ({why})",)
    tonic, mode = read_key(view)
    metre, unplayed = read_metre(view)
    return Brief(
        style=style if metre is None else replace(style, params=in_metre(style.params, metre)),
        mood=mood,
        players=players,
        without=without,
        only_players=only,
        bpm=read_bpm(view),
        pace=read_pace(view) or mood.pace,
        tonic=tonic,
        mode=mode,
        dynamics=_first(_DYNAMICS_WORDS, view),
        place=_first(_PLACES, view),
        far=bool(re.search(rf"\b(?:{_FAR})\b", view, re.IGNORECASE)),
        halts=bool(_HALT.search(view)),
        notes=(*notes, unplayed) if unplayed else notes,
    )


_FAMILY = re.compile(
    r"(?:synth-?)?electr(?:onic|o)(?:[\s-]+(?P<dance>dance))?(?:[\s-]+(?:music|instrumental\w*))?", re.I
)
"""A word for a whole family of styles, which any style named beside it tells more closely."""
_COLOURS = frozenset(["cinematic_strings", "ambient"])
"""Styles whose names colour electronic music with a beat: "dark atmospheric", "cinematic"."""
_STILL = re.compile(
    r"\b(?:soundscapes?|textur\w+|pads?|drones?|sustained|meditative|backdrop|undertones|tones)\b", re.I
)
_MOVING = re.compile(
    r"\b(?:beats?|drums?|drumming|percussi\w+|rhythm\w*|groov\w+|bass\s?lines?|danc\w+|driving|upbeat|energetic|fast\S*|"
    r"puls\w+|bpm|tempo|pop|four-on-the-floor)\b",
    re.IGNORECASE,
)


def _styles_told(view: str, players: list[Mention]) -> list[Mention]:
    """The styles a view names, without those that only name a player of the band: its piano, its drums."""
    told = [mention for mention in find_mentions(view, "styles") if not mention.denied]
    tones = [player for player in players if "drums" not in player.entry.params.get("roles", ())]
    band = 0 < len(tones) < len(players)

    def is_player(style: Mention) -> bool:
        if style.entry.name == "drum_rhythm" and tones:
            return True  # drum patterns under a guitar are no drum solo
        return (band or len(told) > 1) and any(
            (style.start, style.end) == (player.start, player.end) for player in players
        )

    return [style for style in told if not is_player(style)]


def _most_telling(view: str, mentions: list[Mention], mood: Mood) -> Entry:
    """Of several styles named the first that is no general word such as "soundtrack" and no family's name."""
    styles = load_entries("styles")
    families = [_FAMILY.fullmatch(view, mention.start, mention.end) for mention in mentions]
    told = [mention.entry for mention, family in zip(mentions, families) if family is None]
    telling = next((style for style in told if not style.params.get("general")), None)
    if not any(families) or (telling is not None and telling.name not in _COLOURS):
        return telling or told[0]
    if (telling is not None or _STILL.search(view)) and not _MOVING.search(view):
        return styles[next((_ELECTRONIC_STILL[name] for name in mood.names if name in _ELECTRONIC_STILL), "ambient")]
    usual = "edm" if any(family and family["dance"] for family in families) else "synthwave"
    return styles[next((_ELECTRONIC[name] for name in mood.names if name in _ELECTRONIC), usual)]


def _closest(players: tuple[Entry, ...], mood: Mood) -> tuple[Entry, str]:
    """The style that uses most of the players, or is one's `home` when it plays alone, else one that suits the mood."""
    styles = load_entries("styles")
    if players:

        def shared(style: Entry) -> float:
            cast = {part["instrument"] for part in style.params["parts"].values()}
            fit = sum(max(_likeness(player, name) for name in cast) for player in players)
            spare = sum(not any(_likeness(player, name) for player in players) for name in cast)
            suits = any(_MOOD_STYLES.get(name) == style.name for name in mood.names)
            at_home = len(players) == 1 and players[0].params.get("home") == style.name
            return fit - 0.1 * spare + at_home + (0.5 if style.params.get("neutral") or suits else 0.0)

        best = max(styles.values(), key=shared)
        return best, f"for {' and '.join(player.phrase for player in players)}"
    chosen = next((_MOOD_STYLES[name] for name in mood.names if name in _MOOD_STYLES), "ambient")
    return styles[chosen], f"for its mood: {', '.join(mood.names)}" if mood.names else "as the most neutral"


def _likeness(player: Entry, instrument: str) -> float:
    """How well an instrument of a style stands for a player that is asked for; drums are in most bands."""
    same, kin = player.name == instrument, instrument in player.params.get("kin", ())
    weight = 0.4 if "drums" in player.params.get("roles", ()) else 1.0
    return weight * (1.0 if same else 0.6 if kin else 0.0)


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


_ELECTRONIC: Mapping[str, str] = {
    "happy": "edm",
    "energetic": "edm",
    "epic": "edm",
    "triumphant": "edm",
    "hopeful": "edm",
    "festive": "edm",
    "calm": "lofi",
    "sad": "lofi",
    "dark": "techno",
    "tense": "techno",
    "scary": "techno",
    "angry": "techno",
    "playful": "chiptune",
}
_ELECTRONIC_STILL: Mapping[str, str] = {"dark": "drone", "tense": "drone", "scary": "drone"}
"""What "electronic" is played as by its mood: with a beat, and without one."""


def _first(table: Mapping[str, str], view: str) -> str | None:
    return next((name for name, words in table.items() if re.search(rf"\b(?:{words})\b", view, re.IGNORECASE)), None)
