"""Sound files: a `Waveform` and its recipe to WAV, FLAC, OGG or MP3, and back.

Encoding is libsndfile's (through soundfile). A file is written beside its place under a temporary
name, flushed to disk and renamed, so that what bears the name is whole; devices and pipes are written
through. The recipe lies in the file's own comment tag (RIFF INFO, Vorbis comment, ID3) as JSON.
"""

import errno
import io
import json
import os
import stat
import tempfile
from pathlib import Path

import numpy as np

from audiogen_cli.audio.ogg import set_serial
from audiogen_cli.audio.provenance import Provenance, provenance_from_json
from audiogen_cli.audio.riff import append_info, read_info
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import AudioFileError, OptionError

FORMATS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG", ".mp3": "MP3"}
SUBTYPES = {
    "WAV": {"pcm16": "PCM_16", "pcm24": "PCM_24", "float": "FLOAT"},
    "FLAC": {"pcm16": "PCM_16", "pcm24": "PCM_24"},
    "OGG": {"vorbis": "VORBIS"},
    "MP3": {"mp3": "MPEG_LAYER_III"},
}
MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""The sample rates that MPEG-1, 2 and 2.5 know, Hz; the other formats take any."""

_RIFF_NAMES = {"title": "INAM", "software": "ISFT", "date": "ICRD", "comment": "ICMT"}
_BLOCK = 65_536  # samples read or written at once: libsndfile's Vorbis encoder overflows its stack on long writes


def audio_format(path: Path) -> str:
    """The format a file's name asks for; raises `OptionError` for one that cannot be written."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise OptionError(
            f"{path.name}: unknown sound format {path.suffix or '(no ending)'}", hint="endings: " + " ".join(FORMATS)
        )
    return found


def check_subtype(format: str, subtype: str | None) -> str:
    """libsndfile's name of a subtype (the format's first when None); raises `OptionError` where it does not fit."""
    allowed = SUBTYPES[format]
    if subtype is None:
        return next(iter(allowed.values()))
    if subtype not in allowed:
        raise OptionError(f"subtype {subtype!r} does not go with {format}", hint=f"{format} takes {', '.join(allowed)}")
    return allowed[subtype]


def check_sample_rate(format: str, sample_rate: int) -> None:
    """Refuse a rate that a format does not have; raises `OptionError`."""
    if format == "MP3" and sample_rate not in MP3_RATES:
        raise OptionError(
            f"MP3 has no sample rate of {sample_rate} Hz", hint="MP3 takes " + ", ".join(map(str, MP3_RATES))
        )


def write_audio(
    path: Path, waveform: Waveform, provenance: Provenance | None = None, *, subtype: str | None = None
) -> None:
    """Write a sound file whole or not at all.

    Args:
        path: its ending chooses the format; its folder must exist.
        waveform: samples beyond -1 and 1 are clipped by every subtype but float.
        provenance: its recipe, kept in the file's comment tag.
        subtype: "pcm16", "pcm24" or "float"; None for the format's usual one.

    Raises:
        OptionError: unknown format or subtype.
        AudioFileError: the folder is missing or cannot be written, or the disk is full.
    """
    write_bytes(path, encode_audio(waveform, audio_format(path), provenance, subtype=subtype))


def encode_audio(
    waveform: Waveform, format: str = "WAV", provenance: Provenance | None = None, *, subtype: str | None = None
) -> bytes:
    """The bytes of a sound file; arguments and errors as `write_audio`."""
    import soundfile

    tags = _tags(provenance) if provenance is not None else {}
    buffer = io.BytesIO()
    try:
        with soundfile.SoundFile(
            buffer, "w", waveform.sample_rate, waveform.num_channels, check_subtype(format, subtype), format=format
        ) as file:
            if format != "WAV":
                for name, text in tags.items():
                    setattr(file, name, text)
            frames = np.ascontiguousarray(waveform.samples.T)
            for start in range(0, len(frames), _BLOCK):
                file.write(frames[start : start + _BLOCK])
    except soundfile.LibsndfileError as fault:
        raise AudioFileError(
            f"{format} cannot hold {waveform.num_channels} channels at {waveform.sample_rate} Hz: {fault.error_string}",
            hint="name a .wav file, or another --sample-rate",
        ) from fault
    if format == "OGG":
        return set_serial(buffer.getvalue())
    if format == "WAV" and tags:
        return append_info(buffer.getvalue(), {_RIFF_NAMES[name]: text for name, text in tags.items()})
    return buffer.getvalue()


