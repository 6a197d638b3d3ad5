"""One event as one row: what the app's log, `--trace` and `replay --text` show.

Every string of a row is safe for a terminal and short. A row reads the columns and the head of the body,
so that its cost does not grow with the message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from inspector.journal import gate_words
from inspector.journal.gate_words import MADE
from inspector.journal.heads import loads_head
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.payload import Glance
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.targets import target_of
from inspector.wire.visible import clip, seconds, size, visible

HEAD = 4096
WIDEST = 240
"""Cells of the widest string in a row."""

_ARROWS = {Direction.NONE: "·", Direction.C2S: "→", Direction.S2C: "←"}
_REPLIES = frozenset({Shape.RESPONSE, Shape.ERROR})
_OF_BYTES = frozenset({Kind.MESSAGE, Kind.STDERR, Kind.STDOUT})


class Row(NamedTuple):
    """A row. All strings are safe for a terminal; an empty one says nothing.

    Attributes:
        seq: Number of the event.
        time: Seconds since the journal's start.
        arrow: `→` to the server, `←` from it, `·` what did not cross.
        kind: `request`, `response`, `error`, `notification`, `batch`, `invalid`, or the event's kind.
        what: The method, of a reply that of its request; or the step.
        target: What it is about: a tool's name, a URI, a URL.
        id: The id as JSON text.
        status: How it fared, a word of `Status`.
        latency: Time from request to reply, on both.
        size: Bytes on the wire.
        note: The first text of what is no request: a line of stderr, an error's message, a reason.
        flawed: Whether there is a finding.
        made: Who put a message on the wire that its sender did not, a word of `MADE`; `note` says it too.
    """

    seq: int
    time: float
    arrow: str
    kind: str
    what: str
    target: str
    id: str
    status: str
    latency: str
    size: str
    note: str
    flawed: bool
    made: str = ""


def outline(journal: Journal, seq: int) -> Row:
    """The row of event `seq`."""
    kind, shape = journal.kind(seq), journal.shape(seq)
    glance = journal.glance(seq, HEAD)
    id = ""
    if kind is Kind.MESSAGE:
        word = shape.word
        value = loads_head(glance.head)
        what, target = _named(journal, seq, shape, value)
        id = _safe(_id(glance, value), 40)
        note = _call_note(journal, seq, shape, value) or _message_note(shape, value, glance)
        if glance.by in MADE:
            note = f"{gate_words.made(seq, glance.by, glance.of)}{': ' if note else ''}{note}"
    else:
        word = kind.word
        step = glance.data.get("what")
        what = step if isinstance(step, str) else ""
        target, note = _step(journal, kind, what, glance.data)
        if not note and glance.head:
            note = _text(glance.head)
    bytes_long = journal.size(seq)
    latency = journal.latency(seq)
    return Row(
        seq,
        journal.time(seq),
        _ARROWS[journal.direction(seq)],
        word,
        _safe(what, 80),
        _safe(target),
        id,
        journal.status(seq).word,
        "" if latency is None else seconds(latency),
        size(bytes_long) if bytes_long or kind in _OF_BYTES else "",
        _safe(note),
        journal.flawed(seq),
        MADE.get(glance.by, ""),
    )


def _safe(text: str, cells: int = WIDEST) -> str:
    if len(text) <= cells and text.isascii() and text.isprintable():  # as nearly all are
        return text
    return clip(visible(text[: cells * 2]), cells)


def _text(head: bytes) -> str:
    return head[: WIDEST * 4].decode("utf-8", "replace")


def _named(journal: Journal, seq: int, shape: Shape, value: Any) -> tuple[str, str]:
    """Method and target; those of a reply are its request's."""
    if shape not in _REPLIES:
        method = journal.method(seq) or ""
        return method, target_of(method, _params(value))
    peer = journal.peer(seq)
    if peer < 0 <= (of := journal.of(seq)):  # it stands for a reply
        peer = journal.peer(of)
    if peer < 0 or journal.shape(peer) is not Shape.REQUEST:
        return "", ""
    method = journal.method(peer) or ""
    return method, target_of(method, _params(loads_head(journal.head(peer, HEAD))))


def _call_note(journal: Journal, seq: int, shape: Shape, value: Any) -> str:
    """What a request or a reply is in a call that takes more than one of them, or that was given up."""
    if shape is Shape.REQUEST:
        place = journal.legs.place(seq)
        if place is None or place.number < 2:
            return ""
        return f"leg {place.number} of id {_id_of(journal, place.first)}"
    if shape not in _REPLIES:
        return ""
    status, peer = journal.status(seq), journal.peer(seq)
    if status is Status.LATE:
        return f"late: {journal.status(peer).word} before"
    if status is Status.ASKS_BACK:
        return _wanted(value)
    place = journal.legs.place(peer)
    return f"after {place.number} legs" if place and place.number > 1 and status is Status.OK else ""


