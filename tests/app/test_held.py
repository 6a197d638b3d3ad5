"""The page of breakpoints: what is held, what is decided of it, and the rules."""

from __future__ import annotations

import json
from typing import cast

import pytest
from textual.widgets import Static

from inspector.app.breaking import breaking
from inspector.app.panes.held import HeldPage
from inspector.app.widgets.key_line import KeyLine
from inspector.app.widgets.status_line import StatusLine
from inspector.gate.rule import Rule, Verdict
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from tests.app.holder import Holder
from tests.app.stage import Stage, staged

SIZE = (120, 40)
C2S, S2C = Direction.C2S, Direction.S2C


def page(stage: Stage) -> HeldPage:
    return stage.screen.query_one(HeldPage)


def holding(stage: Stage) -> Holder:
    """Let somebody hold messages on the stage's connection."""
    holder = Holder(stage.app.journal)
    assert stage.app.keeper is not None
    stage.app.keeper.gate = holder  # type: ignore[assignment]
    return holder


def call(holder: Holder, id: int, **arguments: object) -> int:
    params = {"name": "get-sum", "arguments": arguments}
    return holder.hold(C2S, id=id, method="tools/call", params=params)


async def test_a_call_is_held_edited_and_forwarded() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holder = holding(stage)
        row = call(holder, 90, a=1, b=2)
        await stage.settled()
        assert stage.screen.query_one(StatusLine).held.startswith("held 1 · 0:")
        await stage.press("B")
        await stage.until(lambda: page(stage).editor.row == row)
        entry = page(stage).messages.current
        assert entry is not None
        assert "tools/call get-sum" in entry.plain
        assert "our own call waits" in entry.plain
        await stage.press("e")
        area = page(stage).editor.area
        await stage.until(lambda: area.has_focus)
        area.load_text(area.text.replace('"b": 2', '"b": 40'))
        await stage.settled()
        await stage.press("f5")
        await stage.until(lambda: holder.verdicts)
        (decided,) = holder.verdicts
        assert decided[0] == row
        assert decided[1].word == "changed"
        assert json.loads(decided[1].body)["params"]["arguments"] == {"a": 1, "b": 40}
        await stage.until(lambda: not stage.screen.query_one(StatusLine).held)
        past = page(stage).messages.current
        assert past is not None
        assert "forwarded, changed by hand" in past.plain
        await stage.press("f5", "d", "2", "a", "w", "e")  # it is over
        assert len(holder.verdicts) == 1
        assert len(stage.app.screen_stack) == 1
        again = call(holder, 91, a=1)  # somebody who waits for it in the list is led to it
        await stage.until(lambda: page(stage).editor.row == again)


async def test_who_lets_all_go_while_typing_is_led_to_what_is_held_next() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holder = holding(stage)
        await stage.press("B", "f5")  # nothing is held yet, and it says so
        first = call(holder, 90, a=1)
        await stage.until(lambda: page(stage).editor.row == first)
        assert not page(stage).query_one("#held-news").display
        page(stage).messages.focus()
        await stage.press("e")
        await stage.until(lambda: page(stage).editor.area.has_focus)
        await stage.press("alt+u")
        await stage.until(lambda: page(stage).messages.has_focus)
        second = call(holder, 91, a=2)
        await stage.until(lambda: page(stage).editor.row == second)


async def test_the_footer_names_what_can_be_done_with_what_is_held() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holder = holding(stage)
        line = stage.screen.query_one(KeyLine)

        def named() -> set[str]:
            return {says for _, _, says in line.offers}

        await stage.press("B")
        await stage.until(lambda: page(stage).messages.has_focus)
        await stage.until(lambda: "search" in named())
        assert not named() & {"as edited", "edit", "drop", "answer", "run", "form/JSON", "JSON/bytes"}
        row = call(holder, 90, a=1)
        await stage.until(lambda: {"as edited", "edit", "drop", "answer", "JSON/bytes"} <= named())
        assert not named() & {"run", "form/JSON"}
        await stage.press("ctrl+t")
        assert page(stage).editor.draft.mode == "Bytes"
        await holder.release(row, Verdict("forwarded"))
        reply = holder.hold(S2C, id=90, result={})
        await stage.until(lambda: page(stage).editor.row == reply)
        await stage.until(lambda: "answer" not in named())
        assert {"as edited", "edit", "drop"} <= named()
        await holder.release(reply, Verdict("forwarded"))
        await stage.until(lambda: "as edited" not in named())


