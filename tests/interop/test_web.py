"""The app in a real browser, headless: it is drawn, keys reach it, the page asks nobody else for anything.

Needs `--run-interop` and Chromium; the last picture is left as `.interop/web.png`.
"""

from __future__ import annotations

import base64
import io
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import anyio
import pytest
from PIL import Image

from tests.interop.conftest import INSTALLED

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> str:
    """The browser's command."""
    if not request.config.getoption("--run-interop"):
        pytest.skip("needs Chromium: run with --run-interop, or `make interop`")
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("Chromium is not installed (Debian: chromium-headless-shell)")
    return found


@pytest.fixture
def served(chromium: str) -> Iterator[str]:
    """`mcp-inspect demo --web`, and the URL that it prints."""
    words = [sys.executable, "-m", "inspector.cli.main", "demo", "--web", "--no-record"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        yield run.stdout.readline().strip()
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 0


class Page:
    """A page of the browser, spoken to by its DevTools protocol.

    Attributes:
        asked: Every URL that it asked for.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self.asked: list[str] = []

    async def do(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method and wait for its result."""
        number = next(self._ids)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            message = await self._socket.receive_json()
            if message.get("method") in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                params = message["params"]
                self.asked.append(params.get("url") or params["request"]["url"])
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    async def picture(self) -> Image.Image:
        """What it shows."""
        shot = await self.do("Page.captureScreenshot", format="png")
        return Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")


@asynccontextmanager
async def page(chromium: str, folder: Path, url: str) -> AsyncIterator[Page]:
    """The page at `url`, 1280 by 900."""
    words = [chromium, "--headless", "--disable-gpu", "--window-size=1280,900", "--remote-debugging-port=0"]
    words += [f"--user-data-dir={folder}", *(["--no-sandbox"] if os.geteuid() == 0 else []), "about:blank"]
    async with await anyio.open_process(words, stdout=subprocess.DEVNULL) as browser:
        try:
            assert browser.stderr is not None
            said = b""
            while not (found := re.search(rb"ws://127\.0\.0\.1:(\d+)/\S+", said)):
                said += await browser.stderr.receive()
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{found[1].decode()}/json") as response:
                    (target,) = [each for each in await response.json() if each["type"] == "page"]
                async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    made = Page(socket)
                    await made.do("Network.enable")
                    await made.do("Page.enable")
                    await made.do("Page.navigate", url=url)
                    yield made
        finally:
            browser.terminate()


async def test_the_app_in_chromium(chromium: str, served: str, tmp_path: Path) -> None:
    with anyio.fail_after(60):
        async with page(chromium, tmp_path, served) as shown:
            # The page says by a class that the app has drawn; the app goes on drawing until it is connected.
            first = "!!document.body && document.body.classList.contains('-first-byte')"
            while not (await shown.do("Runtime.evaluate", expression=first))["result"].get("value"):
                pass
            while _colours(before := await shown.picture()) < 100:
                pass
            for kind in ("mousePressed", "mouseReleased"):
                await shown.do(
                    "Input.dispatchMouseEvent", type=kind, x=640, y=400, button="left", clickCount=1
                )
            await shown.do("Input.insertText", text="?")
            while _unlike(before, after := await shown.picture()) < 0.2:
                pass
            INSTALLED.mkdir(exist_ok=True)
            after.save(INSTALLED / "web.png")
            asked = {urlsplit(url).hostname for url in shown.asked if not url.startswith("data:")}
            assert asked == {"127.0.0.1"}


def _colours(picture: Image.Image) -> int:
    return len(picture.getcolors(1_000_000) or ())


def _unlike(one: Image.Image, other: Image.Image) -> float:
    """The part of the picture that differs."""
    from PIL import ImageChops

    different = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value else 0)
    return different.histogram()[255] / (one.width * one.height)
