"""The refiner that asks a language model, believes nothing, mends what is safe and sends back what is not.

In: a `RefineRequest` and a `Chat`. Out: a `Refinement` whose caption keeps the schema, every rule and every pin;
or a `RefinerError` that says whose fault it is. Its `details` tell the whole story for `--explain`: raw replies,
what was mended and why, what was sent back; never a key. Here the question is put and answers are kept; the talk
itself is `llm_dialogue`'s.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audiogen_cli.caption import caption_from_json, strict_schema
from audiogen_cli.caption.rules import check_rules
from audiogen_cli.caption.rules_of_sense import WORDS_PER_10_S
from audiogen_cli.errors import CaptionError, OptionError
from audiogen_cli.llm.chat import Chat
from audiogen_cli.llm.instructions import CREATIVITY, LANGUAGES, load_instructions, read_instructions
from audiogen_cli.refiner.base import Refinement, RefineRequest
from audiogen_cli.refiner.cache import RefinementCache
from audiogen_cli.refiner.llm_dialogue import Dialogue, purpose_of, user_message


class LLMRefiner:
    """Turns a person's words into a caption by asking a language model."""

    def __init__(
        self,
        chat: Chat,
        *,
        name: str = "openai",
        timeout_s: float = 60.0,
        instructions: str | Path | None = None,
        cache: Path | None = None,
    ) -> None:
        """Wire a refiner; nothing is asked yet.

        Args:
            chat: the model.
            name: for recipes, "openai" or "local".
            timeout_s: wall-clock budget of one `refine`, all attempts and waits together.
            instructions: the person's own instructions instead of ours.
            cache: folder for answers, `None` to keep none.

        Raises:
            OptionError: the budget is not positive, or the instructions cannot be used.
        """
        if not 0 < timeout_s < float("inf"):
            raise OptionError(f"llm_timeout is {timeout_s:g}, needs a number of seconds above 0")
        self.name = name
        self._chat = chat
        self._timeout_s = timeout_s
        if instructions is not None:
            self._instructions = read_instructions(instructions)
        else:
            self._instructions = load_instructions("local" if name == "local" else "instructions")
        self._cache = RefinementCache(cache) if cache is not None else None

    def refine(self, request: RefineRequest) -> Refinement:
        """Write the caption of a request, or revise its previous one.

        Raises:
            RefinerError: no answer, or none that keeps the rules.
        """
        system = self._system(request)
        question = self._question(request, system)
        if self._cache is not None:
            kept = self._kept(self._cache.get(question), request)
            if kept is not None:
                return kept
        self._chat.prepare()
        refinement = Dialogue(self._chat, request, system, self._timeout_s).run(self._instructions.origin)
        if self._cache is not None:
            self._cache.put(question, _as_kept(refinement))
        return refinement

    def _system(self, request: RefineRequest) -> str:
        text = self._instructions.filled(
            seconds=f"{request.duration_s:g}", max_words=str(max(1, round(WORDS_PER_10_S * request.duration_s / 10))),
            language=LANGUAGES.get(request.language, LANGUAGES["english"]), creativity=CREATIVITY[request.creativity],
            user_input="(the next message)",
        )  # fmt: skip
        if request.previous is not None:
            text += "\n\n" + load_instructions("feedback").text
        if request.unlike:
            text += "\n\n" + load_instructions("variation").text
        return text

    def _question(self, request: RefineRequest, system: str) -> dict[str, Any]:
        """Everything the answer depends on."""
        return {
            "system": system, "user": user_message(request), "schema": strict_schema(),
            "chat": dict(self._chat.identity()),
            "seed": None if request.seed_drawn else request.seed, "creativity": request.creativity,
            "language": request.language, "duration_s": request.duration_s, "repair": load_instructions("repair").text,
            "form": 1,
        }  # fmt: skip

    def _kept(self, answer: Mapping[str, Any] | None, request: RefineRequest) -> Refinement | None:
        """A kept answer that still keeps schema and rules, which may have grown since."""
        try:
            caption = caption_from_json((answer or {})["caption"])
        except (LookupError, TypeError, CaptionError):
            return None
        if answer is None or any(not fault.advice for fault in check_rules(caption, **purpose_of(request))):
            return None
        return Refinement(
            caption=caption, refiner=str(answer.get("refiner")), notes=tuple(map(str, answer.get("notes", ()))),
            details={**dict(answer.get("details", {})), "cached": True},
        )  # fmt: skip


def _as_kept(refinement: Refinement) -> dict[str, Any]:
    return {
        "caption": refinement.caption.as_json(), "refiner": refinement.refiner, "notes": list(refinement.notes),
        "details": dict(refinement.details),
    }  # fmt: skip
