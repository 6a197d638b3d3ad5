"""A copy: the text, and what whoever pastes it should know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Copy:
    """One row, said.

    Attributes:
        text: What to paste, without a line feed at its end.
        notes: What to know of it, a sentence each; nothing of them is the server's.
        raw: The exact bytes, where `text` may not be them; else `None`.
    """

    text: str
    notes: tuple[str, ...] = ()
    raw: bytes | None = None

    @property
    def octets(self) -> bytes:
        """What a file of it holds, and what stdout gets, without a line feed at the end."""
        return self.text.encode("utf-8", "backslashreplace") if self.raw is None else self.raw
