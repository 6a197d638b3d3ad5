"""When a tool is asked about."""

from __future__ import annotations

from inspector.app.consent import Consent
from inspector.app.items import Item

DROP = Item("tools", {"name": "drop\x1b", "annotations": {"destructiveHint": True}})


def test_once_on_each_connection() -> None:
    consent, first, second = Consent(), object(), object()
    asks = consent.question(DROP, first, "a server 1")
    assert asks.startswith("drop␛ says that it is destructive. Run it on a server 1?")
    assert consent.question(DROP, first, "a server 1"), "nobody agreed"
    consent.give(DROP, first)
    assert not consent.question(DROP, first, "a server 1")
    other = Item("tools", {"name": "x", "annotations": {"destructiveHint": True}})
    assert consent.question(other, first, "")
    assert consent.question(DROP, second, "a server 1")


def test_what_does_not_say_so_is_not_asked_about() -> None:
    consent = Consent()
    for entry in ({"name": "x"}, {"name": "x", "annotations": {"readOnlyHint": False}}, None):
        assert not consent.question(Item("tools", entry), 1, "")
    assert not consent.question(Item("prompts", DROP.entry), 1, "")
