"""Targets: what is shown of them, and what is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from inspector.journal.redact import fingerprint
from inspector.transport.http import HttpTransport
from inspector.transport.stdio import StdioTransport
from inspector.transport.target import HttpTarget, StdioTarget, redact_argv, transport_for

SECRET = "hunter2"
ISSUED = "ghp_" + "a1B2" * 9
HIDDEN = fingerprint(SECRET)


def test_a_command_is_described_with_the_names_of_its_variables_only() -> None:
    target = StdioTarget(("/usr/bin/python", "server.py"), env={"TOKEN": SECRET, "A": "b"}, cwd="/srv")
    assert target.describe() == {
        "transport": "stdio",
        "argv": ["/usr/bin/python", "server.py"],
        "cwd": "/srv",
        "env": ["A", "TOKEN"],
    }
    assert target.title == "python server.py"
    assert SECRET not in repr(target)


def test_a_url_is_described_with_the_names_of_its_headers_only() -> None:
    target = HttpTarget(
        f"https://u:{SECRET}@x.example/mcp?token={SECRET}",
        headers=(("Authorization", SECRET),),
        insecure=True,
    )
    assert target.describe() == {
        "transport": "http",
        "url": f"https://u:{HIDDEN}@x.example/mcp?token={HIDDEN}",
        "headers": ["Authorization"],
        "insecure": True,
    }
    assert HttpTarget("https://x.example/mcp", cacert="ca.pem").describe()["cacert"] == "ca.pem"
    assert HttpTarget("https://x.example/mcp").title == "x.example/mcp"


def test_titles_are_one_short_line() -> None:
    title = StdioTarget(("C:\\bin\\node.exe", "a\nb", "x" * 100)).title
    assert title.startswith("node.exe a b xxx")
    assert title.endswith("…")
    assert len(title) == 60
    assert StdioTarget(()).title == ""


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["serve", "--port", "3000", "-v"], ["serve", "--port", "3000", "-v"]),
        (["serve", "--api-key", SECRET, "x"], ["serve", "--api-key", HIDDEN, "x"]),
        (["serve", f"--token={SECRET}"], ["serve", f"--token={HIDDEN}"]),
        (["env", f"MY_SECRET={SECRET}", "serve"], ["env", f"MY_SECRET={HIDDEN}", "serve"]),
        (["serve", "--use-token", "--verbose"], ["serve", "--use-token", "--verbose"]),
        (["serve", "--token"], ["serve", "--token"]),
        (
            ["npx", "remote", f"https://x.example/?token={SECRET}"],
            ["npx", "remote", f"https://x.example/?token={HIDDEN}"],
        ),
        (["db", f"postgres://u:{SECRET}@h/db"], ["db", f"postgres://u:{HIDDEN}@h/db"]),
        (["-H", f"Authorization: Bearer {SECRET}"], ["-H", f"Authorization: Bearer {HIDDEN}"]),
        (["serve", "--key", SECRET, "--pat", SECRET], ["serve", "--key", HIDDEN, "--pat", HIDDEN]),
        (["env", f"DB_PASS={SECRET}", f"GH_PAT={SECRET}"], ["env", f"DB_PASS={HIDDEN}", f"GH_PAT={HIDDEN}"]),
        (["serve", "--token", f"-{SECRET}"], ["serve", "--token", fingerprint(f"-{SECRET}")]),
        (["serve", "--use-token", "-v"], ["serve", "--use-token", "-v"]),
        (["docker", "-e", f"FOO={SECRET}", "image"], ["docker", "-e", f"FOO={HIDDEN}", "image"]),
        (["docker", "-e", "FOO", f"--env=BAR={SECRET}"], ["docker", "-e", "FOO", f"--env=BAR={HIDDEN}"]),
        (["serve", "--monkey", "x", "--path", "y"], ["serve", "--monkey", "x", "--path", "y"]),
        (["serve", "-p", ISSUED, ISSUED], ["serve", "-p", fingerprint(ISSUED), fingerprint(ISSUED)]),
        (
            ["serve", f"-p{ISSUED}", f"--x={ISSUED}"],
            ["serve", f"-p{fingerprint(ISSUED)}", f"--x={fingerprint(ISSUED)}"],
        ),
        (["serve", "sk-A1" + "b" * 20], ["serve", fingerprint("sk-A1" + "b" * 20)]),
        (
            ["serve", f"Bearer {SECRET}", "eyJhbGciOiI.eyJzdWIiOiI.x"],
            ["serve", f"Bearer {HIDDEN}", fingerprint("eyJhbGciOiI.eyJzdWIiOiI.x")],
        ),
        # An option of one letter means anything: a port, a package, a password.
        (["-p", "8080:80", "-p@scope/x", "-p", SECRET], ["-p", "8080:80", "-p@scope/x", "-p", SECRET]),
        (["task-manager-server-2025AbcDefGhi", "sk-learn-mcp-server-for-all"],) * 2,
        (["x" * 9000 + ISSUED],) * 2,
    ],
)
def test_command_lines_lose_what_sounds_secret(argv: list[str], shown: list[str]) -> None:
    assert list(redact_argv(argv)) == shown


def test_each_target_has_its_transport() -> None:
    assert isinstance(transport_for(StdioTarget(("x",))), StdioTransport)
    assert isinstance(transport_for(HttpTarget("http://127.0.0.1")), HttpTransport)


def test_stdio_does_not_pay_for_http() -> None:
    code = """
import sys
from inspector.transport.target import StdioTarget, transport_for
transport_for(StdioTarget(("x",)))
sys.exit(" ".join({"httpx", "pydantic", "jsonschema", "textual", "mcp"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
