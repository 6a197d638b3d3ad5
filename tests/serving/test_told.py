"""What is told at the beginning and at the end."""

from __future__ import annotations

from pathlib import Path

from inspector.journal.journal import Journal
from inspector.serving.matching import Miss
from inspector.serving.said import Heard, Said, as_error
from inspector.serving.script import Script
from inspector.serving.told import left_out, summary
from inspector.wire.event import Kind
from tests.serving.conftest import Play, request


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


def test_a_recording_with_nothing_wrong_needs_no_words() -> None:
    play = Play()
    play.call(1, "a", None, {})
    play.client(request(2, "b"))
    play.step(Kind.CLIENT, "disconnecting", reason="done")
    play.step(Kind.PROCESS, "exited", code=0, signal=None, rung="stdin")
    assert left_out(Script(play.journal)) == []


def test_what_a_damaged_recording_leaves_out(tmp_path: Path) -> None:
    """The first request, the second answer and the last are damaged; the connection ended in good order."""
    path = tmp_path / "session.jsonl"
    play = Play(path)
    for id in (1, 2, 3):
        play.call(id, "tools/call", {"name": "a\x1b[2J"}, {"n": id})
    for id in (4, 5, 6, 7):
        play.client(request(id, "b"))
    play.step(Kind.CLIENT, "disconnecting", reason="done")
    play.step(Kind.PROCESS, "exited", code=0, signal=None, rung="stdin")
    play.journal.close()
    lines = path.read_bytes().splitlines(keepends=True)
    for number in (1, 4, 11):
        lines[number] = b"#" * 9 + b"\n"
    path.write_bytes(b"".join(lines) + b'{"seq":99,"t":')
    script = Script(Journal.open(path))
    at = len(lines[0])
    assert left_out(script) == [
        f"4 lines of the recording cannot be read (44 bytes, at byte {at} and later: the line is no event);"
        " 1 answer to what cannot be read left out;"
        " 5 requests without an answer in it, which will get an error: tools/call a␛[2J (row 1), b (row 4),"
        " b (row 5), …"
    ]
    assert script.unasked == []  # an answer to nothing that is known could be taken for another one
    assert [call.row for call in script.unanswered] == [1, 4, 5, 6, 7]
    path.write_bytes(b"".join(lines[:3]) + lines[3][:20])
    (says,) = left_out(Script(Journal.open(path)))
    assert says == (
        f"2 lines of the recording cannot be read (30 bytes, at byte {at} and later: the line is no event);"
        " 1 answer to what cannot be read left out"
    )
