"""A call's own story: what happened for it, in order, with the gaps between, and where the time went.

Made of the rows of one conversation (`inspector.journal.gathering`) as entries of a sheet; the link of an
entry is its row, what a row says is worded by `inspector.app.story_words`. Everything in it is safe for a
terminal. The screen is the business of `inspector.app.panes.story`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from inspector.app.made_words import changes, made_words
from inspector.app.story_words import words_of
from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line, space
from inspector.journal.outline import outline
from inspector.journal.pairing import Status
from inspector.journal.spent import Spent, Wait, spent
from inspector.wire.event import Kind, Shape
from inspector.wire.visible import cells, clip, seconds, visible

if TYPE_CHECKING:
    from inspector.journal.gathering import Conversation
    from inspector.journal.journal import Journal
    from inspector.journal.marks import Marks

MOST = 400
"""Lines that are shown; the log has them all."""
LEAST_GAP = 0.1
"""Seconds in which nothing happened that are worth a line: a tenth of the whole at least, and much longer
than what mostly lies between two rows, or what has a steady rhythm would be all gaps."""
_MUCH = 3
_RUN, _KEPT = 9, 3  # so many of a kind in a row are folded, but for the first and the last
_SORTS: Mapping[Kind, str] = {Kind.STDERR: "stderr", Kind.STDOUT: "stdout", Kind.SSE: "sse"}
_FOLDED = {
    "progress": "progress notifications",
    "log": "log messages",
    "stderr": "lines of stderr",
    "stdout": "lines of stdout",
    "sse": "events of the stream",
    "poll": "messages about the task",
}


class Story:
    """Tells one conversation, again and again as it grows: what a row says is kept.

    Args:
        journal: Where it stands.
        conversation: What is told.
    """

    def __init__(self, journal: Journal, conversation: Conversation) -> None:
        self.journal = journal
        self.conversation = conversation
        self._words: dict[tuple[int, Status], Pieces] = {}
        self._changes: dict[int, tuple[Pieces, ...]] = {}

    def title(self) -> str:
        """What it is about, in a line."""
        row = outline(self.journal, self.conversation.root)
        message = self.journal.kind(self.conversation.root) is Kind.MESSAGE
        words = ("" if message and row.what else row.kind, row.what, row.target)
        return clip(" ".join(word for word in words if word), 50)

    def took(self) -> str:
        """How long it took; empty while it goes on."""
        total = spent(self.journal, self.conversation).total
        return seconds(total) if total is not None and self.conversation.requests else ""

    def version(self) -> tuple[object, ...]:
        """What the entries depend on; changes when they do. Cheap, for every frame."""
        told = self.conversation
        status = [self.journal.status(row) for row in told.requests]
        return told.root, told.revision, told.more, told.open, tuple(status)

    def entries(self, now: float | None = None, marks: Marks | None = None) -> list[Entry]:
        """The whole story.

        Args:
            now: The time, in seconds since the journal's start, while the call may go on; else `None`.
            marks: What the user marked.
        """
        rows = self.conversation.rows
        if not rows:
            return [line("nothing", ("Nothing is known of it.", "muted"))]
        account = spent(self.journal, self.conversation)
        whole = account.total if account.total is not None else self.journal.time(rows[-1]) - account.begin
        least = max(LEAST_GAP, whole / 10)
        steps = sorted(self.journal.time(after) - self.journal.time(row) for row, after in pairwise(rows))
        usual = steps[len(steps) // 2] if steps else 0.0
        wide = max(cells(_clock(self.journal.time(row) - account.begin)) for row in (rows[0], rows[-1]))
        found: list[Entry] = []
        before = account.begin
        for row, folded in self._shown(rows):
            time = self.journal.time(row)
            wait = account.waited(before, time)
            if time - before >= (least if wait is not None else max(least, _MUCH * usual)):
                found.append(_gap(row, wait, time - before, wide))
            found += self._leg(row)
            if folded:
                found.append(self._folded(row, folded, account.begin, wide))
                before = self.journal.time(folded[-1])
                continue
            found.append(self._entry(row, time - account.begin, time - before, wide, marks))
            before = time
        found += _running(account, before, now, least, wide)
        alone = len(rows) == 1 and not self.conversation.requests
        return found + self._remarks() + ([] if alone else _account(account, now))

    # Which lines

    def _shown(self, rows: Sequence[int]) -> list[tuple[int, Sequence[int]]]:
        """Rows, each by itself or the first of some that are told in one line."""
        rows = [
            row for row, after in zip(rows, (*rows[1:], -1), strict=True) if not self._carries(row, after)
        ]
        found: list[tuple[int, Sequence[int]]] = []
        at = 0
        while at < len(rows):
            sort, end = self._sort(rows[at]), at + 1
            while sort and end < len(rows) and self._sort(rows[end]) == sort:
                end += 1
            if end - at < _RUN:
                found += [(row, ()) for row in rows[at:end]]
            else:
                found += [(row, ()) for row in rows[at : at + _KEPT]]
                found.append((rows[at + _KEPT], rows[at + _KEPT : end - _KEPT]))
                found += [(row, ()) for row in rows[end - _KEPT : end]]
            at = end
        if len(found) > MOST:
            head, tail = MOST * 3 // 4, MOST // 4
            middle = [row for row, _ in found[head:-tail]]
            found[head:-tail] = [(middle[0], middle)]
        return found

    def _carries(self, row: int, after: int) -> bool:
        """Whether a row is the event of a stream that brought the next row's message, which says more."""
        journal = self.journal
        if journal.kind(row) is not Kind.SSE or after != row + 1 or journal.kind(after) is not Kind.MESSAGE:
            return False
        return journal.exchange(row) == journal.exchange(after) and journal.data(row).get("what") == "event"

    def _sort(self, row: int) -> str:
        """What many rows in a row may be alike in; empty for what is told by itself."""
        journal, kind = self.journal, self.journal.kind(row)
        if kind is not Kind.MESSAGE:
            return _SORTS.get(kind, "")
        method = journal.method(row if journal.shape(row) is not Shape.RESPONSE else journal.peer(row))
        if method in ("notifications/progress", "notifications/message"):
            return "progress" if method == "notifications/progress" else "log"
        return "poll" if method == "tasks/get" and journal.shape(row) is not Shape.ERROR else ""

    def _folded(self, row: int, rows: Sequence[int], begin: float, wide: int) -> Entry:
        sorts = {self._sort(each) for each in rows}
        what = _FOLDED.get(sorts.pop(), "rows") if len(sorts) == 1 else "rows"
        took = self.journal.time(rows[-1]) - self.journal.time(row)
        clock = _clock(self.journal.time(row) - begin)
        says = f"… {len(rows):,} more {what}, over {seconds(took)}"
        return Entry(f"folded-{row}", ((_head(clock, "", wide), "muted"), (says, "muted")), link=row)

    def _leg(self, row: int) -> list[Entry]:
        place = self.journal.legs.place(row)
        if place is None or place.first != self.conversation.root:
            return []
        return [heading(f"leg-{place.number}", f"Leg {place.number}")]

    # One line

    def _entry(self, row: int, at: float, since: float, wide: int, marks: Marks | None) -> Entry:
        head = _head(_clock(at), f"+{seconds(since)}" if since else "", wide)
        words = self._words_of(row)
        mark = marks.of(row) if marks is not None else None
        flags = "" if mark is None else "¶" if mark.note else "*"
        flags += "?" if row in self.conversation.shared else ""
        more: tuple[Pieces, ...] = ()
        if mark is not None and mark.note:
            more = (((" " * (len(head) - 2), "text"), (mark.note, "note")),)
        more += tuple(((" " * (len(head) - 2), "text"), *each) for each in self._changes_of(row))
        text = ((head[:-2], "muted"), (f"{flags:<2}", "warning" if flags else "muted"), *words)
        return Entry(str(row), text, more, hang=len(head), link=row, unfolded=True)

    def _words_of(self, row: int) -> Pieces:
        key = (row, self.journal.status(row))
        known = self._words.get(key)
        if known is None:
            known = self._words[key] = (*made_words(self.journal, row), *words_of(self.journal, row))
        return known

    def _changes_of(self, row: int) -> tuple[Pieces, ...]:
        """What differs from the message that this one went on in the place of."""
        if not self.journal.made(row):
            return ()
        known = self._changes.get(row)
        if known is None:
            known = self._changes[row] = changes(self.journal, row)
        return known

    def _remarks(self) -> list[Entry]:
        told, found = self.conversation, list[Entry]()
        if told.more:
            says = f"It has more than {len(told):,} rows; these are the first."
            found.append(line("more", (says, "warning")))
        if told.shared:
            says = "? another call was under way: whose this is, nothing tells"
            found.append(line("shared", (says, "muted")))
        return [space("space-remarks"), *found] if found else []


