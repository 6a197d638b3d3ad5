"""`read`: the contents of a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.conftest import DEMO

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_text(run: Run) -> None:
    assert run("read", "demo://hello.txt", *DEMO).out == "Hello. This text is a resource.\n"
    assert run("read", "demo://square/12", *DEMO).out == "144\n"


def test_bytes_are_told_not_shown(run: Run) -> None:
    assert run("read", "demo://dot.png", *DEMO).out == "[image image/png, 112 B, 16 x 16 pixels]\n"


def test_as_sent(run: Run) -> None:
    done = run("read", "demo://dot.png", "--json", *DEMO)
    assert done.json["contents"][0]["uri"] == "demo://dot.png"
    assert done.json["ttlMs"] == 60_000
