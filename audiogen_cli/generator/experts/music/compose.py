"""A brief composed: who plays, in which key and tempo, and what; a `Brief` in, a `Score` out.

The style brings its parts; instruments that the view names take over the part they suit best or join in;
those it denies stay away. Everything is by rule and by the one `rng`: a seed is a piece.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.music.brief import Brief
from audiogen_cli.generator.experts.music.drumming import play_drums
from audiogen_cli.generator.experts.music.form import plan_form
from audiogen_cli.generator.experts.music.harmony import MODES, Key, quality_of
from audiogen_cli.generator.experts.music.instruments.registry import instrument
from audiogen_cli.generator.experts.music.melody import Tone
from audiogen_cli.generator.experts.music.piece import Piece, plan_piece
from audiogen_cli.generator.experts.music.roles import ROLES
from audiogen_cli.generator.experts.music.score import Note, Part, Score
from audiogen_cli.knowledge.entries import Entry

_REGISTERS = {
    "bass": (28, 48),
    "chords": (53, 72),
    "arpeggio": (57, 80),
    "pad": (48, 72),
    "lead": (64, 84),
    "drone": (36, 55),
    "hits": (36, 62),
}
_JOINING: Mapping[str, Mapping[str, Any]] = {  # what a player does for whom the style has no part
    "lead": {"density": 1.0, "rests": 0.25},
    "chords": {"rhythm": ["x---x---"], "voices": 3},
    "bass": {"rhythm": ["1---5---"]},
    "pad": {},
    "drone": {},
    "arpeggio": {"rhythm": ["1-2-3-4-3-2-3-2-", "1-3-2-4-3-4-2-3-"], "ring_beats": 1.0},
    "hits": {"rhythm": ["X-......", "x---x---"], "voices": 4},
    "drums": {"patterns": [{"kick": "x...x...", "snare": "..x...x.", "hat": "xoxoxoxo"}]},
}

_ASKED_LEAD_DB = 3.0  # at least, against the band, where a melody instrument is asked for by name

PartPlan = dict[str, Any]


def compose(brief: Brief, *, duration_s: float, rng: np.random.Generator) -> Score:
    """Write a piece of exactly this duration."""
    params = brief.style.params
    key = choose_key(brief, rng)
    slowest, fastest = (float(bound) * brief.pace for bound in params.get("tempo", (90, 120)))
    form = plan_form(
        params,
        duration_s=duration_s,
        tempo=(slowest, fastest),
        exact_bpm=brief.bpm,
        dynamics=brief.dynamics,
        energy=brief.mood.energy,
        rng=rng,
    )
    piece = plan_piece(form, key, params, rng)
    parts = [_written(name, plan, piece, brief, params, rng) for name, plan in cast(brief).items()]
    return Score(
        parts=tuple(part for part in parts if part.notes),
        duration_s=duration_s,
        end_s=form.clock.seconds(form.end_beat),
        tempo_bpm=form.tempo_bpm,
        metre=form.metre,
        key=key.name,
        progression=(*(chord.symbol for bar in piece.chords for _, chord in bar), piece.last.symbol),
    )


def choose_key(brief: Brief, rng: np.random.Generator) -> Key:
    """The key asked for; else one of the style's modes that suits the mood, on any tonic."""
    modes = list(brief.style.params.get("modes", ("major", "minor")))
    quality = "minor" if brief.mode == "minor" else "major" if brief.mode == "major" else brief.mood.quality
    if brief.mode in MODES and brief.mode not in ("major", "minor"):
        modes = [brief.mode]
    elif quality is not None:
        suiting = [mode for mode in modes if quality_of(mode) == quality]
        asked = brief.mode is not None or not brief.style.params.get("keeps_mode")
        modes = suiting or ([quality] if asked else modes)
    mode = modes[int(rng.integers(len(modes)))]
    tonics = brief.style.params.get("tonics", range(12))
    tonic = int(brief.tonic if brief.tonic is not None else list(tonics)[int(rng.integers(len(tonics)))])
    return Key(tonic, mode)


def cast(brief: Brief) -> dict[str, PartPlan]:
    """Who plays what: the style's parts with the brief's players in them, by part name."""
    parts: dict[str, PartPlan] = {
        name: {"role": name.split("_")[0], **plan} for name, plan in brief.style.params["parts"].items()
    }
    allowed = {name: plan for name, plan in parts.items() if plan["instrument"] not in brief.without}
    parts = allowed or (parts if not brief.players else {})  # a style denied all its players keeps them; see `perform`
    kept: set[str] = set()
    playing = {plan["instrument"] for plan in parts.values()}
    asked = {player.name for player in brief.players}
    for player in brief.players:
        known = {player.name} if player.name in playing else playing & set(player.params.get("kin", ()))
        if known:  # the style's own drums are the drums that were asked for
            kept |= {name for name, plan in parts.items() if plan["instrument"] in known}
            continue
        name = _seat(player, parts, kept)
        if name in parts:
            seats = {name} | _other_hands(player, name, parts, kept, asked)
            parts |= {seat: {**parts[seat], "instrument": player.name} for seat in seats}
            kept |= seats
        else:
            role = name.split("_")[0]
            parts[name] = {"role": role, "instrument": player.name, **_JOINING[role]}
            kept.add(name)
    if brief.only_players:
        soloist = brief.players[0] if len(brief.players) == 1 else None
        if soloist is not None and soloist.params.get("polyphonic"):
            parts = {  # one person's two hands
                name: {**plan, "instrument": soloist.name}
                for name, plan in parts.items()
                if name in kept or plan["role"] in ("chords", "lead", "arpeggio")
            }
        else:
            parts = {name: plan for name, plan in parts.items() if name in kept}
    return parts


