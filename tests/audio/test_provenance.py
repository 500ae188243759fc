"""A recipe is read back as it was written, and one that was tampered with is refused in a line."""

import json

import pytest

from audiogen_cli.audio.provenance import Provenance, provenance_from_json
from audiogen_cli.caption import Caption
from audiogen_cli.errors import AudioFileError

RECIPE = Provenance(caption=Caption(caption="Rain", sfx="rain"), prompt="<|caption|> Rain", engine="experts", seed=7)


def test_a_recipe_comes_back_as_it_was():
    assert provenance_from_json(json.dumps(RECIPE.as_json()), source="a.wav") == RECIPE


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"form": "1"}, "another tool"),
        ({"form": 99}, "newer audiogen"),
        ({"seed": "x"}, "seed is not as audiogen writes it"),
        ({"notes": 5}, "notes is not as audiogen writes it"),
        ({"options": 5}, "options is not as audiogen writes it"),
        ({"caption": None}, "one object needed"),
    ],
)
def test_a_recipe_with_a_fault_names_it(changed, says):
    with pytest.raises(AudioFileError, match=says):
        provenance_from_json(json.dumps(RECIPE.as_json() | changed), source="a.wav")
