"""What each system is told, against the paper's own examples."""

import pytest

from audiogen_cli.caption import Caption
from audiogen_cli.errors import CaptionError, OptionError
from audiogen_cli.evaluation.prompts import SYSTEMS, prompts_for

SCENE = Caption(caption="A talk over jazz.", speech="A man speaks.", asr="Good day.", music="Jazz.", env="A bar.")
WORDS = '"I can’t play with you like a little boy any more," he said slowly.'


@pytest.mark.parametrize(
    ("system", "texts"),
    [
        (
            "dasheng",
            {
                "prompt": "<|caption|> A talk over jazz. <|speech|> A man speaks. <|asr|> Good day. "
                "<|music|> Jazz. <|env|> A bar."
            },
        ),
        ("dasheng-unstructured", {"prompt": "A talk over jazz."}),
        ("tangoflux", {"prompt": "A talk over jazz. A man speaks. Good day. Jazz. A bar."}),
        ("musicgen", {"prompt": "A talk over jazz. A man speaks. Good day. Jazz. A bar."}),
        ("qwen3-tts", {"transcript": "Good day.", "instruction": "A talk over jazz. A man speaks. Jazz. A bar."}),
        ("expert-pipeline", {"music": "Jazz.", "transcript": "Good day.", "instruction": "A man speaks."}),
    ],
)
def test_a_scene_is_told_as_the_paper_says(system, texts):
    assert prompts_for(SCENE, system) == texts


def test_absent_views_are_written_out_as_the_official_lists_have_them():
    told = prompts_for(SCENE, "dasheng", absent="none")["prompt"]
    assert told == (
        "<|caption|> A talk over jazz. <|speech|> A man speaks. <|sfx|> None <|music|> Jazz. <|env|> A bar. "
        "<|asr|> Good day."
    )
    assert "<|asr|>" not in prompts_for(Caption(caption="Rain"), "dasheng", absent="none")["prompt"]


def test_an_expert_is_not_called_for_an_absent_view():
    assert prompts_for(Caption(caption="Rain and jazz", sfx="Rain", music="Jazz"), "expert-pipeline") == {
        "sfx": "Rain",
        "music": "Jazz",
    }


def test_a_transcript_is_told_as_the_papers_example():
    item = Caption(caption="Speech", asr=WORDS)
    audiobook = "Studio-quality, high-fidelity audiobook recording"
    assert prompts_for(item, "dasheng", kind="speech") == {"prompt": f"<|caption|> {audiobook} <|asr|> {WORDS}"}
    assert prompts_for(item, "dasheng-unstructured", kind="speech") == {"prompt": f"{audiobook} with content {WORDS}"}
    assert prompts_for(item, "qwen3-tts", kind="speech") == {"transcript": WORDS, "instruction": ""}
    with pytest.raises(CaptionError):
        prompts_for(Caption(caption="Speech"), "dasheng", kind="speech")


@pytest.mark.parametrize("system", [system for system in SYSTEMS if system not in ("qwen3-tts", "expert-pipeline")])
def test_a_sentence_gets_a_tag_for_dasheng_alone(system):
    tag = "<|caption|> " if system == "dasheng" else ""
    assert prompts_for(Caption(caption="Rain"), system, kind="plain") == {"prompt": f"{tag}Rain"}


@pytest.mark.parametrize(
    "wrong", [{"system": "x"}, {"system": "dasheng", "kind": "x"}, {"system": "dasheng", "absent": "x"}]
)
def test_unknown_choices_are_refused(wrong):
    with pytest.raises(OptionError, match="needs one of"):
        prompts_for(SCENE, **wrong)
