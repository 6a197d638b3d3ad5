"""What is declared, switched by hand: it holds from the next connection on."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.client import Client, client_entries, is_on, switched
from inspector.app.widgets.sheet import Sheet
from inspector.journal.journal import Journal
from inspector.session import roots
from inspector.session.options import Options
from inspector.session.serving import ANSWERABLE
from inspector.transport.target import StdioTarget
from inspector.wire.jsonrpc import classify
from inspector.wire.versions import V1, V4
from tests.app.stage import Stage, staged
from tests.conftest import SERVERS

SERVER = StdioTarget((sys.executable, str(SERVERS / "asks_back.py"), "stdio"))
UI = "io.modelcontextprotocol/ui"


@asynccontextmanager
async def opened(protocol: str = "auto", size: tuple[int, int] = (120, 40)) -> AsyncIterator[Stage]:
    options = Options(protocol=protocol, probe_timeout=60, serves=ANSWERABLE | {"roots.listChanged"})
    keeper = ConnectionKeeper(SERVER, Journal.create(target=SERVER.describe()), options)
    async with staged(size, keeper=keeper) as stage:
        await stage.connected()
        await stage.press("c")
        await stage.until(lambda: stage.screen.desk.page == "client" and isinstance(stage.app.focused, Sheet))
        yield stage


def page(stage: Stage) -> Client:
    return stage.screen.query_one(Client)


async def again(stage: Stage) -> None:
    keeper = stage.screen.keeper
    assert keeper is not None
    before = keeper.session
    await stage.press("ctrl+r")
    await stage.press("y")
    await stage.until(lambda: keeper.session is not None and keeper.session is not before)
    await stage.connected()


async def test_a_switch_holds_from_the_next_connection_on() -> None:
    async with opened() as stage:
        keeper = stage.screen.keeper
        assert keeper is not None
        assert "sampling" in stage.app.journal.catalogue.client_capabilities
        for name in ("switch-sampling", f"switch-{UI}"):
            page(stage).sheet.go_to(name)
            await stage.press("space")
        assert "sampling" in keeper.options.declared("2026-07-28")
        assert "changed" in next(e for e in page(stage).sheet.entries if e.key == "switch-sampling").plain
        await again(stage)
        declared = stage.app.journal.catalogue.client_capabilities
        assert "sampling" not in declared
        assert UI in declared["extensions"]
        assert not keeper.pending


async def test_the_version_can_be_chosen_and_unchosen() -> None:
    async with opened() as stage:
        keeper = stage.screen.keeper
        assert keeper is not None
        page(stage).sheet.go_to(f"protocol-{V4}")
        await stage.press("enter")
        assert keeper.pending == {"protocol": V4}
        page(stage).sheet.go_to("protocol-auto")
        await stage.press("enter")
        assert not keeper.pending, "as it was"
        page(stage).sheet.go_to(f"protocol-{V4}")
        await stage.press("enter")
        await again(stage)
        assert stage.app.journal.catalogue.protocol_version == V4


async def test_roots_change_at_once_and_the_server_is_told() -> None:
    async with opened(V4) as stage:
        page(stage).sheet.go_to("root-new")
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen is not stage.screen)
        await stage.type("file:///srv/x")
        await stage.press("enter")
        journal = stage.app.journal
        await stage.until(lambda: len(journal.rows_with_method(roots.CHANGED)) == 1)
        session = stage.screen.keeper.session if stage.screen.keeper else None
        assert session is not None
        assert roots.given(session.inbox.policies) == ("file:///srv/x",)
        await stage.settled()
        page(stage).sheet.go_to("root-0")
        await stage.press("delete")
        await stage.until(lambda: len(journal.rows_with_method(roots.CHANGED)) == 2)
        assert roots.given(session.inbox.policies) == ()


async def test_an_extension_of_any_name_and_none_without_a_prefix() -> None:
    async with opened() as stage:
        keeper = stage.screen.keeper
        assert keeper is not None
        for name in ("noprefix", "com.example/odd[bold]"):
            page(stage).sheet.go_to("extension-new")
            await stage.press("enter")
            await stage.until(lambda: stage.app.screen is not stage.screen)
            await stage.press(*name)
            await stage.press("enter")
            await stage.settled()
        assert {n for n in keeper.next_options.serves if "/" in n} == {"com.example/odd[bold]"}
        page(stage).sheet.go_to("switch-com.example/odd[bold]")
        await stage.press("delete")
        assert not keeper.pending


async def test_a_recording_tells_what_was_declared() -> None:
    async with opened() as stage:
        journal = stage.app.journal
    async with staged((120, 40), journal=journal) as stage:
        await stage.press("c")
        await stage.until(lambda: stage.screen.desk.page == "client")
        assert any("elicitation" in entry.plain for entry in page(stage).sheet.entries)
        await stage.press("enter", "delete")


async def test_the_key_leads_back() -> None:
    async with opened() as stage:
        await stage.press("c")
        assert not stage.screen.desk.page
        await stage.press("c", "escape")
        assert not stage.screen.desk.page


def test_a_part_stands_in_its_whole() -> None:
    options = Options(serves=ANSWERABLE)
    more = replace(options, **switched(options, "sampling.tools"))
    assert is_on(more, "sampling.tools")
    less = replace(more, **switched(more, "sampling"))
    assert not is_on(less, "sampling.tools")
    assert "sampling" not in less.declared(V4)
    back = replace(less, **switched(less, "sampling.tools"))
    assert back.declared(V4)["sampling"] == {"tools": {}}


@pytest.mark.parametrize("protocol", ["auto", V1])
def test_what_a_version_has_no_word_for_is_said(protocol: str) -> None:
    options = Options(protocol=protocol, serves=ANSWERABLE)
    plain = [entry.plain for entry in client_entries(options, options, "")]
    assert any("has no word for it" in text for text in plain)


def test_roots_answer_nothing_else() -> None:
    given = roots.Roots(("/srv",))
    assert given(classify(b'{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}')) is None
