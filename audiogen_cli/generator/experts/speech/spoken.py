"""The words to be said, made fit for a voice: any text in, clean sentences out.

In: the ASR view as it stands, any Unicode. Out: `Line`s, split where speakers may change (a new
line, " | ", quotes) and at the ends of sentences; and the language, as far as script and small words
tell it. Addresses and units are written out by `written`; plain numbers and titles are read by `phonemes`.
"""

import re
import unicodedata
from dataclasses import dataclass

from audiogen_cli.generator.experts.speech.mandarin import part_han
from audiogen_cli.generator.experts.speech.written import write_out

_SAME = str.maketrans({
    "‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "–": "—", "―": "—", "…": "...", "[": " ", "]": " ", "{": " ", "}": " ",
    "(": ", ", ")": ", ", "_": " ", "<": " ", ">": " ", "*": " ", "\\": " ", "~": " ", "^": " ",
    "。": ".", "、": ",", "「": '"', "」": '"', "『": '"', "』": '"', "《": '"', "》": '"',
})  # fmt: skip
_DROPPED = frozenset({"So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})  # emoji, controls, lone marks
_LONGEST_WORD = 30  # letters; a longer run is read in pieces
_LABEL = re.compile(
    r"(?:(?<=^)|(?<=[.!?\n|\"]))\s*(?:(?:first|second|old|young|little) )?"
    r"(?:man|woman|boy|girl|child|kid|speaker|person|male|female|voice)(?: ?[a-z0-9])?\s*:\s*",
    re.I,
)
_STAGE = re.compile(
    r"\[[^\]]{0,80}\]|\((?:[a-z]+ing|[a-z]+s|pause|sigh|whispered?|softly|angrily|beat)\b[^)]{0,40}\)", re.I
)
_TITLE = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|Gen|Capt|Lt|Sgt|Col|Rev|Jr|Sr|vs|No|approx)|\b[A-Z]|\b[ap]\.m)\.$"
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(]?[^\W_])")
_TURN = re.compile(r"\s+\|\s+|\s*\|\|\s*|\s*[\r\n]+\s*|(?<=[.!?,])\"\s+(?=\")|^\s*—\s*|(?<=[.!?])\s+—\s*(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence; `new_turn` where the text itself says that another speaker begins."""

    text: str
    new_turn: bool = False


def read_lines(words: str) -> list[Line]:
    """The sentences of an ASR view in order; none where nothing in it can be spoken."""
    lines: list[Line] = []
    words = _LABEL.sub("\n", words.replace("\u2028", "\n").replace("”“", "\n").replace("“", '"').replace("”", '"'))
    for turn in _TURN.split(_STAGE.sub(" ", words)):
        sentences = _sentences(clean_words(turn))
        lines += [Line(text=text, new_turn=index == 0 and bool(lines)) for index, text in enumerate(sentences)]
    return lines


def clean_words(text: str) -> str:
    """Plain letters, digits and punctuation: accents off Latin letters, emoji, markup and control characters gone."""
    letters = []
    text = write_out(text)
    for letter in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).translate(_SAME)):
        category = unicodedata.category(letter)
        if category in _DROPPED:
            if category in ("So", "Cc"):
                letters.append(" ")
        else:
            letters.append(letter)
    plain = re.sub(r"\s+", " ", "".join(letters).translate(_SAME))
    plain = re.sub(r"(?:,\s*)+(?=[,.!?])|^[\s,;:.]+", "", plain)
    plain = re.sub(r"([!?])[!?]+", r"\1", plain)
    plain = re.sub(r"\.{2,}", "...", plain)
    plain = re.sub(rf"([^\W\d_]{{{_LONGEST_WORD}}})(?=[^\W\d_])", r"\1 ", plain)
    plain = re.sub(r"(\d{15})(?=\d)", r"\1 ", plain)
    plain = part_han(re.sub(r"\s+([,.!?;:])", r"\1", plain.strip()))
    return plain if any(letter.isalnum() for letter in plain) else ""


def count_words(text: str) -> int:
    """Words as white space parts them; in cleaned Chinese every character is one."""
    return len(text.split())


def find_language(text: str) -> str:
    """The language's English name as far as script and small words tell it; "English" when in doubt."""
    scripts = [_script(letter) for letter in unicodedata.normalize("NFC", text) if letter.isalpha()]
    if not scripts:
        return "English"
    foreign = [script for script in scripts if script != "LATIN"]
    if len(foreign) * 4 > len(scripts):
        if any(script in ("HIRAGANA", "KATAKANA") for script in foreign):
            return "Japanese"
        return _BY_SCRIPT.get(max(set(foreign), key=foreign.count), "another language")
    words = set(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text).lower()))  # "la la la" tells nothing
    if any(mark in text for mark in "¿¡"):
        return "Spanish"
    scores = {name: sum(word in small for word in words) for name, small in _SMALL_WORDS.items()}
    best = max(scores, key=lambda name: scores[name])
    certain = scores[best] >= 2 and scores[best] > 2 * scores["English"] and scores[best] * 4 >= len(words)
    return best if certain else "English"


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "UNKNOWN").split()[0]
    return "LATIN" if name in ("FULLWIDTH", "MATHEMATICAL", "MODIFIER", "FEMININE", "MASCULINE", "SCRIPT") else name


_BY_SCRIPT = {
    "CJK": "Chinese", "HANGUL": "Korean", "CYRILLIC": "Russian or another Cyrillic language", "ARABIC": "Arabic",
    "HEBREW": "Hebrew", "GREEK": "Greek", "DEVANAGARI": "Hindi", "THAI": "Thai",
}  # fmt: skip
_SMALL_WORDS = {
    name: frozenset(words.split())
    for name, words in {
        "English": "the a an is are was were i you he she it we they to of in on at and or not do did my your his her "
        "this that what where why who how for with be have has no yes please me so can will",
        "Spanish": "el la los las un una es está están son que de en y por para con no sí muy mi tu su qué dónde cómo "
        "hola gracias señor ahora hay pero vamos aquí",
        "French": "le la les un une des est sont que de du en et pour avec ne pas je tu il elle nous vous mon ma votre "
        "où ce c'est bonjour merci oui très suis ça qui",
        "German": "der die das ein eine ist sind und ich du er sie wir ihr nicht mit für von zu den dem mein dein wo "
        "warum ja nein bitte danke sehr hier wie was auf",
        "Portuguese": "o os as um uma é são que de do da em e por para com não sim meu minha você onde como obrigado "
        "bom dia está muito aqui",
        "Italian": "il lo gli un una è sono che di del della in e per con non sì mio mia dove come ciao grazie molto "
        "questo ho hai perché",
        "Dutch": "de het een is zijn en ik je jij hij wij niet met voor van naar mijn waar waarom ja nee dank hier wat",
    }.items()
}


def _sentences(text: str) -> list[str]:
    """Split at the ends of sentences, not after titles, initials and the like."""
    sentences: list[str] = []
    start = 0
    for gap in _SENTENCE.finditer(text):
        head = text[start : gap.start()]
        if _TITLE.search(head) or (head.endswith("...") and text[gap.end()].islower()):
            continue
        sentences.append(head)
        start = gap.end()
    sentences.append(text[start:])
    return [part for part in (sentence.strip(" \"'") for sentence in sentences) if any(c.isalnum() for c in part)]
