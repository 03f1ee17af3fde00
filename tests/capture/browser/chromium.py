"""Real Chromium over the DevTools pipe, with nothing between.

Playwright keeps every page "visible" and focused, whatever tab is in front; what is tested here is exactly
that, so the browser is driven without it: https://chromedevtools.github.io/devtools-protocol/.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = "/usr/bin/chromium"

FLAGS: Final = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1000,700"
).split()

PATIENCE: Final = 30.0
"""Seconds that an answer or a state is waited for."""


class Refused(RuntimeError):
    """The browser answered a command with an error."""


class Chromium:
    """One browser with its own empty profile; `tab` opens tabs in it."""

    def __init__(self, profile: Path, *flags: str, before: Sequence[str] = ()) -> None:
        """`before`: a command that starts what follows it, such as `unshare`."""
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def pipes() -> None:  # the protocol's pipes are file descriptors 3 and 4
            first, second = os.dup(to_browser), os.dup(from_browser)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self._process = subprocess.Popen(
            [
                *before,
                PROGRAM,
                *FLAGS,
                "--remote-debugging-pipe",
                f"--user-data-dir={profile}",
                *flags,
                "about:blank",
            ],
            preexec_fn=pipes,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        os.set_blocking(self._read, False)
        self._profile = profile
        self._buffer = b""
        self._next = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, session: str | None = None, /, **params: Any) -> dict[str, Any]:
        """The result of a command; `Refused` if the browser says no."""
        return self.answer(self.start(method, session, **params), method)

    def answer(self, number: int, method: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The result of the command that was started under this number."""
        until(lambda: number in self._answers, self.pump, what=method, seconds=seconds)
        answer = self._answers.pop(number)
        if "error" in answer:
            raise Refused(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def start(self, method: str, session: str | None = None, /, **params: Any) -> int:
        """Send a command whose answer is not waited for: some, such as a crash, never have one."""
        self._next += 1
        message = {"id": self._next, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        return self._next

    def pump(self) -> None:
        """Take what the browser said since the last time."""
        try:
            self._buffer += os.read(self._read, 1 << 20)
        except BlockingIOError:
            time.sleep(0.01)
        *whole, self._buffer = self._buffer.split(b"\0")
        for raw in whole:
            said = json.loads(raw)
            if "id" in said:
                self._answers[said["id"]] = said
            else:
                self.events.append(said)

    def tab(self, url: str = "about:blank", *, context: str | None = None, behind: bool = False) -> Tab:
        """A new tab, in front of the others unless `behind`."""
        more = {"browserContextId": context} if context else {}
        made = self.send("Target.createTarget", url=url, background=behind, **more)
        return Tab(self, made["targetId"])

    def person(self) -> str:
        """A browser context with cookies of its own."""
        return str(self.send("Target.createBrowserContext")["browserContextId"])

    def forget(self, person: str) -> None:
        """Close what somebody has open, and forget them."""
        self.send("Target.disposeBrowserContext", browserContextId=person)

    def close(self) -> None:
        try:
            self.start("Browser.close")
            self._process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._read)
        os.close(self._write)
        shutil.rmtree(self._profile, ignore_errors=True)


class Tab:
    """One tab, as a person uses it."""

    def __init__(self, browser: Chromium, target: str) -> None:
        self.browser = browser
        self.target = target
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def send(self, method: str, /, **params: Any) -> dict[str, Any]:
        return self.browser.send(method, self.session, **params)

    def go(self, url: str) -> None:
        """Load a page and wait for it."""
        answer = self.send("Page.navigate", url=url)
        if answer.get("errorText"):
            raise Refused(f"{url}: {answer['errorText']}")
        self.wait(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(url)})")

    def run(self, script: str, seconds: float = PATIENCE) -> Any:
        """The value of an expression in the page, as if it came from a click."""
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        number = self.browser.start("Runtime.evaluate", self.session, **asked)
        answer = self.browser.answer(number, script, seconds)
        if "exceptionDetails" in answer:
            raise Refused(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until an expression is true in the page; a page that is being replaced is asked again."""

        def there() -> bool:
            try:
                return bool(self.run(f"!!({script})", 2))
            except (Refused, AssertionError):  # a page that goes away answers with an error, or not at all
                return False

        until(there, lambda: time.sleep(0.02), what=script)

    def front(self) -> None:
        self.send("Page.bringToFront")

    def move(self, x: int, y: int) -> None:
        """The mouse moves over the page."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, selector: str) -> None:
        """A real click at the middle of an element."""
        where = f"JSON.stringify(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        box = json.loads(self.run(where))
        x, y = round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)
        self.move(x, y)
        for type_ in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=type_, x=x, y=y, button="left", clickCount=1)

    def back(self, steps: int = -1) -> None:
        """The browser's own back (-1) or forward (1) button."""
        history = self.send("Page.getNavigationHistory")
        entry = history["entries"][history["currentIndex"] + steps]
        self.send("Page.navigateToHistoryEntry", entryId=entry["id"])

    def window(self, state: str) -> None:
        """The window becomes `minimized` or `normal`."""
        found = self.browser.send("Browser.getWindowForTarget", targetId=self.target)
        self.browser.send(
            "Browser.setWindowBounds", windowId=found["windowId"], bounds={"windowState": state}
        )

    def offline(self, off: bool) -> None:
        self.send("Network.enable")
        self.send(
            "Network.emulateNetworkConditions",
            offline=off,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )

    def close(self) -> None:
        """Close the tab as its cross does: the page has its chance to say goodbye."""
        self.send("Page.close")


def until(
    there: Callable[[], bool], meanwhile: Callable[[], None], *, what: str, seconds: float = PATIENCE
) -> None:
    """Wait until `there`; `AssertionError` names what did not come."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, f"{what} did not come in {seconds:.0f} s"
        meanwhile()
