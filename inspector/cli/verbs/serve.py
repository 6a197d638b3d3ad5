"""`mcp-inspect serve`: a recording as a server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.options import Wanted, examples
from inspector.cli.output import say, writing
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.serving.eras import Spoken
    from inspector.serving.said import Heard, Ways
    from inspector.serving.script import Script
    from inspector.transport.tap import Tap

HELP_END = examples(
    "mcp-inspect serve session.jsonl",
    "mcp-inspect list tools -- mcp-inspect serve session.jsonl",
    "mcp-inspect serve session.jsonl --http 127.0.0.1:8000 --timing recorded",
    "mcp-inspect serve session.jsonl --record what-the-host-does.jsonl",
)
_TIMES = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)x")
_LOST = 6  # differences: inspector.errors.FindingsFound


def serve(
    wanted: Wanted,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A recording, as --record makes it.")],
    http: Annotated[
        str | None,
        typer.Option("--http", metavar="HOST:PORT", help="Serve over HTTP there; port 0 takes a free one."),
    ] = None,
    match: Annotated[
        str,
        typer.Option("--match", metavar="HOW", help="Compare requests: exact, normal, method or sequence."),
    ] = "normal",
    timing: Annotated[
        str,
        typer.Option("--timing", metavar="TIMES", help="none, recorded, or times as long, such as 0.1x."),
    ] = "none",
    once: Annotated[
        bool, typer.Option("--once", help="Give each recorded answer once, and not the last one again.")
    ] = False,
    speak: Annotated[
        str,
        typer.Option(
            "--speak", metavar="VERSION", help="Serve this version's era to clients that ask for it."
        ),
    ] = "auto",
) -> int:
    """Be the server of a recording, for any client, on stdin and stdout or over HTTP.

    A request is answered as the same one was when it was recorded; docs/serve.md tells which are the same.
    What the recording has no answer to gets an error, and is listed on stderr at the end. --record writes
    down what the client asks, and what it is told.
    """
    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("serve connects to nothing", next=f"mcp-inspect serve {file}")
    ways, at = _ways(match, timing, once, speak), _place(http)
    file_of_clients = wanted.recording()

    from inspector.journal.journal import Journal
    from inspector.serving.eras import Spoken
    from inspector.serving.said import Heard
    from inspector.serving.script import Script
    from inspector.serving.stdio import end_as
    from inspector.serving.told import left_out, summary

    journal = Journal.open(Path(file))
    heard, interrupted, exit = Heard(), False, None
    try:
        script, spoken = Script(journal), Spoken(journal)
        if not any(call.asks for call in script.calls):
            raise UsageError(
                f"{file} holds no request to answer", next="Record a session with a client first"
            )
        with _written(file_of_clients, file) as tap:
            say(*(f"mcp-inspect: {line}" for line in left_out(script)))
            try:
                exit = _serve(script, spoken, ways, heard, at, tap)
            except KeyboardInterrupt:
                interrupted = True
    finally:
        journal.close()
    say(*(f"mcp-inspect: {line}" for line in summary(heard)))
    if exit is not None:
        return end_as(exit)
    return 130 if interrupted else _LOST if heard.misses else 0


@contextmanager
def _written(path: Path | None, served: str) -> Iterator[Tap | None]:
    """What writes down all that clients do, if that was asked for."""
    if path is None:
        yield None
        return
    from inspector.journal.journal import Journal
    from inspector.transport.tap import Tap
    from inspector.transport.target import StdioTarget

    target = StdioTarget(("mcp-inspect", "serve", served)).describe()
    kept = Journal.create(path, target=target, mode="proxy")
    try:
        tap = Tap(kept)
        tap.client("connecting", target=target)
        try:
            yield tap
        finally:
            tap.client("closed", reason="serving is over")
        if kept.trouble:
            say(f"mcp-inspect: {kept.trouble}.")
    finally:
        kept.close()


def _serve(
    script: Script, spoken: Spoken, ways: Ways, heard: Heard, at: tuple[str, int] | None, tap: Tap | None
) -> Mapping[str, Any] | None:
    """Serve until it is over; returns how the recorded server ended, if it did."""
    if at is not None:
        _listen(script, spoken, ways, heard, at, tap)
        return None
    from inspector.serving.serving import Serving
    from inspector.serving.stdio import Stdio

    front = Stdio(Serving(script, spoken, ways, heard), tap=tap)
    with writing():
        front.serve()
    return front.exit


def _place(http: str | None) -> tuple[str, int] | None:
    if http is None:
        return None
    from inspector.serving.listening import place  # anyio and h11, which stdio does without

    return place(http)


def _listen(
    script: Script, spoken: Spoken, ways: Ways, heard: Heard, at: tuple[str, int], tap: Tap | None
) -> None:
    from inspector.httpd.names import is_loopback
    from inspector.serving.listening import listen

    if not is_loopback(at[0]):
        say(f"mcp-inspect: whoever reaches {at[0]} can ask for everything that was recorded.")

    def ready(url: str) -> None:
        say(f"mcp-inspect: serving at {url}  (Ctrl+C ends it)")

    listen(script, spoken, ways, heard, at, ready, tap)


def _ways(match: str, timing: str, once: bool, speak: str) -> Ways:
    from inspector.serving.normal import MATCHES
    from inspector.serving.said import Ways
    from inspector.wire.versions import ALL

    how = next((each for each in MATCHES if each == match), None)
    if how is None:
        raise UsageError(f"There is no --match {match!r}", next=f"Use one of {', '.join(MATCHES)}")
    if speak not in ("auto", *ALL):
        raise UsageError(f"There is no protocol version {speak!r}", next=f"Use one of auto, {', '.join(ALL)}")
    times = _TIMES.fullmatch(timing)
    pace = {"none": 0.0, "recorded": 1.0}.get(timing, float(times[1]) if times else -1.0)
    if pace < 0:
        raise UsageError(f"--timing is none, recorded or such as 0.5x, not {timing!r}")
    return Ways(how, pace, once, speak)
