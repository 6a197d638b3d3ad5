"""The agreement on a version, and why a server that lives does not come to one; the time of each stage.

What a server that says nothing is busy with is told by `inspector.doctor.waiting`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inspector.doctor import waiting
from inspector.doctor.banners import who_printed
from inspector.doctor.place import Place
from inspector.doctor.seen import Seen
from inspector.doctor.signs import is_launcher
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.stdout import program_of
from inspector.doctor.verdict import Found, Verdict, again, joined, passed, skipped
from inspector.wire.event import Event, Kind, Shape
from inspector.wire.fault import Fault
from inspector.wire.versions import LATEST_LEGACY, LATEST_MODERN
from inspector.wire.visible import clip, seconds, visible

if TYPE_CHECKING:
    pass

NAME, TITLE = "handshake", "Handshake"

_SLOW = 10.0


def times(seen: Seen) -> dict[str, float]:
    """Seconds from the beginning to each stage that was reached.

    `started` the process, `first_output` a byte on stdout or stderr, `first_byte` one on stdout,
    `first_message` a message, `handshake` the agreement, `exited` an end of its own.
    """
    found: dict[str, float] = {}
    stdout = [line.at for line in seen.stdout[:1]] + [seen.since(event) for event in seen.got[:1]]
    output = stdout + [line.at for line in seen.stderr[:1]]
    for name, at in (
        ("started", seen.since(seen.started) if seen.started else None),
        ("first_output", min(output, default=None)),
        ("first_byte", min(stdout, default=None)),
        ("first_message", seen.since(seen.got[0]) if seen.got else None),
        ("handshake", seen.since(seen.negotiated) if seen.negotiated else None),
        ("exited", seen.since(seen.exited) if seen.exited and seen.ended_by_itself else None),
    ):
        if at is not None:
            found[name] = at
    return found


def stages(seen: Seen) -> Verdict:
    """The time to each stage, and which of them was never reached."""
    name, title = "stages", "Time to each stage"
    if seen.started is None:
        return skipped(name, title, "The process was never started")
    reached = times(seen)
    words = (
        f"{stage} {seconds(reached[key])}" if key in reached else f"no {stage}"
        for key, stage in (
            ("started", "start"),
            ("first_byte", "byte on stdout"),
            ("first_message", "message"),
            ("handshake", "handshake"),
        )
    )
    return passed(name, title, ", ".join(words), took=max(reached.values()))


def examine(seen: Seen, place: Place) -> Verdict:
    """Whether a version was agreed upon, and what kept it from that."""
    agreed = seen.negotiated
    if agreed is not None:
        took = seen.since(agreed)
        version, era, reason = (str(agreed.data.get(key)) for key in ("version", "era", "reason"))
        says = f"{version}, the {era} era, in {seconds(took)}: {reason}"
        if took > _SLOW and is_launcher(seen.target.argv):
            says += f"; {program_of(seen.target)} had to fetch the server first, and may not the next time"
        return passed(
            NAME, TITLE, says, state="note" if took > _SLOW else "ok", took=took, rows=(agreed.seq,)
        )
    if seen.started is None:
        return skipped(NAME, TITLE, "The process was never started")
    if seen.lost:
        return skipped(NAME, TITLE, "The process did not live to see it")
    for recognise in _CAUSES:
        found = recognise(seen, place)
        if found is not None:
            return found.verdict(NAME, TITLE)
    return _silent(seen).verdict(NAME, TITLE)


def _refused(seen: Seen, place: Place) -> Found | None:
    """Answers, but no agreement."""
    errors = [event for event in seen.replies if event.frame is not None and event.frame.shape is Shape.ERROR]
    message = seen.failure.message if seen.failure is not None else ""
    if message.startswith("No common protocol version"):
        return Found(
            rule=Rule.NO_COMMON_VERSION,
            finds=message,
            says="Server and client have no version of the protocol in common",
            next="Update the server's SDK; --protocol VERSION forces one if its list is wrong",
            evidence=_bodies(seen.replies),
            rows=tuple(event.seq for event in seen.replies),
        )
    if errors and len(errors) == len(seen.replies):
        last = errors[-1].frame
        error = last.error if last is not None else {}
        code, says = error.get("code"), clip(visible(str(error.get("message"))), 200)
        asked = _asked(seen, errors[-1])
        if asked == "server/discover" and not _was_forced(seen):
            return None  # the usual answer of a legacy server; what came after it is the matter
        other = LATEST_LEGACY if asked == "server/discover" else LATEST_MODERN
        return Found(
            rule=Rule.INITIALIZE_REFUSED,
            finds=f"It answered {asked} with error {code} ({says})",
            says=f"The server refuses the handshake: {says}",
            next=again(seen.target, None, "--protocol", other),
            evidence=_bodies(errors),
            rows=tuple(event.seq for event in errors),
        )
    return None


def _was_forced(seen: Seen) -> bool:
    step = seen.step(Kind.CLIENT, "connecting")
    return step is not None and step.data.get("protocol") not in (None, "auto")


def _asked(seen: Seen, reply: Event) -> str:
    id = reply.frame.id if reply.frame is not None else None
    for event in reversed(seen.sent):
        if event.frame is not None and event.frame.id == id and event.frame.method:
            return event.frame.method
    return seen.sent[-1].frame.method or "" if seen.sent and seen.sent[-1].frame else "the handshake"


def _bodies(events: tuple[Event, ...] | list[Event]) -> tuple[str, ...]:
    return tuple(event.body[:400].decode("utf-8", "replace") for event in events[-3:])


def _late(seen: Seen, place: Place) -> Found | None:
    """Answers that came when stdin was closed, and not before."""
    shapes = (Shape.RESPONSE, Shape.ERROR, Shape.BATCH)
    late = [e for e in seen.got if e.t >= seen.leaving and e.frame is not None and e.frame.shape in shapes]
    if not late:
        return None
    evidence, rows = _bodies(late), tuple(event.seq for event in late)
    if any(Fault.NO_NEWLINE in event.faults for event in late):
        return Found(
            rule=Rule.NEWLINE_MISSING,
            finds="Its answer came without a newline, and counts as unfinished",
            says="The server does not end its messages with a newline, so nobody knows that they are "
            "complete",
            next="Write a newline after each message",
            evidence=evidence,
            rows=rows,
        )
    return Found(
        rule=Rule.ANSWERS_HELD_BACK,
        finds="Its answers came only once its stdin was closed",
        says="The server holds its answers back: it does not flush stdout, or reads stdin to the end first",
        next=again(seen.target, None, "-e", "PYTHONUNBUFFERED=1")
        if program_of(seen.target) in ("python", "uv", "uvx")
        else "Flush stdout after each message, and read stdin line by line",
        evidence=evidence,
        rows=rows,
    )


def _echo(seen: Seen, place: Place) -> Found | None:
    """Our own requests, come back."""
    sent = {event.body for event in seen.sent}
    back = [event for event in seen.got if event.body.strip() in sent]
    if not back:
        return None
    return Found(
        rule=Rule.ECHO,
        finds="It gives back what it is sent",
        says="The command repeats its input, as cat does or a terminal that echoes: it is no MCP server",
        next="Check what the command is meant to start",
        evidence=_bodies(back),
        rows=tuple(event.seq for event in back[-3:]),
    )


def _wrong_ids(seen: Seen, place: Place) -> Found | None:
    """Answers to nothing that was asked."""
    asked = {event.frame.id for event in seen.sent if event.frame is not None}
    strays = [
        e for e in seen.replies if e.frame and e.frame.id not in asked and e.frame.id not in (None, "null")
    ]
    if not strays or len(strays) < len(seen.replies):
        return None
    return Found(
        rule=Rule.WRONG_ID,
        finds="It answers with ids that were never sent",
        says="The server does not give back the id of the request, so nobody can tell what it answers",
        next="Copy the id of the request into the response, with its type",
        evidence=_bodies(strays),
        rows=tuple(event.seq for event in strays),
    )


def _no_rpc(seen: Seen, place: Place) -> Found | None:
    """JSON, but no JSON-RPC."""
    if seen.replies or not seen.got:
        return None
    kinds = {event.frame.shape for event in seen.got if event.frame is not None}
    if kinds & {Shape.REQUEST, Shape.NOTIFICATION}:
        return None
    return Found(
        rule=Rule.NOT_JSON_RPC,
        finds=f"It writes JSON that is no JSON-RPC, likely from {_printer(seen, seen.got[0])}",
        says="The program writes JSON on stdout, but no JSON-RPC 2.0: it is no MCP server, or only logs "
        "there",
        next="Send its log to stderr, or look for the option that starts it as an MCP server",
        evidence=_bodies(seen.got),
        rows=tuple(event.seq for event in seen.got[-3:]),
    )


def _printer(seen: Seen, event: Event) -> str:
    return who_printed(event.body[:300].decode("utf-8", "replace"), program_of(seen.target))


def _silent(seen: Seen) -> Found:
    """Nothing explains it."""
    waited = seconds(min(seen.leaving - seen.begun, 1e6))
    words = seen.last_words(4)
    if seen.replies:
        last = seen.sent[-1].frame if seen.sent else None
        method = (last.method if last is not None else None) or "the last request"
        return Found(
            rule=Rule.SILENT_AFTER_ANSWER,
            finds=f"It answered before, and then nothing to {method} within {waited}",
            says=f"The server answers, but not {method}: it hangs in it, or is bound to another era",
            next=again(seen.target, None, "--protocol", LATEST_LEGACY),
            evidence=_bodies(seen.replies),
            rows=tuple(event.seq for event in seen.replies),
        )
    return Found(
        rule=Rule.SILENT,
        finds=f"It lived for {waited} and wrote {'nothing on stdout' if words else 'not a single byte'}",
        says="The server runs and answers nothing: it hangs at its start, or does not read its stdin",
        next=again(seen.target, None, "--timeout", "180")
        if waited and seen.leaving - seen.begun < 100
        else f"Run it by itself: {joined(seen.target.argv)}",
        evidence=tuple(line.text for line in words),
        rows=tuple(line.row for line in words),
    )


_CAUSES: tuple[Callable[[Seen, Place], Found | None], ...] = (
    _echo,
    _late,
    _refused,
    _wrong_ids,
    waiting.http_only,
    waiting.other_framing,
    waiting.asks,
    waiting.cold_start,
    waiting.stdin_closed,
    _no_rpc,
    waiting.text_only,
)
"""In the order of how surely each tells what is the matter."""
