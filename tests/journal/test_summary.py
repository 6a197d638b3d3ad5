"""What a recording amounts to: counts and names, read on from where it stopped; odd files are no trouble."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.summary import Summary, read_on
from inspector.wire.event import Direction, Kind

ASK = (
    b'{"jsonrpc":"2.0","id":0,"method":"initialize","params":'
    b'{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"host","version":"1"}}}'
)
ANSWER = (
    b'{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{},'
    b'"serverInfo":{"name":"weather","version":"3"}}}'
)
META = (
    b'{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete",'
    b'"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"modern","version":"4"}}}}'
)


def recorded(path: Path, *bodies: tuple[Direction, bytes]) -> Journal:
    times = iter(range(1000))
    journal = Journal.create(
        path, target={"argv": ["python", "s.py"]}, mode="proxy", clock=lambda: float(next(times))
    )
    add(journal, *bodies)
    return journal


def add(journal: Journal, *bodies: tuple[Direction, bytes]) -> None:
    for direction, body in bodies:
        journal.append(Kind.MESSAGE, direction, body)


@pytest.mark.parametrize(("name", "read"), [("cursor/demo", "cursor/demo"), ("", ""), (5, "")])
def test_the_name_that_it_was_given(tmp_path: Path, name: Any, read: str) -> None:
    path = tmp_path / "r.mcp.jsonl"
    Journal.create(path, name=name).close()
    assert read_on(path).name == read
    assert Journal.open(path).header.extra == ({"name": name} if name else {})


def test_counts_and_names(tmp_path: Path) -> None:
    path = tmp_path / "r.mcp.jsonl"
    journal = recorded(
        path,
        (Direction.C2S, ASK),
        (Direction.S2C, b'{"jsonrpc":"2.0","method":"x","params":{"text":"serverInfo"}}'),
        (Direction.S2C, ANSWER),
        (Direction.S2C, b'{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"no"}}'),
        (Direction.S2C, b'{"jsonrpc":"2.0","id":8,"result":{"isError":true,"content":[]}}'),
    )
    journal.append(Kind.STDERR, Direction.S2C, b"hello")
    said = read_on(path)
    assert (said.server, said.version, said.client) == ("weather", "3", "host 1")
    assert (said.events, said.messages, said.errors, said.seconds) == (6, 5, 2, 6.0)
    assert (said.target, said.mode) == ("python s.py", "proxy")
    journal.close()


def test_it_reads_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "r.mcp.jsonl"
    journal = recorded(path, (Direction.C2S, ASK))
    first = read_on(path)
    add(journal, (Direction.S2C, META))
    with path.open("ab") as file:
        file.write(b'{"seq":9,"t":1,"ki')
    second = read_on(path, first)
    assert (first.server, second.server) == ("", "modern")
    assert second == read_on(path)
    assert second.read == path.stat().st_size - 18
    assert read_on(path, replace(first, started="of another file")) == second
    journal.close()


@pytest.mark.parametrize("text", [b"", b"hello\n", b'{"format":"other/1"}\n', b"\x00" * 100])
def test_what_is_no_recording(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "x").write_bytes(text)
    with pytest.raises(UsageError):
        read_on(tmp_path / "x")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    recorded(tmp_path / "r.mcp.jsonl").close()
    (tmp_path / "link").symlink_to(tmp_path / "r.mcp.jsonl")
    with pytest.raises(OSError, match="symbolic"):
        read_on(tmp_path / "link")


@given(
    st.lists(st.binary(max_size=80) | st.sampled_from([ASK, ANSWER, META]), max_size=8), st.text(max_size=20)
)
def test_no_file_is_too_odd(lines: list[bytes], name: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.mcp.jsonl"
        Journal.create(path, target={"argv": [name, 3], "url": [name]}).close()
        with path.open("ab") as file:
            file.write(b"\n".join(lines))
        assert isinstance(read_on(path), Summary)