async def test_who_quits_is_told_that_what_is_held_goes_on() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holder = holding(stage)
        await stage.press("q")
        question = stage.app.screen.query_one(Static)
        assert str(question.render()) == "Quit? The server is stopped, the recording kept."
        await stage.press("n")
        call(holder, 90, a=1)
        call(holder, 91, a=1)
        await stage.settled()
        await stage.press("q")
        question = stage.app.screen.query_one(Static)
        assert "2 messages that are held go on to the other side." in str(question.render())


async def test_a_key_right_after_the_one_for_breakpoints_is_typed_into_no_rule() -> None:
    for size in (SIZE, (80, 24)):
        async with staged(size) as stage:
            await stage.connected()
            holding(stage)
            await stage.press("B", "n")
            field = page(stage).rules.field
            await stage.until(lambda field=field: field.has_focus)  # type: ignore[misc]
            await stage.type("drop to")
            await stage.press("f6")
            await stage.until(lambda field=field: not field.has_focus)  # type: ignore[misc]
            await stage.pilot.press("B", "x")  # at once: nothing has settled between them
            await stage.until(lambda: page(stage).messages.has_focus)
            assert field.value == "drop to"


async def test_a_key_too_many_leads_nowhere() -> None:
    async with staged((80, 24)) as stage:
        await stage.connected()
        holder = holding(stage)
        call(holder, 90)
        await stage.settled()
        await stage.press("B")
        await stage.until(lambda: page(stage).messages.has_focus)
        await stage.pilot.press("enter")
        await stage.until(lambda: not breaking(stage.screen).held)
        await stage.settled()
        await stage.press("enter", "enter")
        assert page(stage).messages.has_focus  # whoever forwards one after another waits for the next
        assert [verdict.word for _, verdict in holder.verdicts] == ["forwarded"]
        await stage.press("up", "down", "l")
        await stage.until(lambda: not page(stage).messages.has_focus)


async def test_every_verdict_has_a_key() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holder = holding(stage)
        rows = [call(holder, 90 + number, a=number) for number in range(7)]
        await stage.settled()
        await stage.press("B")
        await stage.until(lambda: page(stage).editor.row == rows[0])
        for keys in ("enter", "d", "2"):
            before = len(holder.verdicts)
            await stage.press(keys)
            await stage.until(lambda before=before: len(holder.verdicts) > before)  # type: ignore[misc]
            await stage.settled()
        await stage.press("w", "1", "full_stop", "5", "enter")
        await stage.until(lambda: len(holder.verdicts) == 4)
        await stage.settled()
        await stage.press("a")
        area = page(stage).editor.area
        await stage.until(lambda: area.has_focus)
        area.load_text(area.text.replace('"text": ""', '"text": "made up"'))
        await stage.press("f5")
        await stage.until(lambda: len(holder.verdicts) == 5)
        await stage.settled()
        await stage.press("a")
        await stage.until(lambda: area.has_focus)
        assert '"result"' in area.text
        await stage.press("f2")
        assert '"error"' in area.text
        await stage.press("escape")  # from the answer to the message, then to the list
        assert not page(stage).editor.answers
        await stage.press("escape")
        await stage.press("alt+u")
        await stage.until(lambda: not breaking(stage.screen).held)
        words = [(verdict.word, verdict.seconds) for _, verdict in holder.verdicts]
        assert words == [
            ("forwarded", 0),
            ("dropped", 0),
            ("duplicated", 0),
            ("delayed", 1.5),
            ("answered", 0),
        ]
        assert [row for row, _ in holder.verdicts] == rows[:5]
        answer = json.loads(holder.verdicts[4][1].body)
        assert answer["id"] == 94
        assert answer["result"]["content"] == [{"type": "text", "text": "made up"}]


