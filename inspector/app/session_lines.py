"""Sessions as lines of a list, and one in full beside it. It reads and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line
from inspector.kept.sessions import Session
from inspector.kept.told import facts, length, when
from inspector.wire.visible import cells, clip, size, visible

_WHEN = 15
_COUNT = 7
_WORTH = 6  # cells in which the name of a server or a client says anything


def entries(sessions: Sequence[Session], text: str, width: int) -> list[Entry]:
    """The sessions that a text finds, those that go on first, in `width` cells."""
    words = text.casefold().split()
    found = [each for each in sessions if all(word in each.words for word in words)]
    running = [each for each in found if each.running]
    past = [each for each in found if not each.running]
    made: list[Entry] = []
    if running:
        made += [heading("running", "Being recorded"), *(_entry(each, width) for each in running)]
    if past:
        made += [heading("past", "Before"), *(_entry(each, width) for each in past)]
    if not made:
        says = "No recording's server is called so." if words else "Nothing is recorded yet."
        made.append(line("nothing", (says, "muted")))
    return made


def _entry(session: Session, width: int) -> Entry:
    said = session.summary
    called = filter(None, (said.name, session.server, said.version))
    name = session.id if session.file.named else " ".join(called)
    mark = ("● ", "ok") if session.running else ("✗ ", "error") if said.trouble else ("  ", "muted")
    errors = f" ! {said.errors:,}" if said.errors else ""
    told = f"{when(session):>{_WHEN}}  {length(said.seconds):>7}  {said.messages:>{_COUNT},}"
    room = max(8, width - cells(told) - 2 - 2 - 6)
    text = clip(visible(name), room)
    server = session.server if session.file.named else ""
    client = said.client if said.mode == "proxy" else ""
    beside = ""
    for each in (server, client):
        left = room - cells(text) - cells(beside)
        beside += clip(f" · {visible(each)}", left) if each and left > _WORTH else ""
    gap = " " * (room - cells(text) - cells(beside))
    pieces: Pieces = (mark, (text, "text"), (beside + gap + "  " + told, "muted"), (f"{errors:<6}", "error"))
    return Entry(session.id, pieces, link=session, copy=str(session.file.path))


def details(session: Session) -> list[Entry]:
    """Everything that is known of one."""
    return [
        line(name, (f"{name:<8}", "muted"), (value, "ok" if value.startswith("●") else "text"), hang=8)
        for name, value in facts(session)
    ]


def whole_words(sessions: Sequence[Session]) -> str:
    """How many there are, and how large they are together."""
    many = "1 session" if len(sessions) == 1 else f"{len(sessions):,} sessions"
    return f"{many}, {size(sum(each.file.size for each in sessions))}"
