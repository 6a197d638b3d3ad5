"""What the reference server asks, tells and takes its time for, by the keys of the app: elicitation,
sampling, roots, subscriptions, logging, tasks, progress."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.panes.inbox import Inbox
from inspector.journal.pairing import Status
from inspector.session.options import Options
from tests.app.stage import Stage
from tests.end_to_end.driving import ASKED, answer, asked, driven, looks, run, screen, shows, typed
from tests.interop.talk import result, said
from tests.interop.test_app_everything import Target

pytestmark = pytest.mark.timeout(300)

URI = "demo://resource/dynamic/text/1"
LINK = "https://example.com:8443/agree?client=mcp&state=" + "0123456789abcdef" * 8


def attended(*serves: str, **more: Any) -> Options:
    """Somebody is there who is asked; for roots, which it wants at its start, where `serves` has them."""
    left_out = frozenset({"roots"}) - {word.partition(".")[0] for word in serves}
    return Options(serves=frozenset(serves), undeclared=left_out, **more).attended()


async def no_roots(stage: Stage) -> None:
    """The server asks for roots as soon as somebody is there: it is told of this directory."""
    await asked(stage, "roots")
    await stage.press("f5")
    await shows(stage, "answered by you")
    await stage.press("i")


async def ended(stage: Stage, *wanted: str) -> None:
    """The call is over, and the workbench shows what it came to."""
    await stage.called()
    if stage.screen.desk.page:
        await stage.press("i")
    await shows(stage, *wanted)


def came(stage: Stage) -> str:
    """The text of the result, beyond what fits on the screen."""
    call = stage.screen.workbench.call
    assert call is not None
    assert call.outcome is not None
    return said(result(call.outcome))


async def test_an_elicitation_is_accepted_declined_and_cancelled(target: Target) -> None:
    async with driven(target, attended()) as stage:
        await run(stage, "trigger-elicitation-request")
        await asked(stage, "Please provide inputs", "It was a dark and stormy night.")
        await answer(stage, "Ada")
        await ended(stage, "User provided the requested information", "✓ ok")
        assert "- Name: Ada" in came(stage)
        assert "- Favorite Integer: 42" in came(stage)
        for key, says in (("f2", "User declined"), ("f3", "User cancelled")):
            await run(stage, "trigger-elicitation-request")
            await asked(stage, "Please provide inputs")
            await stage.press(key)
            await ended(stage, says)


async def test_sampling_is_answered_by_text_and_a_url_is_consented_to(target: Target) -> None:
    async with driven(target, attended()) as stage:
        await run(stage, "trigger-sampling-request", {"prompt": "How many?"})
        await asked(stage, "context: How many?", "You are a helpful test server.")
        await answer(stage, "Forty-two")
        await ended(stage, "LLM sampling result:", "✓ ok")
        assert "Forty-two" in came(stage)

        await run(stage, "trigger-url-elicitation", {"url": LINK, "message": "Agree there"})
        await asked(stage, "Agree there", "example.com")
        drawn = await shows(stage, "Consent (F5)", "Nothing is opened by itself")
        pane = [line.split("││")[1].rstrip("│ ").strip() for line in drawn.splitlines() if "││" in line]
        assert LINK in "".join(pane)
        await stage.press("f5")
        await ended(stage, "User completed the URL elicitation flow", "✓ ok")


async def test_a_call_that_is_refused_for_a_url_is_made_again(target: Target) -> None:
    async with driven(target, attended()) as stage:
        made = {"url": "https://example.com/x", "errorPath": True}
        await run(stage, "trigger-url-elicitation", made)
        await asked(stage, "satisfy the prerequisite", "r makes the call again")
        await stage.press("f5", "r")
        await asked(stage, "Please open the link", "https://example.com/x")
        await stage.press("f5")
        await ended(stage, "User completed the URL elicitation flow")


# Over HTTP the server asks so early that its question is lost where our stream is opened a moment later.
@pytest.mark.parametrize("target", ["stdio"], indirect=True)
async def test_roots_are_asked_for_and_not_where_they_are_given(target: Target) -> None:
    async with driven(target, attended("roots.listChanged")) as stage:
        await no_roots(stage)
        await run(stage, "get-roots-list")
        await ended(stage, "Current MCP Roots (1 total)")
        await stage.press("escape", "escape", "1", "c")
        await shows(stage, "●   roots.listChanged")
        await stage.press("end", "up", "enter")
        await shows(stage, "A root: a directory, or a URI")
        await typed(stage, "file:///srv/data")
        await stage.press("enter")
        journal = stage.app.journal
        await looks(stage, lambda: len(journal.rows_with_method("roots/list")) == 2)
        await looks(stage, lambda: journal.status(journal.rows_with_method("roots/list")[1]) is Status.OK)
        await shows(stage, "file:///srv/data")
        assert ASKED not in screen(stage)
        await stage.press("c")
        await run(stage, "get-roots-list")
        await ended(stage, "URI: file:///srv/data")
        await stage.press("escape", "escape", "1", "i")
        await shows(stage, "answered by script", "answered by you", "2 over")


async def test_what_is_asked_as_a_task_of_ours(target: Target) -> None:
    async with driven(target, attended("tasks")) as stage:
        await run(stage, "trigger-sampling-request-async", {"prompt": "How many?"})
        await asked(stage, "How many?")
        await answer(stage, "Forty-two")
        await ended(stage, "[COMPLETED]", "✓ ok")
        assert "Forty-two" in came(stage)
        await run(stage, "trigger-elicitation-request-async")
        await asked(stage, "async task demo")
        await answer(stage, "Ada")
        await ended(stage, "[COMPLETED] User provided")
        await run(stage, "trigger-elicitation-request-async")
        await asked(stage, "async task demo")
        await stage.press("f2")
        await ended(stage, "[DECLINED] User declined")


async def test_completions_open_and_one_is_taken(target: Target) -> None:
    async with driven(target, Options(relist=True)) as stage:
        await stage.open("completable-prompt")
        await typed(stage, "S")
        await shows(stage, "Sales", "Support", "tab takes")
        await stage.press("down", "enter", "down")
        await stage.press("ctrl+@")
        await shows(stage, "David", "Eve", "Frank")
        await stage.press("down", "enter", "f5")
        await ended(stage, "Please promote David to the head of the Sales team.")


async def test_an_update_of_what_is_subscribed_to_arrives(target: Target) -> None:
    async with driven(target, Options(relist=True)) as stage:
        await stage.press("s")
        await shows(stage, "nothing is subscribed to")
        await stage.press("u")
        await typed(stage, URI)
        await stage.press("enter")
        await shows(stage, f"✓ {URI}", "✓ honoured")
        await run(stage, "toggle-subscriber-updates")
        await stage.called()
        await stage.press("escape", "escape", "1", "s")
        await shows(stage, "● updated")
        await stage.press("r")
        await shows(stage, "Resource 1: This is a plaintext resource")
        await stage.called()
        await run(stage, "toggle-subscriber-updates")
        await ended(stage, "Stopped simulated resource updates")
        await stage.press("escape", "escape", "1", "s", "space")
        await shows(stage, "nothing is subscribed to")


async def test_the_level_of_what_it_logs_is_switched(target: Target) -> None:
    """Its own messages tell at which level it listens: it says at `info` that somebody subscribed."""
    async with driven(target, Options(relist=True)) as stage:
        await stage.press("g")
        await shows(stage, "the server decides what it sends")
        await stage.press("right")
        await shows(stage, "debug and graver is asked for, for the whole session")
        await run(stage, "toggle-simulated-logging")
        await stage.called()
        logged = stage.app.journal.rows_with_method
        await looks(stage, lambda: logged("notifications/message"))
        await stage.press("escape", "escape", "1", "g")
        await shows(stage, "evel")
        await run(stage, "toggle-simulated-logging")
        await ended(stage, "Stopped simulated logging")
        await stage.press("escape", "escape", "1", "g")
        await stage.press(*["right"] * 7)
        await shows(stage, "emergency and graver is asked for")
        await stage.press("s", "u")
        await typed(stage, URI)
        await stage.press("enter")
        await shows(stage, "✓ honoured")
        await stage.press("g", *["left"] * 7)
        await shows(stage, "debug and graver is asked for")
        await stage.press("s", "space")
        await shows(stage, "nothing is subscribed to")
        await stage.press("g")
        drawn = await shows(stage, "Received Unsubscribe Resource request")
        assert "Received Subscribe" not in drawn


async def test_a_task_asks_and_its_report_is_read(target: Target) -> None:
    async with driven(target, attended()) as stage:
        await run(stage, "simulate-research-query", {"topic": "python", "ambiguous": True})
        await stage.press("escape", "escape", "1", "t")
        await shows(stage, "→ called simulate-research-query", "1 open · 0 over")
        await shows(stage, "! simulate-research-query", "input required", "i opens the inbox")
        await asked(stage, "could have multiple interpretations", "task of tools/call")
        await stage.press("enter", "space")
        await shows(stage, "Python snake species")
        await typed(stage, "snake")
        await stage.press("enter", "f5")
        await looks(stage, lambda: not stage.screen.workbench.running)
        await stage.press("t")
        await shows(stage, "✓ simulate-research-query", "completed", "0 open · 1 over")
        await stage.press("t")
        await shows(stage, "# Research Report: python (snake)")


async def test_progress_is_shown_and_a_key_cancels(target: Target) -> None:
    async with driven(target, Options(relist=True), also=[Status.CANCELLED]) as stage:
        name = "trigger-long-running-operation"
        await run(stage, name, {"duration": 1, "steps": 4})
        await shows(stage, "/4")
        await ended(stage, "Long running operation completed", "✓ ok")
        await run(stage, name, {"duration": 60, "steps": 60})
        await shows(stage, "/60")
        await stage.press("ctrl+g")
        await shows(stage, "✗ cancelled after", "at ")
        await run(stage, "echo", {"message": "still here"})
        await ended(stage, "Echo: still here")
        assert not stage.screen.query(Inbox) or not stage.screen.query_one(Inbox).display
