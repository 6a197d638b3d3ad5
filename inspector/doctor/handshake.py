"""The agreement on a version, and why a server that lives does not come to one; the time of each stage.

A server that says nothing may be many things: still being downloaded, serving HTTP instead, asking a
question, holding its answers back in a buffer. What tells them apart stands in the journal, and in the
caches of the launchers.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from inspector.doctor.banners import who_printed
from inspector.doctor.place import Place
from inspector.doctor.seen import Said, Seen
from inspector.doctor.signs import is_launcher
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.stdout import program_of
from inspector.doctor.verdict import Found, Verdict, again, joined, passed, skipped
from inspector.wire.event import Event, Kind, Shape
from inspector.wire.fault import Fault
from inspector.wire.versions import LATEST_LEGACY, LATEST_MODERN
from inspector.wire.visible import clip, seconds, visible

if TYPE_CHECKING:
    from inspector.transport.target import StdioTarget

NAME, TITLE = "handshake", "Handshake"

_SLOW = 10.0

_URL = re.compile(r"https?://[\w.\[\]:-]{1,200}(?:/[^\s'\"<>)\]]{0,200})?")
_SERVES = re.compile(
    r"Uvicorn running on|Running on http|[Ll]istening (?:on|at|for)\b|[Ss]erver (?:is )?(?:running"
    r"|listening|started)"
    r"|[Ss]erving (?:HTTP )?(?:on|at)\b|Local:\s+http|Now listening on|running (?:on|at) (?:http|port)"
    r"|[Ss]tarted (?:on|at) (?:http|port)"
)
_PORT = re.compile(
    r"\bport:? (\d{2,5})\b|(?:^|[\s:])(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|\*)?:(\d{2,5})\b", re.I
)
_DOWNLOADS = re.compile(
    r"^\s*(?:Downloading|Downloaded|Building|Resolved|Preparing|Fetching|Updating|Installing|Collecting"
    r"|Bootstrapping"
    r"|Using (?:CPython|Python)|npm (?:http fetch|warn (?:exec|deprecated))|Unable to find image|\S+: Pulling"
    r"|[0-9a-f]{12}: |Progress: resolved|added \d+ packages)",
    re.IGNORECASE,
)
_INSTALLED = re.compile(
    r"^\s*(?:Installed \d+|Successfully installed|Status: (?:Downloaded|Image is up)|added \d+)", re.I
)
_QUESTION = re.compile(
    r"(?:\?|\[[YyNn]/[YyNn]\]:?|\([Yy](?:es)?/[Nn]o?\):?|\(y\)|[Pp]assword.{0,40}:|[Ee]nter .{0,80}:"
    r"|[Pp]ress \S.{0,40}"
    r"|>{1,3}|❯|[Ss]elect .{0,80}:|\b(?:[Uu]sername|[Tt]oken|[Kk]ey|[Ll]ogin):)\s*$"
)
_LSP = re.compile(r"Content-Length|Header must provide|missing header", re.IGNORECASE)


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


def examine(seen: Seen, place: Place) -> Verdict:
    """Whether a version was agreed upon, and what kept it from that."""
    agreed = seen.negotiated
    if agreed is not None:
        took = seen.since(agreed)
        version, era, reason = (str(agreed.data.get(key)) for key in ("version", "era", "reason"))
        says = f"{version}, the {era} era, in {seconds(took)}: {reason}"
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


def _http_only(seen: Seen, place: Place) -> Found | None:
    """A server that says where it listens."""
    if seen.replies:
        return None
    for line in seen.said:
        if not _SERVES.search(line.text[:400]):
            continue
        url = _URL.search(line.text)
        port = _PORT.search(line.text)
        if url is None and port is None:
            continue
        address = url[0] if url else f"http://127.0.0.1:{port[1] or port[2] if port else ''}"
        address = re.sub(r"//(?:0\.0\.0\.0|\[::\])", "//127.0.0.1", address).rstrip("/.,;")
        if re.fullmatch(r"https?://[^/]+", address):
            address += "/mcp"
        return Found(
            rule=Rule.SERVES_HTTP,
            finds="It says where it listens, and answers nothing on stdout",
            says="The command serves MCP over HTTP, if at all, and not over stdio",
            next=f"mcp-inspect {joined([address])}",
            evidence=(line.text,),
            rows=(line.row,),
        )
    return None


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


def _asks(seen: Seen, place: Place) -> Found | None:
    """The last thing that it wrote is a question."""
    lines = [line for line in seen.said if line.text.strip()]
    for line in [line for line in lines if Fault.NO_NEWLINE in line.faults][-1:] or lines[-1:]:
        if not _QUESTION.search(line.text[-300:]):
            continue
        return Found(
            rule=Rule.ASKS_QUESTION,
            finds="The last thing that it wrote is a question",
            says="The program waits for an answer that a person would type, and a server has nobody to ask",
            next="Give the answer beforehand: an option such as -y, a variable with -e NAME=VALUE, a login",
            evidence=(line.text,),
            rows=(line.row,),
        )
    return None


def _cold_start(seen: Seen, place: Place) -> Found | None:
    """A launcher that is still fetching what it is to run."""
    if not is_launcher(seen.target.argv) or seen.got:
        return None
    last: Said | None = None
    for line in seen.said:
        if _INSTALLED.match(line.text):
            return None
        if _DOWNLOADS.match(line.text):
            last = line
    if last is None and not _never_fetched(seen.target, place):
        return None
    return Found(
        rule=Rule.COLD_START,
        finds="It is still fetching the package" if last else "The package is not in npx's cache yet",
        says=f"{program_of(seen.target)} was still fetching the server when the time was up; it is no hang",
        next=again(seen.target, None, "--timeout", "300"),
        evidence=tuple(line.text for line in seen.last_words(4)),
        rows=() if last is None else (last.row,),
    )


def _never_fetched(target: StdioTarget, place: Place) -> bool:
    """Whether npx has no copy of the package: it downloads without a word where no terminal is."""
    if program_of(target) != "npx":
        return False
    words = [word for word in target.argv[1:] if not word.startswith("-")]
    if not words or words[0].startswith((".", "/")):
        return False
    name = re.sub(r"(?<=.)@[^/]*$", "", words[0])
    home = place.env.get("HOME") or os.path.expanduser("~")
    cache = place.env.get("npm_config_cache") or os.path.join(home, ".npm")
    escaped = [glob.escape(part) for part in (cache, name)]
    copies = glob.glob(os.path.join(escaped[0], "_npx", "*", "node_modules", escaped[1], "package.json"))
    local = os.path.join(place.cwd, "node_modules", name, "package.json")
    return not copies and not os.path.isfile(local)


def _other_framing(seen: Seen, place: Place) -> Found | None:
    """A server that complains about the lack of headers."""
    for line in seen.said:
        if _LSP.search(line.text[:400]):
            return framing(seen, (line.text,), (line.row,))
    return None


def framing(seen: Seen, evidence: tuple[str, ...], rows: tuple[int, ...] = ()) -> Found:
    """The fault of a server that waits for the headers of the Language Server Protocol."""
    return Found(
        rule=Rule.FRAMING_CONTENT_LENGTH,
        finds="It wants a Content-Length header before each message",
        says="The server frames messages like the Language Server Protocol; MCP has one message a line",
        next="Update the server's SDK or framework, or set its transport to MCP's stdio",
        evidence=evidence,
        rows=rows,
    )


def _stdin_closed(seen: Seen, place: Place) -> Found | None:
    broken = seen.step(Kind.PROCESS, "stdin-broken")
    if broken is None:
        return None
    return Found(
        rule=Rule.STDIN_CLOSED,
        finds="It closed its standard input and lives on",
        says="The server does not read its standard input, so nothing reaches it",
        next="Look for an option that makes it speak stdio",
        evidence=tuple(line.text for line in seen.last_words(4)),
        rows=(broken.seq,),
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


def _text_only(seen: Seen, place: Place) -> Found | None:
    """Text on stdout, and never a message."""
    if seen.got or not seen.stdout:
        return None
    lines = seen.stdout
    who = who_printed(lines[0].text, program_of(seen.target))
    return Found(
        rule=Rule.STDOUT_TEXT,
        finds=f"It wrote text on stdout and no message, likely from {who}",
        says="The program prints text where messages belong, and answers nothing: it may be no MCP server",
        next="Look for the option that starts it as an MCP server over stdio",
        evidence=tuple(line.text for line in lines[:5]),
        rows=tuple(line.row for line in lines[:5]),
    )


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
    _late,
    _refused,
    _wrong_ids,
    _http_only,
    _other_framing,
    _asks,
    _cold_start,
    _stdin_closed,
    _no_rpc,
    _text_only,
)
"""In the order of how surely each tells what is the matter."""
