"""Is this text English? Enough to see a view written in the person's language instead of the model's.

In: a short text. Out: yes or no. By script first, then by the small words that only one language
has; no model, no table of n-grams, and in doubt a text counts as English, for a false alarm costs a
round trip to the language model.
"""

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ENGLISH = frozenset(
    _WORD.findall(
        "the a an of and in on with to is are at by for from as it its his her their into over through then while "
        "that this"
        " you i we he she they not no my your what who will be have has was"
    )
)
_OTHERS = frozenset(  # only words that English does not have
    _WORD.findall(
        "el los las una unos con por para pero que está muy del y es qué cómo os um uma uns com não é em ao da das dos"
        " le les des une du et dans avec est sur pour pas qui je nous vous il elle sont aux gli della di che non "
        "sono nel"
        " der und ein eine einer einem einen mit ist im auf nicht von zu ich wir sie auch dem den wird"
        " het een van niet zijn jest się nie bir ve ile bu tú yo ella este esta como hay sí más você eu minha meu"
        " ne ce cette mon ton suis du dich mich ja nein haben hier mein dein"
    )
)


def looks_english(text: str) -> bool:
    """Whether a text may pass as English: in Latin letters, its small words not mostly those of other languages."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return True
    latin = sum(_is_latin(char) for char in letters)
    if latin < 0.9 * len(letters):
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    other = sum(word in _OTHERS for word in words) + 0.5 * sum(not word.isascii() for word in words)
    other += 2.0 * any(sign in text for sign in "¿¡")
    return other < 2 or other <= sum(word in _ENGLISH for word in words)


def writes_without_spaces(text: str) -> bool:
    """Whether most of a text is in a script that sets no spaces between words: Chinese, Japanese, Thai."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and sum(_is_unspaced(char) for char in letters) > 0.5 * len(letters)


def _is_latin(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith("LATIN")


def _is_unspaced(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER"))
