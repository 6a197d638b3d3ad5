"""The two doors of a diagnosis: the connection that it makes, and what it reads of another's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.doctor.diagnose import diagnose, examine
from inspector.errors import ConnectionFailed, UsageError
from inspector.journal.journal import Journal
from inspector.session.outcome import Closed, TimedOut
from inspector.session.owner import Options, open_session
from inspector.transport.target import HttpTarget, StdioTarget
from inspector.wire.event import Kind

SERVERS = Path(__file__).parents[1] / "servers"


@pytest.fixture
def journal() -> Iterator[Journal]:
    journal = Journal.create()
    yield journal
    journal.close()


def server(name: str) -> StdioTarget:
    return StdioTarget((sys.executable, str(SERVERS / f"{name}.py")))


def connections(journal: Journal) -> int:
    return journal.conn(len(journal) - 1)


async def test_examining_starts_nothing(journal: Journal) -> None:
    target = StdioTarget((sys.executable, "-c", "1 / 0"))
    with pytest.raises(ConnectionFailed) as failed:
        async with open_session(target, journal):
            raise AssertionError("it has no server")
    rows = len(journal)
    report = examine(journal, target, failed.value)
    assert len(journal) == rows
    assert report.cause is not None
    assert report.cause.rule == "uncaught-exception"
    assert report.cause.says not in failed.value.message


async def test_a_server_that_dies_in_a_call(journal: Journal) -> None:
    target = server("exit_mid_call")
    async with open_session(target, journal) as session:
        outcome = await session.call("tools/call", {"name": "go", "arguments": {}})
    assert isinstance(outcome, Closed)
    report = examine(journal, target, ConnectionFailed(outcome.says))
    assert report.cause is not None
    assert report.cause.rule == "exited-with-error"
    says = {check.name: check for check in report.checks}
    assert says["handshake"].state == "ok"
    assert "after the handshake, while it was asked for tools/call" in says["exit"].says
    assert "fatal: cannot go on" in says["exit"].evidence
    assert report.facts["exit"] == {"code": 3, "signal": None}


async def test_a_call_without_an_answer_is_no_failed_connection(journal: Journal) -> None:
    target = server("silent_call")
    async with open_session(target, journal) as session:
        outcome = await session.call("tools/call", {"name": "go", "arguments": {}}, timeout=0.2)
    assert isinstance(outcome, TimedOut)
    assert examine(journal, target, ConnectionFailed("no answer")).cause is None


def test_an_empty_journal(journal: Journal) -> None:
    report = examine(journal, StdioTarget((sys.executable, "-m", "x")), None)
    assert report.cause is not None
    assert report.cause.rule == "cannot-start"


async def test_what_the_system_refuses(journal: Journal) -> None:
    report = await diagnose(StdioTarget((sys.executable, "-c", "x" * 9_000_000)), journal)
    assert report.cause is not None
    assert report.cause.rule == "cannot-start"
    started = next(check for check in report.checks if check.name == "started")
    assert "too long" in started.says or sys.platform == "win32"


async def test_without_further_starts(journal: Journal) -> None:
    report = await diagnose(server("silent"), journal, Options(timeout=0.5, probe_timeout=0.2), active=False)
    assert report.cause is not None
    assert report.cause.rule == "silent"
    assert connections(journal) == 1


async def test_further_starts_stand_in_the_journal(journal: Journal) -> None:
    report = await diagnose(server("silent"), journal, Options(timeout=0.5, probe_timeout=0.2))
    assert report.cause is not None
    assert report.cause.rule == "silent"
    assert report.checks[-1].name == "trials"
    assert connections(journal) == 4
    ends = [s for s in range(len(journal)) if journal.kind(s) is Kind.PROCESS]
    assert [journal.data(s)["what"] for s in ends].count("exited") == 4


async def test_a_version_that_does_not_exist(journal: Journal) -> None:
    with pytest.raises(UsageError):
        await diagnose(server("polite"), journal, Options(protocol="1999-01-01"))


async def test_only_the_newest_connection_counts(journal: Journal) -> None:
    await diagnose(StdioTarget((sys.executable, "-c", "1 / 0")), journal)
    assert (await diagnose(server("polite"), journal)).cause is None


async def test_a_url_is_examined_as_one(journal: Journal) -> None:
    report = await diagnose(HttpTarget("http://127.0.0.1:1/mcp"), journal, active=False)
    assert report.transport == "http"
    assert report.cause is not None


async def test_hostile_words_are_shown_and_never_obeyed(journal: Journal) -> None:
    script = r"import sys; sys.exit('Error: \x1b]0;x\x07 \u202e WEATHER_KEY is not set ' + 'A' * 9000)"
    report = await diagnose(StdioTarget((sys.executable, "-c", script)), journal)
    assert report.cause is not None
    assert report.cause.rule == "variable-missing"
    text = str(report.document())
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert max(len(line) for check in report.checks for line in check.evidence) <= 200
