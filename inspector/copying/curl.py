"""An HTTP request as curl sends it: method, URL, headers and body as they were sent, secrets left out.

It is the bytes, so it says what no JSON can, too. What an older version keeps on the server, the session, is
named as it was: once that is over, the server says 404.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from inspector.copying.quoting import printf, word
from inspector.copying.said import Copy
from inspector.copying.server import header_parts, server_of
from inspector.copying.subject import LARGEST, elsewhere, headers_of, rows_of, sent_in
from inspector.copying.variables import Parts, Variables, shell_word
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.redact import redact_url
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.fault import Fault

_LONGEST = 60_000  # bytes of a body that stands on the line
_FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_URL = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)
_METHOD = re.compile(r"[A-Z]{1,20}")
_OF_CURL = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect"}
)
"""Headers that curl makes by itself, or that would change what it prints."""


def curl(journal: Journal, seq: int) -> Copy:
    """The HTTP request that row `seq` is part of, or answers.

    Raises:
        UsageError: It is of none, or that cannot be said.
    """
    if "url" not in journal.header.target:
        raise UsageError("The server is a command, and curl speaks HTTP", next="Copy it as a command")
    row = _sent(journal, seq)
    rows = rows_of(journal, journal.exchange(row))
    sent = sent_in(journal, rows)
    method, url = str(sent.get("method")), str(sent.get("url"))
    if not sent or not _METHOD.fullmatch(method) or not _URL.fullmatch(url):
        raise UsageError("No HTTP request of it was recorded", next="Copy it as a command")
    if sent.get("purpose"):
        raise UsageError(
            "This is a request of authorization, whose secrets are not recorded", next="Copy it as JSON"
        )
    variables = Variables()
    words: list[Parts] = [("curl",), ("-sS",), ("-N",), ("-g",), ("--path-as-is",)]
    if method != "POST":
        words += [("-X",), (method,)]
    words += _connection(journal)
    words.append(variables.parts(redact_url(url), "", "URL"))
    notes = []
    session = False
    for name, value in headers_of(sent):
        if not _FIELD.fullmatch(name) or name.lower() in _OF_CURL:
            continue
        words += [("-H",), (f"{name}: ", *header_parts(name, value, variables)) if value else (f"{name};",)]
        session |= name.lower() == "mcp-session-id"
    body = _body(journal, rows) if method == "POST" else b""
    pipe = ""
    if len(body) > _LONGEST or b"\0" in body:
        words += [("--data-binary",), ("@-",)]
        pipe = f"{printf(body)} | "
    elif body or method == "POST":
        # An @ at its beginning would be the name of a file.
        words += [("--data-raw" if body.startswith(b"@") else "--data-binary",)]
    text = pipe + " ".join(map(shell_word, words))
    if not pipe and (body or method == "POST"):
        text += f" {word(body)}"
    if session:
        notes.append("It names the session as it was; once that is over, the server says 404.")
    if elsewhere(journal, rows):
        notes.append("The answer comes on the stream of HTTP+SSE, and not here.")
    return Copy(text, (*variables.notes(), *notes))


def _sent(journal: Journal, seq: int) -> int:
    """The row whose exchange is wanted: of an answer that its request came in, else its own."""
    shape = journal.shape(seq)
    if (
        shape in (Shape.RESPONSE, Shape.ERROR)
        and journal.direction(seq) is Direction.S2C
        and journal.peer(seq) >= 0
    ):
        return journal.peer(seq)
    return seq


def _body(journal: Journal, rows: Sequence[int]) -> bytes:
    """What was sent in an exchange.

    Raises:
        UsageError: The recording has only its head.
    """
    for row in rows:
        if journal.kind(row) is Kind.MESSAGE and journal.direction(row) is Direction.C2S:
            event = journal.event(row)
            if event.size > max(len(event.body), LARGEST) or Fault.TOO_LONG in event.faults:
                raise UsageError("This body is too large to be said anew", next="Copy its line")
            return event.body
    return b""


def _connection(journal: Journal) -> list[Parts]:
    """How the server was reached."""
    server = server_of(journal)
    files = server.files or {}
    words: list[Parts] = [("--insecure",)] if server.insecure else []
    for name, option in (("cacert", "--cacert"), ("cert", "--cert"), ("unix_socket", "--unix-socket")):
        if name in files:
            words += [(option,), (files[name],)]
    return words
