"""Calls that have a name, on the command line: `call --saved NAME` runs one, `call … --save NAME` keeps one.

The file is the app's too (`inspector.kept.calls`). Nothing is run here, and nothing by itself: only a name
that stands on the line is ever looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.cli.options import Wanted
    from inspector.cli.work import Result, Work
    from inspector.journal.journal import Journal
    from inspector.kept.calls import SavedCall
    from inspector.session.session import Session
    from inspector.transport.target import Target


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A work that has a server of its own, for where no connection is open yet.

    Attributes:
        work: What to do.
        target: The server; `None` for the one that the line names.
    """

    work: Work
    target: Target | None

    async def __call__(self, session: Session, /) -> Result:
        return await self.work(session)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the words of a line and the saved call that they name ask for together.

    Attributes:
        tool: The tool's name.
        words: Arguments of the line.
        base: Arguments of the saved call.
        saved: The saved call; `None` where the line names none.
    """

    tool: str
    words: Sequence[str]
    base: Mapping[str, Any]
    saved: SavedCall | None = None

    def target(self, wanted: Wanted) -> Target | None:
        """The saved call's server; `None` where the line names one, or the call has none.

        Raises:
            UsageError: An option of the line does not fit it.
        """
        line, saved = wanted.line, self.saved
        if saved is None or line.command is not None or line.url is not None:
            return None
        if saved.command:
            cwd = wanted.cwd or saved.cwd or None
            return replace(wanted, line=replace(line, command=saved.command), cwd=cwd).target()
        return replace(wanted, line=replace(line, url=saved.url)).target() if saved.url else None

    def missing(self, values: Mapping[str, Any]) -> str:
        """What to say of secrets that were not kept and are not given now; empty where there are none."""
        left = self.saved.left_out if self.saved is not None else ()
        gone = [path for path in left if path.split(".")[0].split("[")[0] not in values]
        return f"not kept with this call, and not given: {', '.join(gone)}" if gone else ""


def asked(tool: str | None, words: Sequence[str] | None, name: str | None) -> Asked:
    """Take the words of `call` together with the call that is named by `--saved`.

    Raises:
        UsageError: There is no such call, or no tool is named.
        InspectError: The file of calls cannot be read.
    """
    if name is None and tool is not None:
        return Asked(tool, words or (), {})
    # Imported here because most calls are not saved ones.
    from inspector.kept.calls import SavedCalls

    if name is None:
        names = ", ".join(call.name for call in SavedCalls().all()[:20])
        other = f"Name one, or a kept call by --saved: {names}"
        raise UsageError("No tool to call", next=other if names else "mcp-inspect list tools names them")
    saved = SavedCalls().get(name)
    # With --saved no tool stands on the line: its first word is an argument like the others.
    return Asked(saved.tool, [*([tool] if tool is not None else []), *(words or ())], saved.arguments, saved)


def keep(name: str, tool: str, values: Mapping[str, Any], schema: Any, journal: Journal) -> str:
    """Keep a call that was made under a name; returns what to say of it.

    Raises:
        InspectError: The name is none, or the file cannot be written.
    """
    from inspector.kept.calls import SavedCalls, call_of

    calls = SavedCalls()
    done = calls.put(call_of(name, tool, values, journal.header.target), schema, replace=True)
    says = f"kept as {name} in {calls.path}"
    if done.left_out:
        says += f", without what sounds secret: {', '.join(done.left_out)}"
    if not done.command and not done.url:
        says += "; its server is not kept, since that holds a secret: name it when you run it"
    return says
