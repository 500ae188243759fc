"""Mandarin to the phonemes that the neural voice reads.

In: Chinese text, with digits and Latin words in it. Out: phonemes in misaki's alphabet, tones as arrows after the
vowel they fall on. The reading of each character, by the phrase it stands in and with tone sandhi, comes from the
package pypinyin (MIT); here pinyin is spelt as phonemes. Source: the transcription that Kokoro-82M was trained on,
misaki's for Mandarin; the initials and finals are those of Hanyu Pinyin (ISO 7098).
"""

import re
from collections.abc import Callable
from typing import Any

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.experts.speech.carried import INSTALL_HINT

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k", "k": "kʰ", "h": "x",
    "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s", "": "",
}  # fmt: skip
_FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n", "eng": "ə0ŋ",
    "er": "ɚ0", "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0", "in": "i0n",
    "iou": "jou0", "ing": "i0ŋ", "iong": "jʊ0ŋ", "io": "jo0", "ong": "ʊ0ŋ", "ou": "ou0", "u": "u0", "ua": "wa0",
    "uai": "wai0", "uan": "wa0n", "uang": "wa0ŋ", "uei": "wei0", "uen": "wə0n", "ueng": "wə0ŋ", "uo": "wo0",
    "o": "wo0", "v": "y0", "ve": "ɥe0", "van": "ɥɛ0n", "vn": "y0n", "ê": "ɛ0",
}  # fmt: skip
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_BUZZED = ("zh", "ch", "sh", "r", "z", "c", "s")  # their "i" is a vowel of its own
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN_GAP = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_RUNS = re.compile(rf"[{_HAN}]+|[0-9]+(?:\.[0-9]+)?|[^{_HAN}0-9]+")
_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")


class MandarinPhonemes:
    """The readings of the characters.

    Args:
        latin: reads the words between them that are in Latin letters.

    Raises:
        ModelMissingError: the package pypinyin is missing.
    """

    def __init__(self, latin: Callable[[str], str]) -> None:
        try:
            import pypinyin
        except ImportError as fault:
            raise ModelMissingError(
                "Mandarin words need the package pypinyin, which is not installed", hint=INSTALL_HINT
            ) from fault
        self._pinyin: Any = pypinyin
        self._latin = latin

    def __call__(self, text: str) -> str:
        """Phonemes of one sentence; punctuation stays."""
        parts = []
        for run in _RUNS.findall(join_han(text).replace("%", "百分")):
            if run[0].isascii() and run[0].isdigit():
                run = read_number(run)
            if has_han(run):
                parts.append(self._read(run))
            else:
                parts.append(f" {self._latin(run)} " if any(map(str.isalpha, run)) else run)
        return re.sub(r"\s+([,.!?;:])", r"\1", re.sub(r"\s+", " ", "".join(parts))).strip()

    def _read(self, characters: str) -> str:
        style = self._pinyin.Style
        asked = {"strict": True, "neutral_tone_with_five": True, "errors": "ignore", "tone_sandhi": True}
        initials = self._pinyin.lazy_pinyin(characters, style=style.INITIALS, **asked)
        finals = self._pinyin.lazy_pinyin(characters, style=style.FINALS_TONE3, **asked)
        return " ".join(spell_syllable(*pair) for pair in zip(initials, finals, strict=False))


def has_han(text: str) -> bool:
    """Whether a text has Chinese characters."""
    return re.search(rf"[{_HAN}]", text) is not None


def part_han(text: str) -> str:
    """Chinese text as words are counted and cut elsewhere: a space around every character."""
    return re.sub(rf"(?<=[{_HAN}])(?=[\w])|(?<=[.!?,;:\w])(?=[{_HAN}])", " ", text)


def join_han(text: str) -> str:
    """The same as people write it, without those spaces."""
    return _HAN_GAP.sub("", text)


def spell_syllable(initial: str, final: str) -> str:
    """One syllable of pinyin, such as "zh" and "uang4", as phonemes."""
    tone = _TONES.get(final[-1:], "")
    vowels = final.rstrip("12345").replace("ü", "v")
    spelt = "ɨ0" if vowels == "i" and initial in _BUZZED else _FINALS.get(vowels, "")
    return _INITIALS.get(initial, "") + spelt.replace("0", tone)


def read_number(digits: str) -> str:
    """A number in Chinese characters: up to eight digits by their places, longer ones and fractions digit by digit."""
    whole, point, fraction = digits.partition(".")
    behind = "点" + "".join(_DIGITS[int(digit)] for digit in fraction) if point else ""
    if len(whole) > 8 or (len(whole) > 1 and whole[0] == "0"):
        return "".join(_DIGITS[int(digit)] for digit in whole) + behind
    high, low = divmod(int(whole), 10_000)
    if not high:
        return (_below_ten_thousand(low) or "零") + behind
    gap = "零" if 0 < low < 1000 else ""
    return _below_ten_thousand(high) + "万" + gap + _below_ten_thousand(low) + behind


def _below_ten_thousand(number: int) -> str:
    read = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            read += _DIGITS[digit] + _PLACES[place]
        elif read and not read.endswith("零"):
            read += "零"
    read = read.rstrip("零")
    return read[1:] if read.startswith("一十") else read
