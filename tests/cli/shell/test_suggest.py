"""What Tab offers, of a real server: names, arguments, values; never what steers a terminal."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.shell.lexer import scan
from inspector.cli.shell.offers import Offers
from inspector.cli.shell.suggest import suggest
from inspector.journal.journal import Journal
from inspector.session.owner import Options, Session, open_session
from inspector.transport.target import StdioTarget
from inspector.wire.versions import V2, V3
from tests.session.conftest import ordinary, result, scripted

SERVERS = Path(__file__).parent.parent.parent / "servers"


@asynccontextmanager
async def connected(*words: str, protocol: str = "auto") -> AsyncIterator[Session]:
    journal = Journal.create()
    try:
        options = Options(protocol=protocol)
        async with open_session(StdioTarget((sys.executable, *words)), journal, options) as session:
            yield session
    finally:
        journal.close()


@asynccontextmanager
async def offers(*words: str, patience: float = 20) -> AsyncIterator[Offers]:
    async with connected(*words) as session:
        yield Offers(session, patience)


def begin(line: str) -> int:
    """Where `readline` says that a word begins: after the last blank."""
    return max(line.rfind(blank) for blank in " \t") + 1


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ca", ["call "]),
        ("@7 lo", ["log-level "]),
        ("call ec", ["echo "]),
        ("call weather ci", ["city="]),
        ("call weather city=Oslo ci", []),
        ("call weather units=", ["units=metric ", "units=imperial "]),
        ("call weather city=Oslo detailed=", ["detailed=true ", "detailed=false "]),
        ("call weather --ti", ["--timeout "]),
        ("call --timeout=5 ec", ["echo "]),
        ("prompt rev", ["review "]),
        ("prompt review la", ["language="]),
        ("prompt review language=pe", ["language=perl "]),
        ("complete ", ["--prompt ", "--resource "]),
        ("complete --prompt rev", ["review "]),
        ("complete --prompt review la", ["language="]),
        ("read demo://he", ["demo://hello.txt "]),
        ("subscribe to", ["tools "]),
        ("subscribe demo://he", ["demo://hello.txt "]),
        ("list te", ["templates "]),
        ("log-level e", ["error ", "emergency "]),
        ("wait notifications/mess", ["notifications/message "]),
        ("request resources/templ", ["resources/templates/list "]),
        ("notify notifications/roots", ["notifications/roots/list_changed "]),
        ("help sub", ["subscribe "]),
        ("nope x", []),
        ("call nope x", []),
        ("call echo 'te", ["text="]),
    ],
)
async def test_what_is_offered(line: str, found: list[str]) -> None:
    async with offers("-m", "inspector.demo") as there:
        assert await suggest(line, begin(line), there) == found


async def test_a_name_with_blanks_is_quoted_and_goes_on_within_its_quotes() -> None:
    script = (
        "from fastmcp import FastMCP\n"
        "server = FastMCP('blanks')\n"
        "server.tool(lambda: 'a', name='get the sum')\n"
        "server.tool(lambda: 'b', name='it\\'s')\n"
        "server.run(show_banner=False)\n"
    )
    async with offers("-c", script) as there:
        assert await suggest("call get", 5, there) == ["'get the sum' "]
        assert await suggest("call 'get the s", 14, there) == ["sum' "]
        (odd,) = await suggest("call it", 5, there)
        assert [word.text for word in scan(f"call {odd}").words] == ["call", "it's"]


async def test_hostile_names_are_left_out() -> None:
    async with offers(str(SERVERS / "hostile_names.py")) as there:
        assert await suggest("call ", 5, there) == ["go "]
        assert await suggest("read ", 5, there) == []
        assert await suggest("prompt ", 7, there) == []
        assert await suggest("complete --resource ", 20, there) == ["'file:///{[/]x[bold red]$filter}' "]


async def test_a_server_that_does_not_answer_holds_up_nobody() -> None:
    async with offers(str(SERVERS / "silent_list.py"), patience=0.01) as there:
        assert await suggest("prompt ", 7, there) == []
        assert await suggest("prompt x y=", 9, there) == []


async def test_a_list_that_changed_is_asked_for_again() -> None:
    async with connected(str(SERVERS / "changing.py"), "stdio", protocol="2025-11-25") as session:
        there = Offers(session, 20)
        assert await suggest("call la", 5, there) == []
        await session.call("tools/call", {"name": "grow", "arguments": {"name": "later"}})
        assert await suggest("call la", 5, there) == ["later "]


@pytest.mark.parametrize(("version", "context"), [(V2, None), (V3, {"arguments": {"b": "2"}})])
async def test_other_arguments_go_along_where_the_version_has_a_word_for_it(
    version: str, context: object
) -> None:
    """server/utilities/completion: `context` is there since 2025-06-18."""
    asked: list[Any] = []

    def initialize(message: dict[str, Any]) -> list[Any]:
        [reply] = ordinary(message)
        reply["result"]["capabilities"]["completions"] = {}
        return [reply]

    def complete(message: dict[str, Any]) -> list[Any]:
        asked.append(message["params"])
        return [result(message, {"completion": {"values": ["one"]}})]

    journal = Journal.create()
    server = scripted(initialize=initialize, completion_complete=complete)
    async with open_session(server, journal, Options(protocol=version)) as session:
        ref = {"type": "ref/prompt", "name": "p"}
        assert await Offers(session, 20).values(ref, "a", "o", {"b": "2"}) == ["one"]
    journal.close()
    assert asked[0].get("context") == context
