"""Servers of the HTTP+SSE transport (2024-11-05), good and hostile, over `http_raw`.

`/sse` is the stream, `/messages` takes messages. What a server does beside that is said by its fields.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.servers.http_raw import Conn, Hostile, Request, serving

JSON = "application/json"


@dataclass(slots=True)
class SseServer:
    """One such server.

    Attributes:
        endpoint: Data of its first event; none where `None`.
        before: Bytes of the stream before that.
        after: Bytes of the stream after that.
        get: Status line of an answer to GET that is no stream; `html` for a page.
        post: Status line of its answer to messages.
        body: What the answer to a POST has for a body.
        in_body: Answers in the body of the POST.
        ends_on: Method on which it ends the stream instead of answering.
        silent_on: Method that it does not answer.
        version: Its protocol version.
        streams: Those that are open.
    """

    endpoint: bytes | None = b"/messages?session_id=7"
    before: bytes = b""
    after: bytes = b""
    get: str = ""
    post: str = "202 Accepted"
    body: bytes = b"Accepted"
    in_body: bool = False
    ends_on: str = ""
    silent_on: str = ""
    version: str = "2024-11-05"
    streams: list[Conn] = field(default_factory=list)

    async def sse(self, conn: Conn, request: Request) -> None:
        if request.method != "GET":
            await conn.respond("405 Method Not Allowed", "text/plain", b"no", "Allow: GET")
        elif self.get == "html":
            await conn.respond("200 OK", "text/html", b"<!doctype html>")
        elif self.get:
            await conn.respond(self.get, "text/plain", b"no")
        else:
            await conn.stream()
            named = b"event: endpoint\ndata: " + self.endpoint + b"\n\n" if self.endpoint is not None else b""
            if said := self.before + named + self.after:
                await conn.chunk(said)
            self.streams.append(conn)
            if self.ends_on == "GET":
                await conn.end()
            else:
                await conn.until_gone()

    async def messages(self, conn: Conn, request: Request) -> None:
        message = json.loads(request.body)
        method = message.get("method")
        stream = self.streams[-1]
        if method == self.ends_on:
            await conn.respond(self.post, "text/plain", self.body)
            await stream.end()
            return
        answer = self._answer(request, method)
        if answer and self.in_body:
            await conn.respond("200 OK", JSON, answer)
            return
        await conn.respond(self.post, "text/plain" if self.body else None, self.body)
        if answer and self.post.startswith("2") and method != self.silent_on:
            await stream.chunk(b"event: message\r\ndata: " + answer + b"\r\n\r\n")

    def _answer(self, request: Request, method: str) -> bytes:
        if request.id is None:
            return b""
        results: dict[str, dict[str, Any]] = {
            "initialize": {
                "protocolVersion": self.version,
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "sse", "version": "1"},
            },
            "tools/list": {"tools": []},
        }
        return request.answer(**results.get(method, {}))


@asynccontextmanager
async def serving_sse(server: SseServer) -> AsyncIterator[Hostile]:
    """The server at `/sse` and `/messages`; also at `/moved`, which redirects, and `/api/sse`."""

    async def moved(conn: Conn, request: Request) -> None:
        await conn.respond("307 Temporary Redirect", None, b"", "Location: /sse")

    paths = {"sse": server.sse, "messages": server.messages, "moved": moved, "api/sse": server.sse}
    async with serving({**paths, "api/messages": server.messages}) as running:
        yield running
