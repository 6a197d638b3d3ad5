"""Targets: what is shown of them, and what is not."""

from __future__ import annotations

import subprocess
import sys

from inspector.journal.redact import fingerprint
from inspector.transport.http import HttpTransport
from inspector.transport.stdio import StdioTransport
from inspector.transport.target import HttpTarget, StdioTarget, transport_for

SECRET = "hunter2"
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
