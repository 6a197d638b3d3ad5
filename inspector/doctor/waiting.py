"""What a server that says nothing is busy with: serving HTTP, fetching itself, asking, waiting for headers.

What tells these apart stands in the journal, and in the caches of the launchers.
"""

from __future__ import annotations

import glob
import os
import re
from typing import TYPE_CHECKING

from inspector.doctor.banners import who_printed
from inspector.doctor.place import Place
from inspector.doctor.seen import Said, Seen
from inspector.doctor.signs import is_launcher
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.stdout import program_of
from inspector.doctor.verdict import Found, again, joined
from inspector.wire.event import Kind
from inspector.wire.fault import Fault

if TYPE_CHECKING:
    from inspector.transport.target import StdioTarget

_URL = re.compile(r"https?://[\w.\[\]:-]{1,200}(?:/[^\s'\"<>)\]]{0,200})?")
_SERVES = re.compile(
    r"Uvicorn running on|Starting MCP server|Running on http|[Ll]istening (?:on|at|for)\b|[Ss]erver "
    r"(?:is )?(?:running"
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


def http_only(seen: Seen, place: Place) -> Found | None:
    """A server that says where it listens."""
    if seen.replies:
        return None
    said = [(where, line) for line in seen.said if (where := address(line.text[:400]))]
    if not said:
        return None
    with_path = [each for each in said if re.search(r"//[^/]+/.", each[0])]
    where, line = (with_path or said)[0]
    if not with_path:
        where += "/mcp"
    return Found(
        rule=Rule.SERVES_HTTP,
        finds="It says where it listens, and answers nothing on stdout",
        says="The command serves MCP over HTTP, if at all, and not over stdio",
        next=f"mcp-inspect {joined([where])}",
        evidence=(line.text,),
        rows=(line.row,),
    )


def address(text: str) -> str:
    """The URL at which a server says that it listens; empty where the line says nothing of the kind."""
    if not _SERVES.search(text):
        return ""
    url, port = _URL.search(text), _PORT.search(text)
    if url is None and port is None:
        return ""
    where = url[0] if url else f"http://127.0.0.1:{port[1] or port[2] if port else ''}"
    return re.sub(r"//(?:0\.0\.0\.0|\[::\])", "//127.0.0.1", where).rstrip("/.,;")


def asks(seen: Seen, place: Place) -> Found | None:
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


def cold_start(seen: Seen, place: Place) -> Found | None:
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


def other_framing(seen: Seen, place: Place) -> Found | None:
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


def stdin_closed(seen: Seen, place: Place) -> Found | None:
    """A server that nothing can be sent to."""
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


def text_only(seen: Seen, place: Place) -> Found | None:
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
