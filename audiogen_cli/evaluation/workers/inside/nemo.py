"""A recogniser of NeMo in its own environment; the paper's, or another of the same toolkit.

Request `{"audio": PATH}` (16 kHz, one channel); answer `{"words": TEXT}`. Greedy decoding, as the checkpoint comes.
Source: Dasheng AudioGen appendix D.2; nemo-toolkit 3.0.0, read but not run here.
"""

from pathlib import Path
from typing import Any


def fetch(options: dict[str, Any]) -> dict[str, Any]:
    """Download the checkpoint."""
    return {"model": options["model"], "files": [str(_checkpoint(options["model"]))]}


def load(options: dict[str, Any]) -> Any:
    """The answering function."""
    import torch
    from nemo.collections.asr.models import ASRModel

    model = ASRModel.restore_from(str(_checkpoint(options["model"])), map_location=torch.device(options["device"]))
    model.eval()

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        found = model.transcribe([request["audio"]], batch_size=1, num_workers=0, verbose=False)
        while isinstance(found, (list, tuple)):  # older releases give (best, all), newer ones a list
            found = found[0]
        return {"words": getattr(found, "text", found)}

    return answer


def _checkpoint(model: str) -> Path:
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(model, f"{model.rpartition('/')[2]}.nemo"))
