"""`copy`: a row of a recording on stdout, what to know of it on stderr."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode

if TYPE_CHECKING:
    from tests.cli.conftest import Run

RAW = b'{"jsonrpc":"2.0","id":2,"method":"x\xff"}'


def recording(folder: Path) -> str:
    file = folder / "session.jsonl"
    journal = Journal.create(file, target={"argv": ["python", "server.py"], "env": ["LEVEL"]})
    journal.append(Kind.MESSAGE, Direction.C2S, encode({"jsonrpc": "2.0", "id": 1, "method": "ping"}))
    journal.append(Kind.MESSAGE, Direction.C2S, RAW)
    journal.close()
    return str(file)


def test_a_row_and_what_to_know(run: Run, tmp_path: Path) -> None:
    file = recording(tmp_path)
    done = run("copy", file, "0")
    assert done.out == 'mcp-inspect request ping -e LEVEL="${LEVEL:?}" -- python server.py\n'
    assert done.err.startswith("mcp-inspect: Set LEVEL first")
    made = run("copy", file, "0", "--as", "python", "--json").json
    assert made["as"] == "python"
    compile(made["text"], "program.py", "exec")
    refused = run("copy", file, "1", "--as", "curl", "--json")
    assert refused.code == 2
    assert "curl speaks HTTP" in refused.error["message"]
    assert run("copy", file, "first").code == 2
    assert json.loads(run("copy", file, "0", "--as", "json").out) == {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "ping",
    }
