"""The copied program, given to a real interpreter: a real server receives what was sent before."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.copying.client_script import script
from inspector.errors import UsageError
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode
from inspector.wire.visible import visible
from tests.copying.recorded import HOSTILE, VALUES, Repeats, deep, journal_of, run


def test_a_real_server_receives_the_same(tmp_path: Path) -> None:
    """One program after the other would import the package a second each: their calls are put into one."""
    here = Repeats(tmp_path)
    sent: list[tuple[str, Any]] = [
        ("tools/call", {"name": "'''$(touch pwned)\n", "arguments": {**VALUES, "deep": deep(190)}}),
        ("tools/call", {"name": "x", "arguments": {key: key for key in HOSTILE}, "task": {}}),
        ("prompts/get", {"name": '"""', "arguments": {f"p{at}": text for at, text in enumerate(HOSTILE)}}),
        ("resources/read", {"uri": "a:\\\"'\u202e\n"}),
        ("odd/\u202e'", {"null": None}),
        ("tools/list", None),
        ("resources/templates/list", {"cursor": "\n"}),
    ]
    journal, rows = journal_of(here.target, *sent)
    programs = [script(journal, row).text for row in rows]
    assert all(visible(line) == line for text in programs for line in text.split("\n"))
    bodies = [ast.unparse(_inside(text)) for text in programs]
    head, _, tail = programs[4].partition("async def main()")
    opening = tail.split("\n")[1]
    calls = "\n".join(f"        {line}" for body in bodies for line in body.split("\n"))
    made = f"{head}\nasync def main():\n{opening}\n{calls}\n\n\nanyio.run(main)\n"
    (tmp_path / "program.py").write_text(made, "utf-8")
    run([sys.executable, "program.py"], tmp_path)
    # The client lists the tools by itself after a call, to check the result.
    listed = ("tools/list", None)
    received = [each for each in here.received(*{method for method, _ in sent}) if each != listed]
    assert received == [each for each in sent if each != listed]
    assert here.untouched()


def _inside(text: str) -> Any:
    main = next(node for node in ast.parse(text).body if isinstance(node, ast.AsyncFunctionDef))
    block = main.body[0]
    assert isinstance(block, ast.AsyncWith)
    return ast.Module(block.body, [])


def test_a_program_as_it_is_copied(tmp_path: Path) -> None:
    here = Repeats(tmp_path)
    target = {**here.target, "env": ["LEVEL"]}
    target["argv"] = [*here.target["argv"], "--token", "sha256:00000001"]
    journal, rows = journal_of(target, ("initialize", {}))
    made = script(journal, rows[0])
    assert [note.split(":")[0] for note in made.notes] == ["Set TOKEN first", "Set LEVEL first"]
    (tmp_path / "program.py").write_text(made.text, "utf-8")
    done = run([sys.executable, "program.py"], tmp_path, TOKEN="x", LEVEL="y")
    assert b'"name": "repeats"' in done.stdout


def test_the_version_that_was_spoken() -> None:
    modern = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}
    target = {"transport": "http", "url": "https://example.com/mcp"}
    journal, rows = journal_of(target, ("tools/list", modern), ("tools/list", {}))
    said = [script(journal, row).text for row in rows]
    assert 'Client(URL, mode="2026-07-28")' in said[0]
    assert 'Client(URL, mode="legacy")' in said[1]


def test_certificates_socket_and_transport() -> None:
    target = {"transport": "http", "url": "https://x/", "cacert": "a'b", "cert": "c", "unix_socket": "/s"}
    journal, rows = journal_of(target, ("ping", None))
    said = script(journal, rows[0]).text
    compile(said, "program.py", "exec")
    for each in ('cafile="a\'b"', 'load_cert_chain("c")', 'uds="/s"', "verify=TLS"):
        assert each in said
    journal, rows = journal_of({"transport": "http", "url": "https://x/", "wanted": "sse"}, ("ping", None))
    assert "sse_client(URL)" in script(journal, rows[0]).text
    journal, rows = journal_of({"transport": "http", "url": "https://x/"})
    number = journal.new_exchange()
    body = encode({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    seq = journal.append(Kind.MESSAGE, Direction.C2S, body, exchange=number).seq
    journal.append(Kind.HTTP, data={"what": "end", "answers_on": 7}, exchange=number)
    assert not rows
    assert "sse_client(URL)" in script(journal, seq).text  # it was found to be that
    journal, rows = journal_of({"transport": "http", "url": "https://x/", "insecure": True}, ("ping", None))
    assert "verify=False" in script(journal, rows[0]).text


@pytest.mark.parametrize("params", [{"a": "\ud800"}, {"a": deep(220)}, [1]])
def test_what_the_package_cannot_send_is_said(params: Any) -> None:
    journal, rows = journal_of({"argv": ["x"]}, ("x", params))
    with pytest.raises(UsageError):
        script(journal, rows[0])
