"""Equal notices are one, with a count."""

from __future__ import annotations

from textual.notifications import Notification, Notifications

from inspector.app.notices import Notices
from tests.app.stage import staged


def said(*notices: Notification) -> list[str]:
    known, shown = Notices(), Notifications()
    for each in notices:
        known.take(each, shown)
        shown.add(each)
    return [each.message for each in shown]


def test_equal_ones_are_counted() -> None:
    assert said(*(Notification("Nothing is held.") for _ in range(3))) == ["Nothing is held. (×3)"]


def test_others_stay_as_they_are() -> None:
    notices = Notification("a"), Notification("b"), Notification("a", severity="warning"), Notification("a")
    assert said(*notices) == ["b", "a", "a (×2)"]


def test_what_is_shown_no_more_does_not_count() -> None:
    assert said(Notification("a", timeout=0), Notification("a")) == ["a"]


async def test_a_key_too_often_is_told_once() -> None:
    async with staged((80, 24)) as stage:
        await stage.connected()
        await stage.press("3", "full_stop", "full_stop", "full_stop")
        notices = stage.app._notifications
        await stage.until(lambda: any("(×3)" in each.message for each in notices))
        assert sum("There is no filter to go by" in each.message for each in notices) == 1
