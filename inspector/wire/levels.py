"""The levels of log messages, from the least to the gravest.

They are those of RFC 5424 (server/utilities/logging), the same in every version.
"""

from __future__ import annotations

LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")

_RANK = {level: rank for rank, level in enumerate(LEVELS)}
UNKNOWN = len(LEVELS)
"""Rank of what is no level: graver than all, so that no filter by level hides it."""


def rank(level: object) -> int:
    """How grave a level is, from 0; `UNKNOWN` for what is none."""
    return _RANK.get(level, UNKNOWN) if isinstance(level, str) else UNKNOWN
