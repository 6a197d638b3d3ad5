"""What a restart changed, in lines and in a sentence."""

from __future__ import annotations

from inspector.app.difference import difference
from inspector.app.restart_sheet import changed_entries, result_entries, summary
from inspector.journal.catalogue import Catalogue
from inspector.journal.then import Past
from tests.app.travelled import Written, journey, tool


def pair() -> tuple[Catalogue, Catalogue]:
    journal, row = journey()
    past = Past(journal)
    past.advance(1.0)
    return past.at(row).catalogue, journal.catalogue


def lines(before: Catalogue, now: Catalogue) -> list[str]:
    return [text.rstrip() for entry in changed_entries(before, now) for text in entry.whole.splitlines()]


def test_lists_and_what_the_server_says_of_itself() -> None:
    before, now = pair()
    told = lines(before, now)
    assert summary(before, now) == "Tools: 1 new, 1 changed, 1 gone. Changed: name and version, capabilities."
    assert told[:12] == [
        "Server weather 1.1",
        "~ name and version",
        "version",
        "− 1.0",
        "+ 1.1",
        "~ capabilities",
        "logging",
        "− {}",
        "Tools 3  + 1 new  ~ 1 changed  − 1 gone",
        "~ forecast  inputSchema.properties",
        "inputSchema.properties",
        '+ {"days": {"type": "integer"}}',
    ]
    assert told[12] == "− report"
    assert "+ radar" in told


def test_nothing_is_different() -> None:
    _, now = pair()
    assert (lines(now, now), summary(now, now)) == ([], "")


def test_what_a_server_says_is_made_safe() -> None:
    w = Written()
    w.begin({"tools": {}}, "1")
    w.call("tools/list", {"tools": [tool("\x1b[2J", "\x1b[31m"), {"name": "x"}]})
    before = Catalogue.of(w.journal)
    w.begin({"tools": {}}, "\x1b]0;x\x07")
    w.call("tools/list", {"tools": [tool("\x1b[2J", "\x1b[32m"), 7]})
    text = "\n".join([*lines(before, w.journal.catalogue), summary(before, w.journal.catalogue)])
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "~ ␛[2J  description" in text
    assert "+ (no name)" in text


def test_the_same_call() -> None:
    assert [entry.plain for entry in result_entries("a", None, 1)][1] == "a  comparing"
    assert [entry.plain for entry in result_entries("a", [], 1)][1] == "a  the same"
    rows = difference({"text": "one", "n": 1}, {"text": "two", "n": 1})
    head, call, *rest = result_entries("a", rows, 7)
    assert (head.plain, call.plain, call.link) == ("Result of the same call", "a  1 line differs", 7)
    assert [entry.plain[:2] for entry in rest] == ["− ", "+ "]
