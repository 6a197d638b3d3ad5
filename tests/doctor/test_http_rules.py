"""Lines to paste, and how a check ends."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from inspector.doctor.http import _JUDGES
from inspector.doctor.http_rules import CHECKS, Rule, found, paste, wrong
from inspector.transport.target import HttpTarget


@pytest.mark.parametrize(
    ("target", "options", "line"),
    [
        (HttpTarget("http://h/mcp"), (), "mcp-inspect http://h/mcp"),
        (HttpTarget("http://h/mcp?a=b&c=d"), (), "mcp-inspect 'http://h/mcp?a=b&c=d'"),
        (HttpTarget("https://h/mcp", insecure=True), ("--insecure",), "mcp-inspect --insecure https://h/mcp"),
        (
            HttpTarget("https://h/mcp", cacert="my ca.pem", cert="c.pem"),
            ("--protocol", "2025-11-25"),
            "mcp-inspect --cacert 'my ca.pem' --cert c.pem --protocol 2025-11-25 https://h/mcp",
        ),
        (
            HttpTarget("https://h/mcp", cacert="a.pem"),
            ("--cacert", "B.pem"),
            "mcp-inspect --cacert B.pem https://h/mcp",
        ),
        (HttpTarget("http://h/$(reboot)"), (), "mcp-inspect 'http://h/$(reboot)'"),
    ],
)
def test_a_line_to_paste(target: HttpTarget, options: tuple[str, ...], line: str) -> None:
    assert paste(target, *options) == line
    assert shlex.split(line)[-1] == target.url


def test_a_line_for_another_verb_or_url() -> None:
    target = HttpTarget("http://h/mcp", headers=(("Authorization", "Bearer secret"),))
    assert paste(target, "--paths", verb="doctor") == "mcp-inspect doctor --paths http://h/mcp"
    assert paste(target, verb="auth login") == "mcp-inspect auth login http://h/mcp"
    assert paste(target, url="https://h/sse") == "mcp-inspect https://h/sse"


def test_a_secret_in_the_url_is_not_pasted() -> None:
    assert "hunter2" not in paste(HttpTarget("http://me:hunter2@h/mcp?token=hunter2"))


def test_each_check_has_its_judge() -> None:
    assert list(CHECKS) == list(_JUDGES)


def test_words_of_rules() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", rule) for rule in Rule)


def test_how_a_check_ends() -> None:
    assert found("dns", "fine").cause is None
    judged = wrong("dns", Rule.NAME_NOT_FOUND, "no such name", "spell it")
    assert judged.check.state == "failed"
    assert judged.cause is not None
    assert judged.cause.check == judged.check.name == "dns"
    assert judged.check.title == "Name resolution"


def test_looking_at_a_journal_does_not_pay_for_http() -> None:
    """What a connection that fails shows by itself needs no HTTP library."""
    code = "import sys, inspector.doctor.http; print([m for m in ('httpx', 'textual') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
