"""The caption's schema: what is accepted, and how a fault is told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.caption import JSON_KEYS, Caption, caption_schema, parse_caption, strict_schema
from audiogen_cli.caption.schema import find_faults
from audiogen_cli.errors import AudiogenError, CaptionError

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*JSON_KEYS.values(), "x", "music"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_either_a_caption_or_a_clear_refusal(value):
    try:
        caption = parse_caption(json.dumps(value))
    except CaptionError as refused:
        assert "\n" not in str(refused) and len(str(refused)) > 5
    else:
        assert caption.caption and parse_caption(json.dumps(caption.as_json())) == caption


@given(st.text(max_size=200))
def test_any_text_is_either_a_caption_or_a_clear_refusal(text):
    try:
        parse_caption(text)
    except AudiogenError as refused:
        assert refused.exit_code == 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"Caption": "x", "Musik": "y"}', "Musik: unknown key, did you mean Music?"),
        ('{"Music": "y"}', "Caption: missing"),
        ('{"Caption": ""}', "Caption: empty"),
        ('{"Caption": "  "}', "Caption: empty"),
        ('{"Caption": null}', "Caption: null given, text needed"),
        ('{"Caption": "x", "SFX": 3}', "SFX: number given, text or null needed"),
        ('{"Caption": "x", "SFX": ["a"]}', "SFX: list given"),
        ("[1]", "a JSON list, one object needed"),
        ("{", "not valid JSON, line 1"),
        ('{"Caption": "x", "Caption": "y"}', "Caption: the key stands twice"),
        ('{"Caption": NaN}', "NaN is not JSON"),
        ("[" * 50_000, "nested too deeply"),
        ('{"Caption": "\\ud800"}', "half of a surrogate pair"),
        ('"' + "x" * 200_000 + '"', "at most 100,000"),
    ],
)
def test_a_fault_names_its_place_and_the_mend(text, complaint):
    with pytest.raises(CaptionError) as refused:
        parse_caption(text, source="scene.json")
    assert complaint in str(refused.value) and str(refused.value).startswith("scene.json: ")


def test_all_faults_are_told_at_once():
    assert len(find_faults({"caption": "x", "SFX": 3, "Musik": None})) == 4


def test_json_always_has_all_six_keys_in_order():
    assert list(Caption(caption="x", env="street").as_json()) == ["Caption", "Speech", "ASR", "SFX", "Music", "ENV"]


def test_the_schema_for_servers_keeps_to_the_subset_they_all_take():
    strict = strict_schema()
    assert strict["required"] == list(caption_schema()["properties"]) and strict["additionalProperties"] is False
    assert {word for rule in strict["properties"].values() for word in rule} == {"type", "description"}


@pytest.mark.parametrize(
    ("views", "category"),
    [
        ({}, "000"),
        ({"speech": "x"}, "S00"),
        ({"asr": "x"}, "S00"),
        ({"music": "x"}, "0M0"),
        ({"sfx": "x"}, "00A"),
        ({"sfx": "x", "music": "x"}, "0MA"),
        ({"speech": "x", "sfx": "x"}, "S0A"),
        ({"speech": "x", "music": "x"}, "SM0"),
        ({"speech": "x", "sfx": "x", "music": "x"}, "SMA"),
        ({"env": "x"}, "000"),
    ],
)
def test_the_category_follows_from_the_views(views, category):
    assert Caption(caption="c", **views).category == category


def test_blank_views_are_absent_and_a_blank_caption_is_refused():
    assert Caption(caption=" x ", music=" \n").views == {"caption": "x"}
    with pytest.raises(CaptionError):
        Caption(caption=" ")
