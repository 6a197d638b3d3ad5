"""The stdio transport against real processes, most of them ill-mannered.

Each test is a conversation: what is sent, what arrives, and what then stands in the journal.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.transport.base import Link, LinkClosed, Outgoing
from inspector.transport.stdio import StdioTransport
from inspector.transport.tap import Tap
from inspector.transport.target import StdioTarget
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.jsonrpc import notification, request

SERVERS = Path(__file__).parents[1] / "servers"
GO = request(2, "tools/call", {"name": "go", "arguments": {}})
ECHO = request(3, "tools/call", {"name": "echo", "arguments": {"text": "still here"}})


class Talk:
    """One connection, as a test sees it."""

    def __init__(self, link: Link, journal: Journal) -> None:
        self.link = link
        self.journal = journal

    async def say(self, body: bytes) -> Event:
        return await self.link.send(Outgoing(body))

    async def hear(self) -> Event:
        return await self.link.inbound.receive()

    async def hear_reply(self, id: str) -> Event:
        while True:
            event = await self.hear()
            if event.frame is not None and event.frame.id == id:
                return event

    async def echo(self) -> None:
        """The connection is alive."""
        await self.say(ECHO)
        assert b"still here" in (await self.hear_reply("3")).body

    async def until(self, kind: Kind, **data: Any) -> Event:
        """Wait for an event of the journal, past or to come."""
        arrived = anyio.Event()
        remove = self.journal.add_listener(lambda event: arrived.set())
        try:
            while True:
                for event in self.rows(kind):
                    if all(event.data.get(name) == value for name, value in data.items()):
                        return event
                await arrived.wait()
                arrived = anyio.Event()
        finally:
            remove()

    def rows(self, *kinds: Kind, direction: Direction | None = None) -> list[Event]:
        events = (self.journal.event(seq) for seq in range(len(self.journal)))
        return [event for event in events if event.kind in kinds and direction in (None, event.direction)]

    def bodies(self, *kinds: Kind) -> list[bytes]:
        return [event.body for event in self.rows(*kinds, direction=Direction.S2C)]

    def steps(self) -> list[str]:
        return [event.what for event in self.rows(Kind.PROCESS)]

    @property
    def exit(self) -> dict[str, Any]:
        [event] = [event for event in self.rows(Kind.PROCESS) if event.what == "exited"]
        return {name: event.data[name] for name in ("code", "signal", "rung")}


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = Journal.create()
    yield made
    made.close()


@asynccontextmanager
async def talk(journal: Journal, name: str, *args: str, **options: Any) -> AsyncIterator[Talk]:
    target = StdioTarget((sys.executable, str(SERVERS / f"{name}.py"), *args))
    async with StdioTransport(target, **options).open(Tap(journal)) as link:
        yield Talk(link, journal)


def alive(pid: int) -> bool:
    """A zombie that its parent has not waited for counts as dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def dead(pid: int) -> None:
    with anyio.fail_after(20):
        while alive(pid):
            await checkpoint()


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


async def test_text_on_stdout_is_kept_and_harms_nothing(journal: Journal) -> None:
    async with talk(journal, "text_on_stdout") as t:
        await t.say(GO)
        await t.hear_reply("2")
        await t.echo()
    assert t.bodies(Kind.STDOUT) == [b"listening on port 3000", b"working on it", b"123", b'"x"']
    assert [event.faults for event in t.rows(Kind.STDOUT)] == [
        ("not-json",),
        ("not-json",),
        ("not-an-object",),
        ("not-an-object",),
    ]


async def test_both_halves_of_a_torn_message_are_lines(journal: Journal) -> None:
    async with talk(journal, "half_json") as t:
        await t.say(GO)
        await t.hear_reply("2")
        await t.echo()
    assert t.bodies(Kind.STDOUT) == [
        b'{"jsonrpc":"2.0","method":"notifications/message",',
        b'"params":{"level":"info","data":"torn"}}',
    ]


async def test_blank_lines_crlf_and_a_byte_order_mark(journal: Journal) -> None:
    async with talk(journal, "odd_lines") as t:
        await t.say(GO)
        heard = await t.hear_reply("2")
        await t.echo()
    assert t.bodies(Kind.STDOUT) == [b"", b"\r"]
    assert heard.body.startswith(b"\xef\xbb\xbf{")
    assert heard.body.endswith(b"}\r")
    assert "bom" in heard.faults


