"""`record` leaves out of its recording what the user's configuration names, and carries it all the same."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.proxy.recording import RECORD, line, started, steps, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="record stands in for another on POSIX only")

DEMO = [sys.executable, "-m", "inspector.demo"]
ASK = b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"password":"hunter2"}}\n'


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MCP_INSPECT_CONFIG", str(tmp_path / "config.toml"))
    return tmp_path / "config.toml"


def test_what_the_configuration_names_is_left_out(config: Path, tmp_path: Path) -> None:
    config.write_text("[redact]\nnames = ['password']\n", "utf-8")
    file = tmp_path / "r.mcp.jsonl"
    with started(line(file, DEMO)) as host:
        assert host.stdout is not None
        out, _ = host.communicate(ASK)
    assert b'"id":1' in out
    until(lambda: "exited" in steps(file))
    assert b"hunter2" not in file.read_bytes()
    assert b'"password":"sha256:' in file.read_bytes()


@pytest.mark.parametrize("options", [["--redact=password"], ["--redact", "/hun.*/", "--control"]])
def test_what_the_line_names_is_left_out(config: Path, tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "r.mcp.jsonl"
    with started([*RECORD, *options, "-o", str(file), "--", *DEMO]) as host:
        assert b'"id":1' in host.communicate(ASK)[0]
    until(lambda: "exited" in steps(file))
    assert b"hunter2" not in file.read_bytes()


@pytest.mark.parametrize(
    ("written", "options", "says"),
    [
        ("[redact]\nnames = 3\n", (), "redact.names is a list of texts"),
        ("", ("--redact", "/(/"), "'(' cannot be looked for"),
    ],
)
def test_rules_that_cannot_be_meant_keep_it_from_recording_and_from_nothing_else(
    config: Path, tmp_path: Path, written: str, options: tuple[str, ...], says: str
) -> None:
    config.write_text(written, "utf-8")
    with started([*RECORD, *options, "-o", str(tmp_path / "r.mcp.jsonl"), "--", *DEMO]) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert host.stderr is not None
        said = ""
        while "Not recorded" not in said:
            said = host.stderr.readline().decode()
        assert says in said
        host.stdin.write(ASK)
        host.stdin.flush()
        assert b'"id":1' in host.stdout.readline()
    assert not (tmp_path / "r.mcp.jsonl").exists()
