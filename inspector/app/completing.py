"""From what a field wants to be completed to a call of completion/complete, and its answer back to the list.

One at a time: what was typed on is not waited for. A server that fails is told of once, and one that does
not know the method is not asked again on that connection.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from inspector.app.ending import ending
from inspector.errors import InspectError
from inspector.session.outcome import Cancelled, Replied
from inspector.wire.versions import ALL, V1, V3

if TYPE_CHECKING:
    from textual.worker import WorkType

    from inspector.app.items import Item
    from inspector.app.keeper import ConnectionKeeper
    from inspector.app.widgets.suggestions import Found, Suggestions
    from inspector.session.calls import Call
    from inspector.session.session import Session

METHOD = "completion/complete"
_NOT_FOUND = -32601


class Completing:
    """Makes these calls.

    Args:
        keeper: The connection; `None` in a recording, where nothing is asked.
    """

    def __init__(self, keeper: ConnectionKeeper | None) -> None:
        self._keeper = keeper
        self._call: Call | None = None
        self._session: Session | None = None
        self._told = False
        self._unknown = False

    def start(self, wanted: Suggestions.Wanted) -> None:
        """Ask, unless the server did not declare that it can be asked."""
        session = self._keeper.session if self._keeper is not None else None
        if session is None:
            return
        if session is not self._session:
            self._session, self._told, self._unknown = session, False, False
        if self._unknown or not _may_ask(session):
            return
        self.stop()
        try:
            self._call = session.start(METHOD, params_of(wanted, session.version))
        except InspectError:  # it cannot be sent: a text that is none; nobody asked for this call
            return
        # Not a coroutine: one that is never begun, because the next key replaces it, would warn.
        work: WorkType[None] = partial(self._await, self._call, wanted)
        wanted.suggestions.run_worker(work, name="complete", group="complete", exclusive=True)

    def stop(self) -> None:
        """What was asked for is not wanted any more."""
        if self._call is not None and not self._call.done:
            self._call.cancel("typed on")

    async def _await(self, call: Call, wanted: Suggestions.Wanted) -> None:
        outcome = await call.wait()
        suggestions = wanted.suggestions
        if call is not self._call or isinstance(outcome, Cancelled) or not suggestions.is_attached:
            return
        if isinstance(outcome, Replied) and outcome.ok:
            suggestions.offer(wanted, found_in(outcome.result))
            return
        self._unknown = isinstance(outcome, Replied) and outcome.error.get("code") == _NOT_FOUND
        if not self._told and self._session is not None:
            self._told = True
            suggestions.tell(wanted, f"no completion: {ending(outcome, self._session.version).word}")


def _may_ask(session: Session) -> bool:
    """The capability exists since 2025-03-26; before, the method was there without (server/utilities)."""
    return session.version == V1 or session.capabilities.get("completions") not in (None, False)


def params_of(wanted: Suggestions.Wanted, version: str) -> dict[str, Any]:
    """What is asked: for which prompt or template, which argument, what is typed, what others hold."""
    params: dict[str, Any] = {
        "ref": reference(wanted.item),
        "argument": {"name": wanted.name, "value": wanted.typed},
    }
    knows_context = version not in ALL or ALL.index(version) >= ALL.index(V3)
    if wanted.given and knows_context:
        params["context"] = {"arguments": wanted.given}
    return params


def reference(item: Item) -> dict[str, str]:
    """How a prompt or template is named here."""
    if item.section == "templates":
        return {"type": "ref/resource", "uri": item.key}
    return {"type": "ref/prompt", "name": item.key}


def found_in(result: Any) -> Found:
    """What a result says, whatever it is."""
    from inspector.app.widgets.suggestions import MOST, Found  # when there is one: few type what has any

    completion = result.get("completion") if isinstance(result, dict) else None
    completion = completion if isinstance(completion, dict) else {}
    values = completion.get("values")
    texts = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    total = completion.get("total")
    known = total if isinstance(total, int) and not isinstance(total, bool) and 0 <= total < 10**12 else None
    more = completion.get("hasMore") is True or len(texts) > MOST
    return Found(
        tuple(texts[:MOST]), known if known is not None else len(texts) if texts[MOST:] else None, more
    )
