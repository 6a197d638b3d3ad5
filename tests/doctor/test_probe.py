"""What the doctor asks beside the connection, what it makes of the answers, and what it must not send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import anyio
import pytest

from inspector.doctor import diagnose
from inspector.doctor.report import Check, Report
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from tests.doctor.http_setups_real import mcp_app
from tests.servers.hosting import hosting
from tests.servers.http_broken import JSON, Legacy, error, everywhere, fixed
from tests.servers.http_raw import Behaviour, Conn, Request


async def probed(
    behaviour: Behaviour, *, paths: bool = False, at: str = "mcp", more: Any = None, **target: Any
) -> tuple[Report, list[Request], list[str]]:
    """The report of an explicit diagnosis, what came to the server, and the purposes in the journal."""
    journal = Journal.create()
    async with everywhere(behaviour, **(more or {})) as server:
        with anyio.fail_after(60):
            report = await diagnose.diagnose(
                HttpTarget(server.url(at), **target), journal, Options(timeout=10), paths=paths
            )
    purposes = [
        str(journal.data(row)["purpose"])
        for row in range(len(journal))
        if journal.kind(row) is Kind.HTTP and journal.data(row).get("purpose")
    ]
    journal.close()
    return report, server.requests, purposes


def check(report: Report, name: str) -> Check:
    return next(found for found in report.checks if found.name == name)


def of_probes(requests: Sequence[Request]) -> list[Request]:
    """Those after the connection's own end; a session-less server of the older eras gets no DELETE."""
    first = next(at for at, request in enumerate(requests) if request.headers.get("origin"))
    return list(requests[first:])


async def test_every_probe_says_that_it_is_one() -> None:
    _, requests, purposes = await probed(Legacy(), paths=True)
    assert purposes
    assert all(purpose.startswith("probe: ") for purpose in purposes)
    methods = {request.method for request in requests}
    assert methods <= {"POST", "GET", "OPTIONS"}


async def test_no_probe_changes_anything() -> None:
    _, requests, _ = await probed(Legacy(), paths=True)
    asked = {json.loads(request.body)["method"] for request in of_probes(requests) if request.body}
    assert asked <= {"server/discover", "initialize"}


async def test_a_foreign_origin_that_is_let_in_is_a_warning() -> None:
    report, _, _ = await probed(Legacy())
    found = check(report, "probe-origin")
    assert found.state == "warning"
    assert "DNS rebinding" in found.says


async def test_a_foreign_origin_that_is_refused_is_right() -> None:
    async def strict(conn: Conn, request: Request) -> None:
        if "origin" in request.headers and request.method == "POST":
            await conn.respond("403 Forbidden", "text/plain", b"Invalid Origin header")
        else:
            await Legacy()(conn, request)

    report, _, _ = await probed(strict)
    assert check(report, "probe-origin").state == "ok"


async def test_the_sdk_refuses_a_foreign_origin() -> None:
    journal = Journal.create()
    with hosting(mcp_app()) as where, anyio.fail_after(60):
        report = await diagnose.diagnose(HttpTarget(f"{where.url}/mcp"), journal, Options(timeout=20))
    journal.close()
    assert check(report, "probe-origin").state == "ok"
    assert check(report, "probe-accept").says.endswith("without it comes 406")


async def test_clients_in_a_browser() -> None:
    async def cors(conn: Conn, request: Request) -> None:
        if request.method == "OPTIONS":
            allowed = "Access-Control-Allow-Headers: content-type"
            await conn.respond("204 No Content", None, b"", "Access-Control-Allow-Origin: *", allowed)
        else:
            await Legacy()(conn, request)

    report, _, _ = await probed(cors)
    found = check(report, "probe-cors")
    assert found.state == "warning"
    assert "mcp-protocol-version" in found.says
    report, _, _ = await probed(Legacy())
    assert "not let in" in check(report, "probe-cors").says


async def test_the_paths_that_were_tried_are_all_told() -> None:
    report, _, _ = await probed(fixed("404 Not Found", JSON, b"{}"), paths=True, at="nowhere")
    told = check(report, "probe-paths")
    assert [line.partition(":")[0] for line in told.evidence] == [
        "/nowhere/", "/mcp", "/mcp/", "/sse", "/", "/api/mcp", "/v1/mcp", "/message", "/messages",
    ]  # fmt: skip


async def test_only_the_other_slash_is_tried_where_nobody_asked() -> None:
    report, _, _ = await probed(fixed("404 Not Found", JSON, b"{}"), at="nowhere")
    assert [line.partition(":")[0] for line in check(report, "probe-paths").evidence] == ["/nowhere/"]


async def test_a_path_that_wants_authorization_or_answers_only_initialize_is_found() -> None:
    async def handshake_only(conn: Conn, request: Request) -> None:
        if b'"initialize"' in request.body:
            await Legacy()(conn, request)
        else:
            await conn.respond("400 Bad Request", "text/plain", b"what is this?")

    nothing = fixed("404 Not Found", "text/html", b"<html>")
    for path, behaviour, words in (
        ("mcp", handshake_only, "initialize got 200"),
        ("api/mcp", fixed("401 Unauthorized", None, b"", "WWW-Authenticate: Bearer"), "wants authorization"),
    ):
        report, _, _ = await probed(nothing, paths=True, at="nowhere", more={path: behaviour})
        assert report.cause is not None
        assert words in report.cause.says
        assert report.cause.next.endswith(f"/{path}")


async def test_credentials_go_to_the_own_origin_only() -> None:
    token = "Bearer secret-of-mine"
    async with everywhere(fixed("404 Not Found", None)) as elsewhere:
        issuer = elsewhere.url("").rstrip("/")
        challenge = f'WWW-Authenticate: Bearer resource_metadata="{issuer}/prm"'

        async def wanting(conn: Conn, request: Request) -> None:
            await conn.respond("401 Unauthorized", JSON, error(None, -32001, "no"), challenge)

        _, requests, purposes = await probed(wanting, headers=(("X-Api-Key", token),))
        assert "probe: protected resource metadata" in purposes
        assert any(request.headers.get("x-api-key") for request in requests)
        assert elsewhere.requests
        assert not any(request.headers.get("x-api-key") for request in elsewhere.requests)


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/prm", "file:///etc/passwd", "javascript:alert(1)"]
)
async def test_metadata_is_not_asked_of_addresses_that_a_server_must_not_send_us_to(address: str) -> None:
    challenge = f'WWW-Authenticate: Bearer resource_metadata="{address}"'
    report, _, _ = await probed(fixed("401 Unauthorized", None, b"", challenge))
    told = check(report, "probe-metadata")
    assert any("not asked" in line for line in told.evidence), told


async def test_nothing_is_asked_of_a_server_that_cannot_be_reached() -> None:
    journal = Journal.create()
    with anyio.fail_after(30):
        report = await diagnose.diagnose(HttpTarget("http://mcp.invalid/mcp"), journal, Options(timeout=10))
    purposes = [row for row in range(len(journal)) if journal.data(row).get("purpose")]
    journal.close()
    assert not purposes
    assert not [found for found in report.checks if found.name.startswith("probe")]
