"""`sessions`: listed, found by words and by filters, shown, renamed and removed; and what they leave out."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from inspector.journal.journal import Journal
from inspector.journal.recording import recordings_directory
from tests.app.recordings import Writer, home
from tests.cli.conftest import DEMO, Run


@pytest.fixture
def folder() -> Path:
    made = recordings_directory()
    home(made)[1].close()
    return made


def test_listed_found_and_shown(run: Run, folder: Path) -> None:
    listed = run("sessions")
    assert listed.code == 0
    heads, first, second, third = listed.out.splitlines()
    assert heads.split() == ["server", "when", "long", "messages", "errors", "size", "client", "id"]
    assert [line.split()[0] for line in (first, second, third)] == ["1", "2", "3"]
    assert "host 1" in first
    assert second.endswith("2025-12-01T08-00-00-weather.py")
    assert len(run("sessions", "weather", "upgrade").out.splitlines()) == 2
    found = json.loads(run("sessions", "tool:forecast", "status:tool-error kind:request", "--json").out)
    assert [(each["id"][:10], each["rows"]) for each in found] == [("2025-12-03", 1), ("2025-12-01", 2)]
    nothing = run("sessions", "sunny")
    assert nothing.out == ""
    assert "kind:message sunny" in nothing.err
    shown = run("sessions", "show", "2").out
    assert "30 messages, 2 errors, 31 events" in shown
    assert run("sessions", "show", "2", "--json").json["client"] == "host 1"
    assert run("sessions", "path").out == f"{folder}\n"
    assert run("sessions", "show", "x").code == 2


def test_the_name_that_a_recording_was_given(run: Run, folder: Path) -> None:
    path = folder / "2025-12-04T00-00-00-python.mcp.jsonl"
    Journal.create(path, target={"argv": ["python"]}, mode="proxy", name="cursor/x\x1b[1m").close()
    heads, first, *_ = run("sessions").out.splitlines()
    assert heads.split()[:2] == ["name", "server"]
    assert "cursor/x␛[1m  python" in first
    assert run("sessions", "show", "x\x1b[1m").out.startswith("name    cursor/x␛[1m\n")
    assert run("sessions", "cursor/", "--json").json[0]["name"] == "cursor/x\x1b[1m"


def test_renamed_and_removed(run: Run, folder: Path) -> None:
    live = Writer(folder / "2025-01-01T00-00-00-live.mcp.jsonl")
    assert run("sessions", "rename", "2025-12-03", "mine").out == f"{folder / 'mine.mcp.jsonl'}\n"
    asked = run("sessions", "prune", "--keep", "0")
    assert (asked.code, asked.out) == (2, "")
    assert "--yes" in asked.err
    done = run("sessions", "prune", "--keep", "0", "--yes")
    assert done.out.startswith("Removed 1 recordings")
    left = {path.name.removesuffix(".mcp.jsonl") for path in folder.glob("*.mcp.jsonl")}
    assert left == {"mine", "before the upgrade", "2025-01-01T00-00-00-live"}
    assert run("sessions", "prune", "--older", "30d", "--yes").out == "Nothing is to be removed.\n"
    live.close()


@pytest.mark.parametrize(
    "words",
    [
        ("prune",),
        ("prune", "--older", "soon"),
        ("prune", "--larger", "1"),
        ("prune", "--keep", "-1"),
        ("show",),
        ("rename", "1"),
        ("--yes",),
        ("status:nonsense",),
    ],
)
def test_what_cannot_be_meant(run: Run, words: tuple[str, ...]) -> None:
    assert run("sessions", *words).code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_person_is_asked(folder: Path) -> None:
    import pexpect

    from tests.cli.conftest import COMMAND

    for answer, gone in (("n", False), ("y", True)):
        child = pexpect.spawn(
            COMMAND[0], [*COMMAND[1:], "sessions", "prune", "--keep", "1"], env=dict(os.environ), timeout=60
        )
        child.expect("Remove 1 of 3 recordings")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        assert (folder / "2025-12-01T08-00-00-weather.py.mcp.jsonl").exists() is not gone


def test_rules_of_the_line_and_of_the_configuration_leave_secrets_out(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[redact]\npaths = ['$.params.arguments.b']\n", "utf-8")
    file = tmp_path / "r.mcp.jsonl"
    line = ("call", "add", "a=2", "b=40", "--record", str(file), "--redact", "a", *DEMO)
    done = run(*line, MCP_INSPECT_CONFIG=str(config))
    assert (done.code, done.out.strip()) == (0, '{"sum": 42}')  # what crosses the wire is what was given
    raw = file.read_text("utf-8")
    assert re.search(r'"arguments":\{"a":"sha256:[0-9a-f]{8}","b":"sha256:[0-9a-f]{8}"\}', raw)
    assert '"properties":{"a":{"type":' in raw  # what it is called is no secret
    assert json.loads(raw.splitlines()[0])["redaction"] == {"names": ["a"], "paths": ["$.params.arguments.b"]}
    wrong = run("list", "--redact", "/(/", *DEMO)
    assert wrong.code == 2
    assert "cannot be looked for" in wrong.err


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    import resource
    import subprocess

    from tests.cli.conftest import COMMAND, ENV

    file = tmp_path / "r.mcp.jsonl"
    done = subprocess.run(
        [*COMMAND, "call", "add", "a=2", "b=40", "--record", str(file), *DEMO],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **ENV, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)),
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, '{"sum": 42}')
    assert "the recording is not complete: Recording stopped" in done.stderr
    assert 0 < file.stat().st_size <= 3000
    assert file.read_bytes().endswith(b"\n")
