from __future__ import annotations

import pytest

from inspector.journal.outline import outline
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind
from inspector.wire.visible import cells

from .conftest import Scribe


def test_a_reply_is_named_by_its_request(scribe: Scribe) -> None:
    scribe.asks(9, "tools/call", {"name": "get-sum", "arguments": {}})
    scribe.replies(9)
    call, reply = outline(scribe.journal, 0), outline(scribe.journal, 1)
    assert (call.arrow, call.kind, call.what, call.target, call.id) == (
        "→",
        "request",
        "tools/call",
        "get-sum",
        "9",
    )
    assert (reply.arrow, reply.kind, reply.what, reply.target, reply.id) == (
        "←",
        "response",
        "tools/call",
        "get-sum",
        "9",
    )
    assert (call.status, call.latency, call.size) == ("ok", "1.00 s", f"{scribe.journal.size(0)} B")
    assert not reply.flawed


def test_what_a_row_notes(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.fails(1, -32602, "bad\nname")
    scribe.asks(2)
    scribe.replies(2, {"isError": True, "content": [{"type": "text", "text": "boom"}]})
    scribe.answers(jsonrpc.notification("notifications/message", {"level": "info", "data": {"a": 1}}))
    scribe.answers(b"listening on port 3000")
    scribe.answers(b'[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}]')
    scribe.journal.append(Kind.STDERR, Direction.S2C, b"warning: \x1b[31mred\xff")
    rows = [outline(scribe.journal, seq) for seq in range(len(scribe.journal))]
    assert [row.note for row in rows] == [
        "",
        "-32602 bad␊name",
        "",
        "boom",
        '{"a": 1}',
        "listening on port 3000",
        "2 messages",
        "warning: ␛[31mred\ufffd",
    ]
    assert [row.kind for row in rows][1:] == [
        "error",
        "request",
        "response",
        "notification",
        "invalid",
        "batch",
        "stderr",
    ]
    assert rows[4].target == "info"


@pytest.mark.parametrize(
    ("kind", "data", "target", "note"),
    [
        (
            Kind.PROCESS,
            {"what": "started", "argv": ["python", "s.py"], "cwd": "/", "pid": 7},
            "python s.py",
            "pid 7",
        ),
        (Kind.PROCESS, {"what": "exited", "code": 3, "signal": None, "rung": "none"}, "", "with code 3"),
        (
            Kind.PROCESS,
            {"what": "exited", "code": None, "signal": "SIGKILL", "rung": "kill"},
            "",
            "by SIGKILL, after kill",
        ),
        (Kind.PROCESS, {"what": "stdout-closed"}, "", ""),
        (Kind.HTTP, {"what": "request", "method": "POST", "url": "http://x/mcp"}, "http://x/mcp", "POST"),
        (
            Kind.HTTP,
            {"what": "request", "method": "GET", "url": "u", "why": "redirect", "purpose": "token"},
            "u",
            "GET, redirect, token",
        ),
        (Kind.AUTH, {"what": "token", "state": "started", "purpose": "token"}, "started", "token"),
        (Kind.AUTH, {"what": "authorize", "state": "waiting", "facts": {"host": "h"}}, "waiting", "h"),
        (Kind.AUTH, {"what": "token", "state": "done", "judgement": "ok", "says": "fine"}, "ok", "fine"),
        (Kind.AUTH, {"what": "new", "facts": ["x"]}, "", ""),
        (Kind.HTTP, {"what": "response", "status": 404, "reason": "Not Found"}, "", "404 Not Found"),
        (
            Kind.HTTP,
            {"what": "end", "outcome": "failed", "stage": "connect", "error": "refused"},
            "",
            "failed at connect: refused",
        ),
        (Kind.SSE, {"what": "comment", "text": "ping"}, "", "ping"),
        (Kind.SSE, {"what": "event", "event": "message", "id": "5"}, "", "event message, id 5"),
        (Kind.SSE, {"what": "field", "name": "x", "value": "y"}, "x", "y"),
        (Kind.CLIENT, {"what": "connecting", "target": "x", "protocol": "auto"}, "x", "protocol auto"),
        (
            Kind.CLIENT,
            {"what": "negotiated", "version": "2025-11-25", "era": "legacy", "reason": "why"},
            "2025-11-25",
            "why",
        ),
        (Kind.CLIENT, {"what": "timed-out", "request": 1, "after": 2}, "", "no answer after 2.00 s"),
        (Kind.CLIENT, {"what": "warning", "says": "careful"}, "", "careful"),
        (Kind.CLIENT, {"what": "re-listing", "section": "tools", "notification": "x"}, "tools", "after x"),
        (Kind.CLIENT, {"what": "setting-level-again", "level": "info", "reason": "new"}, "info", "new"),
        (Kind.CLIENT, {"what": "subscribing-again", "attempt": 2, "reason": "reset"}, "time 2", "reset"),
        (Kind.CLIENT, {"what": "subscribing-again", "wanted": 2, "reason": "new"}, "", "new"),
        (Kind.CLIENT, {"what": "task-expired", "task": "t1", "after": 5.0}, "t1", "kept for 5.00 s"),
        (Kind.CLIENT, {"what": "cancelled", "reason": "why"}, "", "why"),
        (Kind.CLIENT, {"what": "failed", "says": "no"}, "", "no"),
        (Kind.NOTE, {"text": "mine"}, "", "mine"),
        (Kind.OTHER, {"kind": "x", "depth": 3}, "", '{"kind": "x", "depth": 3}'),
        (Kind.HTTP, {"what": ["odd"], "url": 5}, "", '{"url": 5}'),
    ],
)
def test_steps(scribe: Scribe, kind: Kind, data: dict[str, object], target: str, note: str) -> None:
    scribe.journal.append(kind, data=data)
    row = outline(scribe.journal, 0)
    assert (row.kind, row.target, row.note, row.size) == (kind.word, target, note, "")


def test_hostile_names_are_made_safe_and_short(scribe: Scribe) -> None:
    hostile = "\x1b]52;c;aGk=\x07[/]x\u202e" + "y" * 1000
    scribe.asks(hostile, hostile, {"name": hostile})
    scribe.asks(hostile, "tools/call", {"name": hostile})
    scribe.fails(hostile, message=hostile)
    scribe.client("warning", says=hostile)
    scribe.step(Kind.CLIENT, hostile)
    scribe.asks("z" * 100_000)
    for seq in range(len(scribe.journal)):
        row = outline(scribe.journal, seq)
        for text in (row.kind, row.what, row.target, row.id, row.status, row.size, row.note):
            assert text.isprintable()
            assert "\u202e" not in text
            assert cells(text) <= 240
    assert outline(scribe.journal, 1).id.startswith('"\\u001b]52')
    assert outline(scribe.journal, 5).id == "…"


def test_the_target_of_a_large_request_is_found_in_its_head(scribe: Scribe) -> None:
    scribe.asks(1, "tools/call", {"name": "big", "arguments": {"x": "y" * 1_000_000}})
    assert outline(scribe.journal, 0).target == "big"
    assert outline(scribe.journal, 0).size == "1.0 MB"
