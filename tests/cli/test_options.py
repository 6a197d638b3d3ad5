"""What the shared options add up to, without a process."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated

import pytest
import typer

from inspector.cli.argv import Line
from inspector.cli.options import Wanted, connecting, examples
from inspector.errors import UsageError
from inspector.transport.target import HttpTarget, StdioTarget

COMMAND = Line((), ("server", "--port", "1"))


def test_a_command() -> None:
    wanted = Wanted(line=COMMAND, env=["A=1", "B=x=y", "C="], cwd="/tmp")
    assert wanted.target() == StdioTarget(("server", "--port", "1"), {"A": "1", "B": "x=y", "C": ""}, "/tmp")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("X-Team: blue", ("X-Team", "blue")),
        ("x:a:b", ("x", "a:b")),
        ("Empty:", ("Empty", "")),
        ("Spaces :  a b  ", ("Spaces", "a b")),
    ],
)
def test_a_url_with_headers(text: str, header: tuple[str, str]) -> None:
    wanted = Wanted(line=Line((), None, "http://x"), header=[text])
    assert wanted.target() == HttpTarget("http://x", (header,))


@pytest.mark.parametrize("text", ["", ":x", "a b: c", "a", "a: b\r\nc: d", "ü: x"])
def test_no_header(text: str) -> None:
    with pytest.raises(UsageError, match="Name: value"):
        Wanted(line=Line((), None, "http://x"), header=[text]).target()


@pytest.mark.parametrize("text", ["A", "=x", "A\0=x"])
def test_no_variable(text: str) -> None:
    with pytest.raises(UsageError, match="KEY=VALUE"):
        Wanted(line=COMMAND, env=[text]).target()


def test_how_to_talk() -> None:
    options = Wanted(line=COMMAND, timeout="2.5", protocol="2025-06-18").options()
    assert (options.timeout, options.protocol) == (2.5, "2025-06-18")


def test_where_to_record() -> None:
    assert Wanted(line=COMMAND).recording() is None
    assert Wanted(line=COMMAND, record="a/b").recording() == Path("a/b")


def test_a_verb_gets_the_shared_options() -> None:
    seen: list[object] = []

    def verb(wanted: Wanted, word: Annotated[str, typer.Argument()], loud: bool = False) -> int:
        """Its help."""
        seen.extend((wanted.line, wanted.json, wanted.cwd, word, loud))
        return 7

    made = connecting(verb)
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(context_settings={"obj": COMMAND})(made)
    command = typer.main.get_command(app)
    assert command.main(["--cwd", "x", "hello", "--json", "--loud"], standalone_mode=False) == 7
    assert seen == [COMMAND, True, "x", "hello", True]
    assert made.__doc__ == "Its help."
    assert list(inspect.signature(made).parameters)[:3] == ["context", "word", "loud"]


def test_examples_keep_their_lines() -> None:
    assert examples("a", "b") == "\b\nExamples:\n  a\n  b"


def test_how_to_reach_a_url() -> None:
    wanted = Wanted(
        line=Line((), None, "https://x"), cert="c", key="k", unix_socket="/s", transport="sse", cacert="a"
    )
    assert wanted.target() == HttpTarget(
        "https://x", cert="c", key="k", unix_socket="/s", transport="sse", cacert="a"
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"transport": "websocket"}, "There is no transport 'websocket'"),
        ({"key": "k"}, "--key is the key of"),
    ],
)
def test_a_url_that_cannot_be_reached_so(given: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Wanted(line=Line((), None, "https://x"), **given).target()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["cacert", "cert", "key", "unix_socket", "transport"])
def test_what_a_command_cannot_use(name: str) -> None:
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} belongs to a URL"):
        Wanted(line=COMMAND, **{name: "x"}).target()  # type: ignore[arg-type]
