"""The published models, and the repositories each is made of.

Out: `RELEASES` by the names a person uses, and `PINS`, the commits this version was tried with.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Release:
    """One published model: the three repositories it is made of."""

    name: str
    model: str
    text_encoder: str
    codec: str
    about: str

    @property
    def repositories(self) -> tuple[str, ...]:
        return (self.model, self.text_encoder, self.codec)


_ENGLISH = Release(
    name="english",
    model="mispeech/Dasheng-AudioGen",
    text_encoder="google/flan-t5-large",
    codec="mispeech/dashengtokenizer",
    about="the model of the paper",
)
_MULTILINGUAL = Release(
    name="multilingual",
    model="mispeech/Dasheng-AudioGen-Multilingual",
    text_encoder="google/mt5-large",
    codec="mispeech/dashengtokenizer",
    about="eight languages in the spoken words; for English, english is the better one",
)
RELEASES: Mapping[str, Release] = MappingProxyType({release.name: release for release in (_ENGLISH, _MULTILINGUAL)})

PINS: Mapping[str, str] = MappingProxyType({})
"""Repository to the commit this version was tried with. Empty: this version was written without the
network, so nobody could look the commits up. The lock file holds those of the first pull instead."""


def is_repository(name: str) -> bool:
    """Whether a text has the form of a hub name, OWNER/NAME, by the hub's own rules."""
    return len(name) <= 96 and ".." not in name and "--" not in name and _HUB_NAME.fullmatch(name) is not None


_HUB_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*(?<![.-])/[A-Za-z0-9_][\w.-]*(?<![.-])", re.ASCII)
