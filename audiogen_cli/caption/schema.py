"""JSON to `Caption`: the one schema, and its faults told by place with the mend.

In: JSON text or a parsed value, from a person's file or a language model's reply. Out: a
`Caption`, or a `CaptionError` that names every place at fault. The same schema constrains the
language model (`strict_schema`).
"""

import difflib
import json
import math
from functools import cache
from importlib import resources
from typing import Any

from audiogen_cli.caption.caption import JSON_KEYS, Caption
from audiogen_cli.errors import CaptionError

MAX_JSON_CHARS = 100_000  # a caption is a few hundred characters; beyond this it is something else


@cache
def caption_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a caption file."""
    text = resources.files("audiogen_cli.caption").joinpath("caption.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def strict_schema() -> dict[str, Any]:
    """The schema in the subset that every structured-output server takes: all keys required, no length words."""
    schema = caption_schema()
    properties = {
        key: {name: value for name, value in rule.items() if name in ("type", "description")}
        for key, rule in schema["properties"].items()
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def parse_caption(text: str, *, source: str = "caption") -> Caption:
    """Read one caption from JSON text.

    Args:
        text: a JSON object with the keys Caption, Speech, ASR, SFX, Music, ENV.
        source: what the text is called in an error, such as the file's name.

    Raises:
        CaptionError: not JSON, or the JSON breaks the schema; all faults are named.
    """
    if len(text) > MAX_JSON_CHARS:
        raise CaptionError(f"{source}: {len(text):,} characters, a caption has at most {MAX_JSON_CHARS:,}")
    try:
        value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as fault:
        if fault.msg == "Extra data":
            raise CaptionError(
                f"{source}: something follows the first object, on line {fault.lineno} column {fault.colno}",
                hint="a caption file holds one object; of JSON Lines each line is a caption for itself: "
                'while read -r line; do audiogen render "$line"; done < FILE',
            ) from fault
        raise CaptionError(
            f"{source}: not valid JSON, line {fault.lineno} column {fault.colno}: {fault.msg}",
            hint='A caption file holds one object, such as {"Caption": "Rain on a tin roof"}.',
        ) from fault
    except ValueError as fault:  # Python reads no integer of thousands of digits
        raise CaptionError(f"{source}: holds a number that is too long to be read") from fault
    except RecursionError as fault:
        raise CaptionError(f"{source}: nested too deeply; a caption is one flat object") from fault
    except CaptionError as fault:
        raise CaptionError(f"{source}: {fault}", hint=fault.hint) from fault
    return caption_from_json(value, source=source)


def caption_from_json(value: Any, *, source: str = "caption") -> Caption:
    """A parsed JSON value to a `Caption`; raises `CaptionError` with every fault named."""
    faults = find_faults(value)
    if faults:
        raise CaptionError(f"{source}: " + "; ".join(faults), hint="Allowed keys: " + ", ".join(JSON_KEYS.values()))
    return Caption(**{view: value.get(key) for view, key in JSON_KEYS.items()})


def find_faults(value: Any) -> list[str]:
    """Every way in which a parsed JSON value breaks the schema, one short line each; empty when it is sound."""
    from jsonschema import Draft202012Validator  # 80 ms, needed only where a caption is checked

    if not isinstance(value, dict):
        return [f"a JSON {_json_type(value)}, one object needed"]
    found = sorted(
        Draft202012Validator(caption_schema()).iter_errors(value), key=lambda error: list(map(str, error.path))
    )
    faults = [f"{key}: unknown key{_nearest(key)}" for key in value if key not in JSON_KEYS.values()]
    for error in found:
        if error.validator == "additionalProperties":
            continue
        place = str(error.path[0]) if error.path else "Caption"
        if error.validator == "required":
            faults.append(f"{place}: missing, it must describe the whole scene")
        elif error.validator == "type":
            allowed = "text" if place == "Caption" else "text or null"
            faults.append(f"{place}: {_json_type(error.instance)} given, {allowed} needed")
        else:
            fault = f"{place}: empty, it must describe the whole scene"
            faults += [fault] if fault not in faults else []
    for key, text in value.items():
        if isinstance(text, str) and any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            faults.append(f"{key}: holds half of a surrogate pair, which is not text")
    return faults


def _nearest(key: str) -> str:
    names = {name.lower(): name for name in JSON_KEYS.values()}
    near = difflib.get_close_matches(key.lower(), names, n=1, cutoff=0.5)
    return f", did you mean {names[near[0]]}?" if near else ""


def _json_type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "number" if math.isfinite(value) else str(value)
    names: dict[type, str] = {list: "list", dict: "object", str: "string"}
    return names.get(type(value), type(value).__name__)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise CaptionError(f"{next(key for key in keys if keys.count(key) > 1)}: the key stands twice")
    return value


def _no_constant(name: str) -> Any:
    raise CaptionError(f"{name} is not JSON")
