"""UTMOSv2 in its own environment: a mean opinion score of speech, 1 to 5.

Request `{"audio": PATH}` (16 kHz, one channel); answer `{"mos": NUMBER}`. One fold of the published five and one
repetition, as the package's own example has it; its random crops are drawn from one seed for every sound, so that
the order of the sounds changes nothing.
Source: Baba et al. 2024, arXiv:2409.09305; the package at commit cc2700d, read but not run here.
"""

from pathlib import Path
from typing import Any

_REPOSITORY = "sarulab-speech/UTMOSv2"
_CHECKPOINT = "fold0_s42_best_model.pth"
_SEED = 42


def fetch(options: dict[str, Any]) -> dict[str, Any]:
    """Download the checkpoint, and by building the model the two networks it starts from."""
    _load_model()
    return {"model": f"{_REPOSITORY} fold 0", "files": [str(_checkpoint())]}


def load(options: dict[str, Any]) -> Any:
    """The answering function."""
    import numpy as np
    import soundfile
    import torch

    model = _load_model()

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        samples, rate = soundfile.read(request["audio"], dtype="float32")
        np.random.seed(_SEED)
        torch.manual_seed(_SEED)
        found = model.predict(
            data=samples,
            sr=rate,
            device=options["device"],
            num_repetitions=1,
            remove_silent_section=True,
            predict_dataset="sarulab",
            verbose=False,
        )
        return {"mos": float(found[0])}

    return answer


def _load_model() -> Any:
    import utmosv2

    return utmosv2.create_model(
        pretrained=True, config="fusion_stage3", fold=0, seed=_SEED, checkpoint_path=_checkpoint(), device="cpu"
    )


def _checkpoint() -> Path:
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(_REPOSITORY, _CHECKPOINT))
