"""`mcp-inspect proxy`: stand between hosts and a server over HTTP, and write down what crosses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.options import Wanted, examples
from inspector.cli.output import say
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.gate.gate import Gate
    from inspector.gate.rule import Rule
    from inspector.journal.journal import Journal
    from inspector.proxy.http import Counts
    from inspector.transport.target import HttpTarget

HELP_END = examples(
    "mcp-inspect proxy https://example.com/mcp",
    "mcp-inspect proxy https://example.com/mcp --listen 127.0.0.1:8080 --record session.mcp.jsonl",
)
_PLACE = re.compile(r"(?:(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:\[\]/@]*)):)?(\d{1,5})")


def proxy(
    wanted: Wanted,
    listen: Annotated[
        str,
        typer.Option("--listen", metavar="HOST:PORT", help="Where to listen; port 0 takes a free one."),
    ] = "127.0.0.1:0",
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the recording is to be found by: attach NAME.")
    ] = "",
) -> int:
    """Stand between hosts and a server over HTTP: they get what it says, and a recording tells all of it.

    Give the host the URL that is printed in the place of the server's. Answers are streamed as they come;
    sessions, event streams and authorization pass through. Without --record the recording is one of those in
    the user's state directory. Ctrl+C ends it.
    """
    at = _place(listen)
    target = wanted.target()

    import anyio  # with what follows a tenth of a second, which no other verb's help should wait for

    from inspector.transport.target import HttpTarget

    if not isinstance(target, HttpTarget):
        raise UsageError(
            "proxy needs the URL of a server",
            next="A server that is a command: mcp-inspect record -- COMMAND",
        )
    journal = _recording(wanted, target, name)
    try:
        anyio.run(_run, target, journal, at, wanted.options().faults)
    except UsageError:  # it never listened: there is nothing to be kept
        if journal.path is not None and not len(journal):
            journal.path.unlink(missing_ok=True)
        raise
    finally:
        journal.close()
    return 0


def _recording(wanted: Wanted, target: HttpTarget, name: str) -> Journal:
    """A new journal; where the user's state directory cannot be written, one in memory, with a notice."""
    from inspector.journal.journal import Journal
    from inspector.journal.limits import keep_within
    from inspector.journal.recording import new_recording_path

    facts = target.describe()
    named = wanted.recording()
    if wanted.no_record or named is not None:
        return Journal.create(named, target=facts, mode="proxy", name=name)
    try:
        keep_within(lambda says: say(f"mcp-inspect: {says}"))
        return Journal.create(new_recording_path(facts), target=facts, mode="proxy", name=name)
    except (UsageError, OSError) as problem:  # nobody asked for this file: it must not be in the way
        say(f"mcp-inspect: this session is not recorded: {problem}")
        return Journal.create(target=facts, mode="proxy")


async def _run(target: HttpTarget, journal: Journal, at: tuple[str, int], rules: Sequence[Rule]) -> None:
    from inspector.gate.gate import Gate
    from inspector.httpd.names import is_loopback
    from inspector.journal.redact import redact_url
    from inspector.proxy.http import proxying
    from inspector.proxy.http_tap import EnduringTap

    def failed(error: Exception) -> None:
        says = f"A request failed here: {type(error).__name__}: {error}"
        tap.client("warning", says=says)
        say(f"mcp-inspect: {says}")

    tap = EnduringTap(journal, lambda says: say(f"mcp-inspect: {says}"))
    if not is_loopback(at[0]):
        say(f"mcp-inspect: whoever reaches {at[0]}:{at[1]} can use the server through this proxy.")
    gate = Gate(journal, rules)
    # Listening comes first: what it raises would come out of the tasks of the socket as a group.
    async with proxying(target, tap, at, gate=gate, failed=failed) as proxy, _controlled(gate, journal):
        say(
            f"mcp-inspect: {redact_url(proxy.url)} stands for {redact_url(target.url)}  (Ctrl+C ends it)",
            *([f"mcp-inspect: recording to {journal.path}"] if journal.path else []),
        )
        try:
            await _until_told()
        finally:  # also where it is told by an exception, as on Windows
            kept = f"; recorded in {journal.path}" if journal.path and not tap.trouble else ""
            say(f"mcp-inspect: {_summary(proxy.counts)}{kept}")


@asynccontextmanager
async def _controlled(gate: Gate, journal: Journal) -> AsyncIterator[None]:
    """Let `attach` decide about breakpoints where it can find us; if not, traffic passes all the same."""
    from inspector.gate.control import available, serve_control

    async with AsyncExitStack() as stack:
        if journal.path is not None and available():
            try:
                await stack.enter_async_context(serve_control(gate, journal.path))
            except UsageError as problem:
                say(f"mcp-inspect: no breakpoints from another process: {problem}")
        yield


async def _until_told() -> None:
    """Return at Ctrl+C or SIGTERM."""
    import signal

    import anyio

    try:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                return
    except NotImplementedError:  # Windows' event loops take no signals: Ctrl+C is a KeyboardInterrupt there
        await anyio.sleep_forever()


def _summary(counts: Counts) -> str:
    """What passed, in one line."""
    shown = [_many(counts.requests, "request"), _many(counts.messages, "message")]
    if counts.sessions:
        shown.append(_many(counts.sessions, "session"))
    if counts.failed:
        shown.append(f"{counts.failed:,} without a whole answer")
    return ", ".join(shown)


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _place(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, `[IPv6]:PORT`, `:PORT` or `PORT`."""
    found = _PLACE.fullmatch(text)
    if found is None or int(found[3]) > 65535:
        raise UsageError(
            f"--listen takes HOST:PORT, not {text!r}", next="For example --listen 127.0.0.1:8080"
        )
    return found[1] or found[2] or "127.0.0.1", int(found[3])
