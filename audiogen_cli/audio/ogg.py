"""One fixed stream number for an Ogg file: libsndfile draws it from the clock, and equal scenes should be equal bytes.

Source: RFC 3533, section 6 (page header; CRC-32 with polynomial 0x04c11db7, not reflected).
"""

import struct

SERIAL = 0x61756467  # "audg"


def set_serial(ogg: bytes, serial: int = SERIAL) -> bytes:
    """Give every page of a single-stream Ogg file this stream number, with the checksum that follows from it."""
    pages = bytearray(ogg)
    at = 0
    while pages[at : at + 4] == b"OggS":
        segments = pages[at + 26]
        end = at + 27 + segments + sum(pages[at + 27 : at + 27 + segments])
        struct.pack_into("<I", pages, at + 14, serial)
        struct.pack_into("<I", pages, at + 22, 0)
        struct.pack_into("<I", pages, at + 22, _checksum(pages[at:end]))
        at = end
    return bytes(pages)


def _checksum(page: bytes | bytearray) -> int:
    crc = 0
    for byte in page:
        crc = (crc << 8 & 0xFFFFFFFF) ^ _TABLE[crc >> 24 ^ byte]
    return crc


def _table() -> list[int]:
    table = []
    for index in range(256):
        crc = index << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
        table.append(crc)
    return table


_TABLE = _table()