def _wanted(value: Any) -> str:
    result = value.get("result") if isinstance(value, dict) else None
    asked = result.get("inputRequests") if isinstance(result, dict) else None
    if not isinstance(asked, dict) or not asked:
        return "wants to be asked again"
    kinds = ", ".join(dict.fromkeys(asks(each) for each in asked.values()))
    return f"wants input: {len(asked)} question{'s' * (len(asked) != 1)}, {kinds}"


def asks(request: Any) -> str:
    """What a question of the server is about, in a word: `form`, `url`, `sampling`, `roots`, or a method."""
    method = request.get("method") if isinstance(request, dict) else None
    if method == "elicitation/create":
        params = request.get("params")
        return "url" if isinstance(params, dict) and params.get("mode") == "url" else "form"
    words = {"sampling/createMessage": "sampling", "roots/list": "roots"}
    return words.get(method, clip(method, 40)) if isinstance(method, str) else "?"


def _id_of(journal: Journal, seq: int) -> str:
    return _word(journal.glance(seq, 0).id)


def _params(value: Any) -> Mapping[str, Any]:
    params = value.get("params") if isinstance(value, dict) else None
    return params if isinstance(params, dict) else {}


def _id(glance: Glance, value: Any) -> str:
    if glance.id is None or not glance.id.startswith("sha256:"):
        return glance.id or ""
    own = value.get("id") if isinstance(value, dict) else None
    return json.dumps(own, ensure_ascii=False) if own is not None else "…"


def _message_note(shape: Shape, value: Any, glance: Glance) -> str:
    if shape is Shape.REQUEST:
        return ""
    match shape, value:
        case Shape.ERROR, {"error": {"message": str(message), **rest}}:
            return f"{_word(rest.get('code'))} {message}".strip()
        case Shape.ERROR, {"error": error}:
            return _word(error)
        case Shape.RESPONSE, {"result": {"isError": True, "content": [{"text": str(text)}, *_]}}:
            return text
        case Shape.NOTIFICATION, {"params": {"data": data}}:
            return _word(data)
        case Shape.NOTIFICATION, {"params": {"message": str(text)} | {"reason": str(text)}}:
            return text
        case Shape.BATCH, list():
            return f"{len(value)} messages" if glance.head.rstrip().endswith(b"]") else ""
        case ((Shape.INVALID | Shape.NONE), _):
            return _text(glance.head)
    return ""


