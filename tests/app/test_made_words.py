"""What a call's story tells of a message that a breakpoint changed."""

from __future__ import annotations

from typing import Any

from inspector.app.made_words import changes, made_words
from inspector.app.story import Story
from inspector.journal.conversation import Conversations
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode

C2S, S2C = Direction.C2S, Direction.S2C


def call(**arguments: Any) -> bytes:
    params = {"name": "add", "arguments": arguments}
    return encode({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})


def told(journal: Journal, row: int) -> list[str]:
    return ["".join(text for text, _ in line) for line in changes(journal, row)]


def test_what_was_changed_stands_in_the_story_of_the_call() -> None:
    journal = Journal.create(clock=iter(range(100)).__next__)
    came = journal.append(Kind.MESSAGE, C2S, call(a=1, b=2)).seq
    went = journal.append(Kind.MESSAGE, C2S, call(a=1, b=40), by="hand", of=came).seq
    journal.append(Kind.MESSAGE, S2C, encode({"jsonrpc": "2.0", "id": 1, "result": {}}))
    assert [line.split() for line in told(journal, went) if line[0] in "+-"] == [
        ["-", "b:", "2"],
        ["+", "b:", "40"],
    ]
    assert made_words(journal, came) == changes(journal, came) == ()
    conversation = Conversations(journal).of(came)
    conversation.advance(9)
    entry = next(each for each in Story(journal, conversation).entries() if each.link == went)
    assert "by hand for row 0" in entry.plain
    assert '+     "b": 40' in entry.whole or "+ " in entry.whole


def test_once_more_or_no_json_or_very_long() -> None:
    journal = Journal.create()
    came = journal.append(Kind.MESSAGE, C2S, call(a=1)).seq
    again = journal.append(Kind.MESSAGE, C2S, call(a=1), by="rule", of=came).seq
    broken = journal.append(Kind.MESSAGE, C2S, b"{\x1b[31m", by="hand", of=came).seq
    long = journal.append(Kind.MESSAGE, C2S, call(a="x" * 40_000), by="hand", of=came).seq
    made_up = journal.append(
        Kind.MESSAGE, S2C, encode({"jsonrpc": "2.0", "id": 1, "result": {}}), by="hand"
    ).seq
    assert told(journal, again) == ["the same once more"]
    assert "\x1b" not in "".join(told(journal, broken))
    assert told(journal, long) == ["too long to be compared here"]
    assert told(journal, made_up) == []
    assert "by hand" in made_words(journal, made_up)[0][0]
