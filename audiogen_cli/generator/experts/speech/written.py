"""What people write short, written as they would say it: addresses of the net, degrees, units, "24/7", "e.g.".

In: the ASR view's text as it stands. Out: the same with those written out; settled after once. Plain numbers, times,
dates, money, titles and acronyms stay: the front end of `phonemes` reads them.
"""

import re

_ENDINGS = "com|org|net|edu|gov|info|io|co|uk|de|fr|eu|tv|ai|dev|app"
_SITE = re.compile(
    rf"(?<![@\w.])(?:https?://)?(www\.)?((?:[a-z0-9-]+\.)+(?:{_ENDINGS}))\b((?:/[\w.-]+)*)/?(?![\w@])", re.I
)
_ROUND_NUMBERED = r"(room|flight|suite|highway|route|bus|channel|gate|apartment|area)"
_SPOKEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"(?<=\d)\s*°\s*C\b", " degrees Celsius"),
        (r"(?<=\d)\s*°\s*F\b", " degrees Fahrenheit"),
        (r"(?<=\d)\s*°", " degrees"),
        (r"\b24/7\b", "24 7"),
        (r"(?<![$£€\d.,:])(\d+(?:[.,]\d+)?)m(?=[\s,;!?]|\.(?:\s|$)|$)", r"\1 meters"),
        (r"(?<![$£€\d.,:])(\d+\.\d+)\s?s\b", r"\1 seconds"),
        (r"(?<=\d)\s?ft\.", " feet"),
        (r"(?<=\d)\s?in\.(?=\s[a-z]|$)", " inches"),
        (r"(?<=\d)\s?lbs?\.", " pounds"),
        (r"\b(\d+):(\d)(?![\d:])", r"\1 to \2"),
        (r"\bi\.e\.,?(?=\s)", "that is,"),
        (r"\be\.g\.,?(?=\s)", "for example,"),
        (r"\betc\.(?=\s+[a-z]|,)", "et cetera"),
        (r"\bCtrl\s?\+\s?", "Control "),
        (r"\bAve\.(?=\s[a-z])", "Avenue"),
        (rf"(?i)\b{_ROUND_NUMBERED} (\d)0(\d)\b", r"\1 \2 oh \3"),
    )
)


def write_out(text: str) -> str:
    """The text with what is written short written out."""
    text = _SITE.sub(_say_site, text)
    for pattern, said in _SPOKEN:
        text = pattern.sub(said, text)
    return text


def _say_site(site: re.Match[str]) -> str:
    web = "W W W dot " if site[1] else ""
    path = site[3].replace("/", " slash ").replace(".", " dot ")
    return f"{web}{site[2].replace('.', ' dot ')}{path}"
