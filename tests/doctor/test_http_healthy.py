"""Servers with nothing wrong: the doctor names no cause, and says what it found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from inspector.doctor import diagnose, http
from inspector.doctor.report import Report
from inspector.journal.journal import Journal
from inspector.session.owner import Options, open_session
from inspector.transport.target import HttpTarget
from tests.doctor.http_setups_real import fastmcp_app, mcp_app, mcp_sse_app
from tests.servers.authority import server_context
from tests.servers.certificate import write_certificate
from tests.servers.hosting import hosting
from tests.servers.http_broken import Burst, Legacy, everywhere

HEALTHY: dict[str, tuple[Callable[[], Any], str, str]] = {
    "mcp": (mcp_app, "/mcp", "modern"),
    "mcp-json": (lambda: mcp_app(json_response=True), "/mcp", "modern"),
    "mcp-stateless": (lambda: mcp_app(stateless_http=True), "/mcp", "modern"),
    "mcp-sse": (mcp_sse_app, "/sse", "legacy"),
    "fastmcp": (fastmcp_app, "/mcp", "modern"),
    "fastmcp-sse": (lambda: fastmcp_app(transport="sse"), "/mcp", "legacy"),
}


async def report_of(target: HttpTarget, **options: Any) -> Report:
    journal = Journal.create()
    try:
        with anyio.fail_after(60):
            return await diagnose.diagnose(target, journal, Options(timeout=20, **options))
    finally:
        journal.close()


def check(report: Report, name: str) -> tuple[str, str]:
    """State and sentence of a check."""
    return next((found.state, found.says) for found in report.checks if found.name == name)


@pytest.mark.parametrize("name", HEALTHY)
async def test_no_cause(name: str) -> None:
    make, path, era = HEALTHY[name]
    with hosting(make()) as where:
        report = await report_of(HttpTarget(f"{where.url}{path}"))
        methods = {seen.method for seen in where.requests}
    assert report.cause is None, report.cause
    assert report.exit_code == 0
    assert not [found for found in report.checks if found.state == "failed"]
    assert report.facts["era"] == era
    assert report.facts["server"]
    assert check(report, "era")[0] == check(report, "content")[0] == "ok"
    # In this order: what a connection meets, what it offers, what was asked beside it.
    names = [found.name for found in report.checks]
    assert check(report, "probe-origin")[0] in ("ok", "warning")
    assert names.index("url") < names.index("era") < names.index("offers") < names.index("probe-origin")
    assert methods <= {"POST", "GET", "OPTIONS", "DELETE"}  # DELETE is the session's own end


async def test_the_older_era_of_the_same_server() -> None:
    with hosting(mcp_app()) as where:
        report = await report_of(HttpTarget(f"{where.url}/mcp"), protocol="2025-11-25")
    assert report.cause is None, report.cause
    assert report.facts["era"] == "legacy"
    assert check(report, "session")[1].startswith("Mcp-Session-Id ")
    assert check(report, "stream") == ("ok", "The GET stream is open")


async def test_the_phases_of_the_first_answer_are_facts() -> None:
    async with everywhere(Legacy()) as server:
        report = await report_of(HttpTarget(server.url("mcp")))
        assert report.facts["peer"] == f"127.0.0.1:{server.port}"
    assert {"connect", "send", "wait"} <= report.facts["phases"].keys()
    assert next(found.took for found in report.checks if found.name == "tcp") is not None


async def test_a_stream_that_came_in_one_burst_is_a_warning() -> None:
    async with everywhere(Legacy(then=Burst(1.1))) as server:
        report = await report_of(HttpTarget(server.url("mcp")))
    assert report.cause is None, report.cause
    state, says = check(report, "stream")
    assert state == "warning"
    assert "one burst" in says


async def test_a_session_that_was_begun_anew_is_a_warning() -> None:
    asked: list[str] = []

    def knows(session: str) -> bool:
        asked.append(session)
        return len(asked) != 3  # after the notification and the first ping

    journal = Journal.create()
    async with everywhere(Legacy(session="s-1", knows=knows)) as server:
        target = HttpTarget(server.url("mcp"))
        with anyio.fail_after(30):
            async with open_session(target, journal, Options(timeout=20)) as session:
                for _ in range(3):
                    await session.call("ping")
        report = http.examine(journal, target, None)
    journal.close()
    assert report.cause is None, report.cause
    assert check(report, "session")[0] == "warning"


async def test_an_insecure_connection_is_a_warning(tmp_path: Path) -> None:
    async with everywhere(Legacy(), server_context(write_certificate(tmp_path / "own.pem"))) as server:
        report = await report_of(HttpTarget(server.url("mcp"), insecure=True))
    assert report.cause is None, report.cause
    assert check(report, "tls")[0] == "warning"
