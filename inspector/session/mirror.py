"""What a server's list of tools decides about calling one over HTTP in the modern era.

There the arguments that a tool's `inputSchema` marks with `x-mcp-header` are mirrored in headers, a tool
that marks them wrongly is not to be called, and a call that is refused for its headers is made once more
if the list has changed (2026-07-28, basic/transports/streamable-http, "Custom Headers from Tool
Parameters"). The headers themselves are made in `inspector.wire.mirrored`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inspector.errors import UsageError
from inspector.session.listing import PAGE_CAP
from inspector.session.outcome import Outcome, Replied
from inspector.wire.mirrored import problems
from inspector.wire.versions import HEADER_MISMATCH, LATEST_LEGACY
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.session.calls import Call
    from inspector.session.session import Session

_CALL = "tools/call"


class Mirror:
    """The tools of one connection, as far as their schemas decide about HTTP."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._warned: set[tuple[str, str]] = set()
        self._revision = -1
        self._schemas: dict[str, Any] = {}
        self._wrong: dict[str, list[str]] = {}

    async def schema(self, method: str | None, params: Any) -> Any:
        """The `inputSchema` that decides the headers of a tool call; asks for the list if need be."""
        session = self._session
        if method != _CALL or not self._applies:
            return None
        name = _name(params)
        whole = session.catalogue.complete.get("tools") or name in self._tools()
        if session.declares("tools") and not whole and not session.ended:
            await session.list("tools", most=PAGE_CAP)
        return self._listed(name)

    def withheld(self, name: Any) -> list[str]:
        """Why the tool is not to be called: one sentence each, safe for a terminal; empty if it may be."""
        if not self._applies or not isinstance(name, str):
            return []
        schema = self._listed(name)
        if name not in self._wrong:
            self._wrong[name] = [clip(visible(wrong), 300) for wrong in problems(schema)]
        return [*self._wrong[name]]

    def refuse(self, method: str, params: Any) -> None:
        """Raise a `UsageError` for a call of a tool that is withheld."""
        wrong = self.withheld(_name(params)) if method == _CALL else []
        if wrong:
            raise UsageError(
                f"The tool {clip(visible(str(_name(params))), 100)} is not called over HTTP: {wrong[0]}",
                next=f"Mend the tool's inputSchema; --protocol {LATEST_LEGACY} speaks a version without such "
                "headers, if the server does",
            )

    def warn(self) -> None:
        """Write down which of the tools that were just listed are withheld, each once."""
        if not self._applies:
            return
        for name in self._tools():
            for wrong in self.withheld(name):
                if (name, wrong) not in self._warned:
                    self._warned.add((name, wrong))
                    says = f"A conforming client hides the tool {name!r} over HTTP: {wrong}."
                    self._session.tap.client("warning", says=says)

    def outdated(self, call: Call, outcome: Outcome) -> bool:
        """Whether `outcome` says that the headers of `call` were wrong, and another list may help."""
        return (
            call.method == _CALL
            and not call.renewed
            and call.schema is not None
            and isinstance(outcome, Replied)
            and outcome.error.get("code") == HEADER_MISMATCH
        )

    async def other_schema(self, call: Call) -> Any:
        """Ask for the list again: the schema, if it wants other headers than those that were sent."""
        await self._session.list("tools", most=PAGE_CAP)
        schema = self._listed(_name(call.params))
        return None if schema == call.schema or problems(schema) else schema

    @property
    def _applies(self) -> bool:
        return self._session.http and self._session.agreed and self._session.era == "modern"

    def _listed(self, name: Any) -> Any:
        return self._tools().get(name) if isinstance(name, str) else None

    def _tools(self) -> Mapping[str, Any]:
        """The schemas by name, of the first tool of each. There may be thousands, and many calls."""
        catalogue = self._session.catalogue
        if self._revision != catalogue.revision:
            self._revision = catalogue.revision
            self._wrong = {}
            self._schemas = {}
            for tool in catalogue.tools:
                if isinstance(tool, Mapping) and isinstance(tool.get("name"), str):
                    self._schemas.setdefault(tool["name"], tool.get("inputSchema"))
        return self._schemas


def _name(params: Any) -> Any:
    return params.get("name") if isinstance(params, Mapping) else None
