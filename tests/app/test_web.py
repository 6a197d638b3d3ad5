"""The app in a browser: what lacks the token, or comes from elsewhere, gets nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp
import anyio
import pytest

from inspector.app.web import shell_line
from inspector.cli.argv import Line
from inspector.cli.browser import line_for_a_tab

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends by a POSIX signal")


@pytest.fixture
def served(tmp_path: object) -> Iterator[str]:
    """`mcp-inspect demo --web`, and the URL that it prints."""
    environ = {**os.environ, "TERM": "xterm-256color"}
    words = [sys.executable, "-m", "inspector.cli.main", "demo", "--web", "--no-record"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    ) as run:
        assert run.stdout is not None
        yield run.stdout.readline().strip()
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
        assert run.returncode == 0, said


async def test_the_token_and_the_page_are_asked_for(served: str) -> None:
    parts = urlsplit(served)
    root, token = f"{parts.scheme}://{parts.netloc}", parts.path.strip("/")
    assert parts.hostname == "127.0.0.1"
    assert len(token) > 40
    async with aiohttp.ClientSession() as session:

        async def status(url: str, **headers: str) -> int:
            async with session.get(url, headers=headers) as response:
                return response.status

        assert await status(f"{root}/") == 403
        assert await status(f"{root}/ws") == 403
        assert await status(f"{root}/static/js/textual.js") == 403
        assert await status(f"{root}/{token[:-1]}/") == 403
        assert await status(f"{root}/{token}x/") == 403
        assert await status(f"{root}/é/") == 403
        assert await status(served, Host="evil.example") == 403
        assert await status(served, Origin="http://evil.example") == 403
        assert await status(f"{served}ws", Origin="null") == 403
        assert await status(served, Origin="http://[") == 403
        assert await status(served, Origin=f"https://{parts.netloc}") == 403
        async with session.get(served) as response:
            page = await response.text()
            assert response.status == 200
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["Referrer-Policy"] == "no-referrer"
        (socket,) = re.findall(r'data-session-websocket-url="([^"]+)"', page)
        assert socket == f"{served.replace('http:', 'ws:')}ws"
        assert "https://" not in page
        (script,) = re.findall(r'<script src="([^"]+)"', page)
        assert await status(script) == 200
        # The app itself: its screen comes, its keys go, and closing the page ends it.
        async with session.ws_connect(f"{socket}?width=120&height=40") as tab:
            drawn = b""
            with anyio.fail_after(60):
                while b"connected" not in drawn:
                    message = await tab.receive()
                    assert message.type is aiohttp.WSMsgType.BINARY, message
                    drawn += message.data
                await tab.send_str(json.dumps(["stdin", "?"]))
                while b"esc closes" not in drawn:
                    drawn += (await tab.receive()).data


def test_a_tab_runs_the_same_line() -> None:
    words = line_for_a_tab(Line(("open", "--web", "--timeout", "3"), ("python", "--web", "a b")))
    assert words[-7:] == ("open", "--timeout", "3", "--", "python", "--web", "a b")
    assert line_for_a_tab(Line(("open", "--web"), url="http://a/mcp"))[-2:] == ("open", "http://a/mcp")
    assert line_for_a_tab(Line(("open", "--web"), name="mine"))[-2:] == ("open", "mine")


def test_the_shell_of_a_tab_runs_nothing_of_the_line() -> None:
    assert shell_line(["a", "http://x/?a=1&calc"], windows=True) == "a http://x/?a=1^&calc"
    assert shell_line(["a b", "%PATH%|x"], windows=True) == '^"a b^" ^%PATH^%^|x'
    assert shell_line(["a", "x;y"], windows=False) == "a 'x;y'"
