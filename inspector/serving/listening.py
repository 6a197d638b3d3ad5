"""Runs the HTTP front until Ctrl+C, at the address that a command line names."""

from __future__ import annotations

import re
from collections.abc import Callable

import anyio

from inspector.errors import UsageError
from inspector.httpd.request import Request
from inspector.httpd.server import serve
from inspector.serving.eras import Spoken
from inspector.serving.http import PATH, Front
from inspector.serving.said import Heard, Ways
from inspector.serving.script import Script
from inspector.serving.written import WrittenRequest
from inspector.transport.tap import Tap

_PLACE = re.compile(r"(?:(?:\[([0-9a-fA-F:.%]+)\]|([^\s:\[\]/@]+)):)?(\d{1,5})")


def place(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, `[IPv6]:PORT` or `PORT`.

    Raises:
        UsageError: It is none of them.
    """
    found = _PLACE.fullmatch(text)
    if found is None or int(found[3]) > 65535:
        raise UsageError(f"--http takes HOST:PORT, not {text!r}", next="For example --http 127.0.0.1:8000")
    return found[1] or found[2] or "127.0.0.1", int(found[3])


def listen(
    script: Script,
    spoken: Spoken,
    ways: Ways,
    heard: Heard,
    at: tuple[str, int],
    ready: Callable[[str], None],
    tap: Tap | None = None,
) -> None:
    """Serve until Ctrl+C.

    Args:
        script: The recording.
        spoken: What it speaks.
        ways: How it is served.
        heard: Where misses and notes go.
        at: Host and port; port 0 takes a free one.
        ready: Told the URL once it can be asked.
        tap: Where all that is said is written down; `None` for nowhere.

    Raises:
        UsageError: It cannot listen there.
        KeyboardInterrupt: Ctrl+C.
    """

    async def run() -> None:
        host, port = at
        fronts: list[Front] = []

        def failed(error: Exception) -> None:
            heard.note(f"a request failed here: {type(error).__name__}: {error}")

        async def handle(request: Request) -> None:
            if tap is None:
                await fronts[0].handle(request)
                return
            written = WrittenRequest(request, tap)
            try:
                await fronts[0].handle(written)
            finally:
                written.ended()

        # The group inside: what goes wrong with the address is not wrapped by it.
        async with serve(handle, host, port, failed=failed) as server, anyio.create_task_group() as tasks:
            fronts.append(Front(script, spoken, ways, heard, tasks))
            ready(server.url + PATH)
            await anyio.sleep_forever()

    anyio.run(run)
