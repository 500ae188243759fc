"""What a set's reader gives: one record an item, and the counts the paper states.

In: records of `readers`. Out: the same, filtered by category and language. Counts are Table A5's; a set that has
others is another copy or another filter, and `count_remarks` says so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audiogen_cli.caption import Caption

MECAT_COUNTS = {
    "00A": (848, 848),
    "0M0": (2593, 2593),
    "0MA": (199, 199),
    "S00": (7839, 3838),
    "S0A": (2439, 1341),
    "SM0": (5312, 2620),
    "SMA": (643, 283),
}
"""MECAT's test items by category: all, and the English ones the paper uses."""

PAPER_COUNTS = {"audiocaps": 957, "musiccaps": 4950, "libritts": 3835}
"""Items of the other sets that the paper uses; LibriTTS of 4,837, those shorter than ten seconds."""

_LANGUAGES = re.compile(
    r"\b(afrikaans|arabic|bengali|bulgarian|cantonese|catalan|chinese|croatian|czech|danish|dutch|estonian|farsi|"
    r"finnish|french|german|greek|hebrew|hindi|hungarian|icelandic|indonesian|italian|japanese|korean|latin|latvian|"
    r"lithuanian|malay|malayalam|mandarin|norwegian|persian|polish|portuguese|punjabi|romanian|russian|serbian|"
    r"slovak|slovenian|spanish|swahili|swedish|tagalog|tamil|telugu|thai|turkish|ukrainian|urdu|vietnamese|welsh)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Record:
    """One item of a set."""

    id: str
    caption: Caption
    category: str  # the set's own, else of the caption


def of_categories(records: Iterable[Record], categories: Iterable[str]) -> Iterator[Record]:
    """Those of the given categories, in any case."""
    wanted = {category.upper() for category in categories}
    return (record for record in records if record.category.upper() in wanted)


def likely_english(record: Record) -> bool:
    """Whether no view names another language, and the words, where there are some, look English.

    An approximation: the paper's own selection was made by other means and differs by a few per cent.
    """
    told = " ".join(text for view, text in record.caption.views.items() if view != "asr")
    if _LANGUAGES.search(told):
        return False
    words = record.caption.asr
    return words is None or (_is_latin(words) and not _loops(words))


def count_remarks(records: Iterable[Record]) -> list[str]:
    """For each of MECAT's categories how its count stands to the paper's; empty where all agree."""
    counts = Counter(record.category for record in records)
    return [
        f"{category}: {counts[category]} items, the paper has {whole}"
        + (f" and uses {english}" if english != whole else "")
        for category, (whole, english) in MECAT_COUNTS.items()
        if counts[category] and counts[category] not in (whole, english)
    ]


def _is_latin(words: str) -> bool:
    letters = [char for char in words if char.isalpha()]
    return bool(letters) and sum(char.isascii() for char in letters) >= 0.98 * len(letters)


def _loops(words: str) -> bool:
    """A recogniser that is stuck says one word over and over."""
    heard = re.findall(r"\w+", words.lower())
    return len(heard) >= 8 and Counter(heard).most_common(1)[0][1] > len(heard) / 2
