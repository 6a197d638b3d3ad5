"""What is told at the end."""

from __future__ import annotations

from inspector.serving.matching import Miss
from inspector.serving.said import Heard, Said, as_error
from inspector.serving.told import summary


def test_misses_and_notes_are_safe_lines() -> None:
    heard = Heard(answered=3)
    for _ in range(2):
        heard.missed(Miss("tools/call", "a\nb", 7, ("x: \x1b[2J, recorded 1", *"abcde"), "no such request"))
    heard.missed(Miss("odd", "", -1, (), "no request of this method"))
    heard.note("n\u202eote")
    heard.note("n\u202eote")
    assert summary(heard) == [
        "3 answered as recorded, 3 not in the recording",
        "  missed tools/call a␊b (2 times): no such request; nearest is row 7",
        "         x: ␛[2J, recorded 1",
        "         a",
        "         b",
        "         c",
        "  missed odd: no request of this method",
        "note: n‹U+202E›ote",
    ]


def test_only_a_hundred_of_each_are_kept() -> None:
    heard = Heard()
    for number in range(1000):
        heard.missed(Miss("a", str(number), -1, (), ""))
        heard.note(str(number))
    assert (len(heard.misses), len(heard.notes)) == (100, 100)


def test_what_broke_off_is_an_error_where_there_is_no_http() -> None:
    for facts, how in (({"status": 500}, "with HTTP status 500"), ({}, "and its HTTP exchange broke off")):
        said = as_error(Said("broken", facts={**facts, "id": '"x"'}))
        assert said.sort == "message"
        assert said.body.startswith(b'{"jsonrpc":"2.0","id":"x","error":{"code":-32000')
        assert how.encode() in said.body
