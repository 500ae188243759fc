"""The prompt room: what is composed is parsed back, and no view can forge another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.caption import VIEWS, Caption
from audiogen_cli.errors import CaptionError, OptionError
from audiogen_cli.prompt import compose_prompt, looks_like_prompt, parse_prompt, strip_tags

words = st.text(
    alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="<|>\0"), min_size=1, max_size=60
)
views = words.filter(lambda text: text.strip() and text.strip().lower() != "none")


@given(caption=views, rest=st.dictionaries(st.sampled_from(VIEWS[1:]), st.none() | views))
def test_parsing_gives_back_what_was_composed(caption, rest):
    scene = Caption(caption=caption, **rest)
    assert parse_prompt(compose_prompt(scene)) == scene


@given(caption=views, rest=st.dictionaries(st.sampled_from(VIEWS[1:]), views), order=st.permutations(VIEWS))
def test_any_order_is_parsed(caption, rest, order):
    scene = Caption(caption=caption, **rest)
    assert parse_prompt(compose_prompt(scene, order=order)) == scene


@given(st.dictionaries(st.sampled_from(VIEWS[1:]), st.text(alphabet="<|>sfxmuic none", max_size=40)))
def test_no_view_opens_another(rest):
    present = {view for view, text in rest.items() if strip_tags(text) and strip_tags(text).lower() != "none"}
    prompt = compose_prompt(Caption(caption="a scene", **rest))
    assert set(parse_prompt(prompt).views) == present | {"caption"}


def test_the_order_is_that_of_the_published_composer():
    scene = Caption(caption="A scene.", speech="a man", asr="Hello there.", sfx="bark", music="piano", env="rain")
    assert compose_prompt(scene) == (
        "<|caption|> A scene. <|speech|> a man <|asr|> Hello there. <|sfx|> bark <|music|> piano <|env|> rain"
    )


def test_absent_views_leave_no_tag_and_inner_white_space_stays():
    assert (
        compose_prompt(Caption(caption="  line one\nline  two ", music=" ", env="x\ty"))
        == "<|caption|> line one\nline  two <|env|> x\ty"
    )


def test_a_forged_tag_is_stripped_even_when_nested():
    assert (
        compose_prompt(Caption(caption="rain <|mus<|x|>ic|> on", asr="a <|sfx|> b"))
        == "<|caption|> rain on <|asr|> a b"
    )


@pytest.mark.parametrize("absent", ["None", "none", "<|unknown|>", ""])
def test_absence_is_understood_in_every_way_data_sets_write_it(absent):
    assert parse_prompt(f"<|caption|> x <|speech|> {absent} <|sfx|> bark").speech is None


@pytest.mark.parametrize(
    ("prompt", "complaint"),
    [
        ("no tag", "starts with a tag"),
        ("", "starts with a tag"),
        ("x <|caption|> y", "starts with a tag"),
        ("<|speech|> x", "<|caption|>: missing"),
        ("<|caption|>  ", "<|caption|>: missing"),
        ("<|caption|> a <|caption|> b", "stands twice"),
        ("<|caption|> a <|bogus|> b", "<|bogus|>: unknown tag"),
    ],
)
def test_a_faulty_prompt_is_refused_with_its_place(prompt, complaint):
    with pytest.raises(CaptionError) as refused:
        parse_prompt(prompt)
    assert complaint in str(refused.value)


def test_an_order_with_a_view_missing_is_refused():
    with pytest.raises(OptionError):
        compose_prompt(Caption(caption="x"), order=["caption", "asr"])


def test_a_prompt_is_told_from_json_and_words():
    assert looks_like_prompt("  <|caption|> x") and not looks_like_prompt('{"Caption": "<|caption|>"}')
