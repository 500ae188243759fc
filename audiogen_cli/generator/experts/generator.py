"""The engine of experts: speech, music and effects performed apart, then mixed into one scene.

In: a `Caption` and `ExpertOptions`. Out: a `Rendering` with its timeline, its stems and what was left undone.
Needs no weights from a hub and no torch. Follows the paper's Expert-Pipeline (section 4.1, appendix D.3), whose
plain sum stays available; the arrangement and the one space are ours.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from threading import Thread
from typing import Any
from zlib import crc32

import numpy as np

from audiogen_cli.audio.cue import Cue
from audiogen_cli.caption import Caption
from audiogen_cli.errors import AudiogenError, ModelMissingError, OptionError
from audiogen_cli.generator.base import GenerationOptions, OnStep, Rendering, no_progress
from audiogen_cli.generator.experts.arrangement import arrange
from audiogen_cli.generator.experts.clearing import clear_of_words
from audiogen_cli.generator.experts.imports import import_scipy
from audiogen_cli.generator.experts.options import ExpertOptions
from audiogen_cli.generator.experts.plan import Arrangement, MusicPlace, PlannedSound
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE, Performance, Sounding
from audiogen_cli.generator.experts.speech.models import VoiceModels
from audiogen_cli.generator.experts.whole import read_whole

_log = logging.getLogger(__name__)


class ExpertsGenerator:
    """Renders captions with the embedded experts; models are loaded by the first caption that needs them."""

    name = "experts"
    sample_rate = SAMPLE_RATE

    def __init__(self) -> None:
        self._voices = VoiceModels()

    def prepare(self, options: GenerationOptions) -> None:
        """Begin to load the voices in a thread; what goes wrong there is raised by `generate`, if it has to speak."""

        def load() -> None:
            try:
                self._voices.load(options.quality)
            except AudiogenError as fault:
                _log.debug("the voices could not be loaded early: %s", fault)

        Thread(target=load, name="voices").start()

    def generate(self, caption: Caption, options: GenerationOptions, on_step: OnStep = no_progress) -> Rendering:
        """Render one caption.

        Args:
            caption: the scene; SFX and ENV must be in English.
            options: `ExpertOptions`; plain `GenerationOptions` take its defaults.

        Raises:
            UnknownSoundError: the SFX view names sounds and none of them is known.
            ModelMissingError: there are words to speak and the voices' packages are missing.
        """
        options = _expert_options(options)
        progress = _Progress(on_step, total=4)
        caption, remarks = read_whole(caption)
        plan = arrange(
            caption,
            duration_s=options.duration_s,
            rng=_child(options.seed, "arrangement"),
            allow_missing=options.allow_missing,
        )
        notes = [*remarks, *plan.notes]
        with ThreadPoolExecutor(1, thread_name_prefix="speech") as pool:
            spoken = self._start_speaking(caption, plan, options, pool)
            import_scipy()
            progress("composing the music")
            music = _perform_music(caption, plan, options)
            progress("making the sounds")
            sounds = {sound.key: _render(sound, options.seed) for sound in plan.sounds}
            progress("speaking the words")
            speech = self._finish_speaking(spoken, options, notes)
        plan = clear_of_words(plan, [(sounding.start_s, sounding.end_s) for sounding in speech.soundings])
        effects = [_place(sound, sounds[sound.key]) for sound in plan.sounds]
        soundings = [*speech.soundings, *music.soundings, *effects]
        progress("mixing the scene")
        notes += [*speech.notes, *music.notes]
        rendering = _mix(soundings, plan, options, quiet=bool(soundings) or caption.env is not None)
        notes += rendering.notes
        progress("done")
        return replace(
            rendering,
            cues=tuple(_cues(soundings, options)),
            notes=tuple(dict.fromkeys(notes)),
            details={
                "space": plan.space.name,
                "sounds": sorted({sound.entry.name for sound in plan.sounds}),
                "unknown_sounds": list(plan.unknown),
                "speech": dict(speech.details),
                "music": dict(music.details),
                "duration_s": options.duration_s,
                "channels": options.channels,
                "mix": options.mix,
                "quality": options.quality,
            },
        )

    def generate_batch(
        self, captions: Sequence[Caption], options: Sequence[GenerationOptions], on_step: OnStep = no_progress
    ) -> Iterator[Rendering]:
        """Render several captions, one after the other, each as `generate` alone would."""
        if len(captions) != len(options):
            raise OptionError(f"{len(captions)} captions with {len(options)} options")

        def one_by_one() -> Iterator[Rendering]:
            for done, (caption, option) in enumerate(zip(captions, options)):
                on_step(done, len(captions), f"rendering {done + 1} of {len(captions)}")
                yield self.generate(caption, option)
            on_step(len(captions), len(captions), "done")

        return one_by_one()

    def _start_speaking(
        self, caption: Caption, plan: Arrangement, options: ExpertOptions, pool: ThreadPoolExecutor
    ) -> "Future[Performance] | None":
        """Speak in the background: the voices take longest, and most of it outside the interpreter's lock."""
        window, words = plan.speech_window, caption.asr
        if window is None or words is None:
            return None

        def speak() -> Performance:
            self._voices.load(options.quality)
            from audiogen_cli.generator.experts.speech.expert import SpeechExpert

            performance: Performance = SpeechExpert(self._voices).perform(
                caption.speech, words, window=window, rng=_child(options.seed, "speech"), quality=options.quality
            )
            return performance

        return pool.submit(speak)

    def _finish_speaking(
        self, spoken: "Future[Performance] | None", options: ExpertOptions, notes: list[str]
    ) -> Performance:
        if spoken is None:
            return Performance()
        try:
            return spoken.result()
        except ModelMissingError as fault:
            if not options.allow_missing:
                raise
            notes.append(f"ASR: not spoken: {fault}")
            return Performance()


