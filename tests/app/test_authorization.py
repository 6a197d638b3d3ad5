"""The authorization screen, against real servers and with every question that a flow may ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from textual.events import Paste
from textual.widgets import Input, OptionList

from inspector.app.actions import ACTIONS, AUTHORIZATION
from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.auth_question import AuthQuestion
from inspector.app.panes.traffic import Traffic
from inspector.app.screens.authorization import AuthorizationScreen
from inspector.app.screens.help import HelpScreen
from inspector.app.widgets.exchange_list import ExchangeList
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.sheet_lines import line
from inspector.app.widgets.text_view import TextView
from inspector.errors import AuthNeeded
from inspector.journal.journal import Journal
from inspector.session.auth.model import AuthOptions
from inspector.session.auth.steps import Choose, Decision, Enter, Fetch, Verdict, Visit
from inspector.session.auth.store import FileStore
from inspector.session.owner import Options
from inspector.transport.target import HttpTarget
from tests.app.recorded import MIXED_UP, URL, VISIT, authorization
from tests.app.stage import ScriptedKeeper, Stage, staged
from tests.servers.authorization_server import authorization_server
from tests.servers.protected import gated
from tests.servers.visitor import browse

WIDE, NARROW = (120, 40), (80, 24)


def said(stage: Stage) -> str:
    """What the question says."""
    return str(stage.app.screen.query_one("#ask-says").render())


def shown(stage: Stage, id: str) -> str:
    return "\n".join(entry.whole for entry in stage.app.screen.query_one(id, Sheet).entries)


@asynccontextmanager
async def connecting(
    url: str, folder: Path, size: tuple[int, int] = WIDE, options: AuthOptions | None = None
) -> AsyncIterator[tuple[Stage, ConnectionKeeper]]:
    """The app on a real server that wants authorization."""
    target = HttpTarget(url)
    keeper = ConnectionKeeper(
        target,
        Journal.create(target=target.describe()),
        Options(probe_timeout=60),
        authorization=options,
        store=FileStore(folder / "credentials.json"),
    )
    async with staged(size, keeper=keeper) as stage:
        yield stage, keeper


def visited(keeper: ConnectionKeeper) -> Visit:
    assert keeper.guide is not None
    assert keeper.guide.question is not None
    visit = keeper.guide.question.action
    assert isinstance(visit, Visit)
    return visit


async def test_a_person_is_asked_only_where_one_is_needed_and_then_work_goes_on(tmp_path: Path) -> None:
    with authorization_server() as issuer, gated(issuer) as (server, _):
        async with connecting(server.url, tmp_path) as (stage, keeper):
            await stage.asked()
            visit = visited(keeper)
            assert visit.host in said(stage)
            assert visit.url in shown(stage, "#auth-detail")
            await stage.press("f1")
            await anyio.to_thread.run_sync(browse, visit.url)
            await stage.until(lambda: keeper.state == "connected")
            await stage.settled()
            assert isinstance(stage.app.screen, HelpScreen), "nothing is taken from whoever reads"
            await stage.press("escape")
            await stage.until(lambda: stage.app.screen is stage.screen)
            await stage.press("a")
            await stage.until(lambda: "✓ Token  ok" in shown(stage, "#auth-steps"))
            oauth = keeper.oauth
            assert oauth is not None
            assert oauth.credentials is not None
            assert oauth.credentials.tokens is not None
            token = oauth.credentials.tokens.access_token
            detail = shown(stage, "#auth-detail")
            assert token not in detail
            assert f"audience  {server.url}" in detail
            await stage.press("v")
            assert token in shown(stage, "#auth-detail")
            await stage.press("escape")
        async with connecting(server.url, tmp_path) as (stage, keeper):  # kept: nobody is asked again
            await stage.until(lambda: keeper.state == "connected")
            assert stage.app.screen is stage.screen


async def test_the_answer_can_be_pasted_while_any_button_has_the_focus(tmp_path: Path) -> None:
    with authorization_server() as issuer, gated(issuer) as (server, _):
        async with connecting(server.url, tmp_path, NARROW) as (stage, keeper):
            await stage.asked()
            visit = visited(keeper)
            page = await anyio.to_thread.run_sync(lambda: browse(visit.url, until=visit.redirect_uri))
            stage.app.screen.post_message(Paste(page.url))
            stage.app.screen.focused.post_message(Paste(page.url))  # type: ignore[union-attr]
            field = stage.app.screen.query_one("#ask-fields Input", Input)
            await stage.until(lambda: field.value == page.url)
            await stage.press("enter")
            await stage.until(lambda: keeper.state == "connected")


async def test_escape_leaves_the_flow_waiting_and_stop_ends_it(tmp_path: Path) -> None:
    with authorization_server() as issuer, gated(issuer) as (server, _):
        async with connecting(server.url, tmp_path) as (stage, keeper):
            await stage.asked()
            await stage.press("escape")
            assert stage.app.screen is stage.screen
            await stage.settled()
            assert stage.app.screen is stage.screen, "the same question does not come back by itself"
            assert keeper.state == "connecting"
            await stage.press("a")
            await stage.asked()
            await stage.press("x")
            await stage.until(lambda: keeper.state == "failed")
            assert keeper.failure is not None
            assert "stopped" in keeper.failure.message


async def test_a_wrong_issuer_stops_until_somebody_goes_on_on_purpose(tmp_path: Path) -> None:
    with authorization_server(issuer="https://evil.example.net") as issuer, gated(issuer) as (server, _):
        async with connecting(server.url, tmp_path) as (stage, keeper):
            screen = await stage.asked()
            assert "✗ violation" in said(stage)
            await stage.until(lambda: screen.focused is screen.query_one("#ask-stop"))
            await stage.press("g")
            assert keeper.guide is not None
            asked = keeper.guide
            await stage.until(lambda: asked.question is not None and asked.question.kind == "visit")
            await stage.until(
                lambda: "Authorization server metadata  violation" in shown(stage, "#auth-steps")
            )


async def test_step_by_step_every_request_waits(tmp_path: Path) -> None:
    with authorization_server() as issuer, gated(issuer) as (server, _):
        target = HttpTarget(server.url)
        keeper = ConnectionKeeper(
            target,
            Journal.create(target=target.describe()),
            Options(probe_timeout=60),
            store=FileStore(tmp_path / "c.json"),
        )
        assert keeper.guide is not None
        keeper.guide.stepwise = True
        async with staged(NARROW, keeper=keeper) as stage:
            await stage.asked()
            assert "step by step" in str(stage.app.screen.query_one("#auth-title").render())
            kinds = set()
            while not isinstance(keeper.guide.question.action if keeper.guide.question else None, Visit):
                question = keeper.guide.question
                assert question is not None
                kinds.add(type(question.action))
                await stage.press("g")
                await stage.until(
                    lambda question=question: (
                        keeper.guide is not None  # type: ignore[misc]
                        and keeper.guide.question not in (None, question)
                    )
                )
                await stage.asked()
            assert kinds == {Fetch, Verdict}
            await stage.press("s")
            assert not keeper.guide.stepwise


async def test_an_authorization_can_be_asked_for_anew(tmp_path: Path) -> None:
    with authorization_server() as issuer, gated(issuer) as (server, _):
        async with connecting(server.url, tmp_path) as (stage, keeper):
            await stage.asked()
            await anyio.to_thread.run_sync(browse, visited(keeper).url)
            await stage.until(lambda: keeper.state == "connected")
            await stage.until(lambda: stage.app.screen is stage.screen)
            await stage.press("a")
            await stage.settled()
            assert stage.app.screen.check_action("reveal", ())
            await stage.press("n")
            await stage.asked()
            assert not stage.app.screen.check_action("reveal", ()), "80 columns hold no more keys"
            await anyio.to_thread.run_sync(browse, visited(keeper).url)
            screen = stage.app.screen
            assert isinstance(screen, AuthorizationScreen)
            await stage.until(lambda: "2 of 2" in str(screen.query_one("#auth-title").render()))
            await stage.press("left_square_bracket")
            assert "1 of 2" in str(screen.query_one("#auth-title").render())
            assert keeper.state == "connected"


async def test_a_step_that_was_shown_anew_before_it_was_told_of_is_no_error() -> None:
    async with staged(WIDE, journal=authorization().journal) as stage:
        await stage.press("a")
        await stage.settled()
        sheet = stage.app.screen.query_one("#auth-steps", Sheet)
        await stage.press("home")
        at = sheet.cursor
        stage.app.screen.post_message(Sheet.Highlighted(sheet, line("gone", ("under way", "text"))))
        await stage.settled()
        assert isinstance(stage.app.screen, AuthorizationScreen)
        assert sheet.cursor == at, "the cursor is not the last step's, and stays"


Script = Callable[[Any], Awaitable[Any]]


@asynccontextmanager
async def asking(ask: Script, size: tuple[int, int] = WIDE) -> AsyncIterator[tuple[Stage, list[Any]]]:
    """The app while a flow asks one thing; the list gets the answer, or the error."""
    answers: list[Any] = []

    async def script(keeper: ConnectionKeeper) -> None:
        try:
            answers.append(await ask(keeper.guide))
        except AuthNeeded as error:
            answers.append(error)
        await anyio.sleep_forever()

    keeper = ScriptedKeeper(HttpTarget(URL), authorization().journal, script)
    async with staged(size, keeper=keeper) as stage:
        await stage.asked()
        yield stage, answers
        await stage.until(lambda: answers)


async def test_one_of_several_is_chosen_by_keyboard_and_by_mouse() -> None:
    choice = Choose("authorization-server", "Which \x1b[31m[bold]?", ("https://a", "https://b\x1b"))
    async with asking(lambda guide: guide.choose(choice)) as (stage, answers):
        assert "\x1b" not in said(stage)
        assert "[bold]" in said(stage)
        await stage.press("down", "enter")
    assert answers == [1]
    async with asking(lambda guide: guide.choose(choice)) as (stage, answers):
        assert stage.app.screen.focused is stage.app.screen.query_one(OptionList)
        await stage.pilot.click("#ask-go")
    assert answers == [0]


async def test_a_client_is_entered_secret_unseen() -> None:
    fields = (("client_id", "Client id", False), ("client_secret", "Secret", True))
    async with asking(lambda guide: guide.enter(Enter("registration", "Who are we?", fields))) as (
        stage,
        answers,
    ):
        first, second = stage.app.screen.query("#ask-fields Input").results(Input)
        assert (first.password, second.password) == (False, True)
        await stage.type("me")
        await stage.press("enter")
        await stage.type("x")
        await stage.press("enter")
    assert answers == [{"client_id": "me", "client_secret": "x"}]


@pytest.mark.parametrize(
    ("key", "decision"), [("g", Decision.PROCEED), ("r", Decision.REPEAT), ("enter", Decision.STOP)]
)
async def test_a_violation_has_three_ways_on(key: str, decision: Decision) -> None:
    async with asking(lambda guide: guide.judged(MIXED_UP)) as (stage, answers):
        await stage.press(key)
    assert answers == [decision]


async def test_past_a_dead_end_nobody_goes() -> None:
    verdict = Verdict("token", "violation", "No token.", dead_end=True)
    async with asking(lambda guide: guide.judged(verdict), NARROW) as (stage, answers):
        await stage.press("g")
        assert not answers
        assert not stage.app.screen.query_one("#ask-past").display
        await stage.press("x")
    assert answers == [Decision.STOP]


async def test_no_browser_opens_before_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from inspector.session.auth import browser

    opened: list[str] = []

    async def note(url: str, opener: object) -> str:
        opened.append(url)
        return ""

    monkeypatch.setattr(browser, "open_browser", note)
    monkeypatch.setattr(browser, "find_opener", lambda: browser.Opener(("true",)))
    async with asking(lambda guide: guide.visit(VISIT)) as (stage, _):
        assert not opened
        await stage.press("o")
        await stage.until(lambda: opened)
        await stage.press("c")
        assert stage.app.clipboard == VISIT.url
        await stage.press("u")
        assert stage.app.screen.query_one(TextView).text == VISIT.url
        await stage.press("escape")
        await stage.press("p")
        await stage.type("code")
        await stage.press("enter")
    assert opened == [VISIT.url]


async def test_news_of_the_browser_stands_in_the_box_and_covers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from inspector.session.auth import browser

    monkeypatch.setattr(browser, "find_opener", lambda: "There is no display \x1b[31m")
    async with asking(lambda guide: guide.visit(VISIT), NARROW) as (stage, _):
        news = stage.app.screen.query_one("#ask-news")
        assert not news.display
        await stage.press("o")
        await stage.until(lambda: news.display)
        assert "! There is no display" in str(news.render())
        assert "\x1b" not in str(news.render())
        assert not stage.app._notifications
        await stage.press("c")
        assert "copied" in str(news.render())
        await stage.press("p")
        await stage.type("code")
        await stage.press("enter")


async def test_neither_scopes_nor_news_push_the_host_or_the_buttons_out_of_sight() -> None:
    from dataclasses import replace

    visit = replace(VISIT, scope=" ".join(f"scope{n:05}" for n in range(5000)))
    for size in (NARROW, WIDE):
        async with asking(lambda guide: guide.visit(visit), size) as (stage, _):
            box = stage.app.screen.query_one(AuthQuestion)
            box.tell("There is no display. " * 20, bad=True)
            await stage.settled()
            assert "5,000 scopes in all" in said(stage)
            assert box.scroll_offset.y == 0
            for id in ("#ask-says", "#ask-stop", "#ask-fields"):
                assert box.content_region.contains_region(stage.app.screen.query_one(id).region), id
            await stage.press("x")


async def test_more_choices_than_fit_are_all_there_to_choose() -> None:
    choice = Choose("authorization-server", "Which?", tuple(f"https://as{n}.example" for n in range(300)))
    async with asking(lambda guide: guide.choose(choice), NARROW) as (stage, answers):
        await stage.press("end", "enter")
    assert answers == [299]


async def test_a_refused_callback_leaves_the_url_in_sight_and_the_step_waiting(tmp_path: Path) -> None:
    with authorization_server(state="another") as issuer, gated(issuer) as (server, _):
        async with connecting(server.url, tmp_path) as (stage, keeper):
            await stage.asked()
            visit = visited(keeper)
            await anyio.to_thread.run_sync(browse, visit.url)
            await stage.until(lambda: "! Callback  warning" in shown(stage, "#auth-steps"))
            assert "? Authorization in the browser  waits" in shown(stage, "#auth-steps")
            await stage.press("tab", "escape", "up")
            issuer.behaviour.state = None
            await anyio.to_thread.run_sync(browse, visit.url)
            await stage.until(lambda: keeper.state == "connected")


async def test_an_exchange_of_a_step_is_one_key_from_the_network_view() -> None:
    async with staged(WIDE, journal=authorization().journal) as stage:
        await stage.settled()
        await stage.press("a")
        await stage.settled()
        screen = stage.app.screen
        assert isinstance(screen, AuthorizationScreen)
        assert not screen.query_one(AuthQuestion).display, "a recording asks nothing"
        await stage.press("home", "down", "enter")
        detail = screen.query_one("#auth-detail", Sheet)
        assert screen.focused is detail
        detail.go_to("exchange-2")
        await stage.press("enter")
        await stage.settled()
        assert stage.app.screen is stage.screen
        assert stage.screen.query_one(Traffic).network
        assert stage.screen.query_one(ExchangeList).cursor == 2


async def test_help_and_keys_of_the_screen_come_from_its_table() -> None:
    async with staged(WIDE, journal=authorization().journal) as stage:
        await stage.press("a", "f1")
        assert isinstance(stage.app.screen, HelpScreen)
        text = "\n".join(str(widget.render()) for widget in stage.app.screen.query(".help-rows"))
        for action in AUTHORIZATION:
            assert action.title in text
        assert ACTIONS[0].title not in text
        await stage.press("escape", "escape")
        assert stage.app.screen is stage.screen


@pytest.mark.parametrize("action", AUTHORIZATION, ids=lambda action: action.id)
def test_every_action_has_a_method(action: object) -> None:
    name = getattr(action, "id", "").partition("(")[0]
    assert callable(getattr(AuthorizationScreen, f"action_{name}"))


def test_no_key_means_two_things() -> None:
    keys = [key for action in AUTHORIZATION for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))
