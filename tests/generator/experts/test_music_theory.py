"""Harmony, rhythm and form, each against a case solved by hand."""

import numpy as np
import pytest

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.music.form import plan_form
from audiogen_cli.generator.experts.music.harmony import Key, parse_chord, parse_progression, voice
from audiogen_cli.generator.experts.music.instruments.envelopes import damped
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials
from audiogen_cli.generator.experts.music.instruments.registry import instrument, instrument_models, play
from audiogen_cli.generator.experts.music.instruments.spectrum import Timbre
from audiogen_cli.generator.experts.music.instruments.wavetable import build_tables, phase_of, read_tables
from audiogen_cli.generator.experts.music.rhythm import Clock, read_pattern
from audiogen_cli.generator.experts.music.score import Note, Part
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import load_entries


@pytest.mark.parametrize(
    ("symbol", "key", "root", "notes"),
    [
        ("V7", Key(0), 7, {7, 11, 2, 5}),
        ("ii7", Key(0), 2, {2, 5, 9, 0}),
        ("VI", Key(9, "minor"), 5, {5, 9, 0}),
        ("bVII", Key(0), 10, {10, 2, 5}),
        ("io7", Key(2, "minor"), 2, {2, 5, 8, 11}),
        ("Imaj9", Key(5), 5, {5, 9, 0, 4, 7}),
    ],
)
def test_roman_numerals_are_read_in_their_key(symbol, key, root, notes):
    chord = parse_chord(symbol, key)
    assert chord.root == root and set(chord.pitch_classes) == notes


def test_a_numeral_that_is_none_is_refused():
    with pytest.raises(KnowledgeError, match="VIII"):
        parse_chord("VIII", Key(0))


def test_bars_of_a_progression_may_hold_several_chords():
    bars = parse_progression("ii7 V7 | Imaj7", Key(0))
    assert [[chord.symbol for chord in bar] for bar in bars] == [["ii7", "V7"], ["Imaj7"]]
    assert len(parse_progression("I V vi IV", Key(0))) == 4


def test_voices_move_little_from_chord_to_chord():
    key = Key(0)
    hand = voice(parse_chord("I", key), low=55, high=74, voices=3)
    for symbol in ("vi", "IV", "V", "I"):
        following = voice(parse_chord(symbol, key), low=55, high=74, voices=3, previous=hand)
        assert {pitch % 12 for pitch in following} == set(parse_chord(symbol, key).pitch_classes)
        assert sum(abs(new - old) for new, old in zip(following, hand)) <= 7
        hand = following


def test_patterns_hold_and_rest():
    steps = read_pattern("1-..5-x-", 4.0, np.random.default_rng(0))
    assert [(step.beat, step.beats, step.mark) for step in steps] == [(0.0, 1.0, "1"), (2.0, 1.0, "5"), (3.0, 1.0, "x")]
    with pytest.raises(KnowledgeError, match="unknown mark"):
        read_pattern("x..!", 4.0, np.random.default_rng(0))


def test_full_swing_puts_the_offbeat_on_the_triplet():
    clock = Clock(seconds_per_beat=0.6, end_beat=16.0, swing=1.0)
    assert clock.seconds(0.5) == pytest.approx(0.4)
    assert clock.seconds(1.0) == pytest.approx(0.6)


def test_the_end_slows_down_and_still_falls_in_time():
    form = plan_form(
        {"metre": 3, "slowing": 0.4},
        duration_s=10.0,
        tempo=(80, 110),
        exact_bpm=None,
        dynamics=None,
        energy=0.0,
        rng=np.random.default_rng(0),
    )
    last_beat = form.clock.seconds(form.end_beat) - form.clock.seconds(form.end_beat - 1)
    assert last_beat > 1.25 * form.clock.seconds(1.0)
    assert 6.5 < form.clock.seconds(form.end_beat) < 9.3
    assert sum(bar.beats for bar in form.bars) == form.end_beat


def test_partials_are_the_sum_of_sines_they_claim_to_be():
    times = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    expected = 0.7 * np.exp(-times / 0.5) * np.sin(2 * np.pi * 440 * times)
    expected += 0.2 * np.sin(2 * np.pi * 1234.5 * times + 1)
    heard = decaying_partials([440, 1234.5], [0.7, 0.2], [0.5, np.inf], times.size, phases=[0, 1])
    np.testing.assert_allclose(heard, expected, atol=2e-4)