async def test_what_is_odd_is_sent_when_it_is_asked_for_twice() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holder = holding(stage)
        row = call(holder, 90)
        await stage.settled()
        await stage.press("B", "e")
        await stage.until(lambda: page(stage).editor.area.has_focus)
        page(stage).editor.area.load_text('{"jsonrpc": "2.0", oops')
        await stage.settled()
        await stage.press("f5")
        assert holder.verdicts == []
        news = page(stage).query_one("#held-news")
        assert news.display
        page(stage).editor.area.load_text('{"jsonrpc": "2.0"}')  # what is mended is not called odd any more
        await stage.until(lambda: not news.display)
        page(stage).editor.area.load_text('{"jsonrpc": "2.0", oops')
        await stage.settled()
        await stage.press("f5")
        assert holder.verdicts == []
        await stage.press("f5")
        await stage.until(lambda: holder.verdicts)
        assert holder.verdicts[0][0] == row
        assert holder.verdicts[0][1].body == b'{"jsonrpc": "2.0", oops'


async def test_rules_are_typed_switched_edited_and_taken_away() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holding(stage)
        await stage.press("B", "n")
        field = page(stage).rules.field
        await stage.until(lambda: field.has_focus)
        await stage.type("del")
        assert field.choices.is_open
        await stage.press("tab")
        assert field.value == "delay 500ms "
        await stage.type("meth")
        await stage.press("tab")
        assert field.value == "delay 500ms method:"
        await stage.type("ping")
        await stage.press("enter")
        known = breaking(stage.screen)
        await stage.until(lambda: known.rules)
        assert (known.rules[0].text, known.rules[0].on) == ("delay 500ms method:ping", True)
        await stage.until(lambda: page(stage).rules.sheet.entries)
        page(stage).rules.sheet.focus()
        await stage.settled()
        await stage.press("space")
        await stage.until(lambda: not known.rules[0].on)
        await stage.settled()
        await stage.press("enter")
        await stage.until(lambda: field.has_focus)
        assert field.value == "delay 500ms method:ping"
        field.value = "drop method:ping"
        await stage.press("enter")
        await stage.until(lambda: known.rules[0].text == "drop method:ping")
        assert not known.rules[0].on
        page(stage).rules.sheet.focus()
        await stage.settled()
        await stage.press("delete")
        await stage.until(lambda: not known.rules)


async def test_what_is_no_rule_is_said_where_it_is_wrong() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holding(stage)
        await stage.press("B", "n")
        field = page(stage).rules.field
        await stage.until(lambda: field.has_focus)
        field.value = "delay often method:ping"
        await stage.settled()
        await stage.press("enter")
        assert field.wrong.display
        assert breaking(stage.screen).rules == ()
        assert field.value == "delay often method:ping"


async def test_a_key_in_the_log_breaks_on_what_is_like_the_row() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holding(stage)
        rows = list(stage.app.journal.rows_with_method("tools/list"))
        stage.screen.traffic.show_row(rows[0])
        stage.screen.action_pane(3)
        await stage.settled()
        await stage.press("I")
        known = breaking(stage.screen)
        await stage.until(lambda: known.rules)
        assert known.rules[0].text == "hold dir:c2s method:tools/list"
        await stage.press("I")
        await stage.until(lambda: not known.rules)


async def test_what_is_typed_is_not_disturbed_by_what_comes() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holder = holding(stage)
        await stage.open("echo")
        focused = stage.app.focused
        call(holder, 90)
        await stage.settled()
        assert stage.app.focused is focused
        stage.screen.action_pane(3)
        await stage.settled()
        await stage.press("B")
        await stage.until(lambda: page(stage).editor.row >= 0)
        await stage.press("e")
        area, row = page(stage).editor.area, page(stage).editor.row
        await stage.until(lambda: area.has_focus)
        await stage.type("x")
        text = area.text
        call(holder, 91)
        await stage.settled()
        assert area.has_focus
        assert (area.text, page(stage).editor.row) == (text, row)
        await holder.let_go_all()
        await stage.settled()
        assert (area.text, area.read_only) == (text, True)


