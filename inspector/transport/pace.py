"""Whether an event stream came in one burst at its end, as it does through a proxy that buffers.

The criterion is careful, because a fast server must not be accused: the stream told of something before
its answer (progress, log messages, requests), all of it arrived at once, and only long after the request.
A server that itself keeps its messages back looks the same from here, and the warning says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

_LATE = 1.0
"""Seconds from the request to the first byte of the stream, at least."""
_AT_ONCE = 0.05
"""Seconds from the first to the last byte of the stream, at most; and no more than a part of the wait."""
_PART = 0.05
_BEFORE = 2
"""Messages before the answer, at least."""


class Pace:
    """Notes when the parts of one body arrive.

    Args:
        sent_at: By `perf_counter`, when the request had been sent.
    """

    __slots__ = ("_first", "_last", "_sent_at")

    def __init__(self, sent_at: float) -> None:
        self._sent_at = sent_at
        self._first = 0.0
        self._last = 0.0

    def came(self) -> None:
        """A part of the body is there."""
        self._last = perf_counter()
        self._first = self._first or self._last

    def held(self, before: int) -> float:
        """Seconds for which the stream was held back; 0 where nothing says that it was.

        Args:
            before: Messages that came before the answer.
        """
        if before < _BEFORE or not self._first or not self._sent_at:
            return 0.0
        late, span = self._first - self._sent_at, self._last - self._first
        return round(late, 3) if late >= _LATE and span <= min(_AT_ONCE, late * _PART) else 0.0


def warning(held: float, headers: Mapping[str, str]) -> str:
    """What to say about a stream that was held back.

    Args:
        held: Seconds.
        headers: Of the response: `via`, `server` and `x-accel-buffering` say who it was.
    """
    named = ", ".join(f"{name}: {headers[name]}" for name in ("server", "via") if headers.get(name))
    at = f" ({named})" if named else ""
    fix = "X-Accel-Buffering: no from the server, or proxy_buffering off in nginx"
    if headers.get("x-accel-buffering", "").strip().lower() == "no":
        fix = "proxy_buffering off in nginx, since the server's X-Accel-Buffering: no did not help"
    return (
        f"All of the stream came at once after {held:g} s, messages and answer together: it looks buffered by"
        f" a proxy{at}, if the server itself does not keep them back."
        f" {fix} lets each message through in its time."
    )
