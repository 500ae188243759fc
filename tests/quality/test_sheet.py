"""A contact sheet is whole in itself, and what it shows is data."""

import base64
import io
import re

import numpy as np
import soundfile

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.quality.sheet import SheetClip, compose_sheet

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>&'


def _sheet(**changes):
    wave = Waveform(0.1 * np.sin(np.arange(16_000) * 0.05), 16_000)
    clip = SheetClip(**{"name": "one", "waveform": wave, "file_name": "one.flac", **changes})
    return compose_sheet("Rain", [clip, clip], caption=Caption(caption=EVIL))


def test_the_sound_and_the_picture_lie_in_the_page_and_nothing_is_loaded():
    page = _sheet()
    assert re.findall(r'(?:src|href)="(?!data:)', page) == [] and "://" not in page
    sound = base64.b64decode(re.search(r"data:audio/flac;base64,([^\"]+)", page)[1])
    samples, rate = soundfile.read(io.BytesIO(sound))
    assert rate == 16_000 and len(samples) == 16_000 and np.abs(samples).max() > 0.09
    assert base64.b64decode(re.search(r"data:image/png;base64,([^\"]+)", page)[1]).startswith(b"\x89PNG")


def test_text_from_outside_is_shown_and_never_run():
    page = _sheet(name=EVIL, remark=EVIL, command=EVIL, file_name=EVIL, figures={EVIL: EVIL})
    assert page.count("<script>") == 1 and "<img src=x" not in page and "&lt;script&gt;alert(1)" in page


def test_the_policy_lets_the_page_s_own_script_run_and_no_other():
    import hashlib

    page = _sheet()
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page and "default-src 'none'" in page
