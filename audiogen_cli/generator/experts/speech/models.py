"""The voices' models, each loaded once, with the first words that need it or early in a thread.

In: a quality. Out: the networks and the lexicon that speak at it. Reading 88 MB of weights and a lexicon
of 170,000 words takes a second each, the first outside the interpreter's lock, so they load at the same time.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Lock

from audiogen_cli.generator.experts.imports import import_scipy
from audiogen_cli.generator.experts.speech.fast import Hibari
from audiogen_cli.generator.experts.speech.kokoro import Kokoro
from audiogen_cli.generator.experts.speech.mandarin import MandarinPhonemes, has_han
from audiogen_cli.generator.experts.speech.phonemes import EnglishPhonemes


class VoiceModels:
    """What speaks, and what tells it how words sound."""

    def __init__(self) -> None:
        self._loading = Lock()  # an early `load` and the first words may come from two threads

    def load(self, quality: str) -> None:
        """Load what a quality needs, network and lexicon at the same time; may be called early, from any thread.

        Args:
            quality: "draft" speaks with the quick voice, every other with the neural one.

        Raises:
            ModelMissingError: a package that carries a voice is missing or broken.
        """
        network: Callable[[], object] = (lambda: self.hibari) if quality == "draft" else (lambda: self.kokoro)
        with self._loading, ThreadPoolExecutor(1) as pool:
            loading = pool.submit(network)
            import_scipy()  # the lexicon's package needs scipy, the networks do not
            _ = self.phonemes
            loading.result()

    def read(self, text: str) -> str:
        """The phonemes of a sentence, by the script it is written in."""
        return self.mandarin(text) if has_han(text) else self.phonemes(text)

    @cached_property
    def phonemes(self) -> EnglishPhonemes:
        return EnglishPhonemes()

    @cached_property
    def mandarin(self) -> MandarinPhonemes:
        return MandarinPhonemes(self.phonemes)

    @cached_property
    def kokoro(self) -> Kokoro:
        return Kokoro()

    @cached_property
    def hibari(self) -> Hibari:
        return Hibari()
