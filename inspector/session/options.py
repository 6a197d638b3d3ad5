"""How to connect, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.session.negotiate import AUTO
from inspector.session.peer import Policy, decline


@dataclass(frozen=True, slots=True)
class Options:
    """How to connect.

    Attributes:
        protocol: `auto`, or the version to speak without asking.
        timeout: Seconds that a call may take, unless it says otherwise.
        longest: Seconds that a call may take whose time begins anew with progress (basic/patterns/progress).
        probe_timeout: Seconds after which a silent server is taken for a legacy one, at most `timeout`.
        capabilities: What we declare to serve: nothing, unless `policy` answers it.
        policy: Answers what the server asks in the legacy eras.
    """

    protocol: str = AUTO
    timeout: float = 60.0
    longest: float = 3600.0
    probe_timeout: float = 10.0
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = decline