# Times


def _clock(at: float) -> str:
    return f"{at:.3f} s"


def _head(clock: str, since: str, wide: int) -> str:
    return f"{clock:>{wide}} {since:>9}   "


def _gap(row: int, wait: Wait | None, took: float, wide: int) -> Entry:
    why = _whose(wait.by) if wait is not None else ""
    says = f"┄┄ gap {seconds(took)}{f', {why}' if why else ''} ┄┄"
    return Entry(f"gap-{row}", ((_head("", "", wide), "muted"), (says, "warning")), rest=True)


def _whose(by: str) -> str:
    known = {"user": "waiting for you", "": "waiting for an answer from here", "script": "the file answers"}
    return known.get(by, f"{visible(by[:40])} answers")


def _running(account: Spent, before: float, now: float | None, least: float, wide: int) -> list[Entry]:
    """That it goes on, and since when nothing happened."""
    if account.end is not None:
        return []
    if now is None:
        return [line("running", (_head("", "", wide), "muted"), ("… no end of it was recorded", "muted"))]
    wait = account.waited(before, now)
    why = f", {_whose('user' if not wait.by else wait.by)}" if wait is not None else ""
    quiet = f", nothing for {_whole(now - before)}" if now - before >= max(1.0, least) else ""
    return [line("running", (_head("", "", wide), "muted"), (f"… running{quiet}{why}", "note"))]


