"""`complete`: values for an argument of a prompt or a variable of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.conftest import DEMO

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_a_prompt(run: Run) -> None:
    assert run("complete", "--prompt", "review", "language=p", *DEMO).out == "python\nperl\n"


def test_nothing_to_offer(run: Run) -> None:
    done = run("complete", "--prompt", "review", "language=xyz", *DEMO)
    assert (done.code, done.out) == (0, "")
    assert done.err == "mcp-inspect: the server knows no language that starts with 'xyz'.\n"


def test_a_template(run: Run) -> None:
    done = run("complete", "city=", "--resource", "demo://weather/{city}", "--json", *DEMO)
    assert done.json["completion"]["total"] == 8


def test_what_is_already_set(run: Run) -> None:
    done = run("complete", "--prompt", "review", "language=p", "code=x", "tone=", "--trace", *DEMO)
    assert '"context":{"arguments":{"code":"x","tone":""}}' in done.err
