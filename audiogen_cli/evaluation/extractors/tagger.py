"""What a tagger hears in a clip, as classes of AudioSet: YAMNet from a folder that a person brings.

In: a clip. Out: `mean` and `max` [classes], probabilities over the clip's patches; `speech` and `music`, the greatest
of the classes that mean them; `top`, the names of the likeliest five by their mean. The folder holds one `.onnx`
file and YAMNet's class map (`*class_map*.csv` with `display_name`). The network takes log mel patches [.., 96, 64] or
a waveform at 16 kHz; a quantised export comes with a `tagger.json` that says how its numbers are to be read:
`{"input_scale", "input_zero_point", "output_scale", "output_zero_point", "output": "logits"}`. No export is a
dependency of ours: those in packages state no licence.
Source: Gemmeke et al. 2017 (AudioSet); YAMNet's published front end and class map.
"""

import csv
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from audiogen_cli.audio.resample import resample
from audiogen_cli.audio.waveform import Samples, Waveform
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.evaluation.extractors.base import Arrays, Clip, Identity
from audiogen_cli.evaluation.extractors.mel import audioset_log_mel
from audiogen_cli.evaluation.extractors.weights import file_digest

RATE = 16_000
SPEECH = (
    "Speech", "Child speech, kid speaking", "Conversation", "Narration, monologue", "Speech synthesizer", "Shout",
    "Yell", "Whispering",
)  # fmt: skip
MUSIC = ("Music", "Singing")
_TOP = 5
_LOG_OFFSET = 0.001
_FRAMES, _PATCH_HOP, _N_MELS = 96, 48, 64
_LEAST_SAMPLES = 400 + 160 * (_FRAMES - 1)  # of one patch
_PLAIN: Mapping[str, Any] = {
    "input_scale": 1.0, "input_zero_point": 0, "output_scale": 1.0, "output_zero_point": 0, "output": "probabilities",
}  # fmt: skip


class Tagger:
    """The extractor of AudioSet tags; reads a folder, downloads nothing."""

    of_paper = False
    concurrent = False
    name = "YAMNet (your export)"

    def __init__(self, folder: Path) -> None:
        self._network = _only(folder, "*.onnx")
        self._class_map = _only(folder, "*class_map*.csv")
        self._reading = _read_reading(folder / "tagger.json")

    @cached_property
    def names(self) -> list[str]:
        """The classes' names, in the order of `mean` and `max`."""
        with self._class_map.open(encoding="utf-8", newline="") as file:
            try:
                return [row["display_name"] for row in csv.DictReader(file)]
            except (KeyError, UnicodeDecodeError) as fault:
                raise ModelMissingError(f"{self._class_map}: is no class map with display_name") from fault

    def identity(self) -> Identity:
        """The network by content, its weights beside it too, and how it is read."""
        beside = sorted(path for path in self._network.parent.iterdir() if path.suffix in (".onnx", ".data"))
        return {
            "extractor": self.name,
            "weights_sha256": file_digest(*beside),
            "class_map_sha256": file_digest(self._class_map),
            **self._reading,
            "rate": RATE,
            "resampler": "kaiser 64",
            "channel": "mean",
            "form": 1,
        }

    def extract(self, clip: Clip) -> Arrays:
        """`mean`, `max`, `speech`, `music` and `top`."""
        mono = resample(Waveform(clip.waveform.mono(), clip.waveform.sample_rate), RATE).samples[0]
        found = self._probabilities(np.pad(mono, (0, max(0, _LEAST_SAMPLES - len(mono)))))
        mean, greatest = found.mean(axis=0), found.max(axis=0)
        return {
            "mean": mean,
            "max": greatest,
            "speech": np.array(self._greatest_of(SPEECH, greatest)),
            "music": np.array(self._greatest_of(MUSIC, greatest)),
            "top": np.array([self.names[place] for place in np.argsort(-mean, kind="stable")[:_TOP]]),
        }

    def _greatest_of(self, wanted: tuple[str, ...], probabilities: NDArray[np.float32]) -> float:
        return max((float(probabilities[self.names.index(name)]) for name in wanted if name in self.names), default=0.0)

    def _probabilities(self, sound: Samples) -> NDArray[np.float32]:
        """Patches by classes, [N, classes]."""
        asked = self._session.get_inputs()[0]
        if len(asked.shape) == 1:
            found = [self._run(asked.name, sound.astype(np.float32))]
        else:
            log_mel = audioset_log_mel(sound, offset=_LOG_OFFSET)
            starts = range(0, len(log_mel) - _FRAMES + 1, _PATCH_HOP)
            shape = (*[1] * (len(asked.shape) - 2), _FRAMES, _N_MELS)
            found = [self._run(asked.name, self._as_input(log_mel[at : at + _FRAMES].reshape(shape))) for at in starts]
        rows = np.concatenate([part.reshape(-1, len(self.names)) for part in found]).astype(np.float64)
        rows = (rows - self._reading["output_zero_point"]) * self._reading["output_scale"]
        read: NDArray[np.float32] = (expit(rows) if self._reading["output"] == "logits" else rows).astype(np.float32)
        return read

    def _as_input(self, patch: NDArray[np.float32]) -> NDArray[Any]:
        if self._session.get_inputs()[0].type != "tensor(uint8)":
            return patch
        steps = np.round(patch / self._reading["input_scale"] + self._reading["input_zero_point"])
        return np.clip(steps, 0, 255).astype(np.uint8)

    def _run(self, name: str, given: NDArray[Any]) -> NDArray[Any]:
        scores = np.asarray(self._session.run(None, {name: given})[0])
        if scores.shape[-1] != len(self.names):
            raise ModelMissingError(
                f"{self._network}: gives {scores.shape[-1]} classes, {self._class_map.name} names {len(self.names)}"
            )
        return scores

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(str(self._network), options, providers=["CPUExecutionProvider"])
        except Exception as fault:  # the runtime's errors have no family of their own
            raise ModelMissingError(f"{self._network}: cannot be loaded: {str(fault)[:200]}") from fault


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.rglob(pattern)) if folder.is_dir() else []
    if len(found) == 1:
        return found[0]
    raise ModelMissingError(
        f"{folder}: holds {len(found)} files {pattern}, needs one",
        hint="--tagger FOLDER with an ONNX export of YAMNet and its class map",
    )


def _read_reading(file: Path) -> dict[str, Any]:
    """How the network's numbers are to be read; a float export needs no file."""
    if not file.exists():
        return dict(_PLAIN)
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise ModelMissingError(f"{file}: cannot be read: {fault}") from fault
    wrong = [key for key, value in told.items() if not _is_readable(key, value)] if isinstance(told, dict) else ["it"]
    if wrong:
        raise ModelMissingError(f"{file}: {wrong[0]} cannot be used", hint=f"numbers and an output: {dict(_PLAIN)}")
    return {**_PLAIN, **told}


def _is_readable(key: str, value: Any) -> bool:
    if key == "output":
        return value in ("probabilities", "logits")
    return key in _PLAIN and type(value) in (int, float) and (value > 0 or not key.endswith("scale"))
