"""What 2026-07-28 has, by the keys of the app, on servers written with `mcp` 2.x: rounds of questions,
subscriptions, log messages, tasks."""

from __future__ import annotations

import pytest

from inspector.journal.pairing import Status
from tests.end_to_end.conftest import Target
from tests.end_to_end.driving import ASKED, answer, asked, driven, echoed, looks, run, screen, shows, typed
from tests.servers.asks_back import CONSENT, STATE

ROUNDS = (Status.ASKS_BACK,)
STREAMS = (Status.CANCELLED, Status.LOST)  # over HTTP a stream is given up by closing it


@pytest.mark.parametrize("asks_back", ["stdio"], indirect=True)
async def test_a_form_is_accepted_declined_and_cancelled(asks_back: Target) -> None:
    async with driven(asks_back, also=ROUNDS) as stage:
        await run(stage, "greet")
        await asked(stage, "Who are you?")
        await answer(stage, "Ada")
        await stage.called()
        await stage.press("i")
        await shows(stage, "accept: Person(name='Ada', age=36, colour='blue', sure=True", "2 legs")
        for key, word in (("f2", "decline"), ("f3", "cancel")):
            await stage.press("r")
            await asked(stage, "Who are you?")
            await stage.press(key)
            await stage.called()
            await stage.press("i")
            await shows(stage, f"{word}: None", "2 legs")
        assert echoed(stage.app.journal) == 3


async def test_a_call_of_three_legs_is_one_call(asks_back: Target) -> None:
    async with driven(asks_back, also=ROUNDS) as stage:
        await run(stage, "twice")
        await asked(stage, "The first word?")
        await answer(stage, "so")
        await shows(stage, "What follows so?", "round 2 of at most 10", "Accept (F5)")
        await answer(stage, "what")
        await stage.called()
        await stage.press("i")
        drawn = await shows(stage, "so what", "✓ ok", "3 legs", "after 3 legs", "leg 2", "leg 3")
        assert drawn.count("form by you") == 2
        assert "changed" not in drawn
        assert echoed(stage.app.journal) == 2


async def test_a_model_roots_and_a_url(asks_back: Target) -> None:
    async with driven(asks_back, also=ROUNDS) as stage:
        await run(stage, "think")
        await asked(stage, "Say a word.")
        await answer(stage, "Aye")
        await stage.called()
        await stage.press("i")
        await shows(stage, "The model says: Aye")

        await run(stage, "consent")
        await asked(stage, "Agree there")
        drawn = await shows(stage, "xn--pypal-4ve.example", "punycode", "Nothing is opened by itself")
        pane = [line.split("││")[1].rstrip("│ ").strip() for line in drawn.splitlines() if "││" in line]
        assert CONSENT in "".join(pane)
        await stage.press("f5")
        await stage.called()
        await stage.press("i")
        await shows(stage, f"accept with {STATE}")

        await run(stage, "where")
        await asked(stage, "tools/call where")
        await stage.press("f5")
        await stage.called()
        await stage.press("i")
        await shows(stage, "file:///")
        await stage.press("c", "end", "up", "enter")
        await shows(stage, "A root: a directory, or a URI")
        await typed(stage, "file:///srv/data")
        await stage.press("enter")
        await shows(stage, "file:///srv/data")
        await stage.press("c", "r")
        await shows(stage, "roots by the file", "✓ ok")
        assert "file:///srv/data" in screen(stage)
        assert echoed(stage.app.journal) == 4


async def test_subscriptions_and_what_changed(changing: Target) -> None:
    async with driven(changing, also=STREAMS) as stage:
        await stage.press("s")
        await shows(stage, "nothing is subscribed to", "test://text")
        await stage.press("down", "space")
        await shows(stage, "● open  subscriptions/listen", "✓ tools", "✓ honoured", "1 asked · 1 honoured")
        await run(stage, "grow", {"name": "later", "text": "Added later."})
        await stage.called()
        await shows(stage, "+  later  new", "1 new since", "Tools 5  +1")
        await stage.press("escape", "escape", "1", "u")
        await shows(stage, "Tools 5")
        assert "1 new" not in screen(stage)
        await stage.open("later")
        await shows(stage, "Added later.")

        await stage.press("escape", "s", "end")
        await shows(stage, "· test://text")
        await stage.press("space")
        await shows(stage, "✓ test://text", "2 asked · 2 honoured")
        await run(stage, "touch", {"uri": "test://text"})
        await stage.called()
        await stage.press("escape", "escape", "s")
        await shows(stage, "● updated")
        await stage.press("r")
        await shows(stage, "some text")
        await stage.called()
        await stage.press("escape", "s")
        await shows(stage, "✓ test://text")
        assert "● updated" not in screen(stage), "it was read since"


@pytest.mark.parametrize("changing", ["http"], indirect=True)
async def test_the_server_logs_from_a_level_on(changing: Target) -> None:
    async with driven(changing) as stage:
        await stage.press("g")
        await shows(stage, "no request asks for messages")
        await stage.press("right", "right")
        await shows(stage, "info is asked for with each request from now on")
        await run(stage, "say", {"level": "warning", "text": "mind the gap"})
        await stage.called()
        await stage.press("escape", "escape", "g")
        await shows(stage, "mind the gap", "warning")
        await stage.press("left", "left")
        await shows(stage, "no request asks for messages")
        await run(stage, "say", {"level": "error", "text": "not to be heard"})
        await stage.called()
        await stage.settled()
        assert len(stage.app.journal.rows_with_method("notifications/message")) == 1


async def test_tasks_of_the_extension(mcp2_tasks: Target) -> None:
    async with driven(mcp2_tasks) as stage:
        await run(stage, "ask")
        await asked(stage, "The first name?", "The second name?", "task of tools/call ask")
        await stage.press("t")
        await shows(stage, "input required", "It waits for your answer: i opens the inbox.")
        await stage.press("i")
        await answer(stage, "Ada")
        await shows(stage, "1 waiting · 1 over", "Accept (F5)")
        await answer(stage, "Bob")
        await looks(
            stage, lambda: stage.screen.workbench.run is not None and not stage.screen.workbench.running
        )
        await stage.press("t")
        await shows(stage, "✓ ask", "completed", "→ answered: ", "0 open · 1 over")
        await stage.press("t")
        await shows(stage, "The ask of Ada and Bob is ready.", "✓ ok")

        await run(stage, "refuse")
        await shows(stage, "The database is gone", "✗")
        await stage.press("escape")
        await run(stage, "ask")
        await shows(stage, ASKED)
        await stage.press("ctrl+g")
        await shows(stage, "✗ cancelled")
        await stage.press("t")
        await shows(stage, "✗ ask", "cancelled", "✗ refuse", "failed")
