"""GLAP in its own environment: embeddings of sounds and texts in one space.

Request `{"audio": PATH}` (16 kHz, one channel) or `{"text": WORDS}`; answer `{"embedding": [1024 numbers]}` of unit
length. Texts are given as they are, without the phrase that the model's card suggests for labels: the paper compares
with plain captions.
Source: Dinkel et al. 2025, arXiv:2506.11350; the package glap-model 0.0.13, read but not run here.
"""

from pathlib import Path
from typing import Any


def fetch(options: dict[str, Any]) -> dict[str, Any]:
    """Load the model once, which downloads its checkpoint and its tokenizer."""
    import torch

    _load_model()
    files = sorted(map(str, Path(torch.hub.get_dir(), "checkpoints").glob("glap*")))
    return {"model": "mispeech/GLAP", "files": files}


def load(options: dict[str, Any]) -> Any:
    """The answering function."""
    import soundfile
    import torch

    device = torch.device(options["device"])
    model = _load_model().to(device)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        with torch.inference_mode():
            if "text" in request:
                found = model.encode_text([request["text"]], device=device, source_lang="eng_Latn")
            else:
                samples, _ = soundfile.read(request["audio"], dtype="float32")
                found = model.encode_audio(torch.from_numpy(samples)[None].to(device))
        return {"embedding": found[0].float().cpu().tolist()}

    return answer


def _load_model() -> Any:
    from glap_model import glap_inference

    return glap_inference().eval()