def _whole(lasts: float) -> str:
    """Whole seconds, for what goes on: it is not drawn anew with each frame, and claims no more."""
    return seconds(float(int(lasts))) if lasts >= 60 else f"{int(lasts)} s"


def _account(account: Spent, now: float | None) -> list[Entry]:
    """The total, and where it went."""
    total = account.total
    if total is None:
        if now is None:
            return []
        so_far = f"{_whole(now - account.begin)} so far"
        return [space("space-total"), line("total", ("total   ", "muted"), (so_far, "strong"))]
    parts = [
        ("server", account.server or 0.0, "text"),
        ("waiting for you", account.user, "note"),
        ("answered from here", account.answers, "text"),
        ("connecting", account.connecting, "text"),
    ]
    told = [part for part in parts if part[1] > 0]
    found = [space("space-total"), line("total", ("total", "muted"), (f"  {seconds(total)}", "strong"))]
    if len(told) > 1:
        wide = max(cells(name) for name, _, _ in told)
        for name, took, role in told:
            share = took / total if total else 0.0
            bar = "█" * max(1, round(share * 20))
            pieces = ((f"  {name:<{wide}}  {seconds(took):>8} {share:>5.0%}  ", role), (bar, "accent"))
            found.append(Entry(f"part-{name}", pieces))
    if account.first_byte is not None:
        says = f"  first byte {seconds(account.first_byte)} after the HTTP request"
        found.append(line("first", (says, "muted")))
    return found
