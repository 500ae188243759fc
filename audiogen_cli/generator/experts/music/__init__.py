"""The music expert: `perform_music` composes, plays and mixes what a Music view asks for.

The walk: `brief` reads the words (`figures` those of tempo, key and metre), `compose` writes a score (`form`, `piece`,
`harmony`, `rhythm`, `melody`, `roles`, `drumming`), `instruments` play it, `mix` puts it into one room.
"""

from audiogen_cli.generator.experts.music.perform import perform_music

__all__ = ["perform_music"]
