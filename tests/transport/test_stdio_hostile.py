"""The stdio transport against servers that misbehave: the connection survives, the journal has the bytes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.transport.base import LinkClosed
from inspector.wire.event import Kind, Shape
from inspector.wire.jsonrpc import request
from tests.transport.stdio_talk import ECHO, GO, alive, dead, talk


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = Journal.create()
    yield made
    made.close()


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
    assert t.rows(Kind.CLIENT) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX sessions")
async def test_a_grandchild_in_another_session_is_told_of_and_does_not_hold_us_up(journal: Journal) -> None:
    async with talk(journal, "grandchild", "detached") as t:
        await t.say(GO)
        assert (await t.hear()).what == "exited"
        with pytest.raises(anyio.EndOfStream):
            await t.hear()
    os.kill(int(t.bodies(Kind.STDERR)[0]), signal.SIGKILL)
    (warning,) = t.rows(Kind.CLIENT)
    assert "it may live on" in warning.data["says"]


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
    async with talk(journal, "never_reads", grace=1) as t:
        pass
    assert t.exit == {"code": None, "signal": "SIGTERM", "rung": "terminate"}


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