async def test_a_recording_shows_what_was_held_and_decides_nothing() -> None:
    journal = Journal.create(target={"argv": ["server"]}, mode="proxy")
    holder = Holder(journal)
    held = call(holder, 1, a=1)
    await holder.set_rules([])
    over = call(holder, 2, a=2)

    await holder.release(over, Verdict("dropped"))
    async with staged(SIZE, journal=journal) as stage:
        await stage.settled()
        await stage.press("B")
        await stage.until(lambda: page(stage).messages.entries)
        texts = [entry.plain for entry in page(stage).messages.entries]
        assert any("dropped by hand" in text for text in texts)
        assert stage.screen.query_one(StatusLine).held == ""
        assert not page(stage).rules.field.display
        assert page(stage).editor.area.read_only
        await stage.press("d", "f5", "alt+u")
        await stage.press("enter")
        assert stage.screen.traffic.row in (held, over)


async def test_names_of_servers_are_shown_as_text() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holder = holding(stage)
        params = {"name": "[/]x\x1b[31m", "arguments": {"t": "[bold]\x1b"}}
        holder.hold(C2S, id="\x1b[2J", method="tools/call", params=params)
        await holder.set_rules([])
        await stage.settled()
        await stage.press("B")
        await stage.until(lambda: page(stage).editor.row >= 0)
        await stage.settled()
        shown = cast("str", stage.app.export_screenshot())
        assert "\x1b" not in shown


async def test_what_went_nowhere_with_its_connection_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    async with staged(SIZE) as stage:
        await stage.connected()
        # Kept as they come: what is shown goes again while a slow machine starts the server anew.
        monkeypatch.setattr(stage.app, "notify", lambda message, **given: told.append(message))
        keeper = stage.app.keeper
        assert keeper is not None
        await keeper.gate.set_rules([Rule("method:tools/call dir:c2s")])
        await stage.open("echo")
        await stage.type("hi")
        await stage.press("f5")
        await stage.until(lambda: stage.screen.query_one(StatusLine).held)
        keeper.reconnect()
        await stage.until(lambda: not keeper.gate.held)
        known = breaking(stage.screen)
        await stage.until(lambda: known.past)
        await stage.until(lambda: any("went nowhere" in each for each in told))
        assert known.past[-1].verdict == "dropped"
        assert [rule.text for rule in known.rules] == ["hold method:tools/call dir:c2s"]


async def test_keys_after_b_are_typed_into_no_field() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        holding(stage)
        await stage.press("B")
        await stage.until(lambda: page(stage).messages.has_focus)
        await stage.press("n")
        field = page(stage).rules.field
        await stage.until(lambda: field.has_focus)
        assert field.value == ""
        await stage.type("drop")
        await stage.press("escape", "enter")
        await stage.until(lambda: breaking(stage.screen).rules)
        await stage.until(lambda: page(stage).messages.has_focus)
        await stage.press("escape")
        assert stage.screen.desk.page == ""


async def test_the_workbench_says_that_its_call_is_held() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        keeper = stage.app.keeper
        assert keeper is not None
        await keeper.gate.set_rules([Rule("method:tools/call dir:c2s", times=1), Rule("tool:echo dir:s2c")])
        await stage.open("echo")
        await stage.type("hi")
        await stage.press("f5")
        status = stage.screen.workbench.query_one("#wb-status", Static)
        for _ in ("the request", "its reply"):
            await stage.until(lambda: keeper.gate.held)
            await stage.until(lambda: " · held 0:" in str(status.render()))
            await keeper.gate.let_go_all()
        await stage.called()


async def test_the_palette_offers_play_for_recordings_alone() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        titles = [each.title for each in stage.app.get_system_commands(stage.app.screen)]
        assert "Breakpoints: what is held, and the rules" in titles
        assert "Play the recording, or pause" not in titles
    journal = Journal.create()
    journal.append(Kind.MESSAGE, C2S, b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
    async with staged(SIZE, journal=journal) as stage:
        titles = [each.title for each in stage.app.get_system_commands(stage.app.screen)]
        assert "Play the recording, or pause" in titles
