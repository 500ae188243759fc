"""The speech expert: the words of a caption spoken by whom its Speech view describes.

In: the Speech and ASR views and the window of the clip in which speech shall lie. Out: a
`Performance` of dry soundings, one a turn. Who speaks is chosen in `casting`, who says what when in
`dialogue`; the models speak (`kokoro`, or `fast` for drafts), `shaping` and `channels` make the person.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE, Performance, Sounding
from audiogen_cli.generator.experts.speech.casting import Cast, Speaker, choose_cast
from audiogen_cli.generator.experts.speech.channels import send_through
from audiogen_cli.generator.experts.speech.dialogue import (
    MAX_RATE,
    Turn,
    drop_last_words,
    fit_rate,
    place_turns,
    plan_gaps,
    share_lines,
)
from audiogen_cli.generator.experts.speech.fast import MEDIAN_F0_HZ, Hibari
from audiogen_cli.generator.experts.speech.kokoro import Kokoro
from audiogen_cli.generator.experts.speech.levels import level_voice, trim_silence
from audiogen_cli.generator.experts.speech.phonemes import EnglishPhonemes
from audiogen_cli.generator.experts.speech.shaping import (
    Shape,
    combine_shapes,
    shape_voice,
    stretch_needed,
    stretch_time,
)
from audiogen_cli.generator.experts.speech.spoken import Line, count_words, find_language, read_lines

_log = logging.getLogger(__name__)

_MODEL_RATE = 24_000
_MAX_CHUNK = 220  # phonemes in one call of a model, about 15 s; memory grows with it
_WORDS_PER_SECOND = 6  # nobody speaks faster; bounds the work on a text of any length
_SECONDS_PER_PHONEME = 0.069  # Kokoro at speed 1, median of 60 sentences; 0.057 to 0.083
_STRETCH = 1.15  # how far a spoken turn may still be hurried to make up for the estimate


@dataclass(frozen=True, kw_only=True, eq=False)
class _Spoken:
    turn: Turn
    samples: Samples  # [S] at 48 kHz, before the device


class SpeechExpert:
    """Speaks captions; models are loaded with the first words and kept."""

    def perform(
        self,
        speech_view: str | None,
        words: str,
        *,
        window: tuple[float, float],
        rng: np.random.Generator,
        quality: str,
    ) -> Performance:
        """Speak the words.

        Args:
            speech_view: who speaks and how, in English; None leaves it to the seed.
            words: the ASR view, any text.
            window: seconds in the clip between which speech shall lie.
            rng: the whole of the randomness.
            quality: "draft" speaks with the quick voice, all others with the neural one.

        Returns:
            Soundings of the layer "speech", mono at 48 kHz, one a turn, and notes on words that could not be
            spoken as they stand.

        Raises:
            ModelMissingError: a package that carries a voice is missing or broken.
            OutOfMemoryError: the model found no memory.
        """
        lines, notes = _readable(words)
        if not lines:
            return Performance(notes=tuple(notes), details={"voices": []})
        cast = choose_cast(speech_view, rng=rng)
        if cast.together:
            return self._chant(cast, lines, notes, window=window, rng=rng, quality=quality)
        turns = share_lines(lines, len(cast.speakers))
        spoken, gaps, fit_notes = self._speak_all(turns, cast, window, rng=rng, quality=quality)
        lengths = [len(one.samples) / SAMPLE_RATE for one in spoken]
        starts = place_turns(lengths, gaps, window, rng=rng)
        heard = sorted({one.turn.speaker for one in spoken})
        pans = dict(zip(heard, _spread(len(heard))))
        soundings = tuple(
            _sound(one, cast.speakers[one.turn.speaker], start_s=start, pan=pans[one.turn.speaker], rng=rng)
            for one, start in zip(spoken, starts)
        )
        details = {
            "voices": [_describe(cast.speakers[index]) for index in heard],
            "model": Hibari.name if quality == "draft" else Kokoro.name,
        }
        return Performance(soundings=soundings, notes=(*notes, *fit_notes), details=details)

    def warm_up(self, quality: str) -> None:
        """Load the models for a quality; the lexicon and the network at the same time."""
        with ThreadPoolExecutor(1) as pool:
            network: Callable[[], object] = (lambda: self._hibari) if quality == "draft" else (lambda: self._kokoro)
            loading = pool.submit(network)
            _ = self._phonemes
            loading.result()

    @cached_property
    def _phonemes(self) -> EnglishPhonemes:
        return EnglishPhonemes()

    @cached_property
    def _kokoro(self) -> Kokoro:
        return Kokoro()

    @cached_property
    def _hibari(self) -> Hibari:
        return Hibari()

    def _speak_all(
        self, turns: list[Turn], cast: Cast, window: tuple[float, float], *, rng: np.random.Generator, quality: str
    ) -> tuple[list[_Spoken], list[float], list[str]]:
        """All turns spoken so that they fit the window, the gaps between them, and what had to be done for it."""
        self.warm_up(quality)
        room_s = max(0.1, window[1] - window[0])
        asked = sum(count_words(turn.text) for turn in turns)
        turns = _first_words(turns, int(room_s * _WORDS_PER_SECOND) + 4)
        while turns:
            gaps = plan_gaps(turns, heated=cast.heated, rng=rng)
            estimates = [self._estimate(turn.text, cast.speakers[turn.speaker]) for turn in turns]
            rate = fit_rate(estimates, gaps, room_s)
            if rate > MAX_RATE * _STRETCH:
                turns = drop_last_words(turns, estimates, room_s * MAX_RATE)
                continue
            hurried = min(rate, MAX_RATE)
            spoken = [
                self._speak(turn, cast.speakers[turn.speaker], hurried, rng=rng, quality=quality) for turn in turns
            ]
            spoken = [one for one in spoken if len(one.samples)]
            gaps = gaps[: max(0, len(spoken) - 1)]
            lengths = [len(one.samples) / SAMPLE_RATE for one in spoken]
            rest = fit_rate(lengths, gaps, room_s)
            if rest > _STRETCH:
                turns = drop_last_words(turns, lengths, room_s * 1.02)
                continue
            if rest > 1.0:
                spoken = [
                    _Spoken(turn=one.turn, samples=stretch_time(one.samples, 0.995 / rest, sample_rate=SAMPLE_RATE))
                    for one in spoken
                ]
            return (
                spoken,
                gaps,
                _fit_notes(hurried * rest, asked, sum(count_words(turn.text) for turn in turns), room_s),
            )
        return [], [], [f"speech: no word fits into {room_s:.1f} s; nothing is spoken"]

    def _estimate(self, text: str, speaker: Speaker) -> float:
        """Seconds that a line will last."""
        return (0.15 + _SECONDS_PER_PHONEME * len(self._phonemes(text))) / speaker.speed

    def _speak(self, turn: Turn, speaker: Speaker, rate: float, *, rng: np.random.Generator, quality: str) -> _Spoken:
        text = turn.text.rstrip(".") + "!" if speaker.exclaim and turn.text.endswith(".") else turn.text
        shape = speaker.shape
        parts = []
        for chunk in split_phonemes(self._phonemes(text)):
            if quality == "draft":
                line, rest = self._draft(chunk, speaker, shape, rate, rng)
            else:
                line = self._kokoro.say(
                    chunk,
                    timbre=speaker.voice.timbre,
                    prosody=speaker.voice.prosody,
                    speed=speaker.speed * rate / stretch_needed(shape),
                )
                rest = shape
            line = trim_silence(line, sample_rate=_MODEL_RATE)
            if len(line):
                parts.append(shape_voice(line, rest, sample_rate=_MODEL_RATE, rng=rng))
        if not parts:
            return _Spoken(turn=turn, samples=np.zeros(0, np.float32))
        return _Spoken(turn=turn, samples=level_voice(np.concatenate(parts), sample_rate=_MODEL_RATE))

    def _draft(
        self, chunk: str, speaker: Speaker, shape: Shape, rate: float, rng: np.random.Generator
    ) -> tuple[Samples, Shape]:
        """The quick voice as that speaker: F0 by its own knob, formants by resampling; and the shape still to do."""
        voice = speaker.voice
        mood = combine_shapes(speaker.mood, Shape())
        formant = voice.draft_formant
        pitch = voice.f0_hz / MEDIAN_F0_HZ * mood.pitch / formant
        line = self._hibari.say(chunk, pitch=pitch, speed=speaker.speed * rate / formant, rng=rng)
        kept = {
            name: getattr(shape, name) for name in ("tilt_db", "breath", "whisper", "drive", "tremor", "growl", "robot")
        }
        return line, Shape(pitch=formant, formant=formant * mood.formant, **kept)

    def _chant(
        self,
        cast: Cast,
        lines: list[Line],
        notes: list[str],
        *,
        window: tuple[float, float],
        rng: np.random.Generator,
        quality: str,
    ) -> Performance:
        """Everybody says the same words, each a little early or late: two voices spoken, more made of them."""
        text = " ".join(line.text for line in lines)
        soundings: list[Sounding] = []
        start = None
        for index, speaker in enumerate(cast.speakers):
            turns = [Turn(speaker=0, text=text)]
            one = Cast(speakers=(speaker,))
            spoken, _, fit_notes = self._speak_all(
                turns, one, window, rng=rng, quality="draft" if index > 1 else quality
            )
            if not spoken:
                return Performance(notes=(*notes, *fit_notes), details={"voices": []})
            if start is None:
                start = place_turns([len(spoken[0].samples) / SAMPLE_RATE], [], window, rng=rng)[0]
                notes = [*notes, *fit_notes]
            late = float(rng.uniform(0, 0.06))
            soundings.append(
                _sound(spoken[0], speaker, start_s=start + late, pan=float(rng.uniform(-0.6, 0.6)), rng=rng)
            )
        details = {"voices": [_describe(speaker) for speaker in cast.speakers], "together": True}
        return Performance(soundings=tuple(soundings), notes=tuple(notes), details=details)


def split_phonemes(phonemes: str) -> list[str]:
    """Pieces that a model takes at once, cut at clause ends, else between words, else anywhere."""
    pieces = []
    while len(phonemes) > _MAX_CHUNK:
        head = phonemes[:_MAX_CHUNK]
        cut = max(
            (head.rfind(mark) + len(mark) for mark in (", ", "; ", ": ", "— ", ". ", "! ", "? ") if mark in head),
            default=0,
        )
        cut = cut if cut > _MAX_CHUNK // 3 else head.rfind(" ") + 1 or _MAX_CHUNK
        pieces.append(phonemes[:cut].strip())
        phonemes = phonemes[cut:]
    return [piece for piece in (*pieces, phonemes.strip()) if piece]


def _readable(words: str) -> tuple[list[Line], list[str]]:
    """The sentences that the voices can speak, and what is said of the others."""
    language = find_language(words[:4000])
    if language != "English":
        return [], [f"speech: the words seem to be {language}; the embedded voices speak English, so nothing is spoken"]
    lines = read_lines(words)
    return lines, [] if lines else ["speech: the ASR view holds no word that can be spoken; nothing is spoken"]


def _first_words(turns: list[Turn], limit: int) -> list[Turn]:
    kept: list[Turn] = []
    for turn in turns:
        words = turn.text.split()
        if len(words) >= limit:
            return [*kept, Turn(speaker=turn.speaker, text=" ".join(words[:limit]))] if limit > 0 else kept
        kept.append(turn)
        limit -= len(words)
    return kept


def _fit_notes(rate: float, asked: int, kept: int, room_s: float) -> list[str]:
    notes = []
    if kept < asked:
        notes.append(f"speech: {asked} words do not fit into {room_s:.1f} s; the last {asked - kept} are left out")
    if rate > 1.12:
        notes.append(f"speech: spoken {rate:.2f} times as fast to fit into {room_s:.1f} s")
    return notes


def _spread(count: int) -> list[float]:
    """Where so many people stand, left to right, close together."""
    return [0.0] if count == 1 else [float(pan) for pan in np.linspace(-0.3, 0.3, count)]


def _sound(one: _Spoken, speaker: Speaker, *, start_s: float, pan: float, rng: np.random.Generator) -> Sounding:
    samples, device = one.samples, speaker.device
    if device is not None:
        samples = send_through(samples, device.channel, sample_rate=SAMPLE_RATE, rng=rng)
        samples = samples / max(1.0, float(np.abs(samples).max(initial=0.0)) / 0.99)
    return Sounding(
        layer="speech",
        label=f"{speaker.label}: {one.turn.text}",
        samples=samples,
        start_s=start_s,
        pan=pan,
        gain_db=speaker.gain_db,
        distance_m=device.distance_m if device is not None else 1.5,
        in_space=speaker.in_space,
    )


def _describe(speaker: Speaker) -> dict[str, str | None]:
    return {
        "voice": speaker.voice.name,
        "manner": speaker.manner.name if speaker.manner else None,
        "channel": speaker.device.name if speaker.device else None,
    }
