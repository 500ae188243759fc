"""A person's sentence taken apart as text: cleaned, its quotations found, its request and its topic told from the rest.

In: text. Out: text. What the words mean is the business of `reading`.
"""

import re

from audiogen_cli.caption.cleaning import strip_tags

_QUOTE = re.compile(r"[\"“„«「『]([^\"“”„«»「」『』]{1,600})[\"”“»」』]|(?<![^\W_])'([^']{2,600})'(?![^\W_])")
_TITLE = re.compile(r"\b(?:called|titled|named|entitled|word|song)\s*$", re.IGNORECASE)
_UTTERANCE_TEXT = """
i i'm i've i'll i'd you you're we we're he he's she she's they it's it that's this these there let's don't do
did can could will would may are is am have has was were not no yes yeah oh ah hey hi hello good goodbye bye
thank thanks sorry please stop help wait come go get give take look listen watch run stay keep hold open close
turn move leave cover follow bring put sit stand wake hurry be never always what where when why who how which
welcome happy merry dear ladies attention action fire charge surrender freeze silence quiet one today tonight
tomorrow my your our nobody
"""
_UTTERANCE = frozenset(_UTTERANCE_TEXT.split())
"""Words that open what somebody says; "shouting orders" and "whispering library" quote nobody."""
_SAYS = re.compile(
    r"\b(?:says|saying|shouts|shouting|yells|yelling|whispers|whispering|screams|answers|asks|calls out)"
    r"(?P<colon>:?),?\s+"
    r"(?!(?:in|on|at|to|with|from|over|about|into|something|things|words|nothing|his|her|their|its|my|your|our|for|goodbye|"
    r"farewell|"
    r"softly|loudly|\w+ly|while|and|then|as|people|poetry|the\s+(?:news|time)|a\s+(?:few|word)|hello\s+to)\b)"
    r"(?P<words>(?:[^\W_]+(?:['’][^\W_]+)?[ ]?){1,14}[!?.]?)",
    re.IGNORECASE,
)
_SAID_ENDS = re.compile(
    r"\s+\b(?:in(?!\s+(?:\d|one|two|three|four|five|ten|a\s+hundred))|on|while|as|over|during|inside|then|with|at|from|under|when|before|after)\b.*",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^\s*(?:(?:hey|hi|hello|ok|okay|um|so)[, ]+)?(?:please[, ]+)?"
    r"(?:(?:can|could|would|will) (?:you|i|we) (?:please )?)?"
    r"(?:(?:i|we)\s+(?:want|need|would like|wanna|['’]?d like)|(?:i|we)['’]d (?:like|love)|"
    r"(?:i['’]?m |we['’]?re )?looking for|"
    r"give (?:me|us)|make(?: me| us)?|create|need|want|do|get|have|how about|something like|"
    r"generate|produce|play me|render|let me|try)"
    r"(?:\s+to)?(?:\s+(?:hear|have|listen to|get))?\s+",
    re.IGNORECASE,
)
_SOUND_OF = re.compile(
    r"^(?:(?:an?|the|some)\s+)?(?:(?:\d+|ten|five|short|long|nice|realistic|second|seconds|s)[ -]+)*"
    r"(?:sounds?|audio|clip|recording|soundscape|ambience|ambiance|atmosphere|scene|sfx|noises?)"
    r"(?:\s+(?:clip|effects?|scene))?\s+(?:of|with|where|in which|from|for)\s+",
    re.IGNORECASE,
)
_SOUNDS_LIKE = re.compile(
    r"^\s*(?:what|how)\s+(?:does|do|would|did)\s+(.+?)\s+sound(?:\s+like)?\s*\??\s*$", re.IGNORECASE
)
_TOPIC = re.compile(r"\babout\s+((?:[^\W\d_]+(?:['’-][^\W_]+)?\s?){1,6})", re.IGNORECASE)
_ADVERTISED = re.compile(
    r"\b(?:commercial|ad|advert|advertisement|promo|infomercial)\s+for\s+((?:[^\W\d_]+(?:['’-][^\W_]+)?\s?){1,6})",
    re.IGNORECASE,
)
_LISTENER = r"(?:her|him|them|me|us|his|their|my|our|the|an?)\b"
"""What opens the one that is spoken to."""
_TOPIC_ENDS = re.compile(
    r"\s*\b(?:in|on|at|while|with|as|over|during|inside|then|and then|when|that|who|which|from|under|"
    r"to|by|is|are|between)\b.*",
    re.IGNORECASE,
)


