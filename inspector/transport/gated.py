"""What becomes of a message that a breakpoint took on its way out, and of its headers. It sends nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from inspector.wire.agreeing import agreeing, in_doubt

if TYPE_CHECKING:
    from inspector.gate.gate import Taken
    from inspector.transport.tap import Tap
    from inspector.wire.event import Event


_STAY = (
    "The Mcp-Param headers of a changed call stay as they were: the schema of its tool says what they repeat,"
    " and no list of tools that was seen here has it"
)


async def onward(
    taken: Taken | None, body: bytes, deliver: Callable[[Event], Awaitable[None]]
) -> list[bytes]:
    """What is to be sent in the place of `body`, once that is decided.

    Args:
        taken: What the breakpoint made of the message; `None` where it lets it go on.
        body: The message.
        deliver: Hands an answer that was given in the server's place to whoever reads the link.
    """
    if taken is None:
        return [body]
    sent = await taken.wait()
    for each in sent:
        if each.back:
            await deliver(each.event)
    return [each.body for each in sent if not each.back]


def headers_for(
    tap: Tap, headers: Sequence[tuple[str, str]], before: bytes, after: bytes
) -> list[tuple[str, str]]:
    """The headers of a message over HTTP that may have been changed, so that they do not contradict it.

    Args:
        tap: Knows the tools of the server, and is told where one is not known.
        headers: As its sender made them.
        before: The message as its sender made it.
        after: The message that goes on.
    """
    if before == after:
        return [*headers]
    schema_of = tap.journal.catalogue.schema_of
    if in_doubt(headers, before, after, schema_of):
        tap.client("warning", says=_STAY)
    return agreeing(headers, before, after, schema_of)
