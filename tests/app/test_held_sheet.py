"""What is held, what became of it, and the rules, as lines."""

from __future__ import annotations

from inspector.app.giving_up import Waiter
from inspector.app.held_sheet import about, held_entries, past_entries, past_words, rule_entries
from inspector.journal.holding import Held, InForce, Past
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode
from inspector.wire.visible import cells

C2S, S2C = Direction.C2S, Direction.S2C


def journal() -> Journal:
    made = Journal.create(target={"argv": ["server"]}, mode="proxy")
    params = {"name": "\x1b[31madd", "arguments": {}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    made.append(Kind.MESSAGE, C2S, encode(call))
    made.append(Kind.MESSAGE, S2C, encode({"jsonrpc": "2.0", "id": 1, "result": {}}))
    made.append(Kind.MESSAGE, S2C, b"no json")
    return made


def plain(pieces: tuple[tuple[str, str], ...]) -> str:
    return "".join(text for text, _ in pieces)


def test_a_message_in_words() -> None:
    made = journal()
    assert plain(about(made, 0)).startswith("→ tools/call ")
    assert plain(about(made, 1)).startswith("← reply to tools/call ")
    assert "\x1b" not in plain(about(made, 0))
    assert plain(about(made, 2)).startswith("← invalid")


def test_what_is_held_has_its_age_and_who_gives_up_when() -> None:
    made = journal()
    held = [Held(0, 10.0, 0, C2S), Held(1, 12.0, 1, S2C, until=30.0)]
    entries = held_entries(made, held, [Waiter("Cursor", 70.0), Waiter("Cursor", 70.0)], 24.0, 90)
    assert [entry.link for entry in entries] == [0, 1]
    assert " 0:14 " in entries[0].plain
    assert entries[0].plain.endswith("Cursor gives up in ~46 s")
    assert entries[1].plain.endswith("goes on by itself in 6 s")
    assert {cells(entry.plain) for entry in entries} == {90}


def test_the_newest_past_comes_first_and_says_why() -> None:
    made = journal()
    past = [
        Past(0, 1.0, 6.0, "changed", "hand", 0, 20),
        Past(1, 7.0, 7.0, "forwarded", "rule", 0, 21, "wrong-id cannot be: \x1b"),
    ]
    newest, oldest = past_entries(made, past, 90)
    assert oldest.plain.endswith("forwarded, changed by hand after 0:05")
    assert newest.plain.endswith("forwarded by rule (wrong-id cannot be: ␛)")
    assert past_words(past[0]) == "forwarded, changed by hand after 0:05"


def test_rules_with_what_they_took() -> None:
    rules = [InForce("hold method:tools/call", True), InForce("drop \x1b[2J", False)]
    title, first, second = rule_entries(rules, (3,), 60)
    assert title.rest
    assert first.plain.startswith("● hold method:tools/call")
    assert first.plain.endswith("3 hits")
    assert second.plain == "○ drop ␛[2J  off"
    assert rule_entries([], (), 60) == []
