"""Twenty thousand real captions pass through the caption and prompt rooms."""

import json

from audiogen_cli.caption import JSON_KEYS, caption_from_json
from audiogen_cli.caption.schema import parse_caption
from audiogen_cli.prompt import compose_prompt, parse_prompt


def test_every_mecat_caption_validates_composes_and_parses(mecat_captions):
    assert len(mecat_captions) == 20_052
    for category, views in mecat_captions:
        absent = {view for view, text in views.items() if text.strip().lower() == "none"}
        value = {JSON_KEYS[view]: None if view in absent else text for view, text in views.items()}
        caption = caption_from_json(value)
        assert caption.category == category, views
        back = parse_prompt(compose_prompt(caption))
        assert back == caption


def test_mecat_captions_survive_a_file(mecat_captions):
    for _, views in mecat_captions[::97]:
        value = {JSON_KEYS[view]: text for view, text in views.items()}
        assert parse_caption(json.dumps(value)).as_json()["Caption"] == views["caption"].strip()
