"""Who hears notifications, and who no longer does."""

from __future__ import annotations

from inspector.session.ears import Ears
from inspector.session.peer import Noticed
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import classify


def notice(method: str) -> Noticed:
    frame = classify(b'{"jsonrpc":"2.0","method":"%s"}' % method.encode())
    return Noticed(Event(0, 0.0, Kind.MESSAGE, Direction.S2C, frame=frame), frame)


def test_all_are_told_in_order_and_may_leave_meanwhile() -> None:
    ears, told = Ears(), list[str]()

    def once(noticed: Noticed) -> None:
        told.append(f"once {noticed.frame.method}")
        leave()

    ears.tell([notice("early")])
    leave = ears.add(once)
    off = [ears.add(lambda noticed: told.append(f"all {noticed.frame.method}")) for _ in range(2)]
    ears.tell([notice("a"), object(), notice("b")])
    assert told == ["once a", "all a", "all a", "all b", "all b"]
    for each in (*off, *off, leave):
        each()
    ears.tell([notice("c")])
    assert len(told) == 5