def _seat(player: Entry, parts: Mapping[str, PartPlan], kept: set[str]) -> str:
    """The part that a player takes: the first of its roles that is free, else a new one.

    The melody goes to an instrument of one voice before one of two hands, which keeps its accompaniment.
    """
    roles = player.params.get("roles", ("lead",))
    for role in roles:
        for name, plan in parts.items():
            if plan["role"] == role and name not in kept:
                return name
    if roles[0] == "lead" and not player.params.get("polyphonic"):
        for name, plan in parts.items():
            hands = sum(other["instrument"] == plan["instrument"] for other in parts.values())
            if plan["role"] == "lead" and hands > 1 and instrument(plan["instrument"]).params.get("polyphonic"):
                return name
    number = 2
    while f"{roles[0]}_{number}" in parts:
        number += 1
    return f"{roles[0]}_{number}"


def _other_hands(player: Entry, seat: str, parts: Mapping[str, PartPlan], kept: set[str], asked: set[str]) -> set[str]:
    """What else a player takes over with a seat: both hands of the pianist who sat there, if nobody asked for one."""
    leaving = parts[seat]["instrument"]
    if not player.params.get("polyphonic") or leaving in asked:
        return set()
    return {name for name, plan in parts.items() if plan["instrument"] == leaving and name not in kept}


def _written(
    name: str, plan: PartPlan, piece: Piece, brief: Brief, params: Mapping[str, Any], rng: np.random.Generator
) -> Part:
    role = str(plan["role"])
    openers = params.get("opens")
    leads = role == "lead" and any(player.name == plan["instrument"] for player in brief.players)
    if leads:  # asked for by name: in from the first bar, before the others
        plan = {**plan, "level_db": max(float(plan.get("level_db", 0.0)), _ASKED_LEAD_DB)}
    elif openers is not None and name not in openers and name in params["parts"]:
        plan = {"sections": ["a", "b"], **plan}
    entry = instrument(plan["instrument"])
    if role == "drums":
        tones = play_drums(plan, piece, frozenset(entry.params["pieces"]), rng)
    else:
        tones = ROLES[role](plan, piece, _register(role, plan, entry.params, brief), rng)
    return Part(
        role=role,
        instrument=entry.name,
        notes=_performed(tones, piece, float(plan.get("humanise_ms", params.get("humanise_ms", 8.0))), rng),
        level_db=float(plan.get("level_db", 0.0)),
        pan=float(plan.get("pan", 0.0)),
        duck=float(plan.get("duck", 0.0)),
    )


def _register(role: str, plan: PartPlan, params: Mapping[str, Any], brief: Brief) -> tuple[int, int]:
    """Where a part lies: the style's wish within the instrument's range, in whole octaves; leads follow the mood."""
    low, high = plan.get("register", params.get("registers", {}).get(role, _REGISTERS[role]))
    if role == "lead":
        low, high = low + round(brief.mood.height), high + round(brief.mood.height)
    lowest, highest = params.get("range", (21, 108))
    while low < lowest and high + 12 <= highest + 6:
        low, high = low + 12, high + 12
    while high > highest and low - 12 >= lowest - 6:
        low, high = low - 12, high - 12
    low, high = max(low, lowest), min(high, highest)
    return (low, high) if high - low >= 12 else (lowest, max(highest, lowest + 12))


def _performed(tones: list[Tone], piece: Piece, humanise_ms: float, rng: np.random.Generator) -> tuple[Note, ...]:
    """Beats into seconds, with a player's unevenness; tones struck together stay nearly together."""
    clock, end_s = piece.form.clock, piece.form.duration_s
    shifts: dict[float, float] = {}
    notes = []
    for tone in sorted(tones, key=lambda tone: (tone.beat, tone.pitch)):
        late = shifts.setdefault(round(tone.beat * 8) / 8, float(rng.normal(0.0, humanise_ms / 1000.0)))
        start = max(clock.seconds(tone.beat) + late + float(rng.normal(0.0, 0.25 * humanise_ms / 1000.0)), 0.0)
        until = max(clock.seconds(tone.beat + tone.beats), start + 0.03)
        if start < end_s - 0.02:
            strength = float(np.clip(tone.strength, 0.05, 1.0))
            notes.append(Note(start, min(until, end_s) - start, tone.pitch, strength, tone.piece))
    return tuple(notes)
