"""English words to the phonemes that both voices read.

In: cleaned English text. Out: phonemes in misaki's alphabet. Numbers, times, dates, money, units,
abbreviations and acronyms are written out on the way by the front end of the package hibari-tts, a
lexicon of 170,000 words with a small network for the rest; `knowledge/pronunciations.yaml` adds names that it misreads.
Apache-2.0, no espeak inside.
"""

import logging
from importlib import resources
from typing import Any

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.experts.speech.carried import INSTALL_HINT, find_package
from audiogen_cli.knowledge.yaml_files import read_yaml

_log = logging.getLogger(__name__)


class EnglishPhonemes:
    """The loaded lexicon.

    Raises:
        ModelMissingError: the package hibari-tts is missing or broken.
    """

    def __init__(self) -> None:
        find_package("hibari")
        file = resources.files("audiogen_cli.knowledge") / "pronunciations.yaml"
        listed: dict[str, str] = read_yaml(file, source=file.name)
        try:
            from hibari.g2p import G2P

            self._g2p: Any = G2P(british=False)
            self._g2p.lexicon.golds.d.update(listed | {word.capitalize(): said for word, said in listed.items()})
        except (ImportError, OSError, ValueError, AttributeError) as fault:
            raise ModelMissingError(f"the package hibari-tts is broken: {fault}", hint=INSTALL_HINT) from fault

    def __call__(self, text: str) -> str:
        """Phonemes of one sentence; empty where nothing in it can be spoken."""
        try:
            return str(self._g2p(text))
        except (IndexError, KeyError, ValueError, TypeError, RecursionError, OverflowError) as fault:
            _log.debug("the front end failed on %r (%s), reading it word by word", text, fault)
        return " ".join(filter(None, (self._word(word) for word in text.split())))

    def _word(self, word: str) -> str:
        try:
            return str(self._g2p(word))
        except (IndexError, KeyError, ValueError, TypeError, RecursionError, OverflowError):
            _log.debug("no reading for %r", word)
            return ""
