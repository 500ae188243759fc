"""What somebody is told to say: the verbs that tell it and the words they stand for, read from `reported.yaml`.

In: the data file, whose head says how an entry is written. Out: `Report`s in its order, their patterns compiled when
asked for. Putting the words into somebody's mouth is the business of `refiner.indirect`.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.stems import stem
from audiogen_cli.knowledge.yaml_files import read_yaml

FORMS = ("statement", "order", "question", "thing", "count", "count_down")
_NAME = r"[^\W\d]+(?:['’-][^\W\d]+)*"
_POSSESSIVE = r"(?:an?|the|some|his|her|their|my|our)\b"
_ASKS_ON = r"(?! (?:to|that|for|about|if|how|why|where|when|what|which|who|whether)\b)"
_NOUN = rf"(?!{_POSSESSIVE}{_ASKS_ON}){_NAME}"  # "tells her that", but not "offers a" of "offers a drink"
_WHO = rf"(?:(?!that\b|to\b|about\b|for\b|how\b|if\b|whether\b|why\b){_NAME} ){{0,3}}?{_NOUN}"
_WHAT = r"(?P<what>[^.;:!?\"]+)"
_FIELDS = {"verbs", "then", "as", "only", "never", "how", "asr"}


@dataclass(frozen=True, kw_only=True)
class Report:
    """One way in which a text tells what is said."""

    name: str
    verbs: tuple[str, ...]
    then: str
    form: str  # one of `FORMS`: what is done to `{what}`
    how: str
    lines: tuple[str, ...]
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the verbs, one of which a text must hold."""
        return frozenset(stem(verb.split()[0]) for verb in self.verbs)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What of a text it is, from the verb to the end of what is told."""
        verbs = "|".join(_verb(verb) for verb in self.verbs)
        then = self.then.replace("{who}", _WHO).replace("{what}", _WHAT)
        return re.compile(rf"\b(?:{verbs})(?: |(?=[,.]|$)){then}(?![\w-])", re.IGNORECASE)


@cache
def load_reports() -> tuple[Report, ...]:
    """All entries of the file; raises `KnowledgeError` naming the entry that is not as its head says."""
    file = resources.files("audiogen_cli.knowledge") / "reported.yaml"
    reports = []
    for name, fields in read_yaml(file, source="reported.yaml").items():
        form = fields.get("as", "thing")
        if not {"verbs", "then", "how", "asr"} <= set(fields) <= _FIELDS or form not in FORMS:
            raise KnowledgeError(f"reported.yaml: {name}: needs verbs, then, how and asr, and may have as, only, never")
        reports.append(
            Report(
                name=name,
                verbs=tuple(fields["verbs"].split(", ")),
                then=fields["then"],
                form=form,
                how=fields["how"],
                lines=tuple(fields["asr"]),
                only=frozenset(fields.get("only", ())),
                never=frozenset(fields.get("never", ())),
            )
        )
    return tuple(reports)


def _verb(verb: str) -> str:
    """A verb that is written in the third person ("tells {who}"), and its -ing form; "calm" alone is no verb."""
    first, _, rest = verb.partition(" ")
    root = re.sub(r"(?<=ss|sh|ch)es$|s$", "", re.sub(r"ies$", "ys", first))
    stemmed = root[:-1] if root.endswith("e") and not root.endswith("ee") else root
    doubled = rf"{stemmed[-1]}?" if re.search(r"[^aeiou][aeiou][bgmnpt]$", stemmed) else ""
    forms = rf"(?:{re.escape(first)}|{re.escape(stemmed)}{doubled}ing)"
    return forms + (" " + rest.replace("{who}", _WHO) if rest else "")
