"""A caption that holds nothing but its Caption, read for the views that it leaves out.

In: a `Caption`. Out: the same where it has any other view; else one whose SFX, Music and ENV views are what the whole
names, and a note that says so. Words are never made up: a voice speaks only what an ASR view holds.
"""

from audiogen_cli.caption import Caption
from audiogen_cli.generator.experts.reading import read_sounds
from audiogen_cli.knowledge.mentions import find_mentions


def read_whole(caption: Caption) -> tuple[Caption, list[str]]:
    """The caption to render, and what was done to it in notes for a person."""
    if len(caption.views) > 1:
        return caption, []
    whole = caption.caption
    sounds = find_mentions(whole, "sounds")

    def named_beside(kind: str) -> list[str]:
        """What is named beside the sounds, in an entry's very words: rocks that fall are no rock."""
        return [
            whole[mention.start : mention.end]
            for mention in find_mentions(whole, kind)
            if not mention.denied
            and whole[mention.start : mention.end].lower() in mention.entry.words
            and not any(sound.start <= mention.start and mention.end <= sound.end for sound in sounds)
        ]

    found = {
        "sfx": whole if read_sounds(whole).asked else None,
        "music": whole if named_beside("styles") or named_beside("instruments") else None,
        "env": ", ".join(named_beside("spaces")) or None,
    }
    if not any(found.values()):
        return caption, ["the caption names no sound, music or place that the experts know, and has no other view"]
    named = " and ".join(name for name, view in zip(("sounds", "music", "place"), found.values()) if view)
    return caption.with_views(found), [f"only a Caption is given: its {named} are read from it, nobody speaks"]
