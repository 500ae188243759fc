"""What a Speech view says is talked about: it tells nothing of who talks.

In: the Speech view. Out: the same text, of the same length, with its topics and quotations left blank, so that in "a
woman discussing an angry customer" nobody is angry; how it is said ("calmly") stays where it stands.
"""

import re

_QUOTED = re.compile(r"(?<!\w)(?:'[^']{3,}'|\"[^\"]{3,}\"|“[^”]{3,}”|‘[^’]{3,}’)(?!\w)")
_TOPIC = re.compile(
    r"\b(?:discuss(?:es|ing|ion\s+(?:of|about|on))|describ(?:es|ing)|explain(?:s|ing)|explanations?\s+(?:of|about)|"
    r"about(?!\s+(?:\d|twen|thir|for|fif|six|seven|eigh))|regarding|concerning|analy[sz](?:es|ing)|analysis\s+of|"
    r"detail(?:s|ing)|address(?:es|ing)|mention(?:s|ing)|referenc(?:es|ing)|evaluat(?:es|ing)|promot(?:es|ing)|"
    r"present(?:s|ing)|instructions?\s+(?:on|for)|commentary\s+on|reports?\s+on|reporting\s+on|review(?:s|ing))\b"
    r"(?P<topic>.*?)"
    r"(?=[,;.]|\b(?:with|in\s+an?|delivered|using|while|through|over|speaking|from\s+an?|featuring|exhibiting|showing|maintaining|"
    r"and\s+an?(?:other)?|by)\b|$)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def without_topics(view: str) -> str:
    """A Speech view with blanks in the place of what is only talked about."""
    view = _QUOTED.sub(lambda quote: " " * len(quote.group()), view)
    return _TOPIC.sub(_blanked, view)


def _blanked(told: re.Match[str]) -> str:
    """What opens a topic, then the topic without all but its adverbs."""
    opening = told.group()[: told.start("topic") - told.start()]
    return opening + _WORD.sub(_only_adverbs, told["topic"])


def _only_adverbs(word: re.Match[str]) -> str:
    return word.group() if word.group().lower().endswith("ly") else " " * len(word.group())
