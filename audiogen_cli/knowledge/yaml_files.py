"""YAML files of ours, parsed once on a machine and then read from a copy that loads thirty times faster.

In: a file of the knowledge. Out: what it says. To parse the half megabyte that a scene needs takes libyaml a third
of a second, each time; its copy in JSON takes a hundredth. As Python keeps its bytecode, a copy lies in the cache
folder with the hash of the text it was made of, so that an edited file is never mistaken for its copy; what cannot
be read or written there is parsed as if there were none.
"""

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING, Any

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.settings import cache_folder
from audiogen_cli.whole_file import write_whole

if TYPE_CHECKING:
    from importlib.abc import Traversable  # Python 3.10 has it here, later ones in importlib.resources.abc


def read_yaml(file: "Traversable", *, source: str) -> Any:
    """What a file says.

    Args:
        file: the file, in UTF-8.
        source: what errors call it, and its copy: "sounds/animals.yaml".

    Raises:
        KnowledgeError: the file is not valid YAML.
    """
    text = file.read_text("utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    copy = cache_folder() / "knowledge" / f"{source.replace('/', '.')}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(copy.read_text("utf-8"))
        if kept["of"] == digest:
            return kept["value"]
    value = parse_yaml(text, source=source)
    content = json.dumps({"of": digest, "value": value}, ensure_ascii=False, default=str)
    if json.loads(content)["value"] == value:  # a key that is no text, a date: JSON would change them
        with contextlib.suppress(OSError):
            write_whole(copy, content)
    return value


def parse_yaml(text: str, *, source: str) -> Any:
    """Parse YAML, with libyaml where it is there (ten times faster); raises `KnowledgeError` naming the source."""
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as fault:
        raise KnowledgeError(f"{source}: not valid YAML: {fault}") from fault
