"""Sentences about ends."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.session.endings import exchange_says, exit_says, last_words, with_last_words
from inspector.transport.tap import Tap


def test_exits() -> None:
    assert exit_says({"code": 3, "signal": None}) == "the server exited with code 3"
    assert exit_says({"code": None, "signal": "SIGKILL"}) == "the server was killed by SIGKILL"
    assert exit_says({}) == "the server exited"


def test_last_words_are_those_of_this_connection_and_safe(journal: Journal) -> None:
    tap = Tap(journal)
    assert last_words(journal) == ""
    tap.client("connecting", target={}, protocol="auto")
    tap.stderr(b"from before")
    tap.client("connecting", target={}, protocol="auto")
    assert last_words(journal) == ""
    tap.stderr(b"ImportError: \x1b[31mcheese \xff")
    tap.stderr(b"  ")
    tap.process("exited", code=1)
    words = last_words(journal)
    assert words.startswith("ImportError")
    assert "\x1b" not in words
    assert with_last_words("gone", journal) == f"gone; it last wrote to stderr: {words}"


def test_where_stderr_is_silent_a_stray_line_on_stdout_may_say_why(journal: Journal) -> None:
    tap = Tap(journal)
    tap.client("connecting", target={}, protocol="auto")
    assert with_last_words("gone", journal) == "gone"
    tap.stdout(b"usage: server PORT")
    assert with_last_words("gone", journal) == "gone; it last wrote to stdout: usage: server PORT"


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ({"outcome": "failed", "stage": "dns", "error": "nowhere"}, "nowhere"),
        ({"outcome": "failed", "stage": "dns"}, "host name was not found"),
        ({"outcome": "failed", "stage": "connect"}, "nothing accepted the connection"),
        ({"outcome": "failed"}, "no response came"),
        ({"outcome": "complete", "status": 202}, "202"),
        ({"outcome": "complete", "status": 200}, "200 without a JSON-RPC reply"),
        ({"outcome": "complete", "status": 500}, "answered 500"),
        ({"outcome": "complete", "status": 302, "redirect": "http://x/"}, "points to http://x/"),
        ({"outcome": "closed-early", "status": 200, "stage": "read", "error": "eof"}, "broke off"),
        ({"outcome": "aborted", "status": 200}, "given up"),
        ({"status": 200}, "without a JSON-RPC reply"),
    ],
)
def test_exchanges(end: dict[str, Any], says: str) -> None:
    assert says in exchange_says(end)
