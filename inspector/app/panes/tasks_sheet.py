"""Tasks as entries of a sheet: one for each, and all that is known of one: terms, timeline, result. Pure.

Everything that a server says is made safe here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line, space
from inspector.wire.content import Part, parts
from inspector.wire.event import Shape
from inspector.wire.visible import clip, seconds, visible, visible_lines

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.journal.tasks import Standing, Step

_MARKS: Mapping[str, tuple[str, str]] = {
    "working": ("●", "accent"),
    "input_required": ("!", "warning"),
    "completed": ("✓", "ok"),
    "failed": ("✗", "error"),
    "cancelled": ("✗", "muted"),
}
"""By state: a shape, and the role of its colour."""
_WIDEST = 200
_SHORT = 12
_LINES = 60


def words(text: str, cells: int = _WIDEST) -> str:
    """A text of the server as one safe line."""
    return clip(visible(text[: cells * 8]), cells)


def span(s: float) -> str:
    """A time that counts, in whole seconds, so that nothing flickers."""
    return f"{s:.0f} s" if s < 59.5 else seconds(s)


def mark(standing: Standing) -> tuple[str, str]:
    """The shape and the role of how a task stands."""
    if standing.gone and not standing.task.over:
        return "✗", "muted"
    return _MARKS.get(standing.task.status, ("?", "muted"))


def state(standing: Standing) -> str:
    """How a task stands, in a word or two."""
    said = words(standing.task.status, 30).replace("_", " ") or "no status"
    return f"{said}, then forgotten" if standing.gone else said


def lifetime(standing: Standing, now: float) -> str:
    """`expires in 40 s`, `expired`; for a task that is over how long its result is kept."""
    expires = standing.expires
    if expires is None:
        return "kept without limit"
    left = ceil(expires - now)
    if standing.task.over or standing.gone:
        return f"kept for {span(left)} more" if left > 0 and not standing.gone else "no longer kept"
    return f"expires in {span(left)}" if left > 0 else "expired"


def task_entry(standing: Standing, name: str, now: float, polled: float | None) -> Entry:
    """The row of one task.

    Args:
        standing: How it stands.
        name: The tool that it came of, as sent; empty where that is not known.
        now: By the journal's clock.
        polled: Seconds between two polls; `None` where it is not polled.
    """
    task = standing.task
    shape, role = mark(standing)
    expired = not task.over and standing.expires is not None and standing.expires <= now
    facts = [f"{span(floor(max(0.0, now - standing.began)))} old", lifetime(standing, now)]
    if not task.over and not standing.gone:
        facts.insert(1, f"polled every {seconds(polled)}" if polled is not None else "not polled")
    pieces: list[tuple[str, str]] = [
        (f"{shape} ", role),
        (f"{words(name, 40) or 'a task'} ", "strong"),
        (f"{words(task.id, _SHORT)}  ", "muted"),
        (f"{state(standing)}  ", role if role != "accent" else "text"),
    ]
    if task.message:
        pieces.append((f"{words(task.message, 100)}  ", "text"))
    pieces.append((" · ".join(facts), "warning" if expired else "muted"))
    return Entry(f"task-{task.id}", tuple(pieces), hang=2, link=standing, copy=visible(task.id))


def detail_entries(
    standing: Standing, name: str, journal: Journal, polled: float | None, result: Sequence[Entry]
) -> list[Entry]:
    """All that is known of one task; what has a row in the log leads there. `result` is `result_entries`."""
    task = standing.task
    kept = "kept without limit" if task.ttl is None else f"kept for {seconds(task.ttl)} from its creation"
    entries = [
        Entry("id", (("id  ", "muted"), (words(task.id), "text")), hang=4, copy=visible(task.id)),
        line("terms", (f"{_polling(task.interval, polled)} · {kept}", "muted")),
    ]
    if standing.revived:
        entries.append(line("revived", ("! It left a state that it may not leave.", "warning"), hang=2))
    if task.status == "input_required" and not standing.gone:
        says = "It waits for your answer: i opens the inbox."
        entries.append(line("input", ("! ", "warning"), (says, "warning"), hang=2))
    entries += [heading("timeline", "Timeline")]
    if standing.request >= 0:
        asked = ((f"{_time(journal.time(standing.request))}  ", "muted"), ("→ ", "muted"), (
            f"called {words(name, 40)}", "text"))  # fmt: skip
        entries.append(Entry("request", asked, hang=12, link=standing.request))
    entries += [_step(number, step, standing) for number, step in enumerate(standing.steps)]
    if standing.result >= 0:
        entries += [space("space"), heading("result", "Result"), *result]
    return entries


def _polling(wished: float | None, polled: float | None) -> str:
    if polled is None:
        return "no interval wished" if wished is None else f"wants to be polled every {seconds(wished)}"
    if wished == polled:
        return f"polled every {seconds(polled)}, as the server wishes"
    wants = "it wishes no interval" if wished is None else f"it wishes {seconds(wished)}"
    return f"polled every {seconds(polled)}; {wants}"


def _step(number: int, step: Step, standing: Standing) -> Entry:
    role = "text"
    if step.kind == "asked":
        shape, says, role = "← ", f"asked: {words(step.says)}", "warning"
    elif step.kind == "expired":
        shape, says, role = "! ", "outlived its time", "warning"
    elif step.kind == "answered":
        shape, says = "→ ", f"answered: {words(step.says)}"
    else:
        found, role = _MARKS.get(step.status, ("?", "muted"))
        shape = f"{found} "
        says = words(step.status, 30).replace("_", " ") or "no status"
        if number == 0 and standing.request >= 0:
            says = f"created, {says}"
        if step.says:
            says += f" · {words(step.says)}"
    pieces = ((f"{_time(step.time)}  ", "muted"), (shape, role), (says, "text"))
    return Entry(f"step-{number}", pieces, hang=12, link=step.seq)


def _time(t: float) -> str:
    return f"{t:8.3f}"


def result_entries(standing: Standing, journal: Journal) -> list[Entry]:
    """What it came to: the text of its parts, the rest as type and size. Reads all of its result."""
    if standing.result < 0:
        return []
    result, error = came_to(standing, journal)
    if error is not None:
        says = error.get("message")
        told = words(says) if isinstance(says, str) else "The error carries no message."
        code = words(str(error.get("code")), 20)
        return [Entry("error", (("✗ ", "error"), (f"error {code}: {told}", "text")), hang=2,
                      link=standing.result)]  # fmt: skip
    failed = isinstance(result, Mapping) and result.get("isError") is True
    unsaid = standing.task.status == "failed" and not failed  # its state says so, its result does not
    word = ("✗ ", "error"), ("tool error" if failed else "the task failed", "error")
    good = ("✓ ", "ok"), ("ok", "text")
    more: list[Pieces] = []
    for part in parts(result):
        more += [((text, "text"),) for text in _lines(part)]
        if len(more) > _LINES:
            more = [*more[:_LINES], (("… the row has all of it", "muted"),)]
            break
    first = Entry("came-to", (*(word if failed or unsaid else good), ("  ⏎ its row", "muted")), tuple(more),
                  hang=2, link=standing.result, unfolded=True)  # fmt: skip
    return [first]


def came_to(standing: Standing, journal: Journal) -> tuple[Any, Mapping[str, Any] | None]:
    """The result of a task, or the error that it ended with."""
    body = standing.task.body
    if "result" in body or "error" in body:  # the extension: it is a part of how the task stands
        error = body.get("error")
        return body.get("result"), error if isinstance(error, Mapping) else None
    frame = journal.event(standing.result).frame
    if frame is None:
        return None, {}
    return (frame.result, None) if frame.shape is Shape.RESPONSE else (None, frame.error)


def _lines(part: Part) -> Iterator[str]:
    if part.kind in ("text", "json", "structured"):
        for text in visible_lines(part.text[: _LINES * _WIDEST])[: _LINES + 1]:
            yield clip(text, _WIDEST)
    else:
        yield words(f"[{part.kind} {part.uri or part.facts}]")
