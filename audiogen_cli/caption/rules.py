"""What makes a caption good beyond its schema: named rules, each with its reason, its check and where safe its mend.

In: a `Caption` and what it was written for (pins, seconds, language, the person's text). Out: `Fault`s, or the
caption with what could be mended without a language model and the list of `Repair`s. A pinned view is the
person's own and is never judged or touched. The LLM refiner sends back what cannot be mended; `audiogen lint`
shows everything to the writer of a caption by hand.
"""

from collections.abc import Mapping

from audiogen_cli.caption.caption import JSON_KEYS, Caption
from audiogen_cli.caption.rule import Fault, Purpose, Repair, Rule
from audiogen_cli.caption.rules_of_form import RULES_OF_FORM
from audiogen_cli.caption.rules_of_sense import RULES_OF_SENSE

__all__ = ["RULES", "Fault", "Repair", "Rule", "check_rules", "repair_caption"]

RULES: tuple[Rule, ...] = (*RULES_OF_FORM, *RULES_OF_SENSE)
"""Every rule, in the order in which captions are mended; pins come last, so that they always stand."""


def check_rules(
    caption: Caption,
    *,
    pins: Mapping[str, str | None] | None = None,
    duration_s: float = 10.0,
    language: str = "english",
    text: str | None = None,
) -> list[Fault]:
    """Every rule a caption breaks, in the order of `RULES`; pinned views are not judged."""
    purpose = Purpose(pins=pins or {}, duration_s=duration_s, language=language, text=text)
    return [
        Fault(rule=rule.name, view=view, message=f"{JSON_KEYS[view]}: {message}", advice=rule.advice)
        for rule in RULES
        for view, message in rule.check(caption, purpose)
        if view not in purpose.pins or rule.name == "pins"
    ]


def repair_caption(
    caption: Caption,
    *,
    pins: Mapping[str, str | None] | None = None,
    duration_s: float = 10.0,
    language: str = "english",
    text: str | None = None,
) -> tuple[Caption, list[Repair]]:
    """Mend what can be mended without a language model; pinned views end as they were pinned.

    Returns:
        The caption, and what was changed by which rule. Repairing once more changes nothing.
    """
    purpose = Purpose(pins=pins or {}, duration_s=duration_s, language=language, text=text)
    repairs: list[Repair] = []
    while True:  # one mend may uncover another: quotes around a label; each turn strips something, so it ends
        turn: list[Repair] = []
        for rule in RULES:
            changed = rule.mend(caption, purpose) if rule.mend else {}
            for view, after in changed.items():
                before = getattr(caption, view)
                after = (after or "").strip() or None
                if (
                    after == before
                    or (view in purpose.pins and rule.name != "pins")
                    or (view == "caption" and after is None)
                ):
                    continue
                caption = caption.with_views({view: after})
                turn.append(Repair(rule=rule.name, view=view, before=before, after=after))
        repairs += turn
        if not turn or len(repairs) > 200:
            return caption, repairs
