"""What the story of a call says, line by line."""

from __future__ import annotations

from inspector.app import story
from inspector.app.panes.story import StoryPage
from inspector.app.story import Story
from inspector.app.widgets.sheet_lines import Entry
from inspector.journal.conversation import Conversations
from inspector.journal.marks import Marks
from inspector.journal.noting import write_note
from inspector.journal.spent import spent
from inspector.wire.event import Kind
from inspector.wire.jsonrpc import request, response
from tests.app.storied import Written, booking, connected

CALL = 6


def told(written: Written, row: int = CALL, now: float | None = None) -> list[str]:
    return [entry.plain for entry in entries(written, row, now)]


def entries(written: Written, row: int = CALL, now: float | None = None) -> list[Entry]:
    conversation = Conversations(written.journal).of(row)
    while conversation.advance(1):
        pass
    return Story(written.journal, conversation).entries(now)


def test_a_booking() -> None:
    assert told(booking()) == [
        "0.000 s             → request tools/call book_hotel  id 1",
        "0.012 s    +12 ms     stderr INFO  hotels: searching Oslo, 2 nights",
        "0.152 s   +140 ms   ← progress 1 of 5  asking 3 providers",
        "0.173 s    +21 ms     stderr DEBUG hotels: page 1 of 12",
        "0.194 s    +21 ms     stderr DEBUG hotels: page 2 of 12",
        "0.215 s    +21 ms     stderr DEBUG hotels: page 3 of 12",
        "0.236 s             … 6 more lines of stderr, over 105 ms",
        "0.362 s    +21 ms     stderr DEBUG hotels: page 10 of 12",
        "0.383 s    +21 ms     stderr DEBUG hotels: page 11 of 12",
        "0.404 s    +21 ms     stderr DEBUG hotels: page 12 of 12",
        "0.524 s   +120 ms   ← progress 2 of 5  comparing prices",
        "                    ┄┄ gap 1.84 s ┄┄",
        "2.364 s   +1.84 s     stderr WARN  hotels: provider fjord-hotels is slow",
        "2.394 s    +30 ms   ← progress 3 of 5  ",
        "2.594 s   +200 ms   ← asks elicitation/create Book Grand Hotel for 2,480 NOK?",
        "                    ┄┄ gap 4.26 s, waiting for you ┄┄",
        "6.854 s   +4.26 s     client answered form by you",
        "6.854 s             → answers elicitation/create accept  after 4.26 s",
        "6.874 s    +20 ms     stdout, no message: booked: 7f3a",
        "7.184 s   +310 ms   ← progress 5 of 5  done",
        "7.186 s     +2 ms   ← ✓ response 102 B  after 7.19 s",
        "",
        "total  7.19 s",
        "  server             2.93 s   41%  ████████",
        "  waiting for you    4.26 s   59%  ████████████",
    ]


def test_each_line_leads_to_its_row_and_gaps_are_passed_by() -> None:
    found = entries(booking())
    links = [entry.link for entry in found if entry.link is not None]
    assert links == sorted(links)  # type: ignore[type-var]
    assert [entry.rest for entry in found if "gap" in entry.plain] == [True, True]


def test_http_tells_where_it_went_and_when_the_first_byte_came() -> None:
    written = Written({"transport": "http", "url": "https://example.com/mcp"})
    connected(written)
    phases = {"dns": 0.01, "connect": 0.02, "tls": 0.05, "send": 0.001, "wait": 0.3, "body": 0.1}
    row = written.sends(request(5, "tools/call", {"name": "x"}), exchange=4)
    written.step(Kind.HTTP, "request", 4, method="POST", url="https://example.com/mcp")
    written.after(0.381).step(Kind.HTTP, "response", 4, status=200, reason="OK", phases=phases | {"body": 0})
    written.after(0.1).step(Kind.SSE, "event", 4, event="message")
    written.gets(response(5, {"isError": True, "content": [{"type": "text", "text": "no"}]}), exchange=4)
    written.step(Kind.HTTP, "end", 4, outcome="complete", phases=phases)
    assert told(written, row) == [
        "0.000 s             → request tools/call x  id 5",
        "0.000 s             → http request https://example.com/mcp POST",
        "                    ┄┄ gap 381 ms ┄┄",
        "0.381 s   +381 ms   ← http response 200 OK",
        "                    ┄┄ gap 100 ms ┄┄",
        "0.481 s   +100 ms   ← ✗ response no  90 B  after 481 ms",
        "0.481 s             · http end complete",
        "",
        "total  481 ms",
        "  server        401 ms   83%  █████████████████",
        "  connecting     80 ms   17%  ███",
        "  first byte 300 ms after the HTTP request",
    ]