def _tags(provenance: Provenance) -> dict[str, str]:
    return {
        "title": provenance.caption.caption[:250],
        "software": f"audiogen {provenance.versions.get('audiogen', '')}".strip(),
        "date": provenance.created,
        "comment": json.dumps(provenance.as_json(), ensure_ascii=True, separators=(",", ":")),
    }


def write_bytes(path: Path, data: bytes, *, overwrite: bool = True) -> None:
    """Write a file whole or not at all: under a temporary name, flushed to disk, then renamed.

    A symbolic link stays one, the file it names is written; a file that is overwritten keeps its permissions; a
    device or a pipe is written through.

    Raises:
        AudioFileError: it cannot be written, or stands there already and `overwrite` is False.
    """
    if is_stream(path):
        _write_through(path, data)
        return
    place = Path(os.path.realpath(path))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name[:40]}.", suffix=".part", dir=place.parent)
    except OSError as fault:
        raise AudioFileError(
            _write_fault(path, fault), hint=f"mkdir -p {place.parent}" * (fault.errno == errno.ENOENT)
        ) from fault
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, _mode(place))
        if overwrite:
            os.replace(name, place)
        else:
            _rename_to_free(name, place)
    except OSError as fault:
        raise AudioFileError(_write_fault(path, fault)) from fault
    finally:
        Path(name).unlink(missing_ok=True)


def is_stream(path: Path) -> bool:
    """Whether the name is that of a device or a pipe, which is written through and never replaced."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _write_through(path: Path, data: bytes) -> None:
    try:
        with path.open("wb") as stream:
            stream.write(data)
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise AudioFileError(_write_fault(path, fault)) from fault


def _mode(place: Path) -> int:
    try:
        return stat.S_IMODE(place.stat().st_mode)
    except OSError:
        return 0o666 & ~_umask()


def _rename_to_free(name: str, place: Path) -> None:
    """Rename without ever replacing: a hard link is refused where there is a file, at whatever moment it came."""
    try:
        os.link(name, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if place.exists():
            raise FileExistsError(errno.EEXIST, "exists already") from None
        os.replace(name, place)


def read_audio(path: Path) -> Waveform:
    """Read any sound file that libsndfile reads; raises `AudioFileError` naming the file."""
    import soundfile

    blocks = []
    try:
        with soundfile.SoundFile(path) as file:
            sample_rate = int(file.samplerate)
            while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):  # a header may promise terabytes
                blocks.append(block)
    except (soundfile.LibsndfileError, OSError, RuntimeError) as fault:
        raise AudioFileError(_read_fault(path, fault)) from fault
    if not blocks:
        raise AudioFileError(f"{path}: holds no sound")
    return Waveform(np.concatenate(blocks).T, sample_rate)


def read_provenance(path: Path) -> Provenance:
    """The recipe a sound file of ours carries; raises `AudioFileError` when it has none."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            comment = file.comment if file.format != "WAV" else ""
        if not comment:
            with path.open("rb") as raw:
                comment = read_info(raw).get(_RIFF_NAMES["comment"], "")
    except (soundfile.LibsndfileError, OSError, RuntimeError) as fault:
        raise AudioFileError(_read_fault(path, fault)) from fault
    if not comment.startswith("{"):
        raise AudioFileError(f"{path}: carries no recipe, it was not made by audiogen or has been re-encoded")
    return provenance_from_json(comment, source=str(path))


def is_audio_file(path: Path) -> bool:
    """Whether the first bytes are those of a sound file, whatever its name."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head[:4] in (b"RIFF", b"fLaC", b"OggS") or head[:3] == b"ID3" or head[:2] in (b"\xff\xfb", b"\xff\xf3")


def _write_fault(path: Path, fault: OSError) -> str:
    if fault.errno == errno.ENOENT:
        return f"{path}: the folder {path.parent} does not exist"
    if fault.errno == errno.ENOSPC:
        return f"{path}: the disk is full"
    if fault.errno == errno.EEXIST:
        return f"{path}: exists already"
    return f"{path}: cannot be written: {fault.strerror or fault}"


def _read_fault(path: Path, fault: Exception) -> str:
    if not path.exists():
        return f"{path}: there is no such file"
    if path.is_dir():
        return f"{path}: is a folder"
    return f"{path}: not a sound file that can be read ({getattr(fault, 'error_string', fault)})"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
