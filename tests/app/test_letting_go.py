"""Leaving lets go of what breakpoints hold."""

from __future__ import annotations

from inspector.app.connections import Connection
from inspector.app.letting_go import controls_of, let_go
from inspector.errors import UsageError
from inspector.gate.rule import Rule
from inspector.journal.journal import Journal
from inspector.wire.event import Direction
from tests.app.holder import Holder
from tests.app.stage import staged

SIZE = (80, 24)


async def test_leaving_lets_a_held_call_go_on_and_takes_the_rules_away() -> None:
    async with staged(SIZE) as stage:
        await stage.connected()
        keeper = stage.app.keeper
        assert keeper is not None
        await keeper.gate.set_rules([Rule("method:tools/call dir:c2s")])
        await stage.open("echo")
        await stage.type("hi")
        await stage.press("f5")
        await stage.until(lambda: keeper.gate.held)
        (connection,) = stage.app.connections.all
        assert controls_of(connection) is keeper.gate
        assert await let_go(connection) == "Let go of 1 that was held."
        assert keeper.gate.rules == ()
        await stage.called()
        assert stage.screen.workbench.call is not None
        assert await let_go(connection) == ""


async def test_what_another_process_holds_is_let_go_as_well() -> None:
    journal = Journal.create(mode="proxy")
    holder = Holder(journal)
    holder.hold(Direction.C2S, id=1, method="ping")
    holder.hold(Direction.C2S, id=2, method="ping")
    assert await let_go(Connection(journal, None, controls=holder)) == "Let go of 2 that were held."
    assert await let_go(Connection(journal, None)) == ""


class Gone(Holder):
    """Whoever held messages is gone."""

    async def let_go_all(self) -> int:
        raise UsageError("Nobody is there")


async def test_who_is_gone_held_nothing() -> None:
    journal = Journal.create(mode="proxy")
    assert await let_go(Connection(journal, None, controls=Gone(journal))) == ""