def clean_text(text: str) -> str:
    """A text without forged tags, control characters, emoji, markdown and line breaks."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("�", " ")
    text = strip_tags(text)
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    text = "".join(char if char.isprintable() else " " for char in text)
    text = re.sub(r"[*_#`~<>|{}\[\]\\^\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def find_quotes(text: str) -> tuple[str, ...]:
    """What stands between quotation marks, to be spoken; not the title of a song."""
    spoken = [
        (quote.group(1) or quote.group(2)).strip() for quote in _QUOTE.finditer(text) if not _is_title(text, quote)
    ]
    return tuple(words for words in spoken if re.search(r"[^\W_]", words))


def without_quotes(text: str) -> str:
    """A text without what stands between quotation marks and is to be spoken; titles stay."""
    return _QUOTE.sub(lambda quote: quote.group() if _is_title(text, quote) else " ", text)


def _is_title(text: str, quote: re.Match[str]) -> bool:
    return _TITLE.search(text[: quote.start()]) is not None


def reported_words(text: str) -> tuple[tuple[str, ...], str]:
    """The words after "says" without quotation marks, and the text without them."""
    said = _SAYS.search(text)
    if said is None:
        return (), text
    words = _SAID_ENDS.sub("", said["words"]).strip()
    opening = words.split(" ", 1)[0].lower().replace("’", "'").rstrip(".!?")
    if not words or not (said["colon"] or words[-1] in "!?" or opening in _UTTERANCE):
        return (), text
    start = said.start("words")
    spoken = words[:1].upper() + words[1:]
    return (
        spoken if spoken[-1] in ".!?" else spoken + ".",
    ), f"{text[:start].rstrip()} {text[start + len(words) :].lstrip()}"


def topic_of(text: str) -> str:
    topic = _TOPIC.search(text) or _ADVERTISED.search(text)
    if topic is None:
        return ""
    asked = re.match(r"(?:who|what|which|how|why|where|whether|when)\s+", topic.group(1), re.IGNORECASE)
    opening = asked.group() if asked else ""
    return (opening + _TOPIC_ENDS.sub("", topic.group(1)[len(opening) :])).strip()


def own_words(text: str, *, quoted: bool) -> str:
    """The person's sentence as a caption may hold it: without the request, denials and the gap a quotation leaves."""
    text = _SOUNDS_LIKE.sub(r"\1", text)
    own = _SOUND_OF.sub("", _POLITE.sub("", text, count=1).lstrip(), count=1)
    own = re.sub(
        r"[,;]?\s*\b(?:but |and |with )*(?:no|without(?: any)?|not)\s+(?:[^\W_]+\s?){1,3}?"
        r"(?:(?:,| or| and| nor)\s+(?:no\s+)?(?:music|voices?|speech|talking|dialogue|people|vocals|sound effects))*"
        r"(?=[,.;]|$| but | with | in )",
        "",
        own,
        flags=re.IGNORECASE,
    )
    own = re.sub(r"[,;]?\s*\b(?:please|thanks|thank you)\b[.!]*\s*$", "", own, flags=re.IGNORECASE)
    own = re.sub(r"[\"“”„«»「」『』]", "", own)
    own = (
        re.sub(r"^(?:voice|speaker|narrator|man|woman)\s*:\s*", "A voice ", own, flags=re.IGNORECASE) if quoted else own
    )
    if quoted:
        own = re.sub(rf"\b(?:says|said|tells|asks|answers)\s+(?={_LISTENER})", "speaks to ", own, flags=re.IGNORECASE)
        own = re.sub(rf"\b(?:telling|asking|answering)\s+(?={_LISTENER})", "speaking to ", own, flags=re.IGNORECASE)
        own = re.sub(r"\b(says|said|tells|asks|answers)\b", "speaks", own, flags=re.IGNORECASE)
        own = re.sub(r"\b(saying|telling|asking)\b", "speaking", own, flags=re.IGNORECASE)
    own = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s+", " ", own))
    own = re.sub(r"[,:;]\s*(?=[.,;:]|$)", "", own)
    return own.strip(" ,.;:!?-–—'")
