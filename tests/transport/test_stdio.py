"""The stdio transport: from start to exit, back-pressure, shutdown, cancellation.

Each test is a conversation: what is sent, what arrives, and what then stands in the journal.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint

from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.transport.stdio import StdioTransport
from inspector.transport.tap import Tap
from inspector.transport.target import StdioTarget
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.jsonrpc import notification
from tests.transport.stdio_talk import GO, SERVERS, Talk, alive, talk


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = Journal.create()
    yield made
    made.close()


async def test_a_conversation_from_start_to_exit(journal: Journal) -> None:
    async with talk(journal, "polite") as t:
        sent = await t.say(GO)
        heard = await t.hear()
        pid = t.rows(Kind.PROCESS)[0].data["pid"]
    assert sent.body == GO
    assert sent.direction is Direction.C2S
    assert heard.frame is not None
    assert heard.frame.shape is Shape.RESPONSE
    assert heard.seq > sent.seq
    assert t.rows(Kind.PROCESS)[0].data["argv"] == [sys.executable, str(SERVERS / "polite.py")]
    assert t.steps() == ["started", "exited"]
    assert t.exit == {"code": 0, "signal": None, "rung": "stdin"}
    assert not alive(pid)


async def test_environment_and_directory_are_the_targets(journal: Journal, tmp_path: Path) -> None:
    code = "import os; print(os.environ['MARK'], os.getcwd(), 'PATH' in os.environ)"
    target = StdioTarget((sys.executable, "-c", code), env={"MARK": "set"}, cwd=str(tmp_path))
    async with StdioTransport(target).open(Tap(journal)) as link:
        t = Talk(link, journal)
        await t.until(Kind.PROCESS, what="exited")
    assert t.bodies(Kind.STDOUT) == [f"set {tmp_path} True".encode()]
    assert t.exit == {"code": 0, "signal": None, "rung": "none"}
    assert t.rows(Kind.PROCESS)[0].data["cwd"] == str(tmp_path)
    assert not any("set" in str(event.data) for event in t.rows(Kind.PROCESS))


async def test_a_slow_reader_slows_the_server(journal: Journal) -> None:
    async with talk(journal, "burst", "1000000", grace=0.1) as t:
        await t.say(GO)
        await t.hear()
        while t.link.inbound.statistics().current_buffer_used < 256:
            await anyio.wait_all_tasks_blocked()
        for _ in range(200):  # the server has a million lines to say, and says no more of them
            await checkpoint()
        assert len(journal) < 50_000
        heard = [await t.hear() for _ in range(60_000)]
    assert heard[-1].body.endswith(b'"data":"line 60000"}}')


async def test_stderr_is_drained_though_nobody_reads_stdout(journal: Journal) -> None:
    async with talk(journal, "stderr_flood") as t:
        await t.say(GO)
        heard = await t.hear_reply("2")
    lines = t.rows(Kind.STDERR)
    assert [len(event.body) for event in lines[:4]] == [65536, 65536, 65536, 200_000 - 3 * 65536]
    assert [event.faults for event in lines[:4]] == [("line-too-long",)] * 3 + [()]
    assert lines[-1].body == b"19999".rjust(89)
    assert len(lines) == 4 + 20_000
    assert heard.direction is Direction.S2C


async def test_what_is_said_during_the_shutdown_is_kept(journal: Journal) -> None:
    async with talk(journal, "last_words", grace=20) as t:
        await t.say(GO)
        await t.hear_reply("2")
    assert b"goodbye" in t.bodies(Kind.MESSAGE)[-1]
    assert t.bodies(Kind.STDERR) == [b"closing down"]
    assert t.exit == {"code": 7, "signal": None, "rung": "stdin"}
    assert t.rows(Kind.PROCESS)[-1].seq == len(journal) - 1


async def test_a_full_stdin_blocks_the_sender_and_not_the_leaving(journal: Journal) -> None:
    big = notification("notifications/big", {"text": "x" * 1_000_000})
    async with talk(journal, "never_reads", grace=1) as t, anyio.create_task_group() as tasks:
        tasks.start_soon(t.say, big)
        await anyio.wait_all_tasks_blocked()
        assert t.rows(Kind.MESSAGE)[0].body == big
        tasks.cancel_scope.cancel()
    assert t.exit["rung"] == "terminate"


async def test_a_peer_that_stops_listening_does_not_stop_the_journal(journal: Journal) -> None:
    async with talk(journal, "burst", "5000") as t:
        t.link.inbound.close()
        await t.say(GO)
        while len(t.rows(Kind.MESSAGE)) < 5002:
            await anyio.wait_all_tasks_blocked()
    assert len(t.bodies(Kind.MESSAGE)) == 5001


async def test_a_command_that_cannot_be_started(journal: Journal) -> None:
    with pytest.raises(ConnectionFailed, match="no such command on PATH"):
        async with StdioTransport(StdioTarget(("no-such-command-at-all",))).open(Tap(journal)):
            raise AssertionError
    assert len(journal) == 0


@pytest.mark.parametrize("error", [ZeroDivisionError, ConnectionFailed, SystemExit])
async def test_an_error_in_the_body_comes_out_as_it_is(journal: Journal, error: type[BaseException]) -> None:
    with pytest.raises(error):
        async with talk(journal, "polite"):
            raise error("mine")
    assert journal.event(len(journal) - 1).what == "exited"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
async def test_a_cancelled_connection_goes_through_the_rungs(journal: Journal) -> None:
    with anyio.CancelScope() as scope:
        async with talk(journal, "ignores_shutdown", grace=0.1) as t:
            await t.say(GO)
            await t.hear_reply("2")
            scope.cancel()
            await t.hear()
    assert scope.cancelled_caught
    assert t.exit["rung"] == "kill"


async def test_cancelled_before_it_starts(journal: Journal) -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        async with talk(journal, "polite"):
            raise AssertionError
    assert len(journal) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
async def test_a_second_native_cancellation_kills_at_once(journal: Journal) -> None:
    pids: list[int] = []

    async def connect() -> None:
        async with talk(journal, "ignores_shutdown", grace=600) as t:
            await t.say(GO)
            await t.hear_reply("2")
            pids.append(t.rows(Kind.PROCESS)[0].data["pid"])
            asyncio.current_task().cancel()  # type: ignore[union-attr]
            await t.hear()

    task = asyncio.create_task(connect())
    while not pids:
        await anyio.wait_all_tasks_blocked()
    await anyio.wait_all_tasks_blocked()  # it has closed stdin and waits
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert journal.event(len(journal) - 1).data["signal"] == "SIGKILL"
    assert not alive(pids[0])


async def test_many_connections_leave_no_task_behind(journal: Journal) -> None:
    before = asyncio.all_tasks()
    for _ in range(3):
        async with talk(journal, "polite") as t:
            await t.echo()
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("steps", range(12))
async def test_cancelled_natively_at_any_step_of_the_start(journal: Journal, steps: int) -> None:
    async def connect() -> None:
        async with talk(journal, "polite"):
            await anyio.sleep_forever()

    task = asyncio.create_task(connect())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    whats = [journal.event(seq).what for seq in range(len(journal))]
    assert whats in ([], ["started", "exited"])
    if whats:
        assert not alive(journal.data(0)["pid"])
