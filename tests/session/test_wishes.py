"""What was wanted of one connection is asked of the next."""

from __future__ import annotations

import sys

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.session.levels import Levels
from inspector.session.owner import Options, Session, open_session
from inspector.session.subscriptions import Subscriptions
from inspector.session.wishes import Wishes
from inspector.transport.target import StdioTarget
from inspector.wire.interest import Interest
from inspector.wire.versions import V4, V5
from tests.conftest import SERVERS
from tests.session.conftest import scripted, step, steps

TARGET = StdioTarget((sys.executable, str(SERVERS / "changing.py"), "stdio"))
WANTED = Interest(tools=True, uris=("test://text",))


def parts(session: Session) -> tuple[Levels, Subscriptions]:
    return Levels(session), Subscriptions(session)


@pytest.mark.parametrize(("first", "second"), [(V4, V4), (V5, V5), (V4, V5)])
async def test_from_one_connection_to_the_next(first: str, second: str, journal: Journal) -> None:
    wishes = Wishes()
    async with open_session(TARGET, journal, Options(protocol=first)) as session:
        levels, subscriptions = parts(session)
        await wishes.restore(session, levels, subscriptions)
        await levels.set("warning")
        await subscriptions.want(WANTED)
        wishes.keep(levels, subscriptions)
    assert wishes == Wishes("warning", WANTED)
    assert "setting-level-again" not in steps(journal)
    async with open_session(TARGET, journal, Options(protocol=second)) as session:
        levels, subscriptions = parts(session)
        await wishes.restore(session, levels, subscriptions)
        assert levels.level == "warning"
        assert subscriptions.honoured == WANTED
    assert step(journal, "setting-level-again")["reason"] == "a new connection"
    assert step(journal, "subscribing-again")["wanted"] == 2


async def test_a_connection_that_ends_at_once_loses_no_wish(journal: Journal) -> None:
    wishes = Wishes("info", WANTED)
    async with open_session(scripted(), journal, Options(protocol=V4)) as session:
        levels, subscriptions = parts(session)
        session.close()
        await wishes.restore(session, levels, subscriptions)
        wishes.keep(levels, subscriptions)
    assert wishes == Wishes("info", WANTED)


async def test_what_was_refused_is_no_wish_any_more(journal: Journal) -> None:
    wishes = Wishes("info")
    async with open_session(scripted(), journal, Options(protocol=V4)) as session:
        levels, subscriptions = parts(session)
        await wishes.restore(session, levels, subscriptions)
        assert levels.says == "no"
        wishes.keep(levels, subscriptions)
    assert wishes == Wishes()


async def test_what_is_wanted_meanwhile_goes_before(journal: Journal) -> None:
    wishes = Wishes("info", Interest(prompts=True))
    async with open_session(TARGET, journal, Options(protocol=V4)) as session:
        levels, subscriptions = parts(session)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wishes.restore, session, levels, subscriptions)
            tasks.start_soon(subscriptions.want, WANTED)
        assert subscriptions.honoured == WANTED
        assert "subscribing-again" not in steps(journal)
