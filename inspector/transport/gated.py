"""What a link does with a message that a breakpoint took on its way out. It sends nothing itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.gate.gate import Taken
    from inspector.wire.event import Event


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
