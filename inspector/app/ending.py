"""How a call ended, in words for the workbench."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.journal.line import INPUT_REQUIRED, outcome_of
from inspector.session.outcome import Cancelled, Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.wire.versions import error_name
from inspector.wire.visible import seconds, visible


@dataclass(frozen=True, slots=True)
class Ending:
    """What the workbench says of an outcome.

    Attributes:
        word: `ok`, `tool error`, `wants input`, `error -32602`, `timed out`, `cancelled`, `connection lost`,
            `HTTP 500`.
        good: Whether that is what one hopes for.
        says: One sentence where there is no result to show; safe for a terminal.
        raw: The exact bytes of the result or error, empty where there are none.
    """

    word: str
    good: bool
    says: str = ""
    raw: bytes = b""


def ending(outcome: Outcome, version: str) -> Ending:
    """Put `outcome` into words; `version` is the protocol version that names error codes."""
    match outcome:
        case Replied():
            return _reply(outcome, version)
        case TimedOut(after=after):
            return Ending(
                "timed out",
                False,
                f"No answer within {seconds(after)}. A late one is kept: here and in the log.",
            )
        case Cancelled(reason=reason):
            why = visible(reason).removeprefix("cancelled ")
            said = f"Cancelled {why}" if why.startswith("by ") else f"Cancelled: {why}"
            return Ending("cancelled", False, f"{said}. A late answer is kept: here and in the log.")
        case Closed(says=says):
            return Ending("connection lost", False, _lines(says))
        case HttpFailed(status=status, says=says):
            return Ending(f"HTTP {status}" if status else "HTTP failed", False, _lines(says))


def _reply(reply: Replied, version: str) -> Ending:
    if reply.ok and outcome_of(reply.frame) == INPUT_REQUIRED:
        return Ending("wants input", False, raw=reply.raw_result)
    if reply.ok:
        failed = reply.tool_failed
        return Ending("tool error" if failed else "ok", not failed, raw=reply.raw_result)
    error = reply.error
    code, message = error.get("code"), error.get("message")
    name = error_name(code, version) if isinstance(code, int) else None
    says = message if isinstance(message, str) else "The error carries no message."
    word = "error" if code is None else f"error {visible(str(code))[:40]}"
    known = f"\n\n{code} {name}" if name else ""
    return Ending(word, False, _lines(says) + known, reply.raw_error)


def _lines(text: str) -> str:
    return visible(text, newline="\n")