def test_a_call_that_goes_on() -> None:
    written = Written()
    connected(written)
    row = written.sends(request(1, "tools/call", {"name": "x", "_meta": {"progressToken": 1}}))
    written.after(0.5).progress(1, "most", "many")
    assert told(written, row, now=written.now + 3.4)[-3:] == [
        "                    … running, nothing for 3 s",
        "",
        "total   3 s so far",
    ]
    assert told(written, row)[-1] == "                    … no end of it was recorded"
    written.gets(request("s", "sampling/createMessage", {}))
    assert "… running, waiting for you" in told(written, row, now=written.now + 0.1)[-3]


def test_it_is_bounded() -> None:
    written = Written()
    connected(written)
    row = written.sends(request(1, "tools/call", {"name": "x", "_meta": {"progressToken": 1}}))
    for number in range(1000):
        written.after(0.001).prints(b"a") if number % 2 else written.progress(1, number)
    found = entries(written, row)
    assert len(found) <= story.MOST + 8
    assert any("more rows" in entry.plain for entry in found)


def test_what_is_shared_and_what_is_marked() -> None:
    written = Written()
    connected(written)
    first = written.sends(request(1, "tools/call", {"name": "x"}))
    written.sends(request(2, "tools/call", {"name": "y"}))
    line = written.prints(b"whose?")
    written.gets(response(1, {}))
    write_note(written.journal, "note", line, "hm")
    marks = Marks(written.journal)
    marks.advance(1)
    conversation = Conversations(written.journal).of(first)
    conversation.advance(1)
    shown = Story(written.journal, conversation).entries(None, marks)
    (marked,) = [entry for entry in shown if entry.link == line]
    assert "¶?  stderr whose?" in marked.plain
    assert marked.whole.endswith("hm")
    assert any("whose this is" in entry.plain for entry in shown)


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    written = Written()
    connected(written)
    row = written.sends(request(1, "tools/call", {"name": "\x1b]0;x\x07", "_meta": {"progressToken": 1}}))
    written.progress(1, 1, 2, "\x1b[2J")
    written.gets(request("q", "elicitation/create", {"message": "\x9b31m [red]" + "x" * 9999}))
    written.prints(b"\x1b[2J\xff")
    written.step(Kind.CLIENT, "answered", request=10**30, by="\x1b[2J")
    written.gets(response(1, {"content": [], "taskId": 5}))
    for text in told(written, row):
        assert text.isprintable() or not text
        assert len(text) < 400


def test_the_time_of_answers_that_nobody_had_to_wait_for() -> None:
    written = booking()
    journal = written.journal
    conversation = Conversations(journal).of(CALL)
    conversation.advance(1)
    account = spent(journal, conversation)
    assert account.total is not None
    assert round(account.user, 3) == 4.26
    assert account.server is not None
    assert round(account.server + account.user, 6) == round(account.total, 6)
    assert account.waited(account.begin, account.begin + 1) is None
    assert account.first_byte is None


def test_the_title_is_no_markup() -> None:
    page = StoryPage(booking().journal, None)
    page.entitle("Story", "call [/x][@click=app.quit]y[/]", "")
    assert page._border_title is not None
    assert page._border_title.plain == "Story · call [/x][@click=app.quit]y[/]"
