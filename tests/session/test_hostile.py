"""Servers that misbehave over stdio: the connection survives, and another call works afterwards."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.session.outcome import Closed, Outcome, Replied, TimedOut
from inspector.session.owner import Options, Session, open_session
from inspector.transport.stdio import StdioTransport
from inspector.transport.target import StdioTarget
from inspector.wire.event import Event, Kind
from tests.conftest import SERVERS
from tests.session.conftest import rows, steps


def server(name: str, *arguments: str) -> StdioTarget:
    return StdioTarget((sys.executable, str(SERVERS / f"{name}.py"), *arguments))


async def go(session: Session, **more: Any) -> Outcome:
    return await session.call("tools/call", {"name": "go", "arguments": {}}, **more)


async def echoes(session: Session) -> None:
    outcome = await session.call("tools/call", {"name": "echo", "arguments": {"text": "still here"}})
    assert isinstance(outcome, Replied)
    assert outcome.result["content"][0]["text"] == "still here"


def all_bytes(journal: Journal) -> bytes:
    return b"\n".join(event.body for event in rows(journal))


SURVIVED = {  # the server, and bytes that the journal must show
    "batch": b"[",
    "burst": b"notifications/",
    "duplicate_reply": b'"result"',
    "error_code_string": b'"code"',
    "float_id": b".0",
    "half_json": b"{",
    "hostile_names": b'"result"',
    "invalid_utf8": b"caf\xe9",
    "long_line": b'"result"',
    "nan": b"NaN",
    "no_jsonrpc": b'"result"',
    "odd_lines": b"\xef\xbb\xbf",
    "polite": b'"result"',
    "result_and_error": b'"error"',
    "result_string": b'"result"',
    "stderr_flood": b'"result"',
    "text_on_stdout": b'"result"',
    "unknown_id": b'"result"',
    "unknown_notification": b"notifications/",
}


@pytest.mark.parametrize("name", SURVIVED)
async def test_the_connection_survives(name: str, journal: Journal) -> None:
    async with open_session(server(name), journal) as session:
        assert session.era == "legacy"
        assert isinstance(await go(session), Replied)
        await echoes(session)
        assert (await session.list("tools")).ok
    assert SURVIVED[name] in all_bytes(journal)
    assert steps(journal)[-2:] == ["exited", "closed"]


async def test_a_line_that_never_ends_costs_only_its_own_call(journal: Journal) -> None:
    target = server("endless_line", "300000")
    async with open_session(StdioTransport(target, line_limit=100_000), journal) as session:
        assert isinstance(await go(session, timeout=0.5), TimedOut)
    assert any(event.kind is Kind.STDOUT and event.size > 100_000 for event in rows(journal))


async def test_a_silent_call_times_out_and_the_next_one_works(journal: Journal) -> None:
    async with open_session(server("silent_call"), journal) as session:
        assert await go(session, timeout=0.05) == TimedOut(0.05)
        await echoes(session)


async def test_death_with_a_code(journal: Journal) -> None:
    async with open_session(server("exit_mid_call"), journal) as session:
        outcome = await go(session)
        assert isinstance(outcome, Closed)
        assert outcome.exit is not None
        assert outcome.exit["code"] == 3
        assert "code 3" in outcome.says
        assert "stderr" in outcome.says
        assert isinstance(await session.call("ping"), Closed)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to die of")
async def test_death_by_a_signal(journal: Journal) -> None:
    async with open_session(server("killed_mid_call"), journal) as session:
        outcome = await go(session)
        assert isinstance(outcome, Closed)
        assert "SIGKILL" in outcome.says


async def test_death_in_the_middle_of_a_line(journal: Journal) -> None:
    async with open_session(server("partial_last_line"), journal) as session:
        assert isinstance(await go(session), Closed)


async def test_a_grandchild_that_keeps_stdout_open_does_not_keep_us(journal: Journal) -> None:
    async with open_session(server("grandchild"), journal) as session:
        outcome = await go(session)
        assert isinstance(outcome, Closed | Replied)
        await session.closed.wait()
        assert session.exit is not None


async def test_a_server_that_closes_its_stdout_and_lives_on(journal: Journal) -> None:
    async with open_session(server("closes_stdout"), journal) as session:
        outcome = await go(session)
        assert isinstance(outcome, Closed)
        assert "stdout" in outcome.says
        assert outcome.exit is None


async def test_a_server_that_closes_its_stdin_and_lives_on(journal: Journal) -> None:
    transport = StdioTransport(server("closes_stdin"), grace=0.2)
    async with open_session(transport, journal) as session:
        assert isinstance(await go(session), Replied)
        outcome: Outcome | None = None
        while not isinstance(outcome, Closed):  # the pipe may take one more line before it is broken
            outcome = await session.call("ping", timeout=5)
        assert "stdin" in outcome.says


async def test_a_server_that_ignores_every_hint_is_killed(journal: Journal) -> None:
    async with open_session(StdioTransport(server("ignores_shutdown"), grace=0.1), journal) as session:
        assert isinstance(await go(session), Replied)
    exited = [event.data for event in rows(journal) if event.what == "exited"]
    assert exited[0]["rung"] == "kill"


@pytest.mark.parametrize("name", ["silent", "never_reads"])
async def test_silence_is_a_failure_to_connect(name: str, journal: Journal) -> None:
    options = Options(probe_timeout=0.05, timeout=0.2)
    with pytest.raises(ConnectionFailed, match="did not answer initialize"):
        async with open_session(StdioTransport(server(name), grace=0.2), journal, options):
            pytest.fail("there is no session")
    told = steps(journal)
    assert (
        told.index("probe-silent") < told.index("falling-back") < told.index("exited") < told.index("failed")
    )


async def test_a_server_that_cannot_start_says_what_it_said(journal: Journal) -> None:
    target = StdioTarget((sys.executable, "-c", "import no_such_cheese"))
    with pytest.raises(ConnectionFailed) as caught:
        async with open_session(target, journal):
            pytest.fail("there is no session")
    assert "no_such_cheese" in caught.value.message
    assert "code 1" in caught.value.message
    assert caught.value.next
    assert steps(journal).count("connecting") == 1


async def test_a_command_that_does_not_exist_is_written_down_too(journal: Journal) -> None:
    with pytest.raises(ConnectionFailed):
        async with open_session(StdioTarget(("no-such-command-at-all",)), journal):
            pytest.fail("there is no session")
    assert steps(journal) == ["connecting", "failed"]


async def test_a_reply_that_was_written_just_before_death_counts(journal: Journal, tmp_path: Path) -> None:
    script = tmp_path / "last_reply.py"
    script.write_text(
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from _stdio import reply, serve, text\n"
        "def go(id):\n"
        "    reply(id, text('farewell'))\n"
        "    os._exit(4)\n"
        "serve(go)\n"
    )
    target = StdioTarget((sys.executable, str(script), str(SERVERS)))
    async with open_session(target, journal) as session:
        assert isinstance(await go(session), Replied)
        await session.closed.wait()
        assert session.exit is not None
        assert session.exit["code"] == 4


async def test_a_server_that_stops_reading_blocks_no_one_for_ever(journal: Journal, tmp_path: Path) -> None:
    script = tmp_path / "stops_reading.py"
    script.write_text(
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from _stdio import reply, serve, text\n"
        "def go(id):\n"
        "    reply(id, text('that was all'))\n"
        "    time.sleep(600)\n"
        "serve(go)\n"
    )
    target = StdioTarget((sys.executable, str(script), str(SERVERS)))
    options = Options(timeout=10)
    async with open_session(StdioTransport(target, grace=0.1), journal, options) as session:
        assert isinstance(await go(session), Replied)
        session.options = Options(timeout=0.1)
        with pytest.raises(ConnectionFailed, match="has read nothing"):
            await session.send_bytes(
                b'{"jsonrpc":"2.0","method":"x","params":{"x":"%b"}}' % (b"x" * 4_000_000)
            )
        assert await session.call("ping") == TimedOut(0.1)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to kill with")
async def test_no_server_outlives_its_session(journal: Journal) -> None:
    async with open_session(server("polite"), journal):
        started: list[Event] = [event for event in rows(journal) if event.what == "started"]
        pid = started[0].data["pid"]
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
