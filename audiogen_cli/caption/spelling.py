"""Written English to spoken English: digits, money, times, units, symbols and abbreviations as words.

In: a line of English to be spoken. Out: the same line with nothing left that a voice would have to
guess at: "Dr. Lee paid $3.50 at 7:05 pm" becomes "Doctor Lee paid three dollars and fifty cents at
seven oh five PM". Which lines are English is `language`'s business. The rules for a caption read it, for
the unified model, which learned speech from words; the speech expert's own front end reads digits too.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", *_TEENS)
_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_DENOMINATORS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 8: "eighth", 10: "tenth"}
_MONEY = {
    "$": ("dollar", "cent"),
    "€": ("euro", "cent"),
    "£": ("pound", "penny"),
    "¥": ("yen", "sen"),
    "₹": ("rupee", "paisa"),
}
_SCALED = {"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion"}
_UNITS = {
    "km/h": "kilometer per hour",
    "kmh": "kilometer per hour",
    "kph": "kilometer per hour",
    "mph": "mile per hour",
    "m/s": "meter per second",
    "km": "kilometer",
    "cm": "centimeter",
    "mm": "millimeter",
    "m²": "square meter",
    "m": "meter",
    "kg": "kilogram",
    "mg": "milligram",
    "g": "gram",
    "lbs": "pound",
    "lb": "pound",
    "oz": "ounce",
    "ft": "foot",
    "mi": "mile",
    "ml": "milliliter",
    "l": "liter",
    "hrs": "hour",
    "hr": "hour",
    "h": "hour",
    "mins": "minute",
    "min": "minute",
    "secs": "second",
    "sec": "second",
    "s": "second",
    "ms": "millisecond",
    "gb": "gigabyte",
    "mb": "megabyte",
    "tb": "terabyte",
    "kb": "kilobyte",
    "khz": "kilohertz",
    "mhz": "megahertz",
    "hz": "hertz",
    "kw": "kilowatt",
    "w": "watt",
    "v": "volt",
    "db": "decibel",
    "°c": "degree Celsius",
    "°f": "degree Fahrenheit",
    "°": "degree",
}
_PLURALS = {
    "foot": "feet",
    "hertz": "hertz",
    "kilohertz": "kilohertz",
    "megahertz": "megahertz",
    "yen": "yen",
    "penny": "pence",
}
_TITLES = {
    "dr": "Doctor", "mr": "Mister", "mrs": "Missus", "ms": "Miss", "prof": "Professor", "capt": "Captain",
    "sgt": "Sergeant", "lt": "Lieutenant", "col": "Colonel", "gen": "General", "rev": "Reverend", "hon": "Honorable",
    "gov": "Governor", "sen": "Senator", "mt": "Mount", "jr": "Junior", "sr": "Senior",
}  # fmt: skip
_SHORTENED = {
    "vs": "versus", "etc": "et cetera", "e.g": "for example", "i.e": "that is", "approx": "approximately",
    "dept": "department", "ave": "Avenue", "blvd": "Boulevard", "rd": "Road", "apt": "apartment", "min": "minutes",
    "hrs": "hours", "inc": "Incorporated",
    "ltd": "Limited", "est": "established", "jan": "January", "feb": "February", "aug": "August", "sept": "September",
    "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
_SIGNS = (
    ("%", " percent"),
    ("&", " and "),
    ("@", " at "),
    ("+", " plus "),
    ("=", " equals "),
    ("№", " number "),
    ("#", " number "),
    ("²", " squared"),
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMPM = r"([ap])(?:\.\s?m\b\.?|m\b)"


def spell_out(text: str) -> str:
    """Write every digit, sign and known abbreviation of an English line in words; other text stays as it is."""
    text = _ascii_digits(text)
    for pattern, write in _forms():
        text = _written(pattern, write, text)
    for sign, words in _SIGNS:
        text = text.replace(sign, words)
    text = _written(re.compile(r"\d+"), lambda match: digits_in_words(match.group()), text)  # whatever is left
    return re.sub(r"\s+([,.!?;:])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip()


def number_in_words(number: int) -> str:
    """A whole number as it is said: 342 is "three hundred and forty-two"; from a quadrillion on digit by digit."""
    if number < 0:
        return "minus " + number_in_words(-number)
    if number >= 10**15:
        return digits_in_words(str(number))
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    value, name = next(scale for scale in _SCALES if number >= scale[0])
    rest = number % value
    joint = " and " if 0 < rest < 100 else " "
    return f"{number_in_words(number // value)} {name}" + (joint + number_in_words(rest) if rest else "")


def ordinal_in_words(number: int) -> str:
    """The place in an order: 22 is "twenty-second"."""
    words = number_in_words(number)
    last = re.split(r"[ -]", words)[-1]
    head = words[: len(words) - len(last)]
    if last in _ORDINALS:
        return head + _ORDINALS[last]
    return head + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def year_in_words(year: int) -> str:
    """A year as it is said: 1905 "nineteen oh five", 2005 "two thousand five", 2024 "twenty twenty-four"."""
    century, rest = divmod(year, 100)
    if not 1100 <= year < 2100:
        return number_in_words(year)
    if 2000 <= year < 2010 or (not rest and not century % 10):
        return number_in_words(year // 1000) + " thousand" + (f" {_ONES[rest]}" if rest else "")
    if not rest:
        return number_in_words(century) + " hundred"
    return number_in_words(century) + (f" oh {_ONES[rest]}" if rest < 10 else f" {number_in_words(rest)}")


def digits_in_words(digits: str) -> str:
    """Digit by digit, as telephone numbers are said."""
    return " ".join(_ONES[int(digit)] for digit in digits if digit.isdigit())


@cache
def _forms() -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]:
    """What is written in a form of its own, the special before the general."""
    money = "".join(map(re.escape, _MONEY))
    units = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
    titles, shortened = "|".join(_TITLES), "|".join(map(re.escape, _SHORTENED))
    forms: list[tuple[str, Callable[[re.Match[str]], str]]] = [
        (
            rf"([{money}])\s?({_NUMBER})(?:\s?(million|billion|thousand|[kmb]n?)\b)?",
            lambda m: _amount(m[1], m[2], m[3]),
        ),
        (rf"({_NUMBER})\s?([{money}])", lambda m: _amount(m[2], m[1], None)),
        (rf"\b([01]?\d|2[0-4])[:.]([0-5]\d)\s?{_AMPM}", lambda m: _clock(m[1], m[2]) + f" {m[3].upper()}M"),
        (r"\b([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?\b", lambda m: _clock(m[1], m[2])),
        (rf"\b(\d{{1,2}})\s?{_AMPM}", lambda m: number_in_words(int(m[1])) + f" {m[2].upper()}M"),
        (r"\b([ap])\.m\.?(?=\W|$)", lambda m: f"{m[1].upper()}M"),
        (r"\b24/7\b", lambda m: "twenty-four seven"),
        (r"\b(\d{4})-(0?[1-9]|1[0-2])-(\d{1,2})\b", lambda m: _date(m[1], m[2], m[3])),
        (
            r"\b(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\b",
            lambda m: " ".join([_number(m[1]), _number(m[3]), year_in_words(int(m[4]))]),
        ),
        (
            r"(?<![\w-])(?:\+\d{1,3}[ -])?(?:\(\d{3}\)\s?|\d{3}[.-])\d{3}[ .-]\d{4}(?![\w-])",
            lambda m: digits_in_words(m[0]),
        ),
        (r"(?<![\w-])\d{3}-\d{4}(?![\w-])", lambda m: digits_in_words(m[0])),
        (r"\b\d{1,3}(?:\.\d{3}){2,}\b", lambda m: number_in_words(int(m[0].replace(".", "")))),
        (r"\b\d+(?:\.\d+){2,}\b", lambda m: " dot ".join(map(digits_in_words, m[0].split(".")))),
        (r"\b(\d)['’′](\d{1,2})\b[\"”″]?", lambda m: f"{_number(m[1])} foot {_number(m[2])}"),
        (r"\b(call|dial|phone|ring) (911|999|112)\b", lambda m: f"{m[1]} {digits_in_words(m[2])}"),
        (rf"\b({_MONTHS}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)", lambda m: f"{m[1]} {ordinal_in_words(int(m[2]))}"),
        (r"\b(\d{1,9})(?:st|nd|rd|th)\b", lambda m: ordinal_in_words(int(m[1]))),
        (r"\b(1[1-9]|20)(\d0)['’]?s\b", lambda m: f"{number_in_words(int(m[1]))} {_decade(int(m[2]))}"),
        (r"['’]?\b([2-9]0)['’]?s\b", lambda m: _decade(int(m[1]))),
        (r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])", lambda m: _fraction(int(m[1]), int(m[2]))),
        (rf"(?<![\w.,-])-({_NUMBER})", lambda m: f"minus {m[1]}"),
        (rf"({_NUMBER})\s?[-–—]\s?(?=\d)", lambda m: f"{m[1]} to "),
        (rf"\bno\. ?({_NUMBER})", lambda m: f"number {m[1]}"),
        (rf"({_NUMBER})\s?({units})(?![\w²/])", lambda m: f"{_number(m[1])} {_counted(_UNITS[m[2].lower()], m[1])}"),
        (r"(?<![\d,.])(1[1-9]\d\d|20\d\d)(?![\d,]*\d|\.\d)", lambda m: year_in_words(int(m[1]))),
        (rf"(?<=[^\W\d_])({_NUMBER})", lambda m: f" {_number(m[1])}"),  # "B2", "T-800"
        (rf"({_NUMBER})(?=[^\W\d_])", lambda m: f"{_number(m[1])} "),  # "4K", "3D"
        (_NUMBER, lambda m: _number(m[0])),
        (r"\bst\.(?=\s(?-i:[A-Z]))", lambda m: "Saint"),
        (r"(?<=\w )st\.(?=\W|$)", lambda m: _ended("Street", m)),
        (rf"\b({titles})\.(?=\s(?-i:[A-Z]))", lambda m: _TITLES[m[1].lower()]),
        (rf"\b({shortened})\.(?=\W|$)", lambda m: _ended(_SHORTENED[m[1].lower()], m)),
        (r"\bvs\b", lambda m: "versus"),
        (r"\bw/o\b", lambda m: "without"),
        (r"\bw/(?=\s|\w)", lambda m: "with "),
    ]
    return [(re.compile(pattern, re.IGNORECASE), write) for pattern, write in forms]


def _written(pattern: re.Pattern[str], write: Callable[[re.Match[str]], str], text: str) -> str:
    return pattern.sub(lambda match: _placed(write(match), match), text)


def _placed(words: str, match: re.Match[str]) -> str:
    """Words put where something else stood: with a capital where a sentence begins, as the text had it."""
    before = match.string[: match.start()].rstrip(" \"'“‘(")
    if (not before or before[-1] in ".!?") and words[:1].islower():
        return words[0].upper() + words[1:]
    return words


def _ended(words: str, match: re.Match[str]) -> str:
    """The full stop of a short form also ends the sentence where nothing, or a new sentence, follows."""
    after = match.string[match.end() :]
    ends = not after.strip() or (words == "et cetera" and re.match(r"\s+[A-Z]", after))
    return words + ("." if ends else "")


def _date(year: str, month: str, day: str) -> str:
    return f"{_MONTHS.split('|')[int(month) - 1]} {ordinal_in_words(int(day))}, {year_in_words(int(year))}"


def _number(written: str) -> str:
    whole, _, decimals = written.replace(",", "").partition(".")
    if len(whole) > 1 and whole[0] == "0":
        return digits_in_words(whole + decimals)
    return number_in_words(int(whole)) + (f" point {digits_in_words(decimals)}" if decimals else "")


def _counted(unit: str, written: str) -> str:
    """The unit in its plural unless there is exactly one: "miles per hour", "one foot"."""
    if written == "1":
        return unit
    head, *rest = unit.split(" ", 1) if " per " in unit or unit.startswith("degree ") else [unit]
    return " ".join([_PLURALS.get(head, head + "s"), *rest])


def _amount(sign: str, written: str, scale: str | None) -> str:
    coin, small = _MONEY[sign]
    if scale:
        return f"{_number(written)} {_SCALED.get(scale.lower(), scale.lower())} {_counted(coin, '2')}"
    whole, _, rest = written.replace(",", "").partition(".")
    cents = int((rest + "0")[:2]) if rest else 0
    parts = [f"{number_in_words(int(whole))} {_counted(coin, whole)}"] if int(whole) or not cents else []
    return " and ".join(parts + ([f"{number_in_words(cents)} {_counted(small, str(cents))}"] if cents else []))


def _clock(hour: str, minute: str) -> str:
    at, past = int(hour), int(minute)
    if past:
        return f"{number_in_words(at)} " + (f"oh {_ONES[past]}" if past < 10 else number_in_words(past))
    if at in (0, 24):
        return "midnight"
    return number_in_words(at) + (" o'clock" if at <= 12 else " hundred")


def _decade(tens: int) -> str:
    if tens == 0:
        return "hundreds"
    return "tens" if tens == 10 else _TENS[tens // 10][:-1] + "ies"


def _fraction(top: int, bottom: int) -> str:
    if top >= bottom or bottom not in _DENOMINATORS:
        return f"{number_in_words(top)} {'out of' if top <= bottom else 'over'} {number_in_words(bottom)}"
    name = _DENOMINATORS[bottom]
    return f"{number_in_words(top)} {name if top == 1 else 'halves' if name == 'half' else name + 's'}"


def _ascii_digits(text: str) -> str:
    """Digits of any script to 0-9, fractions and degree signs to plain ones."""
    return "".join(
        _PLAIN.get(char) or (str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char)
        for char in text
    )


_PLAIN = {"²": "²", "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "＄": "$", "℃": "°C", "℉": "°F"}
