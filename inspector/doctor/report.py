"""What a diagnosis says: ordered checks, the first cause in one sentence, the next step to paste."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

State: TypeAlias = Literal["ok", "note", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: Stable, e.g. `command`, `dns`, `tls`, `era`; unique within a report.
        title: In words, e.g. `Command found`.
        state: `failed` is what keeps the connection from working; `skipped` says why in `says`.
        says: What was found, one sentence; server text in it is already safe for a terminal.
        evidence: Lines to look at: the last of stderr, directories searched, headers. Safe for a terminal.
        took: Seconds, where time is the matter.
        rows: Rows of the journal that show it.
    """

    name: str
    title: str
    state: State
    says: str
    evidence: tuple[str, ...] = ()
    took: float | None = None
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The first thing to put right.

    Attributes:
        rule: Stable name, e.g. `command-not-found`; docs/doctor.md lists them all.
        says: One sentence.
        next: What to do; where it is a command, a line to paste.
        check: Name of the check that found it.
        authorization: Whether credentials are what is missing (exit code 3, not 4).
    """

    rule: str
    says: str
    next: str
    check: str
    authorization: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A diagnosis.

    Attributes:
        target: In one line, without secrets.
        transport: `stdio` or `http`.
        checks: In the order in which a connection meets them.
        cause: `None` where nothing is wrong.
        facts: What is worth knowing beside: version, era, server, times to each stage in seconds.
    """

    target: str
    transport: Literal["stdio", "http"]
    checks: tuple[Check, ...]
    cause: Cause | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 for a connection that works, 3 where authorization is missing, 4 where it fails."""
        if self.cause is None:
            return 0
        return 3 if self.cause.authorization else 4

    def document(self) -> dict[str, Any]:
        """The same as data, for `--json`."""
        return {
            "target": self.target,
            "transport": self.transport,
            "cause": None
            if self.cause is None
            else {
                "rule": self.cause.rule,
                "says": self.cause.says,
                "next": self.cause.next,
                "check": self.cause.check,
            },
            "checks": [
                {
                    "name": check.name,
                    "title": check.title,
                    "state": check.state,
                    "says": check.says,
                    "evidence": list(check.evidence),
                    "took": check.took,
                    "rows": list(check.rows),
                }
                for check in self.checks
            ],
            "facts": dict(self.facts),
        }
