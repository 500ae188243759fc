"""The INFO list of a WAV file: tags of any length, added after the sound and read back.

libsndfile drops a WAV comment beyond about two kilobytes, and a recipe is longer, so this one chunk
is our own. Source: Multimedia Programming Interface and Data Specifications 1.0 (1991), RIFF and INFO.
"""

import struct
from collections.abc import Mapping
from typing import BinaryIO


def append_info(wav: bytes, tags: Mapping[str, str]) -> bytes:
    """Add an INFO list to the bytes of a WAV file; tags map four-letter names such as ICMT to text."""
    entries = b"".join(_chunk(name.encode("ascii"), text.encode("utf-8") + b"\0") for name, text in tags.items())
    body = wav[8:] + _chunk(b"LIST", b"INFO" + entries)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def read_info(file: BinaryIO) -> dict[str, str]:
    """The tags of a WAV file, empty where it has none or is cut short."""
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return {}
    while len(header := file.read(8)) == 8:
        name, size = header[:4], struct.unpack("<I", header[4:])[0]
        if name == b"LIST":
            content = file.read(size + size % 2)
            if content[:4] == b"INFO":
                return _read_entries(content[4:size])
        else:
            file.seek(size + size % 2, 1)
    return {}


def _read_entries(content: bytes) -> dict[str, str]:
    tags: dict[str, str] = {}
    at = 0
    while at + 8 <= len(content):
        size = struct.unpack("<I", content[at + 4 : at + 8])[0]
        text = content[at + 8 : at + 8 + size].rstrip(b"\0").decode("utf-8", "replace")
        tags[content[at : at + 4].decode("ascii", "replace")] = text
        at += 8 + size + size % 2
    return tags


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
