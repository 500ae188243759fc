"""An object is found however a model wraps it, and nothing is found where there is none."""

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.caption import JSON_KEYS
from audiogen_cli.llm.extraction import ExtractionError, extract_object

RAIN = {"Caption": "Rain on a roof.", "SFX": "rain"}
RAIN_JSON = json.dumps(RAIN)


@pytest.mark.parametrize(
    "text",
    [
        RAIN_JSON,
        f"```json\n{RAIN_JSON}\n```",
        f"```\n{RAIN_JSON}```",
        f"Sure! Here is the scene:\n\n{RAIN_JSON}\n\nLet me know if you want changes {{or not}}.",
        f"<think>The user wants rain, maybe {{'Caption': 'wrong'}}</think>\n{RAIN_JSON}",
        f'<think>{{"Caption": "a draft"}}</think>{RAIN_JSON}',
        f"so it should be rain.</think>{RAIN_JSON}",
        f"[THINK]hm[/THINK]{RAIN_JSON}",
        f"<think>never closed, but {RAIN_JSON}",
        '{"Caption": "Rain on a roof.", "SFX": "rain",}',
        '{"Caption": "Rain on a roof.", // the scene\n "SFX": "rain"}',
        "{'Caption': 'Rain on a roof.', 'SFX': 'rain'}",
        '{Caption: "Rain on a roof.", SFX: "rain"}',
        '{"caption": "Rain on a roof.", "sfx": "rain"}',
        '{"CAPTION": "Rain on a roof.", "Sound Effects": "rain"}',
        '{"Caption": "Rain on a roof.", "SFX": ["rain"]}',
        '{"Caption": "Rain on a roof.", "SFX": "rain", "mood": "calm", "Music": false}',
        f'{{"scene": {RAIN_JSON}}}',
        f"[{RAIN_JSON}]",
        f'{{"Caption": "A first idea."}}\nBetter:\n{RAIN_JSON}',
        f'{RAIN_JSON}\n{{"note": "no caption here"}}',
    ],
)
def test_the_object_is_found_however_it_is_wrapped(text):
    found = extract_object(text).value
    assert {key: value for key, value in found.items() if value is not None} == RAIN


def test_an_object_in_the_thought_alone_is_taken_and_told():
    found = extract_object("", RAIN_JSON)
    assert found.value == RAIN
    assert "thought" in found.remarks[0]


def test_a_wrong_type_stays_for_the_schema_to_name():
    assert extract_object('{"Caption": "x", "ASR": 5}').value["ASR"] == 5


def test_our_own_spelling_of_a_key_goes_before_another_name_for_it():
    found = extract_object('{"description": "a", "Caption": "b"}')
    assert found.value == {"Caption": "b"}
    assert any("description" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("I cannot help with that.", "I cannot help"),
        ('{"Caption": "Rain on a', "broken"),
        ("<think>so the scene", "unfinished thought"),
        ('{"title": "x"}', "none of its keys"),
        ("[1, 2, 3]", "no JSON object"),
    ],
)
def test_where_there_is_no_object_the_message_says_what_there_was(text, said):
    with pytest.raises(ExtractionError, match=said):
        extract_object(text)


@pytest.mark.parametrize(
    "text", ["{" * 100_000, '{"a":' * 50_000, '{"' * 50_000, "<think>" * 20_000, '{"a":1}' * 20_000]
)
def test_text_made_to_be_slow_is_left_soon(text):
    began = time.process_time()
    with pytest.raises(ExtractionError):
        extract_object(text)
    assert time.process_time() - began < 5


@given(
    st.dictionaries(st.sampled_from([*JSON_KEYS.values()]), st.one_of(st.none(), st.text(max_size=60)), min_size=1),
    st.sampled_from(["{}", "```json\n{}\n```", "Here you are: {}", "<think>x</think> {}", "{} and that is all"]),
)
def test_every_object_of_ours_comes_back_as_it_was(value, wrapping):
    assert extract_object(wrapping.replace("{}", json.dumps(value))).value == value


@given(st.text(max_size=300))
def test_no_text_breaks_the_search(text):
    with contextlib.suppress(ExtractionError):
        assert set(extract_object(text).value) <= set(JSON_KEYS.values())