HEAD = b'{"jsonrpc":"2.0","id":2,'


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("invalid_utf8", HEAD + b'"result":{"content":[{"type":"text","text":"caf\xe9"}]}}', "bad-utf8"),
        ("nan", HEAD + b'"result":{"content":[],"structuredContent":{"a":NaN,"b":-Infinity}}}', "nan"),
        ("float_id", b'{"jsonrpc":"2.0","id":2.0,"result":{"content":[]}}', "id-float"),
        ("result_string", b'{"jsonrpc": "2.0", "id": 2, "result": "done"}', "result-not-an-object"),
        (
            "result_and_error",
            b'{"jsonrpc": "2.0", "id": 2, "result": {"content": [{"type": "text", "text": "done"}]}, '
            b'"error": {"code": -32000, "message": "both"}}',
            "result-and-error",
        ),
        (
            "no_jsonrpc",
            b'{"id": 2, "result": {"content": [{"type": "text", "text": "done"}]}}',
            "no-jsonrpc",
        ),
        (
            "error_code_string",
            b'{"jsonrpc": "2.0", "id": 2, "error": {"code": "E_BAD", "message": "the code is a word"}}',
            "error-shape",
        ),
    ],
)
async def test_a_flawed_reply_is_kept_as_it_came(
    journal: Journal, name: str, body: bytes, fault: str
) -> None:
    async with talk(journal, name) as t:
        await t.say(GO)
        heard = await t.hear()
        assert heard.body == body
        assert fault in heard.faults
        await t.echo()
    assert t.bodies(Kind.MESSAGE)[0] == body


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("unknown_id", [(Shape.RESPONSE, "987654"), (Shape.RESPONSE, "2")]),
        ("duplicate_reply", [(Shape.RESPONSE, "2"), (Shape.RESPONSE, "2")]),
        ("batch", [(Shape.BATCH, None)]),
        ("unknown_notification", [(Shape.NOTIFICATION, None), (Shape.RESPONSE, "2")]),
    ],
)
async def test_odd_messages_arrive_as_they_are(
    journal: Journal, name: str, frames: list[tuple[Shape, str | None]]
) -> None:
    async with talk(journal, name) as t:
        await t.say(GO)
        for shape, id in frames:
            heard = await t.hear()
            assert heard.frame is not None
            assert (heard.frame.shape, heard.frame.id) == (shape, id)
        await t.echo()


async def test_hostile_names_arrive_unchanged(journal: Journal) -> None:
    async with talk(journal, "hostile_names") as t:
        await t.say(request(1, "tools/list"))
        heard = await t.hear_reply("1")
    assert heard.frame is not None
    assert "\x1b]52;" in heard.frame.result["tools"][0]["description"]


async def test_a_line_of_20_megabytes(journal: Journal) -> None:
    async with talk(journal, "long_line") as t:
        await t.say(GO)
        heard = await t.hear_reply("2")
        assert heard.size > 20_000_000
        assert heard.body.count(b"x") >= 20_000_000
        await t.echo()


async def test_a_line_over_the_limit_is_told_by_head_and_size(journal: Journal) -> None:
    async with talk(journal, "long_line", "1", line_limit=200_000) as t:
        await t.say(GO)
        await t.echo()
    head, end = t.rows(Kind.STDOUT)
    assert len(head.body) == 65536
    assert 200_000 < head.size < 1_000_000
    assert (end.body, end.faults) == (b"", ("line-too-long",))
    assert end.size > 1_000_000


async def test_a_line_that_never_ends(journal: Journal) -> None:
    async with talk(journal, "endless_line", "1000000", line_limit=100_000) as t:
        await t.say(GO)
        head = await t.until(Kind.STDOUT)
    assert len(head.body) == 65536
    assert t.rows(Kind.STDOUT)[-1].size == 1_000_000
    assert t.rows(Kind.STDOUT)[-1].faults == ("line-too-long", "no-newline")


async def test_a_burst_arrives_whole_and_in_order(journal: Journal) -> None:
    async with talk(journal, "burst") as t:
        await t.say(GO)
        for number in range(20_000):
            heard = await t.hear()
            assert heard.body.endswith(b'"data":"line %d"}}' % number)
        await t.hear_reply("2")
        await t.echo()


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


