"""Servers that work, each in its own odd way: no cause is named, and what is odd is noted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inspector.doctor.diagnose import diagnose
from inspector.doctor.report import Report
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import StdioTarget

ROOT = Path(__file__).parents[2]
PATIENT = Options(timeout=60, probe_timeout=60)

NOISY = """
import sys
print("\\x1b[31mWARNING\\x1b[0m deprecated \\x1b]0;owned\\x07", flush=True)
print("Traceback (most recent call last):\\nKeyError: 'WEATHER_KEY'", file=sys.stderr, flush=True)
print("Uvicorn running on http://127.0.0.1:8000", file=sys.stderr, flush=True)
sys.path.insert(0, {servers!r})
import polite
"""


async def examined(*words: str, **env: str) -> Report:
    journal = Journal.create()
    try:
        return await diagnose(StdioTarget((sys.executable, *words), env, str(ROOT)), journal, PATIENT)
    finally:
        journal.close()


@pytest.mark.parametrize(
    ("words", "era"),
    [
        (["-m", "inspector.demo"], "modern"),
        (["tests/servers/mcp2_server.py"], "modern"),
        (["tests/servers/fastmcp_server.py"], "modern"),
        (["tests/servers/polite.py"], "legacy"),
        (["tests/servers/odd_lines.py"], "legacy"),
        (["tests/servers/stderr_flood.py"], "legacy"),
        (["tests/servers/no_jsonrpc.py"], "legacy"),
    ],
)
async def test_a_server_that_works_has_no_cause(words: list[str], era: str) -> None:
    report = await examined(*words)
    assert report.cause is None
    assert report.exit_code == 0
    assert report.facts["era"] == era
    assert report.facts["offers"]["tools"]
    times = report.facts["times"]
    assert times["started"] <= times["first_byte"] <= times["first_message"] <= times["handshake"]
    assert not [check for check in report.checks if check.state == "failed"]
    assert report.checks[-1].name == "offers"


async def test_noise_is_noted_and_does_no_harm(tmp_path: Path) -> None:
    script = tmp_path / "noisy.py"
    script.write_text(NOISY.format(servers=str(ROOT / "tests/servers")))
    report = await examined(str(script))
    assert report.cause is None
    (noise,) = [check for check in report.checks if check.state == "warning"]
    assert noise.name == "stdout"
    assert "a logger" in noise.says
    assert "WARNING deprecated" in noise.evidence[0]
    assert "\x1b" not in str(report.document())


async def test_text_before_the_first_message_names_its_likely_source() -> None:
    report = await examined("tests/servers/text_on_stdout.py")
    assert report.cause is None
    (noise,) = [check for check in report.checks if check.state == "warning"]
    assert "the first thing on it" in noise.says
    assert noise.rows


async def test_a_server_that_must_be_killed_is_noted() -> None:
    report = await examined("tests/servers/ignores_shutdown.py")
    assert report.cause is None
    (note,) = [check for check in report.checks if check.state == "note"]
    assert "SIGKILL" in note.says or sys.platform == "win32"


async def test_a_list_that_is_refused_is_a_warning(tmp_path: Path) -> None:
    script = tmp_path / "half.py"
    script.write_text(
        "from _stdio import fail, serve\n"
        "def more(id, method, params):\n"
        "    return method == 'tools/list' and not fail(id, -32603, 'no \\x1b[31mtools')\n"
        "serve(lambda id: None, more=more)\n"
    )
    report = await examined(str(script), PYTHONPATH=str(ROOT / "tests/servers"))
    assert report.cause is None
    assert report.checks[-1].state == "warning"
    assert report.checks[-1].evidence == ("tools/list: error -32603 (no ␛[31mtools)",)
