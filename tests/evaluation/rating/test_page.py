"""The page in a real browser: rated from the keyboard alone, and what it shows is data."""

import base64
import json
import os
import shutil
import subprocess
import time

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")


class Browser:
    """Chromium, told what to do over its debugging pipe."""

    def __init__(self, profile):
        to_read, self._out = os.pipe()
        self._in, to_write = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio", "--no-first-run",
                 "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={profile}"]  # fmt: skip
        script = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, BROWSER, *flags], pass_fds=(to_read, to_write), stderr=subprocess.DEVNULL
        )
        os.close(to_read)
        os.close(to_write)
        self._rest, self._count, self._session = b"", 0, None

    def tell(self, method, **parameters):
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                more = os.read(self._in, 1 << 20)
                assert more, "the browser has gone"
                self._rest += more
            one, self._rest = self._rest.split(b"\0", 1)
            answer = json.loads(one)
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def open(self, address):
        target = self.tell("Target.createTarget", url=address)["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def value(self, expression):
        return self.tell("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait_for(self, expression, seconds=60):
        end = time.monotonic() + seconds
        while not self.value(expression):
            assert time.monotonic() < end, f"{expression} did not become true: {self.value('document.body.innerText')}"
            time.sleep(0.1)

    def press(self, key):
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        codes = {"Enter": 13, "ArrowUp": 38, "ArrowDown": 40, "ArrowLeft": 37, "ArrowRight": 39}
        code = codes.get(key) or ord(key)
        named = {"key": key, "windowsVirtualKeyCode": code} | ({"text": text} if text else {})
        self.tell("Input.dispatchKeyEvent", type="keyDown", **named)
        self.tell("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def picture(self, path):
        path.write_bytes(base64.b64decode(self.tell("Page.captureScreenshot", format="png")["data"]))

    def close(self):
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)


@pytest.fixture
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def test_a_person_rates_the_whole_test_from_the_keyboard(server, browser, tmp_path):
    browser.open(server.address)
    browser.wait_for("document.readyState === 'complete' && !!document.getElementById('name')")
    browser.value("document.getElementById('name').focus()")
    for letter in "Ann":
        browser.press(letter)
    browser.press("Enter")
    browser.wait_for("document.querySelectorAll('#clips section').length === 2")
    assert "<script>document" in browser.value("document.getElementById('caption').textContent")
    browser.wait_for("[...document.querySelectorAll('audio')].every((sound) => sound.readyState >= 2)")
    browser.press(" ")
    browser.wait_for("document.querySelector('audio').currentTime > 0")
    browser.press("Enter")
    browser.wait_for("document.getElementById('said').textContent.includes('both')")
    assert not server.ratings.path.exists()
    for trial in range(3):
        browser.wait_for(f"document.getElementById('progress').textContent === '{trial + 1} of 3'")
        for key in ("5", "4", "ArrowRight", "2", "1"):
            browser.press(key)
        if trial == 0:
            browser.picture(tmp_path / "rate.png")
        browser.press("Enter")
    browser.wait_for("!document.getElementById('end').hidden")
    assert browser.value("document.title") == "Listening test"
    plan = server.plan("Ann")
    assert [trial["scores"] for trial in plan["trials"]] == [[[5, 4], [2, 1]]] * 3
