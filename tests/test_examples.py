"""The examples are true: every caption is sound by schema and rules, and spans what the tool is for."""

from pathlib import Path

import pytest

from audiogen_cli.caption import parse_caption
from audiogen_cli.caption.rules import check_rules

CAPTIONS = sorted((Path(__file__).parents[1] / "examples" / "captions").glob("*.json"))


@pytest.mark.parametrize("file", CAPTIONS, ids=lambda file: file.stem)
def test_every_example_keeps_the_rules(file):
    caption = parse_caption(file.read_text("utf-8"), source=file.name)
    assert [fault.message for fault in check_rules(caption)] == []


def test_the_examples_span_all_categories():
    found = {parse_caption(file.read_text("utf-8")).category for file in CAPTIONS}
    assert found == {"S00", "0M0", "00A", "0MA", "S0A", "SM0", "SMA"}
