"""A reader at a browser: Debian's chromium, steered through chromedriver (W3C WebDriver)."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import requests

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key under which WebDriver names an element."""
_ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
_PHONE = {"deviceMetrics": {"width": 360, "height": 740, "pixelRatio": 1.0, "touch": True}}
_SCRIPTS_OFF = {"profile.managed_default_content_settings.javascript": 2}

_LOADED = """
    const states = ['registered', 'ready', 'error', 'missing'];
    return typeof RLPAGEMODULES === 'undefined' || !!(window.mw && mw.loader && mw.loader.getModuleNames)
        && mw.loader.getModuleNames().every(name => states.includes(mw.loader.getState(name)))"""
"""Whether everything is there that ResourceLoader was asked for; nothing is where scripts are off."""


class NotSeen(AssertionError):
    """Something that should be on a page isn't, or the browser can't do what it was asked for."""


class Reader:
    """One browser window. What isn't there raises `NotSeen`."""

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, address: str) -> None:
        """Go to an address, and wait until the page and what its scripts load is there."""
        self._post("url", url=address)
        self.wait(_LOADED)

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self._get("url"))

    def run(self, script: str, *arguments: object) -> Any:  # noqa: ANN401 - any JSON
        """What a script gives back."""
        return self._post("execute/sync", script=script, args=list(arguments))

    def find(self, selector: str, number: int = 0) -> Mapping[str, str]:
        """The element that a CSS selector names, the first of them or another."""
        found: list[Mapping[str, str]] = self._post("elements", using="css selector", value=selector)
        if len(found) <= number:
            raise NotSeen(f"{selector} isn't on {self.address}")
        return found[number]

    def click(self, selector: str, number: int = 0) -> None:
        """Click what a selector names."""
        element = self.find(selector, number)[_ELEMENT]
        self._post(f"element/{element}/click")

    def write(self, selector: str, text: str) -> None:
        """Write into a field."""
        self._post(f"element/{self.find(selector)[_ELEMENT]}/value", text=text)

    def text(self, selector: str, number: int = 0) -> str:
        """The text of an element as it is seen."""
        return str(self._get(f"element/{self.find(selector, number)[_ELEMENT]}/text"))

    def wait(self, script: str, seconds: float = 20) -> None:
        """Until a script gives back something true."""
        end = time.monotonic() + seconds
        while not self.run(script):
            if time.monotonic() > end:
                raise NotSeen(f"still not so on {self.address}: {script}")
            time.sleep(0.05)

    def picture(self, file: Path) -> None:
        """Take a picture of the whole page, as PNG."""
        size = self.run(
            "const {scrollWidth, scrollHeight} = document.documentElement; return [scrollWidth, scrollHeight]"
        )
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        shot = self._debug("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(shot["data"]))

    def prefers_dark(self) -> None:
        """Let the pages know that it wants a dark scheme."""
        wish = {"name": "prefers-color-scheme", "value": "dark"}
        self._debug("Emulation.setEmulatedMedia", features=[wish])

    def complaints(self) -> list[str]:
        """What the console complained of since it was asked last: errors of scripts, policies and loading."""
        return [str(line["message"]) for line in self._post("se/log", type="browser")]

    def faults(self, selector: str) -> list[str]:
        """What axe-core calls serious or critical within an element.

        But for two faults of MediaWiki's own: headings of sortable tables have two roles (jquery.tablesorter), and the
        switch of a table of contents has no label (the legacy Vector skin).
        """
        axe = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        self.run(axe + "\nwindow.axe = axe")
        script = """const done = arguments[arguments.length - 1];
            const core = (one, node) => one.id === 'aria-roles' && node.html.includes('role="columnheader button"')
                || one.id === 'label' && node.html.includes('id="toctogglecheckbox"');
            axe.run({include: [[arguments[0]]]}, {resultTypes: ['violations']}).then(
                found => done(found.violations.filter(one => ['serious', 'critical'].includes(one.impact)
                    && !one.nodes.every(node => core(one, node))).map(
                    one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' | '))),
                problem => done(['axe: ' + problem]))"""
        return list(self._post("execute/async", script=script, args=[selector]))

    def _debug(self, method: str, **params: object) -> Any:  # noqa: ANN401 - any JSON
        return self._post("goog/cdp/execute", cmd=method, params=params)

    def _get(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        return _value(requests.get(f"{self._session}/{path}", timeout=60))

    def _post(self, path: str, **values: object) -> Any:  # noqa: ANN401 - any JSON
        return _value(requests.post(f"{self._session}/{path}", json=values, timeout=60))


class Browser:
    """The program that starts browsers."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address, self._folder, self._number = address, folder, 0

    @contextmanager
    def reader(self, *, phone: bool = False, scripts: bool = True) -> Iterator[Reader]:
        """Somebody with a browser of their own: at a desk or with a telephone 360 pixels wide; without JavaScript."""
        self._number += 1
        profile = f"--user-data-dir={self._folder}/{self._number}"
        options: dict[str, object] = {"args": [*_ARGUMENTS, "--window-size=1200,1000", profile]}
        if phone:
            options["mobileEmulation"] = _PHONE
        if not scripts:
            options["prefs"] = _SCRIPTS_OFF
        wanted = {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"script": 60000},
        }
        asked = {"capabilities": {"alwaysMatch": wanted}}
        session = _value(requests.post(f"{self._address}/session", json=asked, timeout=60))["sessionId"]
        try:
            yield Reader(f"{self._address}/session/{session}")
        finally:
            requests.delete(f"{self._address}/session/{session}", timeout=60)


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start chromedriver, and end it with all that it started. Raises: `FileNotFoundError` when it isn't installed."""
    program = shutil.which("chromedriver")
    if program is None:
        raise FileNotFoundError("chromedriver is missing: apt-get install chromium chromium-driver")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "chromedriver.log").open("w") as log:
        command = [program, f"--port={port}", "--allowed-ips=127.0.0.1"]
        driver = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        _await(f"http://127.0.0.1:{port}/status")
        yield Browser(f"http://127.0.0.1:{port}", folder)
    finally:
        os.killpg(driver.pid, signal.SIGTERM)
        driver.wait(30)


def _await(address: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            if _value(requests.get(address, timeout=5))["ready"]:
                return
        except requests.ConnectionError:
            if time.monotonic() > end:
                raise NotSeen("chromedriver doesn't answer") from None
        time.sleep(0.1)


def _value(response: requests.Response) -> Any:  # noqa: ANN401 - any JSON
    value = response.json()["value"]
    if not response.ok:
        raise NotSeen(str(value))
    return value
