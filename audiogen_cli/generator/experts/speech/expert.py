"""The speech expert: the words of a caption spoken by whom its Speech view describes.

In: the Speech and ASR views and the window of the clip in which speech shall lie. Out: a
`Performance` of dry soundings, one a turn. Who speaks is chosen in `casting`, who says what when in
`dialogue`; `voicebox` speaks and `channels` sends the voice through a telephone or the like.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
    keep_first_words,
    place_turns,
    plan_gaps,
    share_lines,
)
from audiogen_cli.generator.experts.speech.mandarin import has_han, join_han
from audiogen_cli.generator.experts.speech.models import VoiceModels
from audiogen_cli.generator.experts.speech.shaping import stretch_time
from audiogen_cli.generator.experts.speech.spoken import Line, count_words, find_language, read_lines
from audiogen_cli.generator.experts.speech.voicebox import Voicebox

LANGUAGES = {"English": "English", "Chinese": "Mandarin"}
"""What the words may be, and what is spoken for it."""
_WORDS_PER_SECOND = 6  # nobody speaks faster; bounds the work on a text of any length
_STRETCH = 1.15  # how far a spoken turn may still be hurried to make up for a wrong estimate


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fitted:
    """Turns as spoken, with the gaps between them and what had to be done so that they fit."""

    turns: Sequence[Turn] = ()
    samples: Sequence[Samples] = ()
    gaps_s: Sequence[float] = ()
    notes: tuple[str, ...] = ()


class SpeechExpert:
    """Speaks captions; models that are not loaded yet are loaded with the first words."""

    def __init__(self, models: VoiceModels | None = None) -> None:
        self.models = models if models is not None else VoiceModels()
        self._voicebox = Voicebox(self.models)

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
            Soundings of the layer "speech", mono at 48 kHz, one a turn (one a speaker where all speak at
            once), and notes on words that could not be spoken as they stand.

        Raises:
            ModelMissingError: a package that carries a voice is missing or broken.
            OutOfMemoryError: the model found no memory.
        """
        lines, notes = _readable(words)
        if not lines:
            return Performance(notes=notes, details={"voices": []})
        if any(has_han(line.text) for line in lines):
            quality = "standard" if quality == "draft" else quality  # the quick voice speaks English alone
        cast = choose_cast(speech_view, rng=rng)
        turns = share_lines(lines, 1 if cast.together else len(cast.speakers))
        fitted = self._fit(turns, cast, window[1] - window[0], rng=rng, quality=quality)
        starts = place_turns([_seconds(one) for one in fitted.samples], fitted.gaps_s, window, rng=rng)
        soundings, heard = _place(fitted, cast, starts, rng=rng)
        if cast.together and soundings:
            soundings += self._join_in(fitted, cast, starts, rng=rng, quality=quality)
            heard = list(cast.speakers)
        details = {
            "model": self._voicebox.model_name(quality),
            "voices": [_describe(speaker) for speaker in heard],
            "together": cast.together,
        }
        notes += tuple(dict.fromkeys(f"speech: {one.manner.note}" for one in heard if one.manner and one.manner.note))
        return Performance(soundings=tuple(soundings), notes=(*notes, *fitted.notes), details=details)

    def _fit(self, turns: list[Turn], cast: Cast, room_s: float, *, rng: np.random.Generator, quality: str) -> _Fitted:
        """Speak all turns so that they fit: hurried up to `MAX_RATE`, then without the last words."""
        self.models.load(quality)
        room_s = max(0.1, room_s)
        asked = _count(turns)
        turns = keep_first_words(turns, int(room_s * _WORDS_PER_SECOND) + 4)
        while turns:
            gaps = plan_gaps(turns, heated=cast.heated, rng=rng, pauses=[one.pause for one in cast.speakers])
            estimates = [self._voicebox.estimate(turn.text, cast.speakers[turn.speaker]) for turn in turns]
            rate = fit_rate(estimates, gaps, room_s)
            if rate > MAX_RATE * _STRETCH:
                turns = drop_last_words(turns, estimates, room_s * MAX_RATE)
                continue
            rate = min(rate, MAX_RATE)
            lines = [(turn.text, cast.speakers[turn.speaker]) for turn in turns]
            samples = self._voicebox.speak(lines, rate=rate, rng=rng, quality=quality)
            heard = [index for index, one in enumerate(samples) if len(one)]
            if not heard:
                return _Fitted(notes=("speech: nothing in the words can be spoken; nothing is spoken",))
            turns, samples = [turns[index] for index in heard], [samples[index] for index in heard]
            gaps = gaps[: len(turns) - 1]
            rest = fit_rate([_seconds(one) for one in samples], gaps, room_s)
            if rest > _STRETCH:
                turns = drop_last_words(turns, [_seconds(one) for one in samples], room_s * 1.02)
                continue
            if rest > 1.0:
                samples = [stretch_time(one, 0.99 / rest, sample_rate=SAMPLE_RATE) for one in samples]
            notes = _fit_notes(rate * rest, asked, _count(turns), room_s)
            return _Fitted(turns=turns, samples=samples, gaps_s=gaps, notes=notes)
        return _Fitted(notes=(f"speech: not a word fits into {room_s:.1f} s; nothing is spoken",))

    def _join_in(
        self, fitted: _Fitted, cast: Cast, starts: Sequence[float], *, rng: np.random.Generator, quality: str
    ) -> list[Sounding]:
        """The others of a crowd: the same words at the same times, each a little early or late.

        The second voice is as good as the first; the rest, heard under both, are the quick voice.
        """
        soundings = []
        for index, speaker in enumerate(cast.speakers[1:], 1):
            own = quality if index == 1 else "draft"
            lines = [(turn.text, speaker) for turn in fitted.turns]
            spoken = self._voicebox.speak(lines, rate=1.0, rng=rng, quality=own)
            for turn, lead, samples, start in zip(fitted.turns, fitted.samples, spoken, starts):
                if not len(samples):
                    continue
                together = stretch_time(samples, min(1.4, max(0.6, len(lead) / len(samples))), sample_rate=SAMPLE_RATE)
                late, pan = float(rng.uniform(0.0, 0.05)), float(rng.uniform(-0.6, 0.6))
                sounding = _sound(turn, together[: len(lead)], speaker, start_s=start + late, pan=pan, rng=rng)
                soundings.append(sounding)
        return soundings


