"""The workers there are: what each installs, what it downloads, under which licence.

Pins exclude each other (transformers, numpy, lightning), which is why each has an environment of its own. Sizes are
the publishers' where they state them, else reckoned from the shapes of the weights and said to be so.
Source: Dasheng AudioGen appendix D.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from audiogen_cli.errors import OptionError

_INSIDE = Path(__file__).parent / "inside"
_TORCH = "torch==2.8.0"


@dataclass(frozen=True, kw_only=True)
class WorkerSpec:
    """One kind of worker."""

    name: str  # as a person writes it; of another model than the usual one NAME:OWNER/MODEL
    about: str
    script: Path
    requirements: tuple[str, ...]
    packages: tuple[str, ...]  # whose versions stand beside every figure
    environment_gb: float  # of disk, with the packages for CUDA
    downloads: tuple[tuple[str, float], ...]  # what from where under which licence, and GB
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The name of the environment, which models of one kind share."""
        return self.name.partition(":")[0]


WORKERS = {
    spec.name: spec
    for spec in (
        WorkerSpec(
            name="glap",
            about="GLAP, similarity of sound and text with many languages (the paper's)",
            script=_INSIDE / "glap.py",
            requirements=("glap-model==0.0.13", _TORCH, "torchaudio==2.8.0", "soundfile>=0.13"),
            packages=("glap-model", "dasheng", "torch", "torchaudio"),
            environment_gb=7.0,
            downloads=(
                ("the checkpoint from zenodo.org/records/15493136 (Apache-2.0), a pickle its package opens", 3.4),
                ("SONAR's tokenizer from dl.fbaipublicfiles.com (MIT)", 0.005),
            ),
        ),
        WorkerSpec(
            name="utmos",
            about="UTMOSv2, quality of speech (the paper's)",
            script=_INSIDE / "utmos.py",
            requirements=(
                "utmosv2 @ git+https://github.com/sarulab-speech/UTMOSv2@cc2700db57bb83ee13dc31ebe1b868c254e15d09",
                *(_TORCH, "torchaudio==2.8.0", "transformers>=4.57,<5", "numpy<2", "soundfile>=0.13"),
                "huggingface-hub>=0.34",
            ),
            packages=("utmosv2", "torch", "timm", "transformers"),
            environment_gb=7.5,
            downloads=(
                ("the checkpoint from huggingface.co/sarulab-speech/UTMOSv2 (MIT)", 0.8),
                ("facebook/wav2vec2-base (Apache-2.0) and timm's tf_efficientnetv2_s (Apache-2.0)", 0.5),
            ),
        ),
        WorkerSpec(
            name="nemo",
            about="NeMo's large English conformer transducer, words of speech (the paper's)",
            script=_INSIDE / "nemo.py",
            requirements=("nemo-toolkit[asr]==3.0.0", _TORCH, "huggingface-hub>=0.34"),
            packages=("nemo-toolkit", "torch", "lightning"),
            environment_gb=9.0,
            downloads=(
                ("the checkpoint from huggingface.co/nvidia/stt_en_conformer_transducer_xlarge (CC-BY-4.0)", 2.58),
            ),
            options={"model": "nvidia/stt_en_conformer_transducer_xlarge"},
        ),
    )
}
"""Name to worker."""


def find_spec(name: str) -> WorkerSpec:
    """A worker by name; `nemo:OWNER/MODEL` is NeMo's with another of its recognisers.

    Raises:
        OptionError: there is none of that name.
    """
    base, colon, model = name.partition(":")
    if base not in WORKERS or (colon and ("model" not in WORKERS[base].options or model.count("/") != 1)):
        raise OptionError(f"no worker is named {name!r}", hint=", ".join([*WORKERS, "nemo:OWNER/MODEL"]))
    spec = WORKERS[base]
    if not colon or model == spec.options["model"]:
        return spec
    return replace(
        spec,
        name=name,
        about=f"{model} in NeMo, words of speech (not the paper's)",
        options={**spec.options, "model": model},
        downloads=((f"the checkpoint from huggingface.co/{model}, under the licence it states there", 2.5),),
    )
