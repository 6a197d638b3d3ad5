"""What came on standard output: the first bytes, what is no message, and who printed it.

Over stdio stdout carries one JSON-RPC message a line, in UTF-8, and nothing else (MCP basic/transports,
stdio). What breaks the framing fails here; mere noise is a warning, because clients differ in how they
take it.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from inspector.doctor.banners import who_printed
from inspector.doctor.interpreter import runner
from inspector.doctor.seen import Said, Seen
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import Found, Verdict, passed, skipped
from inspector.wire.fault import Fault

if TYPE_CHECKING:
    from inspector.transport.target import StdioTarget
    from inspector.wire.event import Event

NAME, TITLE = "stdout", "Standard output"

_LENGTH = re.compile(r"^Content-(?:Length|Type): ?\S", re.IGNORECASE)
_HTML = re.compile(r"^\s*(?:<!doctype html|<html\b)", re.IGNORECASE)
_BEGINS = re.compile(r'\{\s{0,4}"(?:jsonrpc|id|result|method)"\s{0,4}:')
_PYTHON = re.compile(r"^\s*\{\s*'(?:jsonrpc|id|result|method)'")
_FEW = 60
"""Lines that are tried as the parts of one message."""


def examine(seen: Seen) -> Verdict:
    """The bytes on stdout."""
    if seen.started is None:
        return skipped(NAME, TITLE, "The process was never started")
    if not seen.stdout and not seen.got:
        says = "Not a single byte came on it"
        return passed(NAME, TITLE, says, state="ok" if seen.connected else "note")
    if not seen.connected and (fault := _framing(seen)) is not None:
        return fault.verdict(NAME, TITLE)
    odd = _odd_messages(seen)
    if not seen.stdout:
        first = seen.since(seen.got[0])
        says = f"{len(seen.got)} messages, and nothing else"
        return passed(
            NAME,
            TITLE,
            f"{says}; {odd}" if odd else says,
            state="warning" if odd else "ok",
            took=first,
            rows=(seen.got[0].seq,),
        )
    lines = seen.stdout
    count = f"{len(lines)} line{'s' if len(lines) > 1 else ''}"
    first_is_text = not seen.got or lines[0].row < seen.got[0].seq
    printers = dict.fromkeys(who_printed(line.text, program_of(seen.target)) for line in lines[:20])
    who = ", and from ".join(list(printers)[:3])
    says = (
        f"{count} that {'are' if len(lines) > 1 else 'is'} no message, "
        f"{'the first thing on it' if first_is_text else 'among the messages'}, likely from {who}"
    )
    if seen.connected:
        says += "; some clients disconnect at that"
    return passed(
        NAME,
        TITLE,
        says,
        state="warning",
        evidence=[line.text for line in lines[:5]],
        took=lines[0].at if first_is_text else seen.since(seen.got[0]),
        rows=tuple(line.row for line in lines[:5]),
    )


def program_of(target: StdioTarget) -> str:
    """What runs the server, as far as its first word tells."""
    return runner(target) or (os.path.basename(target.argv[0]) if target.argv else "")


def _framing(seen: Seen) -> Found | None:
    """What keeps the bytes from being messages."""
    for line in seen.stdout[:_FEW]:
        fault = _of_line(seen, line)
        if fault is not None:
            return fault
    return _over_lines(seen)


def _of_line(seen: Seen, line: Said) -> Found | None:
    evidence, rows = (line.text,), (line.row,)
    if line.body[:2] in (b"\xff\xfe", b"\xfe\xff") or line.body[:40].count(b"\0") >= 4:
        return Found(
            rule=Rule.STDOUT_UTF16,
            finds="Its bytes are UTF-16",
            says="The server writes UTF-16, and messages are UTF-8",
            next="Set its output to UTF-8 without a byte order mark; for Python: -e PYTHONIOENCODING=utf-8",
            evidence=(repr(line.body[:40]),),
            rows=rows,
        )
    if _LENGTH.match(line.text):
        return Found(
            rule=Rule.FRAMING_CONTENT_LENGTH,
            finds="Its messages come after a Content-Length header",
            says="The server frames messages like the Language Server Protocol; MCP has one message a line",
            next="Update the server's SDK or framework, or set its transport to MCP's stdio",
            evidence=evidence,
            rows=rows,
        )
    if _HTML.match(line.text):
        return Found(
            rule=Rule.STDOUT_HTML,
            finds="It begins with a page of HTML",
            says="The command prints a web page: it is no MCP server, or a proxy answered in its place",
            next="Check what the command is meant to start",
            evidence=evidence,
            rows=rows,
        )
    if _PYTHON.match(line.text):
        return Found(
            rule=Rule.MESSAGE_NOT_JSON,
            finds="A message is written as Python prints a dict, with single quotes",
            says="The server prints its messages with str() instead of json.dumps()",
            next="Write json.dumps(message) and a newline",
            evidence=evidence,
            rows=rows,
        )
    return _glued(line)


def _glued(line: Said) -> Found | None:
    begins = _BEGINS.search(line.text)
    if begins is None:
        return None
    try:
        _, end = json.JSONDecoder().raw_decode(line.text[begins.start() :])
    except (ValueError, RecursionError):  # not a whole message: perhaps over several lines
        return None
    before, after = line.text[: begins.start()].strip(), line.text[begins.start() + end :].strip()
    several = not before and after.startswith("{")
    if several and Fault.NO_NEWLINE in line.faults:
        return Found(
            rule=Rule.NEWLINE_MISSING,
            finds="Its messages came without a newline between or after them",
            says="The server does not end its messages with a newline, so nobody knows that they are "
            "complete",
            next="Write a newline after each message",
            evidence=(line.text,),
            rows=(line.row,),
        )
    return Found(
        rule=Rule.MESSAGE_GLUED,
        finds="Two messages stand on one line" if several else "A message stands on one line with other text",
        says="Each message must be a line of its own: "
        + ("two were written without a newline between them" if several else "text was printed beside it"),
        next="Write a newline after each message"
        if several
        else "Print what is no message to stderr, and a newline after each message",
        evidence=(line.text,),
        rows=(line.row,),
    )


def _over_lines(seen: Seen) -> Found | None:
    """JSON laid out over several lines."""
    lines = seen.stdout
    start = next((at for at, line in enumerate(lines) if line.text.strip() == "{"), None)
    if start is None:
        return None
    part = lines[start : start + _FEW]
    joined = "\n".join(line.text for line in part)
    try:
        value, _ = json.JSONDecoder().raw_decode(joined)
    except (ValueError, RecursionError):  # no message either way
        value = None
    if not isinstance(value, dict) and not re.search(r'^\s*"jsonrpc"\s*:', joined, re.MULTILINE):
        return None
    return Found(
        rule=Rule.MESSAGE_OVER_LINES,
        finds="A message is laid out over several lines",
        says="The server indents its JSON, and a message must be one line",
        next="Write it without indentation: json.dumps(message), JSON.stringify(message)",
        evidence=tuple(line.text for line in part[:6]),
        rows=tuple(line.row for line in part[:6]),
    )


_ODD = {
    Fault.BOM: "it begins with a byte order mark, which many clients refuse",
    Fault.BAD_UTF8: "some bytes are not UTF-8",
    Fault.NAN: "NaN or Infinity stands in a message, which is not JSON",
    Fault.NO_JSONRPC: "some messages lack jsonrpc 2.0",
}


def _odd_messages(seen: Seen) -> str:
    return "; ".join(
        says for fault, says in _ODD.items() if any(fault in _faults(event) for event in seen.got)
    )


def _faults(event: Event) -> tuple[str, ...]:
    own = event.frame.faults if event.frame is not None else ()
    return (*event.faults, *own)