def test_a_short_tone_is_the_start_of_a_long_one_let_go():
    tone = np.ones(SAMPLE_RATE, np.float32)
    short = damped(tone, 0.25, 0.05)
    assert short.size == SAMPLE_RATE // 4 + round(0.3 * SAMPLE_RATE)
    np.testing.assert_array_equal(short[: SAMPLE_RATE // 5][1:], 1.0)
    assert short[round(0.3 * SAMPLE_RATE)] == pytest.approx(np.exp(-1.0), rel=0.01)
    assert short[-1] == 0.0 and tone.min() == 1.0


def test_a_tone_used_again_sounds_as_loud_as_it_is_played():
    notes = tuple(Note(start, 0.3, 60.0, velocity) for start, velocity in ((0.0, 0.49), (0.5, 0.51), (1.0, 0.56)))
    bus = play(Part(role="lead", instrument="grand_piano", notes=notes), duration_s=1.5, rng=np.random.default_rng(0))
    soft, same, loud = (np.sqrt(np.mean(part**2)) for part in np.split(bus, 3, axis=1))
    assert same == pytest.approx(soft * 0.51 / 0.49, rel=0.35)
    assert loud > 0.8 * soft


def test_a_piano_grows_duller_and_quieter_in_two_stages():
    note = Note(0.0, 4.0, 60.0, 0.6)
    bus = play(Part(role="lead", instrument="grand_piano", notes=(note,)), duration_s=3.5, rng=np.random.default_rng(0))

    def level_db(start_s, above_hz=0.0):
        piece = bus[0, int(start_s * SAMPLE_RATE) :][:9600] * np.hanning(9600)
        power = np.abs(np.fft.rfft(piece)) ** 2
        return 10 * np.log10(power[int(above_hz / 5.0) :].sum())

    first, second = level_db(0.05) - level_db(0.75), level_db(2.6) - level_db(3.3)
    assert first > 1.5 * second > 0.0
    assert level_db(1.5, 2500.0) - level_db(3.2, 2500.0) > 3.0 + level_db(1.5) - level_db(3.2)


def test_an_instrument_in_the_middle_is_played_once_for_both_ears():
    notes = (Note(0.0, 0.3, 40.0, 0.7), Note(0.3, 0.3, 45.0, 0.7))
    rng = np.random.default_rng(0)
    assert play(Part(role="bass", instrument="electric_bass", notes=notes), duration_s=0.6, rng=rng).shape[0] == 1
    wide = play(Part(role="lead", instrument="harp", notes=notes), duration_s=0.6, rng=rng)
    assert wide.shape[0] == 2 and not np.allclose(wide[0], wide[1])


def test_a_bright_high_sawtooth_does_not_fold_back():
    hertz = 3520.0
    tables = build_tables(Timbre(cutoff_hz=(20_000, 20_000)), hertz, 2)
    tone = read_tables(tables, phase_of(np.full(2000, hertz), SAMPLE_RATE), np.zeros(SAMPLE_RATE, np.float32))
    power = np.abs(np.fft.rfft(tone * np.hanning(tone.size))) ** 2
    harmonic = np.zeros(power.size, bool)
    for order in range(1, 7):
        harmonic[int(order * hertz) - 4 : int(order * hertz) + 5] = True
    assert power[~harmonic].sum() < 1e-5 * power[harmonic].sum()


def test_every_instrument_names_a_model_that_takes_its_settings():
    for name, entry in load_entries("instruments").items():
        pieces = entry.params.get("pieces", {})
        lowest, highest = entry.params.get("range", (48, 72))
        notes = [Note(0.01 + 0.02 * number, 0.2, 60.0, 0.7, piece) for number, piece in enumerate(pieces)] or [
            Note(0.01, 0.2, pitch, velocity) for pitch, velocity in ((lowest, 0.1), (highest, 1.0))
        ]
        bus = play(Part(role="lead", instrument=name, notes=tuple(notes)), duration_s=0.6, rng=np.random.default_rng(0))
        assert np.isfinite(bus).all() and np.abs(bus).max() > 1e-3, name
        assert entry.params["roles"], name
    assert len(instrument_models()) >= 12


def test_every_style_is_written_as_documented():
    roles = {"drums", "bass", "chords", "arpeggio", "pad", "lead", "drone", "hits"}
    for name, style in load_entries("styles").items():
        assert style.description and style.params["audioset"], name
        slowest, fastest = style.params["tempo"]
        assert 30 <= slowest < fastest <= 260, name
        for part, plan in style.params["parts"].items():
            assert part.split("_")[0] in roles, (name, part)
            pieces = instrument(plan["instrument"]).params.get("pieces")
            assert (pieces is not None) == part.startswith("drums"), (name, part)
            for pattern in (*plan.get("patterns", ()), *plan.get("fills", ())):
                for drum, marks in pattern.items():
                    assert drum in pieces, (name, drum)
                    read_pattern(marks, 4.0, np.random.default_rng(0))
            for marks in plan.get("rhythm", ()):
                read_pattern(marks, 4.0, np.random.default_rng(0))
        for mode in style.params["modes"]:
            for table in ("progressions", "cadence"):
                for quality, texts in style.params.get(table, {}).items():
                    for text in texts if isinstance(texts, list) else [texts]:
                        if quality in (mode, Key(0, mode).quality):
                            assert parse_progression(text, Key(0, mode)), (name, text)
