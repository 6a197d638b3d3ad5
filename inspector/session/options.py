"""How to connect, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from inspector.session import serving
from inspector.session.answers import Policies
from inspector.session.negotiate import AUTO

if TYPE_CHECKING:
    from inspector.gate.rule import Rule


@dataclass(frozen=True, slots=True)
class Options:
    """How to connect.

    Attributes:
        protocol: `auto`, or the version to speak without asking.
        timeout: Seconds that a call may take, unless it says otherwise.
        reset_on_progress: The time of a call begins anew with each progress notification.
        longest: Seconds that a call may take whose time begins anew with progress (basic/patterns/progress).
        probe_timeout: Seconds after which a silent server is taken for a legacy one, at most `timeout`.
        serves: What we serve, and so declare: words of `inspector.session.serving.SERVABLE`, and extensions.
        undeclared: What of `serves` is not declared all the same.
        policies: What becomes of what the server asks back. It may be changed in the session's inbox.
        capabilities: Declared beside `serves`, and over it, as it stands here: extensions, or what is wrong.
        relist: List a section once more when the server says that it changed.
        faults: Rules of breakpoints (`inspector.gate`) that stand in the way of messages from the start.
    """

    protocol: str = AUTO
    timeout: float = 60.0
    reset_on_progress: bool = False
    longest: float = 3600.0
    probe_timeout: float = 10.0
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    serves: frozenset[str] = frozenset()
    undeclared: frozenset[str] = frozenset()
    policies: Policies = field(default_factory=Policies)
    relist: bool = False
    faults: tuple[Rule, ...] = ()

    def attended(self) -> Options:
        """These options where a person answers what the server asks back and no script does.

        All that can be answered by hand is served, and so declared.
        """
        serves = self.serves | serving.ANSWERABLE
        return replace(self, policies=self.policies.asking(), serves=serves)

    def declared(self, version: str) -> dict[str, Any]:
        """The capabilities that are declared in `version`."""
        return {**serving.capabilities(self.serves - self.undeclared, version), **self.capabilities}
