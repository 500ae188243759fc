"""The caption room: the `Caption` value, its JSON Schema and the rules a good caption keeps."""

from audiogen_cli.caption.caption import JSON_KEYS, VIEWS, Caption
from audiogen_cli.caption.schema import caption_from_json, caption_schema, parse_caption, strict_schema

__all__ = ["JSON_KEYS", "VIEWS", "Caption", "caption_from_json", "caption_schema", "parse_caption", "strict_schema"]
