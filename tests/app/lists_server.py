"""The server of `tests.servers.lists` in this very process, for the app."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from inspector.transport.memory import MemoryTransport
from tests.servers.lists import Lists

ARGV = ["python", "lists.py"]


class ListsServer(MemoryTransport):
    """A fresh one for each connection.

    Attributes:
        lists: The present one.
    """

    title = " ".join(ARGV)

    def __init__(self, pages: int | None = 1) -> None:
        super().__init__(self._serve)
        self._pages = pages
        self.lists = Lists(pages)

    def describe(self) -> dict[str, Any]:
        return {"transport": "stdio", "argv": ARGV}

    async def _serve(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        self.lists = Lists(self._pages)
        async for message in messages:
            for said in self.lists.answer(json.loads(message)):
                yield json.dumps(said).encode()
