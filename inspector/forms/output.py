"""The result of a tool held against the output schema that the tool declares. Pure.

The payload is the server's and so is the schema: what is checked, and how long, is bounded by
`inspector.forms.check`. An error of a tool is exempt, and so is what is no result yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from inspector.forms.check import check
from inspector.forms.unset import UNSET
from inspector.wire.content import parts, repeats
from inspector.wire.jsonrpc import Unparsed

MEMBER: Final = "structuredContent"
CLAUSE: Final = "server/tools, Output Schema"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What is wrong with a result.

    Attributes:
        path: Where in the result: keys and indexes from its root.
        says: What, as the rest of a sentence that begins with the path. May quote the server.
        must: Whether the protocol demands otherwise; else it only recommends.
        clause: The page and section of the specification.
    """

    path: tuple[str | int, ...]
    says: str
    must: bool = True
    clause: str = CLAUSE

    @property
    def sentence(self) -> str:
        """The place and what is wrong there. May quote the server."""
        return f"{'.'.join(map(str, self.path))} {self.says}"


def mismatches(result: Any, schema: Any = UNSET) -> list[Mismatch]:
    """What is wrong with the structured content of a result of `tools/call`. Never raises.

    Args:
        result: The parsed result, anything at all.
        schema: The tool's `outputSchema`; `UNSET` where it declares none, or where that is not known.
    """
    if not isinstance(result, Mapping) or result.get("isError") is True:
        return []
    if result.get("resultType") in ("input_required", "task") or (
        "task" in result and "content" not in result
    ):
        return []  # what comes of it is another result
    if MEMBER not in result:
        if schema is UNSET:
            return []
        return [Mismatch((MEMBER,), "is missing, though the tool declares an output schema")]
    found: list[Mismatch] = []
    value = result[MEMBER]
    if schema is not UNSET:
        if isinstance(value, Unparsed):
            return [Mismatch((MEMBER,), "is nested too deeply to be checked")]
        found = [Mismatch((MEMBER, *problem.path), problem.says) for problem in check(schema, value)]
    blocks = parts(result)
    if not repeats(blocks[-1], blocks):
        says = "is in no text block as JSON: hosts that know only text are told something else"
        found.append(Mismatch((MEMBER,), says, must=False, clause="server/tools, Structured Content"))
    return found
