"""The copied curl, pasted into a real shell: a real server gets the same bytes; the other forms, too."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.copying.copy import copied
from inspector.copying.curl import curl
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.visible import visible
from tests.copying.recorded import HOSTILE, VALUES, deep, journal_of, paste, run
from tests.servers.hosting import hosting
from tests.servers.repeats_http import SECRET, RepeatsHttp

posix = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("curl") is None, reason="curl in a POSIX shell"
)
HEADERS = [
    ["Host", "elsewhere"],
    ["Content-Length", "7"],
    ["Accept-Encoding", "br"],
    ["Accept", "application/json, text/event-stream"],
    ["Content-Type", "application/json"],
    ["Authorization", "Bearer sha256:00000001"],
    ["X-Odd", 'it\'s $(touch pwned) "`touch pwned`" !! %s \t ~'],
    ["X-Empty", ""],
    ["@/etc/passwd", "x"],
    ["Mcp-Session-Id", "session-1"],
]


def recorded(
    url: str, *bodies: bytes, headers: Any = HEADERS, method: str = "POST", **facts: Any
) -> tuple[Journal, list[int]]:
    """A journal with an HTTP exchange for each body."""
    journal = Journal.create(target={"transport": "http", "url": url})
    rows = []
    for body in bodies:
        number = journal.new_exchange()
        data = {"what": "request", "method": method, "url": url, "headers": headers, **facts}
        rows.append(journal.append(Kind.HTTP, Direction.C2S, data=data, exchange=number).seq)
        if body:
            rows[-1] = journal.append(Kind.MESSAGE, Direction.C2S, body, exchange=number).seq
    return journal, rows


@posix
def test_a_real_server_gets_the_same_bytes(tmp_path: Path) -> None:
    server = RepeatsHttp()
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"arguments": VALUES}}
    bodies = (
        json.dumps(call).encode(),
        json.dumps([*HOSTILE, deep(300)], ensure_ascii=False, indent="\t").encode(),
        json.dumps("long '$(touch pwned)" * 10_000).encode(),
        b"@/etc/passwd",
        b"--data @/etc/passwd",
        bytes(range(256)),
        b"\xff\xfe\x80",
    )
    with hosting(server) as place:
        url = f"{place.url}/a'b/../{{c}}/[1-3]/$(touch%20pwned)?q=`touch+pwned`;$(touch${{IFS}}pwned)&r=!!"
        journal, rows = recorded(url, *bodies)
        copies = [curl(journal, row) for row in rows]
        got, got_rows = recorded(f"{place.url}/stream", b"", method="GET")
        copies.append(curl(got, got_rows[0]))
        assert all(visible(copy.text) == copy.text for copy in copies)
        paste([copy.text for copy in copies], tmp_path, TOKEN=SECRET)
    assert [each.body for each in server.got] == [*bodies, b""]
    assert {each.method for each in server.got[:-1]} == {"POST"}
    assert server.got[-1].method == "GET"
    first = server.got[0]
    assert first.path.startswith("/a'b/../{c}/[1-3]/")
    assert first.headers["x-odd"] == HEADERS[6][1].strip()
    assert (first.headers["x-empty"], first.headers["authorization"]) == ("", f"Bearer {SECRET}")
    assert first.headers["host"] != "elsewhere"
    assert not list(tmp_path.glob("*pwned*"))
    assert [note.split(":")[0] for note in copies[0].notes] == ["Set TOKEN first", copies[0].notes[-1]]


@posix
def test_every_form_of_a_session_over_http(tmp_path: Path) -> None:
    """A session that was really recorded, with a secret header: said anew, each form calls the same."""
    server, arguments = RepeatsHttp(), {"text": "it's $(touch pwned)\n!"}
    with hosting(server) as place:
        header = f"Authorization: Bearer {SECRET}"
        words = [
            "call",
            "say",
            "--args",
            "args",
            "--header",
            header,
            "--record",
            "s.jsonl",
            f"{place.url}/mcp",
        ]
        (tmp_path / "args").write_text(json.dumps(arguments))
        run(["mcp-inspect", *words], tmp_path)
        journal = Journal.open(tmp_path / "s.jsonl")
        assert SECRET.encode() not in (tmp_path / "s.jsonl").read_bytes()
        row = next(iter(journal.rows_with_method("tools/call")))
        for form in ("command", "curl"):
            paste([copied(journal, row, form).text], tmp_path, TOKEN=SECRET)
        for form, runs in (("python", ["python"]), ("pytest", ["python", "-m", "pytest", "-q"])):
            made = copied(journal, row, form)
            assert made.notes[0].startswith("Set TOKEN first")
            (tmp_path / f"test_{form}.py").write_text(made.text, "utf-8")
            run([*runs, f"test_{form}.py"], tmp_path, TOKEN=SECRET)
        journal.close()
    assert server.calls() == [{"name": "say", "arguments": arguments}] * 5
    assert not list(tmp_path.glob("*pwned*"))


def test_without_its_variable_nothing_is_sent() -> None:
    journal, rows = recorded("http://x/", b"{}")
    assert '"${TOKEN:?}"' in curl(journal, rows[0]).text


def test_a_secret_that_was_kept_is_not_copied() -> None:
    headers = [["Authorization", "Bearer s3cret"], ["Cookie", "id=s3cret; b=s3cret"]]
    journal, rows = recorded("http://u:s3cret@x/?token=s3cret", b"{}", headers=headers)
    made = curl(journal, rows[0])
    assert "s3cret" not in made.text
    assert len(made.notes) == len(set(made.notes)) >= 1


@pytest.mark.parametrize(
    "facts",
    [
        {"url": "file:///etc/passwd"},
        {"url": "-K/etc/passwd"},
        {"url": "http://x/ -K/etc/passwd"},
        {"url": "http://x/\n"},
        {"method": "GET; x"},
        {"purpose": "token"},
        {"headers": [["X", "a\r\nb"]]},
    ],
)
def test_what_is_no_request_of_mcp_is_not_said(facts: dict[str, Any]) -> None:
    journal = Journal.create(target={"transport": "http", "url": "http://x/"})
    number = journal.new_exchange()
    data = {"what": "request", "method": "POST", "url": "http://x/", "headers": [], **facts}
    seq = journal.append(Kind.HTTP, Direction.C2S, data=data, exchange=number).seq
    with pytest.raises(UsageError):
        curl(journal, seq)


def test_a_command_has_no_curl() -> None:
    journal, rows = journal_of({"transport": "stdio", "argv": ["x"]}, ("ping", None))
    with pytest.raises(UsageError, match="curl speaks HTTP"):
        curl(journal, rows[0])