async def test_silence_is_no_end(journal: Journal) -> None:
    async with talk(journal, "silent") as t:
        await t.say(request(1, "initialize", {}))
        await anyio.wait_all_tasks_blocked()
        assert t.link.inbound.statistics().current_buffer_used == 0
    assert t.exit == {"code": 0, "signal": None, "rung": "stdin"}


async def test_death_in_the_middle_of_a_call(journal: Journal) -> None:
    async with talk(journal, "exit_mid_call") as t:
        await t.say(GO)
        heard = await t.hear()
        assert heard.what == "exited"
        with pytest.raises(anyio.EndOfStream):
            await t.hear()
        with pytest.raises(LinkClosed):
            await t.say(ECHO)
    assert t.exit == {"code": 3, "signal": None, "rung": "none"}
    assert t.bodies(Kind.STDERR) == [b"fatal: cannot go on"]
    assert t.rows(Kind.STDERR)[0].seq < heard.seq
    assert t.rows(Kind.MESSAGE)[-1].body == ECHO


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no death by signal")
async def test_death_by_signal(journal: Journal) -> None:
    async with talk(journal, "killed_mid_call") as t:
        await t.say(GO)
        assert (await t.hear()).data["signal"] == "SIGKILL"
    assert t.exit == {"code": None, "signal": "SIGKILL", "rung": "none"}


async def test_a_partial_last_line(journal: Journal) -> None:
    async with talk(journal, "partial_last_line") as t:
        await t.say(GO)
        assert (await t.hear()).what == "exited"
    [event] = t.rows(Kind.STDOUT)
    assert event.body == b'{"jsonrpc":"2.0","id":'
    assert set(event.faults) == {"no-newline", "not-json"}


async def test_a_grandchild_that_holds_stdout_is_killed(journal: Journal) -> None:
    async with talk(journal, "grandchild") as t:
        await t.say(GO)
        assert (await t.hear()).what == "exited"
        with pytest.raises(anyio.EndOfStream):
            await t.hear()
        pid = int(t.bodies(Kind.STDERR)[0])
        await dead(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX sessions")
async def test_a_grandchild_in_another_session_does_not_hold_us_up(journal: Journal) -> None:
    async with talk(journal, "grandchild", "detached") as t:
        await t.say(GO)
        assert (await t.hear()).what == "exited"
        with pytest.raises(anyio.EndOfStream):
            await t.hear()
    os.kill(int(t.bodies(Kind.STDERR)[0]), signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
async def test_a_server_that_ignores_everything_is_killed(journal: Journal) -> None:
    async with talk(journal, "ignores_shutdown", grace=0.1) as t:
        await t.say(GO)
        await t.hear_reply("2")
        pid = t.rows(Kind.PROCESS)[0].data["pid"]
    assert t.exit == {"code": None, "signal": "SIGKILL", "rung": "kill"}
    assert not alive(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
async def test_a_server_that_ignores_closed_stdin_is_terminated(journal: Journal) -> None:
    async with talk(journal, "never_reads", grace=0.1) as t:
        pass
    assert t.exit == {"code": None, "signal": "SIGTERM", "rung": "terminate"}


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
    async with talk(journal, "never_reads", grace=0.1) as t, anyio.create_task_group() as tasks:
        tasks.start_soon(t.say, big)
        await anyio.wait_all_tasks_blocked()
        assert t.rows(Kind.MESSAGE)[0].body == big
        tasks.cancel_scope.cancel()
    assert t.exit["rung"] == "terminate"


async def test_closed_stdin_is_an_event_and_the_link_is_closed(journal: Journal) -> None:
    async with talk(journal, "closes_stdin", grace=0.1) as t:
        await t.say(GO)
        await t.hear_reply("2")
        with pytest.raises(LinkClosed):
            await t.say(ECHO)
        with pytest.raises(LinkClosed):
            await t.say(ECHO)
    assert t.steps() == ["started", "stdin-broken", "exited"]


async def test_closed_stdout_is_told_and_the_end_follows(journal: Journal) -> None:
    async with talk(journal, "closes_stdout") as t:
        await t.say(GO)
        assert (await t.hear()).what == "stdout-closed"
        await t.say(ECHO)
    assert t.steps() == ["started", "stdout-closed", "exited"]
    assert t.exit["code"] == 0


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
