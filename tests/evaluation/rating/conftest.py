"""A folder of two systems and three scenes, and a server of it."""

import json
import threading

import numpy as np
import pytest

from audiogen_cli.audio.files import write_audio
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.evaluation.rating.server import RatingServer
from audiogen_cli.evaluation.rating.trials import load_items

EVIL = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


@pytest.fixture
def folder(tmp_path):
    for number, system in enumerate(("experts", "truth7")):
        (tmp_path / system).mkdir()
        for scene in ("rain", "street", "talk"):
            write_audio(tmp_path / system / f"{scene}.wav", Waveform(np.full(8000, 0.1 * number), 8000))
    rows = [
        {"id": scene, "caption": f"{EVIL} {scene}", "category": category}
        for scene, category in (("rain", "00A"), ("street", "00A"), ("talk", "S00"))
    ]
    (tmp_path / "captions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


@pytest.fixture
def server(folder):
    with RatingServer(load_items(folder), folder / "ratings.csv") as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield served
        served.shutdown()
        thread.join()
