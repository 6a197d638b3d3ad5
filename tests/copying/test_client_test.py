"""The copied test, run by pytest against a real server: it fails where the answer is another."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.copying.client_test import assertion
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode
from inspector.wire.visible import visible
from tests.copying.recorded import HOSTILE, VALUES, Repeats, environment, journal_of


def test_against_a_real_server(tmp_path: Path) -> None:
    """Recorded of the real server; then one answer is made another, and its test alone fails."""
    here = Repeats(tmp_path)

    def said(params: Any) -> dict[str, Any]:
        return {"content": [{"type": "text", "text": json.dumps(params, sort_keys=True)}]}

    uri = {"uri": "a:'\u202e"}
    contents = [{**uri, "text": json.dumps(uri) + "!"}]  # which the server does not say
    calls = [{"name": "say", "arguments": VALUES}, {"name": "fail", "arguments": dict.fromkeys(HOSTILE, 1)}]
    sent: list[tuple[str, Any, dict[str, Any]]] = [
        ("tools/call", calls[0], {"result": said(calls[0])}),
        ("tools/call", calls[1], {"result": {**said(calls[1]), "isError": True}}),
        (
            "tools/call",
            {"name": "refuse", "arguments": {}},
            {"error": {"code": -32602, "message": "No such thing"}},
        ),
        ("resources/read", uri, {"result": {"contents": contents}}),
        ("ping", None, {"result": {}}),
    ]
    for number, (method, params, reply) in enumerate(sent):
        journal, rows = journal_of(here.target, (method, params), reply=reply)
        made = assertion(journal, rows[0])
        assert all(visible(line) == line for line in made.text.split("\n"))
        (tmp_path / f"test_{number}.py").write_text(made.text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", "."],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.stdout.splitlines()[-1].startswith("1 failed, 4 passed"), done.stdout
    assert "FAILED test_3.py" in done.stdout
    assert here.untouched()


def test_what_changes_from_call_to_call_is_left_out() -> None:
    journal = Journal.create(target={"argv": ["x"]})
    for id in range(3):
        params = {"name": "now", "arguments": {"a": 1}}
        request = {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}
        text = {"type": "text", "text": f"run {id} at 2026-01-0{id + 1}T10:00:00Z"}
        result = {"content": [text, {"type": "text", "text": "same"}], "structuredContent": {"n": [id, 2]}}
        journal.append(Kind.MESSAGE, Direction.C2S, encode(request))
        journal.append(Kind.MESSAGE, Direction.S2C, encode({"jsonrpc": "2.0", "id": id, "result": result}))
    made = assertion(journal, 0)
    assert '("result", "content", 0, "text",)' in made.text
    assert '("result", "structuredContent", "n", 0,)' in made.text
    assert "nor 2 places" in made.notes[-1]


@pytest.mark.parametrize(
    "reply",
    [
        None,
        b'{"jsonrpc":"2.0","id":1,"result":{"a":NaN}}',
        b'{"jsonrpc":"2.0","id":1,"result":"text"}',
        b'{"jsonrpc":"2.0","id":1,"error":5}',
        b'{"jsonrpc":"2.0","id":1,"result":{"a":"\xff"}}',
        b'{"jsonrpc":"2.0","id":1,"result":{"a":' + b"[" * 100 + b"]" * 100 + b"}}",
    ],
)
def test_an_answer_that_cannot_be_asserted(reply: bytes | None) -> None:
    journal, rows = journal_of({"argv": ["x"]}, ("ping", None))
    if reply is not None:
        journal.append(Kind.MESSAGE, Direction.S2C, reply)
    with pytest.raises(UsageError):
        assertion(journal, rows[0])