def _word(value: object) -> str:
    """A value in a sentence."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False, default=str)


# The other kinds: (target, note)

Data = Mapping[str, Any]


def _step(journal: Journal, kind: Kind, what: str, data: Data) -> tuple[str, str]:
    if kind is Kind.AUTH:
        return _authorization(data)
    if kind is Kind.CLIENT and what in _OF_A_REQUEST:
        return _OF_A_REQUEST[what](journal, data)
    say = _STEPS.get((kind, what))
    if say is not None:
        return say(data)
    for key in ("says", "reason", "text", "error"):
        if isinstance(data.get(key), str):
            return "", data[key]
    rest = {name: value for name, value in data.items() if name != "what"}
    return "", _word(rest) if rest else ""


def _started(data: Data) -> tuple[str, str]:
    argv = data.get("argv")
    line = " ".join(str(word) for word in argv[:40]) if isinstance(argv, list | tuple) else ""
    return line, f"pid {_word(data.get('pid'))}" if data.get("pid") else ""


def _exited(data: Data) -> tuple[str, str]:
    signal, code, rung = data.get("signal"), data.get("code"), data.get("rung")
    how = f"by {_word(signal)}" if signal else f"with code {_word(code)}" if code is not None else ""
    return "", how + (f", after {_word(rung)}" if rung not in (None, "", "none") else "")


def _authorization(data: Data) -> tuple[str, str]:
    """A step of an authorization: its judgement, or that it started or waits; and in a sentence why."""
    facts = data.get("facts")
    host = facts.get("host") if isinstance(facts, Mapping) else None
    says = data.get("says") or data.get("purpose") or host or data.get("title")
    return _word(data.get("judgement") or data.get("state")), _word(says)


def _request(data: Data) -> tuple[str, str]:
    words = [_word(data.get(name)) for name in ("method", "why", "purpose")]
    return _word(data.get("url")), ", ".join(word for word in words if word)


def _response(data: Data) -> tuple[str, str]:
    return "", f"{_word(data.get('status'))} {_word(data.get('reason'))}".strip()


def _end(data: Data) -> tuple[str, str]:
    outcome, stage, error = (_word(data.get(name)) for name in ("outcome", "stage", "error"))
    where = f" at {stage}" if stage else ""
    return _word(data.get("redirect")), f"{outcome}{where}{': ' if error else ''}{error}"


def _event(data: Data) -> tuple[str, str]:
    named = [f"{name} {_word(data[name])}" for name in ("event", "id", "retry") if name in data]
    return "", ", ".join(named)


def _field(data: Data) -> tuple[str, str]:
    return _word(data.get("name")), _word(data.get("value"))


def _connecting(data: Data) -> tuple[str, str]:
    protocol, target = _word(data.get("protocol")), data.get("target")
    if isinstance(target, Mapping):
        argv, url = target.get("argv"), target.get("url")
        target = " ".join(map(str, argv[:40])) if isinstance(argv, list | tuple) else url
    return _word(target), f"protocol {protocol}" if protocol else ""


def _versioned(data: Data) -> tuple[str, str]:
    return _word(data.get("version")), _word(data.get("reason"))


def _after(data: Data) -> tuple[str, str]:
    after = data.get("after")
    return "", f"no answer after {seconds(float(after))}" if isinstance(after, int | float) else ""


def _listed(data: Data) -> tuple[str, str]:
    because = data.get("notification")
    return _word(data.get("section")), f"after {_word(because)}" if because else ""


def _leveled(data: Data) -> tuple[str, str]:
    return _word(data.get("level")), _word(data.get("reason"))


def _subscribing(data: Data) -> tuple[str, str]:
    attempt = data.get("attempt")
    return f"time {_word(attempt)}" if attempt else "", _word(data.get("reason"))


def _expired(data: Data) -> tuple[str, str]:
    after = data.get("after")
    return _word(data.get("task")), f"kept for {seconds(after)}" if isinstance(after, int | float) else ""


def _noted(data: Data) -> tuple[str, str]:
    row = data.get("row")
    return f"on {row if isinstance(row, int) else '?'}", _word(data.get("text"))


# What the client did about one request: it is named by the row of that request, and read by its id.


def _about(journal: Journal, data: Data, key: str = "request") -> str:
    row = data.get(key)
    return f"id {_id_of(journal, row)}" if isinstance(row, int) and 0 <= row < len(journal) else ""


def _leg(journal: Journal, data: Data) -> tuple[str, str]:
    number, first, id = _word(data.get("number")), _about(journal, data, "first"), _word(data.get("id"))
    return f"{number} of {first}", f"as id {id}"


def _answered(journal: Journal, data: Data) -> tuple[str, str]:
    asked, key, by = (_word(data.get(name)) for name in ("asked", "key", "by"))
    who = {"user": "by you", "script": "from the file"}.get(by, f"by {by}" if by else "")
    state = _word(data.get("state"))
    ended = who if state == "answered" and who else f"{state} {who}".strip()
    return f"{asked.removeprefix('elicitation-')} {key}".strip(), ended


def _cancelled(journal: Journal, data: Data) -> tuple[str, str]:
    return _about(journal, data), _word(data.get("reason"))


def _timed_out(journal: Journal, data: Data) -> tuple[str, str]:
    return _about(journal, data), _after(data)[1]


_OF_A_REQUEST: Mapping[str, Callable[[Journal, Data], tuple[str, str]]] = {
    "leg": _leg,
    "answered": _answered,
    "cancelled": _cancelled,
    "timed-out": _timed_out,
}


_STEPS: Mapping[tuple[Kind, str], Callable[[Data], tuple[str, str]]] = {
    (Kind.PROCESS, "started"): _started,
    (Kind.PROCESS, "exited"): _exited,
    (Kind.HTTP, "request"): _request,
    (Kind.HTTP, "response"): _response,
    (Kind.HTTP, "body"): lambda data: ("", ""),
    (Kind.HTTP, "end"): _end,
    (Kind.SSE, "event"): _event,
    (Kind.SSE, "field"): _field,
    (Kind.CLIENT, "connecting"): _connecting,
    **{(Kind.CLIENT, what): say for what, say in gate_words.STEPS.items()},
    (Kind.CLIENT, "probing"): _versioned,
    (Kind.CLIENT, "sent-again"): lambda data: (f"of {_word(data.get('of'))}", _word(data.get("where"))),
    (Kind.CLIENT, "negotiated"): _versioned,
    (Kind.CLIENT, "probe-silent"): _after,
    (Kind.CLIENT, "re-listing"): _listed,
    (Kind.CLIENT, "setting-level-again"): _leveled,
    (Kind.CLIENT, "subscribing-again"): _subscribing,
    (Kind.CLIENT, "task-expired"): _expired,
    **{(Kind.NOTE, what): _noted for what in ("mark", "unmark", "note")},
}
