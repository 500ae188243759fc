"""Every sound of a manifest through every extractor: decoded in parallel, kept by content, faults named.

In: a `Manifest` and the extractors, some of them for the references too. Out: a `Gathered` of rows. A file that
cannot be used costs its own row (and its partner's) and nothing else; what a broken-off run has measured is kept.
What the arrays mean is `scoring`'s business.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from audiogen_cli.audio.files import read_audio
from audiogen_cli.audio.resample import MAX_RATE, MIN_RATE
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import AudioFileError, AudiogenError, ModelMissingError
from audiogen_cli.evaluation.cache import FeatureCache, sound_digest
from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Extractor, Identity
from audiogen_cli.evaluation.manifest import Fault, Item, Manifest

_SHORTEST_S = 0.1  # less is a click that no extractor has been made for


@dataclass(frozen=True, kw_only=True)
class Sound:
    """One sound's arrays by extractor key, and the digest of its samples."""

    digest: str
    sample_rate: int
    num_channels: int
    arrays: Mapping[str, Arrays]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One item that could be scored, with its reference where it has one."""

    item: Item
    sound: Sound
    reference: Sound | None = None


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """All that was measured."""

    source: str
    rows: tuple[Row, ...]
    references: tuple[Sound, ...]  # of an unpaired set
    faults: tuple[Fault, ...]
    identities: Mapping[str, Identity]


@dataclass(frozen=True, kw_only=True)
class Extractors:
    """The extractors by key; those in `of_references` look at the references too."""

    by_key: Mapping[str, Extractor]
    of_references: frozenset[str] = frozenset()
    locks: Mapping[str, AbstractContextManager[object]] = field(init=False)  # none where several may ask at once

    def __post_init__(self) -> None:
        locks = {key: nullcontext() if one.concurrent else threading.Lock() for key, one in self.by_key.items()}
        object.__setattr__(self, "locks", locks)


def gather(
    manifest: Manifest,
    extractors: Extractors,
    cache: FeatureCache,
    on_step: Callable[[int, int, str], None] = lambda done, total, doing: None,
    *,
    num_threads: int = 4,
) -> Gathered:
    """Measure everything.

    Args:
        manifest: the items.
        extractors: different ones are used at the same time, each by one thread unless it is `concurrent`.
        cache: what is kept.
        on_step: progress, told from this thread.
        num_threads: sounds that are decoded and measured at the same time.

    Raises:
        ModelMissingError: an extractor cannot be had.
    """
    identities = {key: dict(extractor.identity()) for key, extractor in extractors.by_key.items()}
    total = len(manifest.items) + len(manifest.references)

    def measure_item(item: Item) -> Row | Fault:
        try:
            sound = _measure(item.audio, extractors, identities, cache, of_reference=False)
            reference = (
                _measure(item.reference, extractors, identities, cache, of_reference=True)
                if item.reference is not None and extractors.of_references
                else None
            )
        except ModelMissingError:
            raise
        except AudiogenError as fault:
            return Fault(id=item.id, reason=str(fault))
        return Row(item=item, sound=sound, reference=reference)

    def measure_reference(path: Path) -> Sound | Fault:
        try:
            return _measure(path, extractors, identities, cache, of_reference=True)
        except ModelMissingError:
            raise
        except AudiogenError as fault:
            return Fault(id=str(path), reason=str(fault))

    jobs: list[Callable[[], Row | Sound | Fault]] = [lambda item=item: measure_item(item) for item in manifest.items]  # type: ignore[misc]
    if extractors.of_references:
        jobs += [lambda path=path: measure_reference(path) for path in manifest.references]  # type: ignore[misc]
    done: list[Row | Sound | Fault | None] = [None] * len(jobs)
    for count, (place, result) in enumerate(_in_parallel(jobs, num_threads), start=1):
        done[place] = result
        on_step(count, total, _told(result))
    return Gathered(
        source=manifest.source,
        rows=tuple(result for result in done if isinstance(result, Row)),
        references=tuple(result for result in done if isinstance(result, Sound)),
        faults=manifest.faults + tuple(result for result in done if isinstance(result, Fault)),
        identities=identities,
    )


def _measure(
    path: Path,
    extractors: Extractors,
    identities: Mapping[str, Identity],
    cache: FeatureCache,
    *,
    of_reference: bool,
) -> Sound:
    clip = Clip(path=path, waveform=_checked(path, read_audio(path)))
    digest = sound_digest(clip.waveform)
    arrays: dict[str, Arrays] = {}
    for key, extractor in extractors.by_key.items():
        if of_reference and key not in extractors.of_references:
            continue
        kept = cache.get(identities[key], digest)
        if kept is None:
            with extractors.locks[key]:
                kept = extractor.extract(clip)
            cache.put(identities[key], digest, kept)
        arrays[key] = kept
    return Sound(
        digest=digest, sample_rate=clip.waveform.sample_rate, num_channels=clip.waveform.num_channels, arrays=arrays
    )


def _checked(path: Path, waveform: Waveform) -> Waveform:
    if not np.isfinite(waveform.samples).all():
        raise AudioFileError(f"{path}: holds samples that are not numbers")
    if waveform.duration_s < _SHORTEST_S:
        raise AudioFileError(f"{path}: {waveform.num_samples} samples are too short to be scored")
    if not MIN_RATE <= waveform.sample_rate <= MAX_RATE:
        raise AudioFileError(f"{path}: its rate of {waveform.sample_rate} Hz is outside {MIN_RATE} to {MAX_RATE}")
    return waveform


def _in_parallel(
    jobs: Iterable[Callable[[], Row | Sound | Fault]], num_threads: int
) -> Iterator[tuple[int, Row | Sound | Fault]]:
    """Results as they come, with their places; few sounds are in memory at a time."""
    waiting = enumerate(jobs)
    running: dict[Future[Row | Sound | Fault], int] = {}
    with ThreadPoolExecutor(max_workers=num_threads) as pool:
        try:
            running |= {pool.submit(job): place for place, job in islice(waiting, 2 * num_threads)}
            while running:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    place = running.pop(future)
                    running |= {pool.submit(job): later for later, job in islice(waiting, 1)}
                    yield place, future.result()
        finally:
            for future in running:
                future.cancel()


def _told(result: Row | Sound | Fault) -> str:
    return result.item.id if isinstance(result, Row) else result.id if isinstance(result, Fault) else "reference"
