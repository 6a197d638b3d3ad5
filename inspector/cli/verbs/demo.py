"""`mcp-inspect demo`: the app on the built-in demo server, or a tour of it where there is no terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from inspector.cli.oneshot import answer, run
from inspector.cli.open import on_terminal, open_app
from inspector.cli.options import Wanted, examples
from inspector.cli.output import print_json, print_text
from inspector.cli.verbs.list import as_json, as_text, listed
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.session.listing import Listing
    from inspector.session.outcome import Replied
    from inspector.session.owner import Session
    from inspector.transport.target import StdioTarget

HELP_END = examples("mcp-inspect demo", "mcp-inspect demo --protocol 2025-11-25 | cat")


def demo_target() -> StdioTarget:
    """The demo server as a command; `-P` keeps a folder `inspector` of the user's out of its way."""
    from inspector.transport.target import StdioTarget

    return StdioTarget((sys.executable, "-P", "-m", "inspector.demo"))


def demo(wanted: Wanted) -> int:
    """Open the app on a built-in demo server; nothing else is needed.

    Without a terminal, or with --json, it makes a tour instead: what the server offers, one call, and
    every message that crossed the wire.
    """
    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("demo brings its own server", next="Leave the verb out to open the app on yours")
    if (on_terminal() or wanted.web) and not wanted.json and not wanted.trace:
        return open_app(wanted, demo_target())
    trace: list[str] = []
    (document, listings), reply = run(wanted, _tour, target=demo_target(), watch=trace.append)
    if wanted.json:
        print_json(as_json(document, listings))
        return 0
    from inspector.cli.render import result_lines

    print_text("What the server offers:", "", *as_text(document, listings), "")
    print_text("One call: add a=2 b=40", *(f"  {line}" for line in result_lines(reply.result)), "")
    print_text("What crossed the wire:", *trace)
    return 0


async def _tour(session: Session) -> tuple[tuple[dict[str, Any], dict[str, Listing]], Replied]:
    from inspector.wire.methods import LISTS

    offered = await listed(session, LISTS)
    called = await session.call("tools/call", {"name": "add", "arguments": {"a": 2, "b": 40}})
    return offered, answer(called, "tools/call add")