@dataclass
class _Progress:
    """Counts the steps of one rendering aloud."""

    on_step: OnStep
    total: int
    done: int = field(default=0)

    def __call__(self, doing: str) -> None:
        self.on_step(self.done, self.total, doing)
        self.done += 1


def _expert_options(options: GenerationOptions) -> ExpertOptions:
    if isinstance(options, ExpertOptions):
        return options
    return ExpertOptions(**{knob.name: getattr(options, knob.name) for knob in fields(GenerationOptions)})


def _child(seed: int, *names: str) -> np.random.Generator:
    """A stream of randomness of its own for each layer and sound: what one does leaves the others as they are."""
    return np.random.default_rng(np.random.SeedSequence([seed, crc32("/".join(names).encode())]))


def _perform_music(caption: Caption, plan: Arrangement, options: ExpertOptions) -> Performance:
    if caption.music is None or plan.music is None:
        return Performance()
    from audiogen_cli.generator.experts.music import perform_music

    performance: Performance = perform_music(
        caption.music, duration_s=options.duration_s, rng=_child(options.seed, "music"), quality=options.quality
    )
    return replace(performance, soundings=tuple(_move_music(part, plan.music) for part in performance.soundings))


def _move_music(part: Sounding, place: MusicPlace) -> Sounding:
    if not place.in_space:
        return part
    return replace(part, in_space=True, distance_m=place.distance_m)


def _render(sound: PlannedSound, seed: int) -> Any:
    from audiogen_cli.generator.experts.effects.registry import render_sound

    return render_sound(sound.entry, rng=_child(seed, sound.key), duration_s=sound.duration_s)


def _place(sound: PlannedSound, samples: Any) -> Sounding:
    return Sounding(
        layer=sound.layer,
        label=sound.entry.name.replace("_", " "),
        samples=samples,
        start_s=sound.start_s,
        gain_db=sound.gain_db,
        distance_m=sound.distance_m,
        typical_m=sound.typical_m,
        pan=sound.pan,
        bed=sound.bed,
        motion=sound.motion,
        speed_mps=float(sound.entry.params.get("speed_mps", 3.0 if sound.typical_m < 4 else 14.0)),
    )


def _mix(soundings: Sequence[Sounding], plan: Arrangement, options: ExpertOptions, *, quiet: bool) -> Rendering:
    from audiogen_cli.generator.experts.scene.mix import plain_sum, produced
    from audiogen_cli.generator.experts.scene.peaks import LACKING_LU
    from audiogen_cli.generator.experts.scene.space import build_space

    if options.mix == "paper":
        mix = plain_sum(soundings, duration_s=options.duration_s, channels=options.channels)
    else:
        mix = produced(
            soundings,
            build_space(plan.space),
            duration_s=options.duration_s,
            channels=options.channels,
            rng=_child(options.seed, "room"),
            quiet=quiet,
        )
    bound = mix.below_lu > LACKING_LU
    return Rendering(
        waveform=mix.waveform,
        stems=mix.stems,
        still=not soundings,
        peak_bound=bound,
        notes=(f"loudness: {mix.below_lu:.0f} LU below the usual, so that its short sounds keep their attack",)
        if bound
        else (),
    )


def _cues(soundings: Sequence[Sounding], options: ExpertOptions) -> list[Cue]:
    """The timeline; sounds that begin after the end or are silent leave none."""
    first: Callable[[str], float] = lambda layer: (  # noqa: E731  (the paper's tracks all begin at 0)
        min(part.start_s for part in soundings if part.layer == layer) if options.mix == "paper" else 0.0
    )
    cues = []
    for part in soundings:
        if options.mix == "paper" and part.layer == "env":
            continue
        start = part.start_s - first(part.layer)
        end = min(start + part.samples.shape[-1] / SAMPLE_RATE, options.duration_s)
        if end > start and np.any(part.samples):
            cues.append(Cue(layer=part.layer, label=part.label, start_s=round(max(start, 0.0), 3), end_s=round(end, 3)))
    return sorted(cues, key=lambda cue: (cue.start_s, cue.layer, cue.label))
