"""Music as a user hears it: it fits the clip, ends, obeys the words, differs between styles and seeds."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen_cli.errors import OptionError
from audiogen_cli.generator.experts.music import perform_music
from audiogen_cli.generator.experts.music.brief import read_brief
from audiogen_cli.generator.experts.music.compose import cast, compose
from audiogen_cli.generator.experts.music.figures import recut
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import load_entries

STYLES = list(load_entries("styles"))


def heard(view, *, seed=0, duration_s=2.5, quality="draft"):
    return perform_music(view, duration_s=duration_s, rng=np.random.default_rng(seed), quality=quality)


def samples_of(performance):
    (sounding,) = performance.soundings
    return sounding.samples


@pytest.mark.parametrize("duration_s", [1.0, 1.7, 5.0, 33.3])
def test_a_piece_is_as_long_as_the_clip_and_silent_at_its_end(duration_s):
    for view in ("solo piano", "techno") if duration_s < 20 else ("solo piano",):
        samples = samples_of(heard(view, duration_s=duration_s))
        assert samples.shape == (2, round(duration_s * SAMPLE_RATE))
        assert 0.3 < np.abs(samples).max() <= 1.0
        last = np.sqrt(np.mean(samples[:, -SAMPLE_RATE // 50 :] ** 2))
        assert last < 0.01 * np.abs(samples).max()


@pytest.fixture(scope="module")
def every_style():
    """Three seconds of each style in its room."""
    styles = load_entries("styles")
    return {name: heard(styles[name].words[0], duration_s=3.0, quality="standard") for name in STYLES}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_sounds_clean_in_the_room(style, every_style):
    performance = every_style[style]
    samples = samples_of(performance)
    assert performance.details["style"] == style
    assert performance.notes == ()
    assert samples.dtype == np.float32 and np.isfinite(samples).all()
    assert 0.3 < np.abs(samples).max() <= 1.0
    assert np.abs(samples).max(axis=0)[:SAMPLE_RATE].max() > 0.02  # it begins within the first second
    assert np.sqrt(np.mean((samples[0] - samples[1]) ** 2)) > 1e-3  # it is stereo


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_piece():
    first, again, other = (samples_of(heard("rock band", seed=seed)) for seed in (7, 7, 8))
    assert first.tobytes() == again.tobytes()
    assert first.shape == other.shape and not np.allclose(first, other, atol=0.01)


def test_seeds_change_harmony_and_melody_not_only_noise():
    scores = [compose(read_brief("pop"), duration_s=10.0, rng=np.random.default_rng(seed)) for seed in range(6)]
    melodies = {
        tuple(note.pitch % 12 for note in part.notes) for score in scores for part in score.parts if part.role == "lead"
    }
    assert len(melodies) == 6
    assert len({score.progression for score in scores}) >= 2


def third_octaves(samples):
    """Mean level and fluctuation of 22 bands, in decibels against their mean: what a style sounds like on the whole."""
    mono = samples.mean(axis=0)
    frames = np.lib.stride_tricks.sliding_window_view(mono, 4096)[::2048] * np.hanning(4096)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    hertz = np.fft.rfftfreq(4096, 1 / SAMPLE_RATE)
    edges = np.geomspace(60.0, 12_000.0, 23)
    bands = np.stack([power[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in pairwise(edges)])
    levels = 10 * np.log10(bands + 1e-6 * bands.max())
    return np.concatenate([levels.mean(axis=1) - levels.mean(), levels.std(axis=1)])


def test_no_two_styles_are_nearer_than_one_decibel_over_bands_and_fluctuation(every_style):
    prints = {style: third_octaves(samples_of(performance)) for style, performance in every_style.items()}
    near = [
        (one, two, round(float(np.abs(prints[one] - prints[two]).mean()), 2))
        for number, one in enumerate(STYLES)
        for two in STYLES[number + 1 :]
        if np.abs(prints[one] - prints[two]).mean() < 1.0
    ]
    assert not near


@pytest.mark.parametrize("style", ["techno", "chiptune", "house", "music_box", "metal"])
def test_no_bar_is_played_twice(style):
    score = compose(read_brief(load_entries("styles")[style].words[0]), duration_s=14.0, rng=np.random.default_rng(4))
    bar_s = score.metre * 60.0 / score.tempo_bpm

    def bar(number):
        return frozenset(
            (part.instrument, note.piece, note.pitch, round((note.start_s - number * bar_s) * 100), note.velocity)
            for part in score.parts
            for note in part.notes
            if number * bar_s - 0.01 <= note.start_s < (number + 1) * bar_s - 0.01
        )

    bars = [bar(number) for number in range(int(score.end_s / bar_s))]
    assert len(set(bars)) == len(bars) >= 4


def test_the_last_bars_come_to_a_cadence_and_the_last_chord_rings():
    for seed in range(5):
        score = compose(read_brief("march in C major"), duration_s=10.0, rng=np.random.default_rng(seed))
        assert score.progression[-2:] in {("V7", "I")}
        last = [note for part in score.parts for note in part.notes if abs(note.start_s - score.end_s) < 0.12]
        assert {round(note.pitch) % 12 for note in last if not note.piece} <= {0, 4, 7}
        assert 0.5 < score.duration_s - score.end_s < 3.5


@pytest.mark.parametrize("bpm", [60, 97, 120, 174])
def test_a_tempo_in_figures_is_kept_to_the_letter(bpm):
    score = compose(read_brief(f"house music, {bpm} bpm"), duration_s=12.0, rng=np.random.default_rng(1))
    kicks = np.array([n.start_s for part in score.parts for n in part.notes if n.piece == "kick"])
    beats = kicks * bpm / 60.0
    on_beat = beats[np.abs(beats - np.round(beats)) < 0.06]
    assert score.tempo_bpm == bpm
    assert len(on_beat) >= 0.8 * len(beats)


def test_slow_is_slower_than_fast():
    slow, fast = (
        np.mean(
            [compose(read_brief(view), duration_s=20.0, rng=np.random.default_rng(seed)).tempo_bpm for seed in range(5)]
        )
        for view in ("slow jazz trio", "fast jazz trio")
    )
    assert slow * 1.2 < fast


@pytest.mark.parametrize(
    ("view", "style"),
    [
        ("electronic hip-hop instrumental", "hip_hop"),
        ("electronic dance music with trance elements", "trance"),
        ("dark electronic soundscape", "drone"),
        ("calm electronic textures", "ambient"),
        ("dark electronic music with driving percussion", "techno"),
        ("upbeat electronic track", "edm"),
        ("electronic instrumental with synth leads", "synthwave"),
        ("upbeat guitar with drums and bass support", "pop"),
        ("distorted electric guitar riffs with double-time drum patterns", "rock"),
    ],
)
def test_a_family_of_styles_is_narrowed_down_by_what_stands_beside_it(view, style):
    assert read_brief(view).style.name == style


@pytest.mark.parametrize(
    ("view", "players"),
    [
        ("piano and cello", {"grand_piano", "cello"}),
        ("solo violin, melancholic", {"violin"}),
        ("solo acoustic guitar", {"steel_guitar"}),
        ("a lone saxophone", {"saxophone"}),
        ("harp", {"harp"}),
    ],
)
def test_players_named_without_a_style_play_alone(view, players):
    assert set(heard(view).details["instruments"].values()) == players


def test_a_style_denied_all_its_players_says_so():
    (note,) = heard("drum rhythm without drums").notes
    assert "nothing without" in note


def test_a_player_named_with_a_style_joins_it_and_a_denied_one_stays_away():
    joined = set(heard("jazz trio with saxophone").details["instruments"].values())
    assert {"saxophone", "double_bass", "grand_piano", "brush_kit"} <= joined
    without = set(heard("rock without drums").details["instruments"].values())
    assert not without & {"rock_kit", "acoustic_kit"}
    assert "electric_guitar_distorted" in without


@pytest.mark.parametrize(
    "view, lead, others",
    [
        ("melancholic cello over soft piano", "cello", {"upright_piano"}),
        ("saxophone with piano", "saxophone", {"grand_piano"}),
        ("jazz piano with saxophone", "saxophone", {"grand_piano", "double_bass", "brush_kit"}),
        ("acoustic guitar and harmonica, folk", "harmonica", {"steel_guitar"}),
        ("sad piano and violin duet", "violin", {"grand_piano"}),
        ("trumpet over a jazz trio", "trumpet", {"grand_piano", "double_bass", "brush_kit"}),
    ],
)
def test_an_instrument_of_one_voice_named_beside_others_leads_them(view, lead, others):
    parts = cast(read_brief(view))
    assert parts["lead"]["instrument"] == lead
    assert {plan["instrument"] for plan in parts.values()} - {lead} == others


def test_a_soloist_named_with_a_style_is_accompanied_by_it():
    players = {plan["instrument"] for plan in cast(read_brief("epic orchestral music with a solo violin")).values()}
    assert {"violin", "brass_section", "orchestral_kit"} <= players


def test_a_lead_asked_for_plays_from_the_first_bar():
    score = compose(read_brief("ambient music with erhu"), duration_s=10.0, rng=np.random.default_rng(7))
    lead = next(part for part in score.parts if part.instrument == "erhu")
    assert lead.notes[0].start_s < 4 * 60.0 / score.tempo_bpm
    assert lead.level_db >= 3.0


def test_key_and_mood_decide_the_mode():
    assert heard("piano ballad in D minor").details["key"] == "D minor"
    assert heard("pop in F# major").details["key"] == "F# major"
    assert heard("waltz in B-flat major").details["key"] == "Bb major"
    assert "major" in heard("happy solo piano").details["key"]
    assert "minor" in heard("sad solo piano").details["key"]


def test_building_music_grows_and_fading_music_fades():
    def halves(view):
        power = samples_of(heard(view, duration_s=10.0, seed=2)).mean(axis=0) ** 2
        return power[: 4 * SAMPLE_RATE].mean(), power[4 * SAMPLE_RATE : 8 * SAMPLE_RATE].mean()

    before, after = halves("solo piano, building to a climax")
    assert after > 1.3 * before
    before, after = halves("solo piano, fading out")
    assert before > 1.3 * after


def test_a_score_lies_over_the_scene_and_a_distant_radio_within_it():
    (score,) = heard("cinematic strings").soundings
    assert not score.in_space and score.start_s == 0.0 and score.layer == "music"
    (radio,) = heard("jazz on a distant radio").soundings
    assert radio.in_space and radio.distance_m > 10.0
    spectrum = np.abs(np.fft.rfft(radio.samples[0])) ** 2
    hertz = np.fft.rfftfreq(radio.samples.shape[1], 1 / SAMPLE_RATE)
    assert spectrum[hertz < 120].sum() < 0.05 * spectrum.sum()
    assert spectrum[hertz > 7000].sum() < 0.02 * spectrum.sum()


def test_an_unknown_style_is_said_aloud_and_the_nearest_played():
    performance = heard("gritty blorptronica, tense")
    assert performance.details["style"] == "suspense"
    assert "no music style is named" in performance.notes[0] and "blorptronica" in performance.notes[0]


@pytest.mark.parametrize("duration_s", [0.0, -1.0, float("nan")])
def test_music_without_a_duration_is_refused(duration_s):
    with pytest.raises(OptionError):
        heard("jazz", duration_s=duration_s)


WORDS = st.sampled_from(
    [
        "slow",
        "fast",
        "sad",
        "tense",
        "jazz",
        "techno",
        "piano",
        "cello",
        "drums",
        "bass",
        "no",
        "without",
        "solo",
        "distant radio",
        "muffled",
        "building",
        "fading",
        "120 bpm",
        "9999 bpm",
        "in C minor",
        "waltz",
        "and",
        "with",
        ",",
        "orchestra",
        "accordion",
        "guitar",
        "choir",
        "drum rhythm",
        "brass",
        "harp",
    ]
)


@settings(max_examples=8)
@given(words=st.lists(WORDS | st.text(max_size=8), max_size=9), duration_s=st.floats(1.0, 2.0))
def test_any_words_make_a_clean_piece(words, duration_s):
    samples = samples_of(heard(" ".join(words), duration_s=duration_s))
    assert samples.shape == (2, round(duration_s * SAMPLE_RATE))
    assert np.isfinite(samples).all() and 0.3 < np.abs(samples).max() <= 1.0


@settings(max_examples=60)
@given(words=st.lists(WORDS, max_size=9))
def test_somebody_always_plays(words):
    assert cast(read_brief(" ".join(words)))


@pytest.mark.parametrize(
    ("view", "tonic", "mode"),
    [
        ("string quartet, adagio, F# minor", 6, "minor"),
        ("heavy metal, D minor, aggressive", 2, "minor"),
        ("waltz in B-flat major", 10, "major"),
        ("quiet music in C sharp minor", 1, "minor"),
        ("slow blues guitar in A", 9, None),
        ("piano in A minor, slow", 9, "minor"),
        ("folk tune in E dorian", 4, "dorian"),
        ("a minor key piano", None, "minor"),
        ("piano in a minor key", None, "minor"),
        ("A major hit of the summer", None, None),
        ("jazz in A smoky bar", None, None),
    ],
)
def test_keys_are_read_as_people_write_them(view, tonic, mode):
    assert (read_brief(view).tonic, read_brief(view).mode) == (tonic, mode)


def test_a_tempo_is_read_with_and_without_its_unit():
    assert read_brief("techno, tempo 140").bpm == read_brief("techno at 140 bpm").bpm == 140.0
    assert read_brief("techno at an up-tempo 3 in the morning").bpm is None


@pytest.mark.parametrize(("view", "metre"), [("jazz in 5/4", 5), ("rock in 3/4", 3), ("waltz in 4/4", 4), ("jazz", 4)])
def test_a_metre_in_figures_is_kept(view, metre):
    score = compose(read_brief(view), duration_s=12.0, rng=np.random.default_rng(3))
    assert score.metre == metre


def test_six_eighths_are_two_beats_of_three():
    brief = read_brief("a march in 6/8, 100 bpm")
    score = compose(brief, duration_s=12.0, rng=np.random.default_rng(3))
    assert score.metre == 2 and brief.style.params["swing"] == 1.0


def test_a_metre_nobody_plays_is_said_aloud():
    (note,) = read_brief("rock in 11/16").notes
    assert "11/16" in note


@pytest.mark.parametrize(
    ("pattern", "own", "beats", "expected"),
    [
        ("x...o...x...o...", 4, 3, "x...o...x..."),
        ("x.o.x.o.", 4, 5, "x.o.x.x.o."),
        ("1.x.x.", 3, 4, "1.x.1.x."),
        ("x-------", 4, 4, "x-------"),
    ],
)
def test_a_pattern_is_recut_so_that_every_group_starts_as_the_bar_does(pattern, own, beats, expected):
    assert recut(pattern, own, beats) == expected


def test_music_that_silence_is_to_follow_ends_before_the_clip_does():
    samples = samples_of(heard("tense strings, then silence", duration_s=10.0))
    assert samples.shape[1] == 10 * SAMPLE_RATE
    assert np.abs(samples[:, : 6 * SAMPLE_RATE]).max() > 0.3
    assert not samples[:, 7 * SAMPLE_RATE :].any()


@pytest.mark.parametrize(
    ("view", "style"),
    [
        ("taiko", "taiko_music"),
        ("Gregorian chant", "gregorian_chant"),
        ("mariachi", "mariachi"),
        ("ragtime piano", "ragtime"),
        ("oompah band", "polka"),
        ("scottish pipes and drums", "pipe_band"),
        ("bagpipes", "pipe_band"),
        ("solo flute", "string_quartet"),
        ("hang drum", "meditation"),
    ],
)
def test_traditions_and_lone_instruments_are_played_in_their_own_manner(view, style):
    assert read_brief(view).style.name == style


def test_no_drum_kit_plays_where_drums_are_denied():
    kits = {entry.name for entry in load_entries("instruments").values() if "pieces" in entry.params}
    assert kits - {"sleigh_bells"} <= read_brief("rock without drums").without
