"""Small change of English phrases: articles, lists, the case of a first letter.

In: phrases. Out: phrases. Every module that writes a view or a caption takes them from here.
"""


def article(words: str) -> str:
    """ "a" or "an", by how the words begin."""
    sounds_open = words[:1].lower() in tuple("aeiou") and not words.lower().startswith(("uni", "us", "one"))
    return "an" if sounds_open else "a"


def joined(words: list[str]) -> str:
    """ "one", "one and two", "one, two and three"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def lower_first(text: str) -> str:
    """A phrase as it stands within a sentence; an acronym keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence_case(text: str) -> str:
    """A phrase as it begins a sentence."""
    return text[:1].upper() + text[1:]
