"""One HTTP exchange of the journal in words: its requests hop by hop, what was dropped, TLS, phases, the end.

As entries of a sheet, where a message leads to its row, and as plain text for the log's detail. Everything
in it comes from the other side or from a recording, and passes `visible` here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from inspector.app.widgets.exchange_columns import FLAGS
from inspector.app.widgets.phases import lines as phase_lines
from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line, space
from inspector.journal.exchanges import flag_of, phases_of
from inspector.journal.outline import outline
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.visible import clip, seconds, size, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

MOST = 400
"""Events of one exchange that are shown; the log has them all."""
_BODY = 4000
_LINES = 60
_BAR = 20
_NOTHING = "The journal holds no HTTP events of this exchange."
_WHYS = {
    "redirect": "redirected",
    "resume": "the stream is resumed",
    "authorized": "again, with credentials",
}
_OUTCOMES = {
    "complete": "ok",
    "closed-early": "error",
    "failed": "error",
    "aborted": "warning",
}


def exchange_of(journal: Journal, number: int) -> str:
    """Everything the journal knows of HTTP exchange `number`, as lines to read."""
    return "\n".join(entry.whole for entry in exchange_entries(journal, number))


def exchange_entries(journal: Journal, number: int) -> list[Entry]:
    """The same as entries; the link of an entry is a row of the journal."""
    rows = journal.rows_of_exchange(number)
    steps = [journal.event(seq) for seq in rows if journal.kind(seq) is Kind.HTTP]
    if not steps:
        return [*_carried(journal, rows), line("nothing", (_NOTHING, "muted"))]
    entries = [*_head(journal, rows, steps), space("space-conversation")]
    hop = 0
    shown = 0
    by_row = {event.seq: event for event in steps}
    for seq in rows:
        event = by_row.get(seq)
        if event is not None and event.what == "request":
            hop += 1
            if hop > 1:
                entries.append(space(f"space-{seq}"))
        if event is not None and event.what != "end":
            entries.extend(_step(event, hop))
        elif event is None and shown < MOST:
            shown += 1
            entries.extend(_carried(journal, [seq]))
    if (missing := len(rows) - len(steps) - shown) > 0:
        says = f"… {missing:,} more events and messages; the log has them all"
        entries.append(line("more", (says, "muted")))
    return entries


def _head(journal: Journal, rows: list[int], steps: list[Event]) -> Iterator[Entry]:
    """How it went as a whole: outcome, time, phases, TLS."""
    end = next((event for event in reversed(steps) if event.what == "end"), None)
    response = next((event for event in reversed(steps) if event.what == "response"), None)
    purpose = next((_text(event.data.get("purpose")) for event in steps if event.data.get("purpose")), "")
    if purpose:
        yield line("purpose", ("for      ", "muted"), (purpose, "strong"), hang=9)
    if marks := _marks(steps, end):
        yield line("marks", ("marks    ", "muted"), (marks, "text"), hang=9)
    if end is None:
        yield line("end", ("end      ", "muted"), ("… under way", "text"))
    else:
        yield _end(end, journal.time(end.seq) - journal.time(rows[0]))
        yield from _warnings(end.data)
    facts = end.data.get("phases") if end is not None else None
    facts = facts or (response.data.get("phases") if response is not None else None)
    if phases := phases_of(facts):
        yield Entry(
            "phases",
            (("phases   ", "muted"), (seconds(sum(phases.values())), "text"), _whose(steps)),
            more=tuple(phase_lines(phases, _BAR)),
            unfolded=True,
        )


def _marks(steps: list[Event], end: Event | None) -> str:
    """What the list says about it in a word or, where it is narrow, in a letter: the legend."""
    found = {flag_of(event.data.get("why")) for event in steps if event.what == "request"}
    found |= {name for name in ("buffered", "refused") if end is not None and end.data.get(name)}
    return ", ".join(f"{letter} {flag}" for flag, letter in FLAGS.items() if flag in found)


def _whose(steps: list[Event]) -> tuple[str, str]:
    several = sum(event.what == "request" for event in steps) > 1
    return (" of the last request" if several else "", "muted")


def _end(end: Event, took: float) -> Entry:
    data = end.data
    outcome = _text(data.get("outcome"))
    role = _OUTCOMES.get(outcome, "text")
    mark = {"ok": "✓ ", "error": "✗ ", "warning": "! "}.get(role, "")
    pieces = [("end      ", "muted"), (f"{mark}{outcome}", role), (f" after {seconds(took)}", "text")]
    count = data.get("bytes")
    if isinstance(count, int):
        pieces.append((f", {size(count)} received", "text"))
    if stage := _text(data.get("stage")):
        pieces.append((f", at {stage}", "text"))
    if error := _text(data.get("error")):
        pieces.append((f": {error}", "text"))
    return line("end", *pieces, hang=9)


def _warnings(data: Mapping[str, Any]) -> Iterator[Entry]:
    if data.get("buffered"):
        held = data.get("held")
        long = f", held back for {seconds(held)}" if isinstance(held, int | float) else ""
        says = f"! buffered: the event stream came in one burst at the end{long}; a proxy does that"
        yield line("buffered", (says, "warning"), hang=2)
    if redirect := _text(data.get("redirect")):
        yield line("redirect", (f"! it points to {redirect}, which was not followed", "warning"), hang=2)
    if data.get("session") == "ended":
        yield line("session", ("! the server let go of the session", "warning"), hang=2)
    if refused := data.get("refused"):
        says = refused if isinstance(refused, str) else "the address is one a server must not send us to"
        yield line("refused", (f"! not sent: {_text(says)}", "warning"), hang=2)


def _step(event: Event, hop: int) -> Iterator[Entry]:
    data, key = event.data, str(event.seq)
    match event.what:
        case "request":
            yield from _request(data, key, hop)
        case "response":
            reason = _text(data.get("reason"))
            status = data.get("status")
            bad = isinstance(status, int) and status >= 400
            says = f"{_text(data.get('version')) or 'HTTP'} {_text(status)} {reason}".rstrip()
            yield line(key, ("< ", "muted"), (says, "error" if bad else "strong"), hang=2)
            yield from _headers(data, "<", key)
            yield from _reached(data, key)
        case "body":
            yield _body(event)
        case what:
            yield line(key, (f"{visible(what)} {_facts(data)}".rstrip(), "muted"), hang=2)


def _request(data: Mapping[str, Any], key: str, hop: int) -> Iterator[Entry]:
    why = data.get("why")
    dropped = data.get("dropped")
    if hop > 1 or why:
        words = _WHYS.get(str(why), _text(why)) if why else ""
        yield heading(f"{key}-hop", f"Request {hop}{': ' if words else ''}{words}")
    if isinstance(dropped, list) and dropped:
        names = ", ".join(_text(name) for name in dropped[:20])
        yield line(f"{key}-dropped", (f"! dropped on the way: {names}", "warning"), hang=2)
    says = f"{_text(data.get('method'))} {_text(data.get('url'))}"
    yield Entry(key, (("> ", "muted"), (says, "strong")), hang=2, copy=_text(data.get("url")))
    yield from _headers(data, ">", key)


def _headers(data: Mapping[str, Any], mark: str, key: str) -> Iterator[Entry]:
    headers = data.get("headers")
    for at, pair in enumerate(headers if isinstance(headers, list) else []):
        if isinstance(pair, list | tuple) and len(pair) == 2:
            name, value = _text(pair[0]), _text(pair[1])
            yield line(f"{key}-{at}", (f"{mark} ", "muted"), (f"{name}: ", "muted"), (value, "text"), hang=4)


def _reached(data: Mapping[str, Any], key: str) -> Iterator[Entry]:
    if peer := _text(data.get("peer")):
        yield line(f"{key}-peer", ("peer     ", "muted"), (peer, "text"), hang=9)
    tls = data.get("tls")
    if isinstance(tls, Mapping):
        words = [_text(tls.get(name)) for name in ("version", "cipher")]
        rest = [f"{name.replace('_', ' ')} {_text(value)}" for name, value in _certificate(tls)]
        says = " · ".join(word for word in [*words, *rest] if word)
        yield line(f"{key}-tls", ("tls      ", "muted"), (says, "text"), hang=9)


def _certificate(tls: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (visible(str(name))[:40], value) for name, value in tls.items() if name not in ("version", "cipher")
    ]


def _body(event: Event) -> Entry:
    ours = event.direction is Direction.C2S
    mark, whose = (">", "the request's body") if ours else ("<", "a body that is no message")
    shown = event.body[:_BODY].decode("utf-8", "backslashreplace").replace("\r\n", "\n").split("\n")
    more: list[Pieces] = [((visible(text), "text"),) for text in shown[:_LINES]]
    if len(shown) > _LINES or len(event.body) > _BODY:
        more.append((("…", "muted"),))
    says = ((f"{mark} ", "muted"), (f"{size(event.size)}: {whose}", "muted"))
    return Entry(str(event.seq), says, tuple(more), unfolded=True, link=None, hang=2)


def _carried(journal: Journal, rows: list[int]) -> Iterator[Entry]:
    """Messages, and what event streams carried beside them; each leads to its row in the log."""
    for seq in rows[:MOST]:
        if journal.kind(seq) is Kind.MESSAGE:
            row = outline(journal, seq)
            words = " ".join(word for word in (row.kind, row.what, row.target, row.note) if word)
            says = (
                (f"{row.arrow} ", "muted"),
                (f"{seq} ", "accent"),
                (words, "text"),
                (f"  {row.size}", "muted"),
            )
            yield Entry(str(seq), says, hang=2, link=seq)
        elif journal.kind(seq) is Kind.SSE:
            data = journal.data(seq)
            words = f"sse {_sse(data)}  {journal.time(seq):.3f}"
            yield Entry(
                str(seq), (("← ", "muted"), (f"{seq} ", "accent"), (words, "muted")), hang=2, link=seq
            )


def _sse(data: Mapping[str, Any]) -> str:
    what = _text(data.get("what"))
    return f"{what} {_facts(data)}".rstrip()


def _facts(data: Mapping[str, Any]) -> str:
    return clip(visible(" ".join(f"{key}={value}" for key, value in data.items() if key != "what")), 400)


def _text(value: object) -> str:
    return "" if value is None else clip(visible(str(value)[:8000]), 4000)
