"""What the page for sending again says: what can be done, what is made anew, what goes out, what came of it.

Entries of a sheet; each that does something has a word for it as its link, and a row where it leads to one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspector.app.widgets.sheet_lines import Entry, heading, line, space
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.session.again import WHY, Again, Change, Part
from inspector.session.repeating import HEADINGS, Repeating, summary, table
from inspector.wire.event import Shape
from inspector.wire.visible import cells, clip, seconds, size, visible

_MOST_SHOWN = 2000
_LONGEST = 200
_NAMES: dict[Part, str] = {
    "id": "id",
    "token": "progress token",
    "meta": "metadata",
    "cursor": "cursor",
    "state": "state of the leg",
    "headers": "headers",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent from the page.

    Attributes:
        journal: Where it stands.
        row: Its row there.
        here: Whether that is the journal of the page.
    """

    journal: Journal
    row: int
    here: bool

    @property
    def says(self) -> tuple[str, str]:
        """How it stands, in words and as a role of the sheet."""
        if self.journal.shape(self.row) is not Shape.REQUEST:
            return "sent", "ok"
        status = self.journal.status(self.row)
        if status is Status.PENDING:
            return "● waiting for the answer", "muted"
        good = status is Status.OK
        took = self.journal.latency(self.row)
        words = f"{'✓' if good else '✗'} {status.name.lower().replace('_', ' ')}"
        return words + (f" · {seconds(took)}" if took is not None else ""), "ok" if good else "error"


def again_entries(
    made: Again,
    *,
    over: str,
    others: int,
    form: bool,
    request: bool,
    headers: bool | None,
    sent: Sequence[Sent],
    repeating: Repeating | None,
) -> Iterator[Entry]:
    """All that the page shows.

    Args:
        made: What would go out.
        over: What it would go out over, safe; empty where nothing is connected.
        others: How many further connections are open.
        form: Whether a form can show it.
        request: Whether it is one request, which can be repeated.
        headers: Over HTTP, whether the old headers are kept; `None` elsewhere.
        sent: What was sent from here, oldest first.
        repeating: The last repetition.
    """
    yield Entry(
        "send",
        (("Send it", "accent"), (f"  over {over}" if over else "  not connected", "muted")),
        link="send",
    )
    if others > 0:
        yield Entry("over", (("Over another connection", "accent"), ("  the next one", "muted")), link="over")
    if form:
        yield Entry("form", (("Edit in the form", "accent"),), link="form")
    yield Entry("raw", (("Edit as text", "accent"), ("  in the composer, JSON or not", "muted")), link="raw")
    if request:
        yield Entry("repeat", (("Repeat", "accent"), ("  many times, some at once", "muted")), link="repeat")
    if repeating is not None:
        yield from _repeated(repeating)
    if sent:
        yield space("before-sent")
        yield heading("sent", "Sent")
        for number, each in enumerate(sent[-8:]):
            says, role = each.says
            where = f"row {each.row:,}" + ("" if each.here else " of the other connection")
            link = each.row if each.here else None
            yield Entry(f"sent-{number}", ((f"{where}  ", "text"), (says, role)), link=link)
    changes = [*made.changes, *([Change("headers", "", kept=headers)] if headers is not None else [])]
    if changes:
        yield space("before-anew")
        yield heading("anew", "Made anew (⏎ keeps it as it was)")
        for change in changes:
            yield _switch(change)
    if made.warning:
        yield line("warning", (f"! {made.warning}", "warning"), hang=2)
    yield space("before-body")
    yield heading("body", f"What goes out · {size(len(made.body))}")
    text = visible(made.body[:_MOST_SHOWN].decode("utf-8", "replace"))
    more = "…" if len(made.body) > _MOST_SHOWN else ""
    yield Entry("text", ((text + more, "text"),), copy=made.body.decode("utf-8", "replace"))


def _switch(change: Change) -> Entry:
    name = _NAMES[change.part]
    if change.kept:
        pieces = ((f"○ {name}  ", "text"), (f"{change.was} ".lstrip(), "text"), ("as it was", "warning"))
    else:
        anew = f"{change.was} → {change.now or 'left out'}" if change.was else change.now
        pieces = ((f"● {name}  ", "text"), (f"{anew}  ".lstrip(), "strong"), (WHY[change.part], "muted"))
    return Entry(f"keep:{change.part}", pieces, hang=2, link=f"keep:{change.part}")


def _repeated(repeating: Repeating) -> Iterator[Entry]:
    """The table: live while it runs."""
    tally, plan = repeating.tally, repeating.plan
    yield space("before-repeated")
    at_once = f" · {plan.at_once} at once" if plan.at_once > 1 else ""
    if repeating.running:
        how = f"{tally.done:,} of {plan.times:,}{at_once} · {repeating.under_way} under way · ctrl+g stops"
    else:
        how = f"{tally.done:,} of {plan.times:,}{at_once}" + (
            f" · {repeating.stopped}" if repeating.stopped else ""
        )
    yield heading("repeated", f"Repeated · {clip(visible(how), _LONGEST)}")
    rows = [HEADINGS, *table(tally)]
    widths = [max(cells(row[at]) for row in rows) for at in range(len(HEADINGS))]
    for number, row in enumerate(rows):
        sized = enumerate(zip(row, widths, strict=True))
        text = "  ".join(text.rjust(width) if at else text.ljust(width) for at, (text, width) in sized)
        kind = tally.kinds.get(row[0])
        mark = "  " if kind is None else "✓ " if kind.ok else "✗ "
        role = "muted" if not number else "text" if kind is None else "ok" if kind.ok else "error"
        link = kind.first if kind is not None and kind.first >= 0 else None
        yield Entry(
            f"outcome-{row[0]}",
            ((mark, role), (text, "text" if number else "muted")),
            link=link,
            rest=not number,
        )
    yield line("summary", (f"  {summary(tally, repeating.seconds)}", "muted"), hang=2)
    for kind in tally.kinds.values():
        if kind.says:
            says = f"  {kind.word}: {clip(visible(kind.says), _LONGEST)}"
            yield line(f"says-{kind.word}", (says, "muted"), hang=2)