def _readable(words: str) -> tuple[list[Line], tuple[str, ...]]:
    """The sentences that the voices can speak, and what is said of words that they cannot."""
    language = find_language(words[:4000])
    if language not in LANGUAGES:
        known = " and ".join(LANGUAGES.values())
        return [], (
            f"speech: the words seem to be {language}; the embedded voices speak {known}, so nothing is spoken",
        )
    lines = read_lines(words[:100_000])
    return lines, () if lines else ("speech: the ASR view holds no word that can be spoken; nothing is spoken",)


def _place(
    fitted: _Fitted, cast: Cast, starts: Sequence[float], *, rng: np.random.Generator
) -> tuple[list[Sounding], list[Speaker]]:
    """The spoken turns as soundings, speakers standing side by side in the order of their first words."""
    heard = list(dict.fromkeys(turn.speaker for turn in fitted.turns))
    pans = dict(zip(heard, np.linspace(-0.3, 0.3, len(heard)) if len(heard) > 1 else [0.0]))
    soundings = [
        _sound(turn, samples, cast.speakers[turn.speaker], start_s=start, pan=float(pans[turn.speaker]), rng=rng)
        for turn, samples, start in zip(fitted.turns, fitted.samples, starts)
    ]
    return soundings, [cast.speakers[index] for index in heard]


def _sound(
    turn: Turn, samples: Samples, speaker: Speaker, *, start_s: float, pan: float, rng: np.random.Generator
) -> Sounding:
    device = speaker.device
    if device is not None:
        samples = send_through(samples, device.channel, sample_rate=SAMPLE_RATE, rng=rng)
    return Sounding(
        layer="speech",
        label=f"{speaker.label}: {join_han(turn.text)}",
        samples=samples,
        start_s=start_s,
        gain_db=speaker.gain_db,
        distance_m=device.distance_m if device is not None else 1.5,
        pan=pan,
        in_space=speaker.in_space,
    )


def _fit_notes(rate: float, asked: int, kept: int, room_s: float) -> tuple[str, ...]:
    notes = []
    if kept < asked:
        notes.append(f"speech: {asked} words do not fit into {room_s:.1f} s; the last {asked - kept} are left out")
    if rate > 1.12:
        notes.append(f"speech: spoken {rate:.2f} times as fast to fit into {room_s:.1f} s")
    return tuple(notes)


def _count(turns: Sequence[Turn]) -> int:
    return sum(count_words(turn.text) for turn in turns)


def _seconds(samples: Samples) -> float:
    return len(samples) / SAMPLE_RATE


def _describe(speaker: Speaker) -> dict[str, str | None]:
    return {
        "voice": speaker.voice.name,
        "manner": speaker.manner.name if speaker.manner else None,
        "channel": speaker.device.name if speaker.device else None,
    }
