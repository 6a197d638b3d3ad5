"""`prompt`: messages, with arguments put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.conftest import DEMO

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_messages(run: Run) -> None:
    done = run("prompt", "review", "language=rust", "code=fn main() {}", *DEMO)
    assert done.out.splitlines()[0] == "user:"
    assert done.out.splitlines()[-1] == "fn main() {}"


def test_as_sent(run: Run) -> None:
    done = run("prompt", "hello", "--json", *DEMO)
    assert done.json["messages"][0]["role"] == "user"


def test_a_missing_argument(run: Run) -> None:
    done = run("prompt", "review", "language=rust", "--json", *DEMO)
    assert done.code == 5
    assert "Missing argument: code" in done.error["message"]
