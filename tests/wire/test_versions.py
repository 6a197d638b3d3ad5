from __future__ import annotations

from typing import Any

import pytest

from inspector.wire import versions
from inspector.wire.versions import ALL, CAPABILITIES, ERRORS, LEGACY, META_REQUIRED, MODERN, era, error_name

JSONRPC = {
    -32700: "parse error",
    -32600: "invalid request",
    -32601: "method not found",
    -32602: "invalid params",
    -32603: "internal error",
}
# What stands in the specification's text only, so that no schema can be asked.
TEXT_ONLY = {
    **{version: {-32002: "resource not found", -1: "refused by the user"} for version in LEGACY},
    MODERN[0]: {},
}


def test_every_schema_is_a_version_and_the_other_way_round(schema: Any) -> None:
    assert schema.version in ALL
    assert set(ALL) == {path.stem for path in schema.folder.glob("*.json")}


def test_capabilities_are_those_of_the_schema(schema: Any) -> None:
    ours = CAPABILITIES[schema.version]
    assert ours.client == schema.paths("ClientCapabilities")
    assert ours.server == schema.paths("ServerCapabilities")


def test_error_codes_are_those_of_the_schema_and_of_json_rpc(schema: Any) -> None:
    expected = {**JSONRPC, **TEXT_ONLY[schema.version]}
    for code, words in schema.error_codes().items():
        expected.setdefault(code, words.removesuffix(" error"))
    assert {code: name.lower() for code, name in ERRORS[schema.version].items()} == expected


def test_required_meta_is_that_of_the_schema(schema: Any) -> None:
    requests = schema.union("ClientRequest")
    for method in requests:
        definition = schema.defs[schema.methods()[method]]["properties"].get("params", {})
        needs_meta = "_meta" in schema.members(definition).required
        assert needs_meta == bool(META_REQUIRED[schema.version]), method
    if schema.version in MODERN:
        official = schema.members(schema.defs["RequestMetaObject"])
        assert set(META_REQUIRED[schema.version]) == official.required


def test_reserved_meta_keys_are_those_of_the_schema(schema: Any) -> None:
    official = set()
    for name in schema.defs:
        if name.endswith("MetaObject"):
            official |= {key for key in schema.members(schema.defs[name]).every if "/" in key}
    ours = {
        value for name, value in vars(versions).items() if name.startswith("META_") and isinstance(value, str)
    }
    expected = {key for key in ours if "/" in key and not key.endswith("/")}
    assert official == (expected if schema.version in MODERN else set())


def test_eras() -> None:
    assert [era(version) for version in ALL] == ["legacy"] * 4 + ["modern"]
    assert era("1900-01-01") is None
    assert era(None) is None
    assert list(ALL) == sorted(ALL)
    assert versions.LATEST_LEGACY == "2025-11-25"
    assert versions.LATEST_MODERN == "2026-07-28"


@pytest.mark.parametrize(
    ("code", "version", "name"),
    [
        (-32601, "2024-11-05", "method not found"),
        (-32601, None, "method not found"),
        (-32002, "2025-11-25", "resource not found"),
        (-32002, "2026-07-28", "resource not found (as of 2025-11-25)"),
        (-32022, "2025-11-25", "unsupported protocol version (as of 2026-07-28)"),
        (-32022, None, "unsupported protocol version"),
        (-32022, "1900-01-01", "unsupported protocol version"),
        (-32000, "2025-11-25", ""),
        ("-32601", None, ""),
        (True, None, ""),
        (-32601.0, None, ""),
        ([], None, ""),
    ],
)
def test_error_name(code: object, version: str | None, name: str) -> None:
    assert error_name(code, version) == name
