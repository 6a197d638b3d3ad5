"""Starting a command as a graphical host does: what differs is named, and how to bridge it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.doctor import place
from inspector.doctor.diagnose import diagnose
from inspector.doctor.host import as_host
from inspector.doctor.report import Check, Report
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import StdioTarget

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="PATH is the same there")

POLITE = Path(__file__).parents[1] / "servers" / "polite.py"
PATIENT = Options(timeout=30, probe_timeout=30)


@pytest.fixture
def journal() -> Iterator[Journal]:
    journal = Journal.create()
    yield journal
    journal.close()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is on the person's PATH and not on a host's."""
    own, hosts = tmp_path / "own", tmp_path / "hosts"
    own.mkdir()
    hosts.mkdir()
    monkeypatch.setenv("PATH", str(own))
    monkeypatch.setitem(place.HOST_PATHS, sys.platform, str(hosts))
    return own


def program(path: Path, text: str, interpreter: str = sys.executable) -> None:
    path.write_text(f"#!{interpreter}\n{text}")
    path.chmod(0o755)


SERVES = f"import runpy, sys; sys.path.insert(0, {str(POLITE.parent)!r}); runpy.run_path({str(POLITE)!r})"


async def examined(journal: Journal, *argv: str, **env: str) -> Report:
    return await diagnose(StdioTarget(argv, env), journal, PATIENT, as_host=True)


def last(report: Report) -> Check:
    assert report.checks[-1].name == "host"
    return report.checks[-1]


async def test_what_works_for_both(journal: Journal, shell: Path) -> None:
    report = await examined(journal, sys.executable, str(POLITE))
    assert report.cause is None
    assert last(report).state == "ok"
    assert f"PATH of a host: {shell.parent / 'hosts'}" in last(report).evidence
    assert f"on your PATH only: {shell}" in last(report).evidence
    assert report.facts["host"] == {"path": [str(shell.parent / "hosts")], "cwd": "/"}


async def test_a_command_of_the_shell_only(journal: Journal, shell: Path) -> None:
    program(shell / "my-server", SERVES)
    report = await examined(journal, "my-server", "--stdio")
    assert report.cause is not None
    assert report.cause.rule == "host-command-not-found"
    assert f"my-server is {shell / 'my-server'} in your shell" in report.cause.says
    assert report.cause.next == f"mcp-inspect doctor --as-host -- {shell / 'my-server'} --stdio"
    assert last(report).state == "failed"


async def test_a_launcher_whose_interpreter_is_of_the_shell_only(journal: Journal, shell: Path) -> None:
    os.symlink("/usr/bin/env", shell.parent / "hosts" / "env")
    program(shell / "own-python", SERVES.replace("import runpy", "import os, runpy"))
    (shell / "own-python").unlink()
    os.symlink(sys.executable, shell / "own-python")
    program(shell / "my-server", SERVES, "/usr/bin/env own-python")
    report = await examined(journal, "my-server")
    assert report.cause is not None
    assert report.cause.rule == "host-command-not-found"
    assert f"-e PATH={shell}:{shell.parent / 'hosts'} -- {shell / 'my-server'}" in report.cause.next


async def test_another_program_of_that_name(journal: Journal, shell: Path) -> None:
    program(shell / "my-server", SERVES)
    program(shell.parent / "hosts" / "my-server", "import no_such_module")
    report = await examined(journal, "my-server")
    assert report.cause is not None
    assert report.cause.rule == "host-other-command"
    assert report.cause.next.endswith(f"-- {shell / 'my-server'}")


async def test_a_relative_path(
    journal: Journal, shell: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "server.py").write_text(SERVES)
    monkeypatch.chdir(tmp_path)
    report = await examined(journal, sys.executable, "server.py")
    assert report.cause is not None
    assert report.cause.rule == "host-relative-path"
    assert "looked for from /" in report.cause.says
    assert report.cause.next.endswith(f"-- {sys.executable} {tmp_path / 'server.py'}")


async def test_a_variable_of_the_shell_only(
    journal: Journal, shell: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "server.py").write_text(f"import os; os.environ['WEATHER_KEY']; {SERVES}")
    monkeypatch.setenv("WEATHER_KEY", "hush")
    report = await examined(journal, sys.executable, str(tmp_path / "server.py"))
    assert report.cause is not None
    assert report.cause.rule == "host-variable-missing"
    assert "WEATHER_KEY is set in your shell" in report.cause.says
    assert "-e WEATHER_KEY=…" in report.cause.next
    assert "hush" not in str(report.document())


async def test_a_variable_that_the_command_line_gives(journal: Journal, shell: Path, tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(f"import os; os.environ['WEATHER_KEY']; {SERVES}")
    report = await examined(journal, sys.executable, str(tmp_path / "server.py"), WEATHER_KEY="hush")
    assert report.cause is None


async def test_any_other_difference(
    journal: Journal, shell: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "server.py").write_text(f"import os; 'WEATHER' in os.environ or 1 / 0; {SERVES}")
    monkeypatch.setenv("WEATHER", "1")
    report = await examined(journal, sys.executable, str(tmp_path / "server.py"))
    assert report.cause is not None
    assert report.cause.rule == "host-environment"
    assert "ZeroDivisionError" in report.cause.says


async def test_what_fails_for_both_fails_as_ever(journal: Journal, shell: Path) -> None:
    report = await examined(journal, sys.executable, "-c", "1 / 0")
    assert report.cause is not None
    assert report.cause.rule == "uncaught-exception"
    assert last(report).state == "note"
    assert "--as-host" not in report.cause.next


def test_a_host_gives_a_handful_of_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_KEY", "hush")
    target = as_host(StdioTarget(("x",), {"GIVEN": "1"}))
    assert not target.inherit
    assert set(target.env) <= {"HOME", "LOGNAME", "PATH", "SHELL", "USER", "GIVEN"}
    assert target.cwd == "/"
    assert as_host(StdioTarget(("x",), cwd="/srv")).cwd == "/srv"
