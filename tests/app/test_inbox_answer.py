"""The pane of one question: what it gives for an answer, and what it says meanwhile."""

from __future__ import annotations

import json

import pytest
from textual.widgets import Input

from inspector.app.panes.inbox import Inbox
from inspector.app.widgets.form import SchemaForm
from inspector.app.widgets.form_row import FormRow
from inspector.app.widgets.json_editor import JsonEditor
from inspector.app.widgets.sheet import Sheet
from inspector.errors import UsageError
from tests.app.asking import AskingServer, asked, elicit, visit
from tests.app.stage import Stage

SIZE = (120, 40)


async def opened(stage: Stage) -> Inbox:
    await stage.press("1", "i")
    inbox = stage.screen.query_one(Inbox)
    await stage.until(lambda: inbox.pane.asking is not None)
    await stage.settled()
    return inbox


def news(inbox: Inbox) -> str:
    return str(inbox.query_one("#asked-news").render())


async def test_what_is_no_value_is_sent_when_it_is_insisted_on() -> None:
    server = AskingServer(elicit())
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        parcels = inbox.query(Input)[1]
        parcels.value = "many"
        await stage.settled()
        await stage.press("f5")
        assert "parcels must be a whole number" in news(inbox)
        assert server.answers == []
        await stage.press("f5")
        await stage.called()
        assert json.loads(server.answers[0])["result"]["content"]["parcels"] == "many"


async def test_warnings_by_path_prevent_nothing() -> None:
    server = AskingServer(elicit())
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        await stage.press("enter")
        await stage.type("X")
        form = inbox.query_one(SchemaForm)
        await stage.until(lambda: any(row.label.wrong for row in form.query(FormRow)))
        await stage.press("f5")
        await stage.called()
        assert json.loads(server.answers[0])["result"]["content"]["city"] == "X"


async def test_json_that_is_none_warns_and_nothing_is_not_sent() -> None:
    async with asked(SIZE, AskingServer(elicit())) as stage:
        inbox = await opened(stage)
        await stage.press("right_square_bracket")
        editor = inbox.query_one(JsonEditor)
        editor.load_text("{")
        await stage.settled()
        assert "goes out as it is typed" in news(inbox)
        editor.load_text("{}")
        await stage.settled()
        assert news(inbox) == ""
        editor.load_text("  ")
        await stage.settled()
        with pytest.raises(UsageError, match="Nothing is typed"):
            inbox.pane.given()


async def test_what_is_done_at_a_url_is_told_while_it_is_shown() -> None:
    server = AskingServer(visit())
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        keeper = stage.app.keeper
        assert keeper is not None
        assert keeper.session is not None
        done = {
            "jsonrpc": "2.0",
            "method": "notifications/elicitation/complete",
            "params": {"elicitationId": "login"},
        }
        await keeper.session.notify("test/say", done)
        await stage.until(lambda: keeper.session is not None and keeper.session.inbox.entries[0].completed)
        await stage.settled()
        shown = "\n".join(entry.whole for entry in inbox.query_one("#asked-sheet", Sheet).entries)
        assert "The server says that it is done." in shown
        assert inbox.query_one("#asked-accept").display  # the request still waits for its answer
