"""What is folded out of a journal, and that examining asks nobody."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

import anyio
import pytest

from inspector.doctor import diagnose, http
from inspector.doctor.http_fold import fold
from inspector.errors import ConnectionFailed, InspectError
from inspector.journal.journal import Journal
from inspector.session.owner import Options, open_session
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from tests.servers.http_broken import JSON, Legacy, error, everywhere, fixed
from tests.servers.http_sse import SseServer, serving_sse

UGLY = "\x1b[2J\x1b]0;owned\x07 \u202e[/red] \x9b31m"


async def failed(target: HttpTarget, journal: Journal) -> InspectError:
    """What a connection that fails is told as."""
    with anyio.fail_after(30), pytest.raises(InspectError) as raised:
        async with open_session(target, journal, Options(timeout=10)):
            pass
    return raised.value


async def test_a_recording_that_is_opened_tells_the_same(tmp_path: Path) -> None:
    path = tmp_path / "failed.jsonl"
    journal = Journal.create(path)
    async with everywhere(
        fixed("502 Bad Gateway", "text/html", "<title>no</title>", "Server: nginx")
    ) as server:
        target = HttpTarget(server.url("mcp"))
        failure = await failed(target, journal)
    told = http.examine(journal, target, failure)
    journal.close()
    reopened = Journal.open(path)
    again = http.examine(reopened, target, failure)
    reopened.close()
    assert told == again
    assert told.cause is not None


async def test_examining_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal.create()
    async with everywhere(fixed("404 Not Found", JSON, "{}")) as server:
        target = HttpTarget(server.url("mcp"))
        failure = await failed(target, journal)
        asked, rows = len(server.requests), len(journal)

        def refuse(*arguments: Any, **more: Any) -> Any:
            raise AssertionError("a socket was made, or a name looked up")

        monkeypatch.setattr(socket, "socket", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        report = diagnose.examine(journal, target, failure)
        monkeypatch.undo()
        assert report.cause is not None
        assert (len(server.requests), len(journal)) == (asked, rows)
    journal.close()


async def test_only_the_newest_connection_counts() -> None:
    journal = Journal.create()
    async with everywhere(fixed("404 Not Found", JSON, "{}")) as broken, everywhere(Legacy()) as well:
        await failed(HttpTarget(broken.url("mcp")), journal)
        target = HttpTarget(well.url("mcp"))
        with anyio.fail_after(30):
            async with open_session(target, journal, Options(timeout=10)):
                pass
    seen = fold(journal, target, None)
    assert seen.healthy
    assert all(str(well.port) in hop.url for each in seen.exchanges for hop in each.hops)
    journal.close()


async def test_what_was_tried_before_falling_back_belongs_to_it() -> None:
    journal = Journal.create()
    async with serving_sse(SseServer(endpoint=b"http://other.example.test/messages")) as server:
        target = HttpTarget(server.url("sse"))
        failure = await failed(target, journal)
    seen = fold(journal, target, failure)
    assert [each.method for each in seen.exchanges if each.posted] == ["server/discover", "initialize"]
    assert seen.stream is not None
    journal.close()


def test_a_long_recording_costs_no_more_than_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal.create()
    tap = Tap(journal)
    tap.client("connecting", target={}, protocol="auto")
    for number in range(1, 5001):
        tap.http("request", number, method="POST", url="http://localhost/mcp", headers=[])
        tap.http("end", number, outcome="complete", status=202, bytes=0, phases={})
    read: list[int] = []
    event = journal.event
    monkeypatch.setattr(journal, "event", lambda row: read.append(row) or event(row))
    seen = fold(journal, HttpTarget("http://localhost/mcp"), None)
    assert len(read) <= 4500
    assert read[0] == 0  # where it began
    assert read[-1] == len(journal) - 1  # and where it ended
    assert seen.exchanges
    journal.close()


def test_odd_rows_are_borne() -> None:
    """A recording may come from anywhere."""
    journal = Journal.create()
    tap = Tap(journal)
    tap.client("connecting", target=[], protocol=7)
    tap.http("response", 1, status=200, headers=[])  # of no request
    tap.http("request", 2, method=None, url=3, headers="none", why=[], dropped="x", purpose={})
    tap.http("response", 2, status="200", headers=None)
    odd = {"headers": [["one"], 2, ["Retry-After", 5]], "tls": "no", "peer": 4, "reason": []}
    journal.append(Kind.HTTP, data={"what": "response", "status": 503, **odd}, exchange=2)
    tap.http_body(2, b"\xff\xfe")
    tap.http("end", 2, outcome=[], phases="none", status={}, error=4, cause=[], addresses=3)
    tap.auth("flow", flow=None, state=7)
    tap.auth("token", flow=None, state="waiting", says=[])
    tap.client("timed-out", after="long")
    tap.client("negotiated", version=1, era=None)
    for failure in (None, ConnectionFailed("no")):
        report = http.examine(journal, HttpTarget("http://localhost/mcp"), failure)
        json.dumps(report.document())
    journal.close()


def test_nothing_was_recorded() -> None:
    journal = Journal.create()
    report = http.examine(journal, HttpTarget("http://localhost/mcp"), ConnectionFailed("no", next="yes"))
    assert report.cause is not None
    journal.close()


@pytest.mark.parametrize(
    "status",
    [
        "200 OK",
        "302 Found",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "405 Not Allowed",
        "421 Misdirected",
        "429 Many",
        "503 Gone",
    ],
)
@pytest.mark.parametrize("body", ["text", "html", "error"])
async def test_what_a_server_says_is_safe_for_a_terminal(status: str, body: str) -> None:
    said = {
        "text": UGLY.encode(),
        "html": f"<html><title>{UGLY}</title>{UGLY}".encode(),
        "error": error(None, -32000, UGLY),
    }[body]
    header = UGLY.replace("\x1b", "").encode("utf-8").decode("latin-1")
    more = [
        f"{name}: {value}{header}"
        for name, value in (
            ("WWW-Authenticate", 'Bearer error="x", error_description="'), ("Allow", "GET, "), ("Server", ""),
            ("Retry-After", "1"), ("Location", "/"), ("Via", ""),
        )
    ]  # fmt: skip
    journal = Journal.create()
    async with everywhere(fixed(status, "text/html" if body == "html" else JSON, said, *more)) as server:
        with anyio.fail_after(60):
            report = await diagnose.diagnose(HttpTarget(server.url("mcp")), journal, Options(timeout=10))
    journal.close()
    assert report.cause is not None
    for text in _texts(report.document()):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", text), text


async def test_no_secret_is_told() -> None:
    secret = "very-secret-indeed"
    journal = Journal.create()
    async with everywhere(fixed("401 Unauthorized", JSON, "{}", "WWW-Authenticate: Bearer")) as server:
        url = server.url(f"mcp?token={secret}").replace("//", f"//me:{secret}@")
        target = HttpTarget(url, headers=(("Authorization", f"Bearer {secret}"), ("X-Api-Key", secret)))
        with anyio.fail_after(30):
            report = await diagnose.diagnose(target, journal, Options(timeout=10), paths=True)
    journal.close()
    assert secret not in json.dumps(report.document())


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for part in (*value.keys(), *value.values()) for text in _texts(part)]
        case list() | tuple():
            return [text for part in value for text in _texts(part)]
    return []
