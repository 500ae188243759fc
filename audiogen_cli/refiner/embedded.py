"""The embedded refiner: sound-design knowledge instead of a language model.

In: a person's words, in any of fifteen languages. Out: a `Refinement` whose caption is composed from a bank
of hand-written scenes and a lexicon (`knowledge`). No server, no key, no network, no weights; the same
words and seed give the same caption. Where it understands too little it says so, keeps the words as the
Caption and guesses nothing.
Source: the rules of Dasheng AudioGen's prompt refiner, appendix G, kept by construction.
"""

from audiogen_cli.caption import Caption
from audiogen_cli.errors import RefinerError
from audiogen_cli.knowledge.matching_embedding import nearest_by_meaning
from audiogen_cli.knowledge.scenes import Scene
from audiogen_cli.refiner.base import Pins, Refinement, RefineRequest
from audiogen_cli.refiner.choosing import nearest_scene
from audiogen_cli.refiner.composing import Composition, compose
from audiogen_cli.refiner.dialogue import WORDS_PER_SECOND
from audiogen_cli.refiner.idea import Idea, understand
from audiogen_cli.refiner.revising import revise
from audiogen_cli.refiner.telling import tell
from audiogen_cli.refiner.wording import clean_text

LONGEST_TEXT = 4_000  # characters read of an idea; ten seconds hold no more
_SPEAKER = "Clear adult voice"


class EmbeddedRefiner:
    """Composes captions from the scene bank and the lexicon that ship with the package."""

    name = "embedded"

    def refine(self, request: RefineRequest) -> Refinement:
        """Write the caption of a request.

        Raises:
            RefinerError: feedback on a previous caption that is not understood, or nothing but unreadable signs.
        """
        if request.previous is not None:
            return self._revision(request, request.previous)
        text = request.text[:LONGEST_TEXT]
        notes = (
            [f"only the first {LONGEST_TEXT:,} of {len(request.text):,} characters were read"]
            if len(request.text) > LONGEST_TEXT
            else []
        )
        kept = clean_text(text)
        if not any(char.isalnum() for char in kept):
            raise RefinerError("the text holds no words", hint='Say what should be heard: "rain on a tin roof".')
        idea = understand(text)
        near = self._near_scene(idea, kept)
        draft = compose(
            idea, seed=request.seed, creativity=request.creativity, duration_s=request.duration_s, near=near
        )
        if not any(draft.views.values()):
            notes.append("the embedded refiner understood too little of this; the Caption keeps the text as it is")
            views: dict[str, str | None] = {"caption": kept}
        else:
            told = (
                draft.caption.rstrip(".")
                if near is not None and draft.caption
                else tell(idea, draft, seed=request.seed)
            )
            views = {"caption": told, **draft.views}
            notes += [f"matched by meaning to the scene {near.name.replace('_', ' ')!r}"] if near is not None else []
            notes += self._remarks(idea, draft, request)
        caption = Caption(**_pinned(views, request.pins))  # type: ignore[arg-type]  # caption is always there
        details = {
            "scene": draft.scene.name if draft.scene else None,
            "by_meaning": near is not None,
            "language": idea.language,
            "understood": sorted(found.concept.name for found in idea.wanted),
            "unknown": list(idea.unknown),
        }
        return Refinement(caption=caption, refiner=self.name, notes=tuple(notes), details=details)

    def _near_scene(self, idea: Idea, text: str) -> Scene | None:
        """A scene by meaning, where its model is installed and words alone understand less than half."""
        known = len(idea.wanted)
        if (known > len(idea.unknown) and idea.language == "english") or idea.denied_views or known >= 2:
            return None
        if nearest_scene(idea) is not None:
            return None  # words found a scene of their own
        return nearest_by_meaning(text)

    def _remarks(self, idea: Idea, draft: Composition, request: RefineRequest) -> list[str]:
        notes = [f"read {word!r} as {meant!r}" for word, meant in idea.mended.items()]
        if idea.unknown:
            notes.append("not in the embedded lexicon, kept as words only: " + ", ".join(idea.unknown[:8]))
        spoken = draft.views.get("asr") or ""
        if idea.quotes and len(spoken.split()) > max(3, WORDS_PER_SECOND * 1.25 * request.duration_s):
            notes.append(f"the quoted words are long for {request.duration_s:g} s of sound; they were kept whole")
        if idea.quotes and not spoken.isascii():
            notes.append("the quoted words were kept as they are; whether they can be spoken depends on the engine")
        return notes

    def _revision(self, request: RefineRequest, previous: Caption) -> Refinement:
        revised, notes = revise(previous, request.text[:LONGEST_TEXT], seed=request.seed, duration_s=request.duration_s)
        caption = Caption(**_pinned({view: getattr(revised, view) for view in _ALL}, request.pins))  # type: ignore[arg-type]
        return Refinement(caption=caption, refiner=self.name, notes=tuple(notes), details={"revised": True})


_ALL = ("caption", "speech", "asr", "sfx", "music", "env")


def _pinned(views: dict[str, str | None], pins: Pins) -> dict[str, str | None]:
    """Views with the pins in place; Speech and ASR stay together where the pins allow it."""
    views = {**views, **pins}
    if "speech" in pins and pins["speech"] is None and "asr" not in pins:
        views["asr"] = None
    if "asr" in pins and pins["asr"] is None and "speech" not in pins:
        views["speech"] = None
    if views.get("asr") and not views.get("speech") and "speech" not in pins:
        views["speech"] = _SPEAKER
    if views.get("speech") and not views.get("asr") and "asr" not in pins:
        views["asr"] = "You know what? I think today is going to be a good day."
    return views
