"""One check and, where it failed, the cause it would name: what every file of checks hands back.

Also the words for the next step: the command line to paste, with the target's own words in it.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inspector.doctor.place import HOST_NAMES, host_cwd
from inspector.doctor.report import Cause, Check, State
from inspector.journal.redact_argv import redact_argv
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.doctor.stdio_rules import Rule
    from inspector.transport.target import StdioTarget

WIDTH = 200
"""Cells that a line of evidence may take."""
_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A check and what it found to be the cause, if it found one."""

    check: Check
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A fault that was recognised, before it is put into a check.

    Attributes:
        rule: Stable name of the fault.
        finds: What was seen, one short sentence for the check.
        says: What it means, one sentence for the cause.
        next: What to do.
        evidence: Lines to look at.
        rows: Rows of the journal that show it.
    """

    rule: Rule
    finds: str
    says: str
    next: str
    evidence: tuple[str, ...] = ()
    rows: tuple[int, ...] = field(default=())

    def verdict(self, name: str, title: str, *, took: float | None = None) -> Verdict:
        """The failed check `name` with this fault as its cause."""
        check = Check(
            name=name,
            title=title,
            state="failed",
            says=safe(self.finds),
            evidence=shown(line for line in self.evidence if line.strip() != self.finds),
            took=took,
            rows=self.rows,
        )
        return Verdict(
            check=check,
            cause=Cause(rule=self.rule.value, says=safe(self.says), next=safe(self.next), check=name),
        )


def passed(
    name: str,
    title: str,
    says: str,
    *,
    evidence: Iterable[str] = (),
    state: State = "ok",
    took: float | None = None,
    rows: tuple[int, ...] = (),
) -> Verdict:
    """A check that names no cause."""
    check = Check(
        name=name, title=title, state=state, says=safe(says), evidence=shown(evidence), took=took, rows=rows
    )
    return Verdict(check=check)


def skipped(name: str, title: str, why: str) -> Verdict:
    """A check that could not be made."""
    return passed(name, title, why, state="skipped")


def safe(text: str) -> str:
    """`text` on one line of a terminal, at most 600 cells of it."""
    return clip(visible(text, newline=" "), 600)


def shown(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines of evidence made safe and short; the last ones where there are very many."""
    kept = [clip(visible(line), WIDTH) for line in lines if line.strip()]
    return tuple(kept[-_LINES:])


def joined(words: Sequence[str]) -> str:
    """Words as a line for the shell of this system, without the secrets among them."""
    cleaned = redact_argv(words)
    return subprocess.list2cmdline(cleaned) if sys.platform == "win32" else shlex.join(cleaned)


def again(target: StdioTarget, argv: Sequence[str] | None = None, *options: str) -> str:
    """The line that looks at `target` again, with another command or more options.

    Values of variables are never shown: they stay to be filled in as `…`.
    """
    kept = [*options]
    as_host = not target.inherit
    if as_host:
        kept.insert(0, "--as-host")
    asked = {word.partition("=")[0] for word in options}
    for name in target.env:
        if name not in asked and not (as_host and name in HOST_NAMES):
            kept += ["-e", f"{name}=…"]
    if target.cwd is not None and not (as_host and target.cwd == host_cwd()) and "--cwd" not in options:
        kept += ["--cwd", target.cwd]
    words = target.argv if argv is None else argv
    front = " ".join(["mcp-inspect doctor", *(_word(word) for word in kept), "--"])
    return f"{front} {joined(words)}"


def _word(word: str) -> str:
    return word if word.endswith("=…") else joined([word])
