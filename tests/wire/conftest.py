"""The official schemas, read in their own terms: nothing here knows our table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SCHEMAS = Path(__file__).resolve().parents[2].parent / "shared" / "schema"
NAMES = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")


@dataclass(frozen=True)
class Members:
    every: frozenset[str]
    required: frozenset[str]


NOTHING = Members(frozenset(), frozenset())


class Schema:
    def __init__(self, version: str, document: dict[str, Any]) -> None:
        self.version = version
        self.folder = SCHEMAS
        self.defs: dict[str, Any] = document.get("$defs") or document["definitions"]

    def methods(self) -> dict[str, str]:
        """The definition of each method, by method."""
        found = {}
        for name, definition in self.defs.items():
            if name.startswith("Client"):  # ClientNotification can be its only branch, spelled out
                continue
            const = definition.get("properties", {}).get("method", {}).get("const")
            if const is not None:
                found[const] = name
        return found

    def union(self, name: str) -> set[str]:
        """The methods of a union such as ClientRequest."""
        definition = self.defs.get(name)
        if definition is None:
            return set()
        branches = [self._resolved(branch) for branch in definition.get("anyOf", [definition])]
        return {branch["properties"]["method"]["const"] for branch in branches}

    def params(self, method: str) -> Members:
        definition = self.defs[self.methods()[method]]
        return self._without_meta(self.members(definition["properties"].get("params", {})))

    def result(self, method: str) -> Members:
        """The members of the result that is no detour (a created task, input required)."""
        name = self.methods()[method]
        stem = name.removesuffix("Request")
        for candidate in (f"{stem}Result", "EmptyResult"):
            if candidate in self.defs:
                return self._without_meta(self.members(self.defs[candidate]))
        raise AssertionError(name)

    def members(self, definition: dict[str, Any]) -> Members:
        """Of all branches those that may stand; of alternatives only what all need is required."""
        definition = self._resolved(definition)
        every = set(definition.get("properties", {}))
        required = set(definition.get("required", []))
        for part in definition.get("allOf", []):
            found = self.members(part)
            every |= found.every
            required |= found.required
        branches = [self.members(part) for part in definition.get("anyOf", [])]
        if branches:
            every |= frozenset().union(*(branch.every for branch in branches))
            required |= frozenset.intersection(*(branch.required for branch in branches))
        return Members(frozenset(every), frozenset(required))

    def paths(self, name: str) -> set[str]:
        """Dotted paths of all properties below a definition."""
        return set(self._paths(self.defs[name]))

    def _paths(self, definition: dict[str, Any]) -> Iterator[str]:
        for name, below in self._resolved(definition).get("properties", {}).items():
            yield name
            yield from (f"{name}.{path}" for path in self._paths(below))

    def error_codes(self) -> dict[int, str]:
        """Code to the definition's name in lower-case words, without the final `error` of MCP's own."""
        found = {}
        for name, definition in self.defs.items():
            if name.endswith("Error"):
                for code in _codes(definition):
                    found[code] = " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+", name)).lower()
        return found

    def _resolved(self, definition: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in definition:
            definition = self.defs[definition["$ref"].rsplit("/", 1)[1]]
        return definition

    @staticmethod
    def _without_meta(members: Members) -> Members:
        return Members(members.every - {"_meta"}, members.required - {"_meta"})


def _codes(definition: Any) -> Iterator[int]:
    if isinstance(definition, dict):
        if isinstance(definition.get("const"), int):
            yield definition["const"]
        for below in definition.values():
            yield from _codes(below)
    elif isinstance(definition, list):
        for below in definition:
            yield from _codes(below)


@pytest.fixture(params=NAMES)
def schema(request: pytest.FixtureRequest) -> Schema:
    path = SCHEMAS / f"{request.param}.json"
    if not path.exists():
        pytest.skip("the official schemas are not beside this checkout")
    return Schema(request.param, json.loads(path.read_text("utf-8")))
