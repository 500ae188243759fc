"""The JSON files of a model folder: an object, or one line that says what is wrong with the file.

In: a path. Out: the parsed object. Whatever a person may have put there ends as an error that names the
file: a folder, a pipe, another encoding, a list, brackets without end.
"""

import json
from pathlib import Path
from typing import Any

from audiogen_cli.errors import ModelMissingError


def read_object(path: Path, fault_class: type[ModelMissingError]) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Args:
        path: the file.
        fault_class: raised where the file is there and holds something else.

    Raises:
        ModelMissingError: there is no such file, or it cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise fault_class(f"{path}: not a file", hint=AGAIN)  # a pipe would be waited for without end
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as fault:
        raise ModelMissingError(
            f"{path}: no such file", hint="a model folder holds config.json and safetensors files"
        ) from fault
    except OSError as fault:
        raise ModelMissingError(
            f"{path}: cannot be read: {fault.strerror}", hint="check the path and its permissions"
        ) from fault
    except UnicodeDecodeError as fault:
        raise fault_class(f"{path}: not valid JSON: not UTF-8 text", hint=AGAIN) from fault
    try:
        values = json.loads(text)
    except RecursionError as fault:
        raise fault_class(f"{path}: not valid JSON: nested without end", hint=AGAIN) from fault
    except ValueError as fault:  # also a number of thousands of digits
        raise fault_class(f"{path}: not valid JSON: {shown(str(fault))}", hint=AGAIN) from fault
    if not isinstance(values, dict):
        raise fault_class(f"{path}: not a JSON object", hint=AGAIN)
    return values


def shown(text: str, most: int = 120) -> str:
    """What a file says, short enough for a message."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


AGAIN = "copy or download the file again (what was pulled is checked by: audiogen models verify)"
"""What to do about a file that is damaged."""
