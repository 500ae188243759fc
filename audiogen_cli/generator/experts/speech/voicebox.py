"""Lines of text to spoken samples: the models behind one door.

In: lines and who says each. Out: samples at 48 kHz, shaped and levelled, before any device. Drafts are
spoken by the quick voice, everything else by the neural one. What is said when is not known here.
"""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.speech.casting import Speaker
from audiogen_cli.generator.experts.speech.fast import MEDIAN_F0_HZ, Hibari
from audiogen_cli.generator.experts.speech.kokoro import Kokoro, lift_prosody
from audiogen_cli.generator.experts.speech.levels import level_voice, trim_silence
from audiogen_cli.generator.experts.speech.models import VoiceModels
from audiogen_cli.generator.experts.speech.shaping import shape_voice

_MODEL_RATE = 24_000  # Hz, of both models
_MAX_CHUNK = 130  # phonemes in one call of a model, about 9 s; memory grows by 13 MB a second
_SECONDS_PER_PHONEME = 0.062  # Kokoro at speed 1, silence trimmed
_ASKS_MORE = re.compile(r"\b(?:who|whom|whose|what|where|when|why|how|which)\b[^,.;!?]*\?$", re.I)
_WORKERS = 2  # calls at once: two lines on two cores take half the time, one line on two cores two thirds


class Voicebox:
    """A way to speak with the models, which are loaded by the first line."""

    def __init__(self, models: VoiceModels) -> None:
        self._models = models

    def model_name(self, quality: str) -> str:
        """What speaks at a quality."""
        return Hibari.name if quality == "draft" else Kokoro.name

    def estimate(self, text: str, speaker: Speaker) -> float:
        """Seconds that a line will last, about 15 % right."""
        return (0.15 + _SECONDS_PER_PHONEME * len(self._models.read(text))) / speaker.speed

    def speak(
        self, lines: Sequence[tuple[str, Speaker]], *, rate: float, rng: np.random.Generator, quality: str
    ) -> list[Samples]:
        """Speak lines, each [S] at 48 kHz; empty where a line holds no sound.

        Args:
            lines: text and who says it.
            rate: factor on everybody's own speed.
            rng: for breath and tremor.
            quality: "draft" or any other.

        Raises:
            ModelMissingError: a package that carries a voice is missing or broken.
            OutOfMemoryError: the model found no memory.
        """
        self._models.load(quality)
        calls = [
            (index, chunk, speaker)
            for index, (text, speaker) in enumerate(lines)
            for chunk in split_phonemes(self._models.read(_with_feeling(text, speaker)))
        ]
        if quality == "draft":
            raw = [
                self._draft(chunk, speaker, rate, rng, asks=chunk.endswith("?") and _asks_yes_or_no(lines[index][0]))
                for index, chunk, speaker in calls
            ]
        else:
            with ThreadPoolExecutor(_WORKERS) as pool:
                raw = list(pool.map(lambda call: self._neural(call[1], call[2], rate), calls))
        parts: list[list[Samples]] = [[] for _ in lines]
        for (index, _, speaker), spoken in zip(calls, raw):
            trimmed = trim_silence(spoken, sample_rate=_MODEL_RATE)
            if not len(trimmed):
                continue
            pitch, formant = speaker.voice.shape.pitch, speaker.shape.formant
            if quality == "draft":
                pitch = speaker.voice.draft_formant
                formant = pitch * speaker.mood.formant
            melody = 1.0 if quality == "draft" else speaker.shape.melody  # the quick voice has swung already
            shape = replace(speaker.shape, pitch=pitch, formant=formant, melody=melody)
            parts[index].append(shape_voice(trimmed, shape, sample_rate=_MODEL_RATE, rng=rng))
        return [
            level_voice(np.concatenate(part), sample_rate=_MODEL_RATE) if part else np.zeros(0, np.float32)
            for part in parts
        ]

    def _neural(self, chunk: str, speaker: Speaker, rate: float) -> Samples:
        """The mood's pitch by prosody; the voice's own by resampling later, so spoken slower by what that hurries."""
        voice = speaker.voice
        prosody = lift_prosody(voice.prosody, speaker.mood.pitch)
        return self._models.kokoro.say(
            chunk, timbre=voice.timbre, prosody=prosody, speed=speaker.speed * rate / voice.shape.pitch
        )

    def _draft(self, chunk: str, speaker: Speaker, rate: float, rng: np.random.Generator, *, asks: bool) -> Samples:
        """The quick voice brought to the speaker's F0 by its own knob, the formants left to resampling afterwards."""
        formant = speaker.voice.draft_formant
        pitch = speaker.voice.f0_hz / MEDIAN_F0_HZ * speaker.mood.pitch / formant
        speed, melody = speaker.speed * rate / formant, speaker.shape.melody
        return self._models.hibari.say(chunk, pitch=pitch, speed=speed, melody=melody, asks=asks, rng=rng)


def split_phonemes(phonemes: str) -> list[str]:
    """Pieces that a model takes at once, cut at clause ends, else between words, else anywhere."""
    pieces = []
    while len(phonemes) > _MAX_CHUNK:
        head = phonemes[:_MAX_CHUNK]
        cut = max(head.rfind(mark) + len(mark) for mark in (", ", "; ", ": ", "— ", ". ", "! ", "? "))
        if cut <= _MAX_CHUNK // 3:
            cut = head.rfind(" ") + 1 or _MAX_CHUNK
        pieces.append(phonemes[:cut].strip())
        phonemes = phonemes[cut:]
    return [piece for piece in (*pieces, phonemes.strip()) if piece]


def _asks_yes_or_no(text: str) -> bool:
    """Whether a question can be answered so; "where" and its kin fall at the end."""
    return _ASKS_MORE.search(text) is None


def _with_feeling(text: str, speaker: Speaker) -> str:
    """Full stops read as exclamation marks by those who raise their voice; the model speaks them livelier."""
    return text[:-1] + "!" if speaker.exclaim and text.endswith(".") and not text.endswith("..") else text
