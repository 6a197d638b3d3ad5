"""The inbox page: what waits, how it is answered, and what becomes of it."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from textual.widgets import Input

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.inbox import Inbox, policy_words
from inspector.app.panes.message import SelectedMessage
from inspector.app.screens.ask import Question
from inspector.app.widgets.form import SchemaForm
from inspector.app.widgets.json_editor import JsonEditor
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.status_line import StatusLine
from inspector.journal.journal import Journal
from inspector.session.answers import Policies
from inspector.session.inbox import Entry
from inspector.session.owner import Options
from inspector.transport.target import StdioTarget
from tests.app.asking import AskingServer, asked, elicit, listed, roots, sample, visit
from tests.app.stage import Stage, staged
from tests.conftest import SERVERS

SIZE = (120, 40)


def page(stage: Stage) -> Inbox:
    return stage.screen.query_one(Inbox)


async def opened(stage: Stage) -> Inbox:
    """Leave the form of the tool and open the inbox, with its first question shown."""
    await stage.press("1", "i")
    await stage.settled()
    inbox = page(stage)
    await stage.until(lambda: inbox.pane.asking is not None)
    await stage.settled()
    return inbox


async def shows(stage: Stage, number: int) -> None:
    """Wait until the pane shows the question of this number."""

    def there() -> bool:
        asking = page(stage).pane.asking
        return asking is not None and asking.entry is not None and asking.entry.number == number

    await stage.until(there)
    await stage.settled()


def entries(stage: Stage) -> tuple[Entry, ...]:
    keeper = stage.app.keeper
    assert keeper is not None
    assert keeper.session is not None
    return keeper.session.inbox.entries


def sheet(stage: Stage) -> str:
    return "\n".join(entry.whole for entry in page(stage).query_one("#asked-sheet", Sheet).entries)


async def test_a_badge_and_a_notice_take_nothing_away() -> None:
    async with asked(SIZE, AskingServer(elicit())) as stage:
        focused = stage.app.focused
        assert stage.screen.query_one(StatusLine).standing.asked == "1 asked (i)"
        assert not stage.app._notifications  # its call is on the screen, and says that it waits
        assert stage.app.focused is focused
        assert stage.screen.desk.page == ""


async def test_a_form_is_filled_in_and_accepted() -> None:
    server = AskingServer(elicit())
    async with asked(SIZE, server) as stage:
        await opened(stage)
        await stage.press("enter")
        await stage.type("Oslo")
        await stage.press("enter")
        await stage.called()
        content = {"city": "Oslo", "parcels": 1, "express": False, "notify": "mail"}
        assert json.loads(server.answers[0])["result"] == {"action": "accept", "content": content}
        assert stage.screen.query_one(StatusLine).standing.asked == ""
        assert "Answered by you" in sheet(stage)
        assert "Oslo" in sheet(stage)


async def test_several_are_answered_in_any_order_and_the_next_is_selected() -> None:
    server = AskingServer(elicit(1), sample(2), roots(3))
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        await stage.press("down", "down")
        await shows(stage, 3)
        await stage.press("f5")
        await shows(stage, 1)
        assert stage.app.focused is inbox.questions
        await stage.press("f2")
        await shows(stage, 2)
        await stage.press("enter")
        await stage.type("By bike")
        await stage.press("enter")
        await stage.called()
        first, second, third = (json.loads(each) for each in server.answers)
        assert first["result"]["roots"][0]["uri"].startswith("file:///")
        assert second["result"] == {"action": "decline"}
        assert third["result"] == {
            "role": "assistant",
            "content": {"type": "text", "text": "By bike"},
            "model": "a person",
            "stopReason": "endTurn",
        }


async def test_what_is_typed_as_json_goes_out_byte_for_byte() -> None:
    server = AskingServer(sample())
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        await stage.press("ctrl+t")
        editor = inbox.query_one(JsonEditor)
        assert json.loads(editor.text)["role"] == "assistant"
        editor.load_text('{"content": {"type":"tool_use", "id" : NaN')
        await stage.settled()
        await stage.press("f5")
        await stage.until(lambda: server.answers)
        assert '"result":{"content": {"type":"tool_use", "id" : NaN' in server.answers[0]


async def test_form_and_json_are_two_views_of_one_answer() -> None:
    async with asked(SIZE, AskingServer(elicit())) as stage:
        inbox = await opened(stage)
        await stage.press("enter")
        await stage.type("Rome")
        await stage.press("ctrl+t")
        editor = inbox.query_one(JsonEditor)
        assert json.loads(editor.text)["content"]["city"] == "Rome"
        editor.load_text('{"action": "accept", "content": {"city": "Bergen"}}')
        await stage.press("ctrl+t")
        await stage.settled()
        assert inbox.query_one(SchemaForm).value[0] == {"city": "Bergen"}
        await stage.press("escape")
        assert stage.app.focused is inbox.questions


async def test_a_withdrawn_question_keeps_what_was_typed() -> None:
    server = AskingServer(elicit())
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        await stage.press("enter")
        await stage.type("Paris")
        keeper = stage.app.keeper
        assert keeper is not None
        assert keeper.session is not None
        gone = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "e1"}}
        await keeper.session.notify("test/say", gone)
        await stage.until(lambda: not entries(stage)[0].waiting)
        await stage.settled()
        assert "withdrew" in str(inbox.query_one("#asked-news").render())
        assert inbox.query(Input).first().value == "Paris"
        assert not inbox.query_one("#asked-accept").display
        await stage.press("f5")
        await stage.settled()
        assert server.answers == []
        assert [entry.state for entry in entries(stage)] == ["cancelled"]


async def test_what_was_entered_is_there_again() -> None:
    async with asked(SIZE, AskingServer(elicit(1), elicit(2, "And then?"))) as stage:
        inbox = await opened(stage)
        await stage.press("enter")
        await stage.type("Turin")
        await stage.press("escape", "down")
        await shows(stage, 2)
        assert inbox.query(Input).first().value == ""
        await stage.press("up")
        await shows(stage, 1)
        assert inbox.query(Input).first().value == "Turin"


async def test_a_url_opens_nothing_by_itself_and_asks_with_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_urls: list[str] = []

    async def browser(url: str, opener: Any) -> str:
        opened_urls.append(url)
        return ""

    monkeypatch.setattr("inspector.session.auth.browser.open_browser", browser)
    monkeypatch.setattr("inspector.session.auth.browser.find_opener", lambda: None)
    server = AskingServer(visit())
    async with asked(SIZE, server) as stage:
        await opened(stage)
        text = sheet(stage)
        assert "xn--pypal-4ve.example (reads “pаypal.example”) at port 8443" in text
        assert "punycode" in text
        await stage.press("y")
        assert stage.app.clipboard.startswith("https://xn--")
        await stage.press("o")
        await stage.until(lambda: isinstance(stage.app.screen, Question))
        await stage.press("n")
        assert opened_urls == []
        await stage.press("o")
        await stage.until(lambda: isinstance(stage.app.screen, Question))
        await stage.press("y")
        await stage.until(lambda: opened_urls)
        assert server.answers == []
        await stage.press("f5")
        await stage.called()
        assert json.loads(server.answers[0])["result"] == {"action": "accept"}


async def test_a_key_that_comes_twice_is_no_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("inspector.app.panes.inbox.monotonic", lambda: now[0])
    server = AskingServer(roots(1), visit(2))
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        await stage.press("f5")
        await shows(stage, 2)
        await stage.press("f5")
        assert "only now come up" in str(inbox.query_one("#asked-news").render())
        assert [entry.waiting for entry in entries(stage)] == [False, True]
        now[0] += 1
        await stage.press("f5")
        await stage.called()
        assert json.loads(server.answers[1])["result"] == {"action": "accept"}


async def test_a_page_that_is_shown_for_the_first_time_has_room_for_all_that_waits() -> None:
    server = AskingServer(*(elicit(number) for number in range(1, 7)))
    async with asked((120, 50), server) as stage:
        inbox = await opened(stage)
        await stage.until(lambda: inbox.questions.size.height == 6)


async def test_a_url_that_no_browser_is_sent_to() -> None:
    async with asked(SIZE, AskingServer(visit(url="https://bank@x.example/"), visit(2, url=7))) as stage:
        inbox = await opened(stage)
        assert "user name, not the host" in sheet(stage)
        assert "No browser is sent there" in sheet(stage)
        await stage.press("o")
        await stage.settled()
        assert not isinstance(stage.app.screen, Question)
        assert "No browser is opened" in str(inbox.query_one("#asked-news").render())
        await stage.press("down")
        await shows(stage, 2)
        assert "no URL" in sheet(stage)


async def test_decline_cancel_and_ignore() -> None:
    server = AskingServer(elicit(1), elicit(2), elicit(3), sample(4))
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        await stage.press("f2")
        await shows(stage, 2)
        await stage.press("f3")
        await shows(stage, 3)
        await stage.press("f9")
        await shows(stage, 4)
        await stage.press("f3")
        assert "F2 declines" in str(inbox.query_one("#asked-news").render())
        await stage.press("f2")
        await stage.settled()
        states = [(entry.state, entry.by) for entry in entries(stage)]
        assert states == [
            ("declined", "user"),
            ("cancelled", "user"),
            ("ignored", "user"),
            ("declined", "user"),
        ]
        assert (
            json.loads(server.answers[-1])["error"]["message"] == "The user declined sampling/createMessage"
        )


async def test_a_method_that_nobody_knows_is_answered_as_json() -> None:
    server = AskingServer({"jsonrpc": "2.0", "id": 9, "method": "x/\x1b[31mnew", "params": {"a": 1}})
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        assert inbox.pane.asking is not None
        assert inbox.pane.asking.word == "x/␛[31mnew"
        inbox.query_one(JsonEditor).load_text('{"b": 2}')
        await stage.press("f5")
        await stage.called()
        assert json.loads(server.answers[0])["result"] == {"b": 2}


async def test_the_call_is_one_key_away() -> None:
    """In the workbench where it is there; an older one in the log."""
    server = AskingServer(lambda id: elicit(id))
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        await stage.press("f2")
        await stage.called()
        await stage.press("l")
        await stage.settled()
        assert stage.screen.desk.page == ""
        server.answers.clear()
        await stage.press("f5")
        await stage.until(lambda: len(entries(stage)) == 2)
        await stage.press("1", "i")
        await shows(stage, 2)
        await stage.press("down")
        await shows(stage, 1)
        await stage.press("l")
        await stage.settled()
        assert inbox.pane.asking is not None
        assert stage.screen.query_one(SelectedMessage).seq == inbox.pane.asking.question.cause


REFUSAL = {
    "code": -32042,
    "message": "Log in first",
    "data": {"elicitations": [visit()["params"]]},
}


async def test_the_call_is_made_again_after_a_url_that_an_error_named() -> None:
    def refuse(id: Any) -> Any:
        return {"jsonrpc": "2.0", "id": id, "error": REFUSAL}

    server = AskingServer(refuse)
    async with asked(SIZE, server) as stage:
        inbox = await opened(stage)
        assert "r makes the call again" in sheet(stage)
        assert stage.screen.query_one(StatusLine).standing.asked == "1 asked"
        await stage.press("f5")
        await stage.settled()
        assert inbox.pane.asking is not None
        assert inbox.pane.asking.ended == "done by you"
        server.asked = ({"jsonrpc": "2.0", "id": 7, "method": "ping"},)
        first = stage.screen.workbench.call
        await stage.press("r")
        await stage.until(lambda: stage.screen.workbench.call is not first)
        await stage.called()
        assert stage.screen.desk.page == ""


async def test_policies_are_changed_and_survive_a_reconnect(tmp_path: Any) -> None:
    file = tmp_path / "answers.json"
    file.write_text('{"elicitation": {"city": "Bari"}}')
    server = AskingServer(elicit())
    async with asked(SIZE, server) as stage:
        await opened(stage)
        await stage.press("p")
        await stage.settled()
        for _ in range(5):
            await stage.press("down")
        await stage.type(str(file))
        await stage.press("enter")
        await stage.press("enter")
        await stage.settled()
        keeper = stage.app.keeper
        assert keeper is not None
        assert keeper.session is not None
        assert policy_words(keeper.options.policies) == "script: form"
        assert keeper.session.inbox.policies == keeper.options.policies
        session = keeper.session
        keeper.reconnect()
        await stage.until(lambda: keeper.session not in (None, session))
        await listed(stage)
        assert keeper.session.inbox.policies == keeper.options.policies
        await stage.settled()
        (old,) = page(stage)._listed
        assert old.ended == "expired"
        await keeper.session.call("tools/call", {"name": "ship"})
        assert json.loads(server.answers[0])["result"]["content"]["city"] == "Bari"
        ended = ["answered by script", "expired"]
        await stage.until(lambda: [each.ended for each in page(stage)._listed] == ended)


async def test_a_recording_shows_what_was_asked_and_nothing_can_be_answered() -> None:
    journal = Journal.create(target={"argv": ["carrier"]})
    server = AskingServer(elicit(1), visit(2))
    keeper = ConnectionKeeper(server, journal, Options(protocol="2025-11-25").attended())
    async with staged(SIZE, keeper=keeper) as stage:
        await listed(stage)
        await stage.open("ship")
        await stage.press("f5")
        await stage.until(lambda: keeper.session is not None and len(keeper.session.inbox.waiting) == 2)
        await opened(stage)
        await stage.press("f2")
        await stage.settled()
    async with staged(SIZE, journal=journal) as stage:
        inbox = await opened(stage)
        assert [each.ended for each in inbox._listed] == ["expired", "declined by you"]
        assert inbox.pane.asking is not None
        assert not inbox.query_one("#asked-buttons").display
        await stage.press("f5", "p", "o")
        assert "Nothing is opened" in str(inbox.query_one("#asked-news").render())
        await stage.press("down")
        await stage.settled()
        assert '"decline"' in sheet(stage)


async def test_legs_of_a_real_server_are_one_group() -> None:
    """2026-07-28: what one result wants is shown together, and the call goes on when all is answered."""
    journal = Journal.create(target={"argv": ["asks"]})
    target = StdioTarget((sys.executable, str(SERVERS / "asks_back.py"), "stdio"))
    keeper = ConnectionKeeper(target, journal, Options(probe_timeout=60).attended())
    async with staged(SIZE, keeper=keeper) as stage:
        await stage.connected()
        await stage.open("both")
        await stage.press("f5")
        await stage.until(lambda: keeper.session is not None and len(keeper.session.inbox.waiting) == 3)
        inbox = await opened(stage)
        assert {each.group for each in inbox._listed} == {3}
        assert inbox._listed[0].round == "round 1 of at most 10"
        assert inbox.questions.rows == 4
        await stage.press("enter")
        await stage.type("Ada")
        await stage.press("enter")
        await shows(stage, 2)
        await stage.press("f5")
        await shows(stage, 3)
        await stage.press("enter")
        await stage.type("yes")
        await stage.press("enter")
        await stage.called()
        call = stage.screen.workbench.call
        assert call is not None
        assert len(call.legs) == 2
        assert "accept 1 yes" in str(call.outcome)


def test_policies_in_words() -> None:
    assert policy_words(Policies.every("decline")) == "policy: decline"
    assert policy_words(Policies(roots="ask", sampling="ask", form="ignore", url="ask", other="decline")) == (
        "decline: other; ignore: form"
    )
