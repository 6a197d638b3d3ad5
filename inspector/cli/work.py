"""What a verb does on a connection, as a value: a verb turns its words into a `Work`, others run it.

So a verb is the same on a connection of its own and as one line among many (`mcp-inspect shell`). Nothing
is connected or printed here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from inspector.cli.output import dump, print_json, print_text, say

if TYPE_CHECKING:
    from inspector.errors import InspectError
    from inspector.session.outcome import Replied
    from inspector.session.session import Session


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it.

    Attributes:
        json: One JSON document, as the server sent it where it is the server's.
        text: Makes the lines for people; every one of them safe.
        says: What to say on stderr beside the lines; empty for nothing.
        warnings: What is wrong with it though it is no failure: lines of stderr, beside JSON as well.
        failure: Makes the failure that the result is, for programs (`True`), which are shown nothing else,
            or beside the lines. `None` where it is none.
    """

    json: bytes
    text: Callable[[], list[str]]
    says: str = ""
    warnings: tuple[str, ...] = ()
    failure: Callable[[bool], InspectError] | None = None


class Work(Protocol):
    """Does it on a session that is open, and raises an `InspectError` where there is no result."""

    def __call__(self, session: Session, /) -> Awaitable[Result]: ...


def replied(reply: Replied) -> Result:
    """The result of a reply: exactly as it was sent, or as text for people."""

    def lines() -> list[str]:
        from inspector.cli.render import result_lines

        return result_lines(reply.result)

    return Result(reply.raw_result or dump(reply.result), lines)


def show(result: Result, *, as_json: bool) -> None:
    """Print a result.

    Raises:
        InspectError: The failure that it is.
    """
    if result.failure is None or not as_json:
        if as_json:
            print_json(result.json)
        else:
            print_text(*result.text())
    if result.failure is not None:
        raise result.failure(as_json)
    if result.says and not as_json:
        say(f"mcp-inspect: {result.says}")
    say(*(f"mcp-inspect: {line}" for line in result.warnings))
