"""Every rule beyond the schema: what breaks it, what does not, and how it is mended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.caption import VIEWS, Caption
from audiogen_cli.caption.rules import RULES, check_rules, repair_caption

TALK = {"caption": "A man talks in a kitchen while water boils.", "speech": "A calm man", "asr": "The water is hot."}


def broken(rule, **context):
    def check(**views):
        faults = check_rules(Caption(**{**TALK, **views}), **context)
        return [fault.view for fault in faults if fault.rule == rule]

    return check


def mended(view, **views):
    return getattr(repair_caption(Caption(**{**TALK, **views}))[0], view)


def test_a_good_caption_breaks_no_rule_and_is_left_alone():
    caption = Caption(**TALK, sfx="Water boiling", music="Soft jazz, piano trio", env="Small kitchen")
    assert check_rules(caption) == []
    assert repair_caption(caption) == (caption, [])


def test_every_rule_has_a_name_of_its_own_and_a_reason():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(len(rule.reason) > 20 and rule.reason.endswith(".") for rule in RULES)
    assert RULES[-1].name == "pins"  # what comes last always stands


BROKEN = {
    "absent": ("music", ["None", "n/a", "N/A.", "null", "silence", "No music", "no speech present", "-", "(none)"]),
    "tags": ("sfx", ["rain <|music|> jazz", "<|sfx|>rain", "rain <| x |>", "<|<|a|>b|> rain"]),
    "markdown": ("sfx", ["**rain**", "# rain", "- rain", "`rain`", "_rain_", "[rain](http://x)"]),
    "emoji": ("sfx", ["rain 🌧️", "♪ la la", "👨‍👩‍👧 talk", "rain → thunder"]),
    "one_line": ("sfx", ["rain\nthunder", "rain\tthunder", "rain  thunder", "rain\u200bthunder", "a\x1b[31mb"]),
    "wrapped": ("env", ['"A kitchen"', "'A kitchen'", "“A kitchen”"]),
    "labels": ("asr", ["Man: Stop.", "MAN: Stop.", "Man A: Stop. Man B: Why?", "Speaker 1: Go.", "[Woman]: Go.",
                       "John: Hi. Mary: Hello.", "**Host:** Welcome.", "Old woman (whispering): Come.", "Hm. Girl: No!",
                       "Hombre: Hola.", "男：你好。"]),
    "directions": ("asr", ["(sighs) Fine.", "Fine. [laughs]", "*coughs* Fine.", "Fine <sigh>.", "Fine（笑）。"]),
    "narration": ("asr", ["A man says hello.", "The woman shouts that she is late.", 'The old man whispers: "Come."']),
    "quotes": ("asr", ['"Fine."', "“Fine.”", "'Fine, then.'", 'He said "no" again.', "«Bon.»"]),
    "spelled_out": ("asr", ["It is 5.", "Dr. Lee is here.", "You & me.", "50% off!", "At 7:30 pm.", "Tú y 5 más."]),
    "ending": ("asr", ["Fine", "Fine,", "Fine -", "好的"]),
    "fits": ("asr", ["no " * 23 + "never.", "好" * 50 + "。"]),
    "english": ("env", ["在城市的街道上", "La calle con el ruido del mar", "Улица ночью", "auf der Straße mit Regen"]),
    "brief": ("sfx", ["rain, " * 40]),
    "distinct": ("env", ["A calm man.", "a calm man"]),
}  # fmt: skip
CASES = [(rule, view, text) for rule, (view, texts) in BROKEN.items() for text in texts]


@pytest.mark.parametrize(("rule", "view", "text"), CASES)
def test_it_is_seen(rule, view, text):
    assert view in broken(rule)(**{view: text})


@pytest.mark.parametrize(
    ("rule", "view", "text"), [case for case in CASES if case[0] not in ("fits", "english", "brief", "distinct")]
)
def test_it_is_mended_or_the_fault_stays_told(rule, view, text):
    caption, repairs = repair_caption(Caption(**{**TALK, view: text}), language="multilingual")
    left = [fault for fault in check_rules(caption, language="multilingual") if fault.rule == rule]
    told = rule in ("narration", "spelled_out") and text in (
        "A man says hello.",
        "The woman shouts that she is late.",
        "Tú y 5 más.",
    )
    assert bool(left) == told
    assert told or any(repair.rule == rule for repair in repairs)


SOUND = {
    "labels": [
        "Listen: we have to go.",
        "I told Dad: no.",
        "One thing is clear: it rains.",
        "Warning: stand back.",
        "It's 10:30, come.",
    ],
    "narration": [
        "He said no.",
        "They say it never rains.",
        "The boys are shouting again!",
        "I say we go.",
        "A man is a man.",
    ],
    "directions": ["Fine.", "Two times three.", "a < b and b > c."],
    "quotes": ["It's John's.", "Don't!", "rock 'n' roll"],
    "absent": ["None of us will go.", "Nothing lasts, my friend.", "Silence is golden."],
    "english": ["Café au lait on a São Paulo street", "A die-cast toy in the van", "Beyoncé's déjà vu"],
    "spelled_out": ["OK, fine.", "See you in Washington D.C. tonight."],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in SOUND.items() for text in texts])
def test_what_only_looks_alike_is_left_alone(rule, text):
    view = "env" if rule == "english" else "asr"
    assert view not in broken(rule)(**{view: text})


@pytest.mark.parametrize(
    ("asr", "right"),
    [
        ('Man: "Stop it!" (sighs) Woman A: It\'s 7:30,\n Dr. Lee', "Stop it! It's seven thirty, Doctor Lee."),
        ("John: Hello. Mary: Hi there", "Hello. Hi there."),
        ("**Host:** Welcome to the show 🎉", "Welcome to the show."),
        ('The man shouts: "Stop!"', "Stop!"),
        ("(wind howls)", None),
        ("none", None),
    ],
)
def test_faults_in_layers_are_all_taken_off(asr, right):
    assert mended("asr", asr=asr) == right


def test_parts_in_the_same_words_are_seen_even_where_the_caption_has_them_too():
    same = Caption(caption="A dog.", speech="A dog.", asr="A dog!", sfx="A dog", music="a dog")
    assert [fault.view for fault in check_rules(same) if fault.rule == "distinct"] == ["speech", "asr", "sfx", "music"]
    assert check_rules(Caption(caption="A dog barks.", sfx="A dog barks.")) == []


def test_words_that_a_human_rate_allows_grow_with_the_clip():
    words = "no " * 29 + "never."
    assert broken("fits")(asr=words) == ["asr"]
    assert broken("fits", duration_s=15.0)(asr=words) == []


def test_speech_without_words_is_advice_and_a_crowd_needs_none():
    faults = check_rules(Caption(caption="A man talks.", speech="A calm man"))
    assert [(fault.rule, fault.advice) for fault in faults] == [("words_for_speech", True)]
    assert check_rules(Caption(caption="People chat.", speech="Indistinct crowd murmur")) == []


@pytest.mark.parametrize(
    ("caption", "voice"),
    [
        ("A woman waits at a stop.", "A woman's voice"),
        ("A man waits at a stop.", "A man's voice"),
        ("A man and a woman wait.", "A man and a woman"),
        ("A little girl waits.", "A young girl"),
        ("Someone waits at a stop.", "A clear adult voice"),
    ],
)
def test_words_without_a_voice_get_one_that_fits_the_caption(caption, voice):
    repaired, repairs = repair_caption(Caption(caption=caption, asr="It is late."))
    assert repaired.speech.startswith(voice)
    assert [repair.rule for repair in repairs] == ["voice_for_words"]


def test_asr_may_be_in_any_language_for_the_multilingual_model_alone():
    caption = Caption(**{**TALK, "asr": "¿Dónde estabas? No me grites aquí, por favor."})
    assert [fault.view for fault in check_rules(caption) if fault.rule == "english"] == ["asr"]
    assert check_rules(caption, language="multilingual") == []


def test_a_caption_that_repeats_the_request_is_advised_to_say_more():
    assert [fault.rule for fault in check_rules(Caption(caption="Rain, on a roof."), text="rain on a roof")] == [
        "enriched"
    ]
    assert (
        check_rules(Caption(caption="Rain on a roof.", sfx="Rain drumming", env="Countryside"), text="rain on a roof")
        == []
    )


PINNED = [
    ({"music": None}, {"caption": "A man talks over soft jazz."}, "caption"),
    ({"music": None}, {"env": "Bar with a piano playing"}, "env"),
    ({"speech": None, "asr": None}, {"caption": "A man talks in a kitchen.", "speech": None, "asr": None}, "caption"),
    ({"speech": "An old woman, hoarse"}, {"caption": "A young man talks in a kitchen."}, "caption"),
]


@pytest.mark.parametrize(("pins", "views", "view"), PINNED)
def test_a_view_that_contradicts_a_pin_is_seen(pins, views, view):
    caption = Caption(**{**TALK, **views, **{pin: text for pin, text in pins.items()}})
    assert view in [fault.view for fault in check_rules(caption, pins=pins) if fault.rule == "agreement"]


@pytest.mark.parametrize("text", ["A man waits, without any music.", "Rain, no music at all.", "Rain free of music."])
def test_a_view_that_denies_what_is_ruled_out_agrees(text):
    assert check_rules(Caption(caption=text), pins={"music": None}) == []


def test_pins_are_never_judged_never_touched_and_always_restored():
    pins = {"asr": "MAN: 5 <|sfx|> (sigh)", "music": None}
    caption = Caption(caption="A man talks.", speech="A man", asr="Something else.", music="jazz")
    repaired, repairs = repair_caption(caption, pins=pins)
    assert (repaired.asr, repaired.music) == (pins["asr"], None)
    assert {repair.view for repair in repairs if repair.rule == "pins"} == {"asr", "music"}
    assert check_rules(repaired, pins=pins) == []


words = st.text(max_size=120)


@given(
    caption=words.filter(lambda text: text.strip()),
    views=st.fixed_dictionaries({view: st.none() | words for view in VIEWS[1:]}),
)
def test_repairing_twice_changes_nothing_and_leaves_only_what_it_cannot_mend(caption, views):
    once, _ = repair_caption(Caption(caption=caption, **views))
    twice, repairs = repair_caption(once)
    assert twice == once and repairs == []
    mendable = {rule.name for rule in RULES if rule.mend} - {"absent", "narration", "spelled_out"}
    left = [fault for fault in check_rules(once) if fault.rule in mendable and fault.view != "caption"]
    assert left == []
