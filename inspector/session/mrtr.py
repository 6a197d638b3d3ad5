"""One logical call in several legs, where a modern server wants input first.

2026-07-28, basic/patterns/mrtr: the result `input_required` names requests; the same method is called
again, under a new id, with the answers and with the `requestState` as it came, if one came. Nobody has
to answer: whoever does not walks away. Here the answers come from a policy, without a person; the legs
are ordinary calls, each in the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inspector.session.outcome import Outcome, Replied
from inspector.wire import jsonrpc

if TYPE_CHECKING:
    from inspector.session.calls import OnProgress
    from inspector.session.peer import Policy
    from inspector.session.session import Session

METHODS = frozenset({"tools/call", "prompts/get", "resources/read"})
"""What may be answered by `input_required`."""
ROUNDS = 10
"""Legs after the first one; a server that still wants more is not asked again."""


async def call(
    session: Session,
    method: str,
    params: Mapping[str, Any],
    policy: Policy,
    *,
    timeout: float | None = None,
    on_progress: OnProgress | None = None,
) -> Outcome:
    """Call a method, and again as long as the server wants input that `policy` can give.

    Args:
        session: A session of any era; in the legacy ones this is `session.call`.
        method: The method.
        params: Its parameters. They stand in each leg.
        policy: Answers each request that a server put into its result, as it would a request of its own.
        timeout: Seconds for each leg; the session's where `None`.
        on_progress: As in `session.call`, for each leg.

    Returns:
        The outcome of the last leg: an `input_required` where the policy left a request unanswered or the
        rounds were used up.

    Raises:
        UsageError: `params` cannot be written as JSON.
    """
    outcome = await session.call(method, params, timeout=timeout, on_progress=on_progress)
    for _ in range(ROUNDS):
        more = _answers(outcome, policy) if method in METHODS and session.era == "modern" else None
        if more is None:
            break
        # What answers one round is nothing in the next: only what the caller gave stays.
        outcome = await session.call(method, {**params, **more}, timeout=timeout, on_progress=on_progress)
    return outcome


def _answers(outcome: Outcome, policy: Policy) -> dict[str, Any] | None:
    """What to add to the parameters of the next leg; `None` where there is none."""
    result = outcome.result if isinstance(outcome, Replied) else None
    # A result without `resultType` comes from an older server, and is complete.
    if not isinstance(result, Mapping) or result.get("resultType") != "input_required":
        return None
    more: dict[str, Any] = {}
    if "inputRequests" in result:
        responses = _responses(result["inputRequests"], policy)
        if responses is None:
            return None
        more["inputResponses"] = responses
    if "requestState" in result:
        more["requestState"] = result["requestState"]
    return more or None


def _responses(requests: Any, policy: Policy) -> dict[str, Any] | None:
    """Bare results by key, without a JSON-RPC envelope; `None` if one of them got none."""
    if not isinstance(requests, Mapping):
        return None
    responses: dict[str, Any] = {}
    for key, wanted in requests.items():
        if not isinstance(wanted, Mapping):
            return None
        envelope = {**wanted, "jsonrpc": "2.0", "id": key}
        answer = policy(jsonrpc.classify(jsonrpc.encode(envelope)))
        if answer is None or answer.error is not None:
            return None
        responses[key] = answer.result
    return responses
