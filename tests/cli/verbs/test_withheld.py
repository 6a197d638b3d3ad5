"""A tool that a conforming client hides over HTTP: `list` marks it, `call` refuses it."""

from __future__ import annotations

import os
from typing import Any

import anyio

from tests.cli.conftest import COMMAND, ENV, Done
from tests.servers.http_raw import serving
from tests.session.test_mirror import BAD, GOOD, Server


async def against(*words: str, tools: tuple[Any, ...] = (GOOD, BAD)) -> Done:
    async with serving({"mcp": Server(*tools)}) as server:
        line = [*COMMAND, *words, server.url("mcp")]
        done = await anyio.run_process(line, check=False, env={**os.environ, **ENV})
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


async def test_list_marks_it() -> None:
    done = await against("list")
    marked = [line for line in done.out.splitlines() if "not called over HTTP" in line]
    assert len(marked) == 1
    assert marked[0].split()[0] == "bad"
    assert "x-mcp-header of region" in marked[0]


async def test_list_as_json_shows_it_as_sent_and_says_why_beside_it() -> None:
    done = await against("list", "tools", "--json")
    assert done.json["tools"] == [GOOD, BAD]
    assert list(done.json["withheld"]) == ["bad"]
    assert "number" in done.json["withheld"]["bad"][0]
    done = await against("list", "tools", "--json", tools=(GOOD,))
    assert "withheld" not in done.json


async def test_call_refuses_it() -> None:
    done = await against("call", "bad", "region=1", "--json")
    assert done.code == 2
    assert "not called over HTTP" in done.error["message"]
    assert "--protocol" in done.error["next"]
    done = await against("call", "good", "region=eu", "--json")
    assert done.code == 0
