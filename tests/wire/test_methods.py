from __future__ import annotations

from typing import Any

import pytest

from inspector.wire.methods import (
    EXTENSION_METHODS,
    INSTEAD,
    LISTS,
    METHODS,
    TASKS_EXTENSION,
    Member,
    exists,
)
from inspector.wire.versions import ALL, CAPABILITIES, LEGACY, MODERN, V1, V3, V4, V5


def _every(members: tuple[Member, ...], version: str) -> set[str]:
    return {member.name for member in members if version in member.versions}


def _required(members: tuple[Member, ...], version: str) -> set[str]:
    return {member.name for member in members if version in member.required}


# Against the official schemas.


def test_the_table_has_exactly_the_methods_of_each_schema(schema: Any) -> None:
    ours = {name for name, method in METHODS.items() if schema.version in method.versions}
    assert ours == set(schema.methods())


def test_requests_and_notifications_are_told_apart(schema: Any) -> None:
    for name, definition in schema.methods().items():
        assert METHODS[name].kind == ("request" if definition.endswith("Request") else "notification"), name


def test_senders_are_those_of_the_unions(schema: Any) -> None:
    client = schema.union("ClientRequest") | schema.union("ClientNotification")
    server = schema.union("ServerRequest") | schema.union("ServerNotification")
    asked = schema.union("InputRequest")
    assert client | server | asked == set(schema.methods())
    for name in schema.methods():
        method = METHODS[name]
        sender = method.sender_in(schema.version)
        if name in asked:
            assert (sender, schema.version in method.embedded) == ("server", True), name
            assert not exists(name, schema.version, "server")
            continue
        expected = {(True, True): "both", (True, False): "client", (False, True): "server"}
        assert sender == expected[name in client, name in server], name
        assert schema.version not in method.embedded
        assert exists(name, schema.version, "client") == (name in client)
        assert exists(name, schema.version, "server") == (name in server)


def test_params_are_those_of_the_schema(schema: Any) -> None:
    for name in schema.methods():
        official, ours = schema.params(name), METHODS[name].params
        assert _every(ours, schema.version) == official.every, name
        assert _required(ours, schema.version) == official.required, name


def test_results_are_those_of_the_schema(schema: Any) -> None:
    for name, definition in schema.methods().items():
        ours = METHODS[name].result
        if not definition.endswith("Request"):
            assert ours == (), name
            continue
        official = schema.result(name)
        assert _every(ours, schema.version) == official.every, name
        assert _required(ours, schema.version) == official.required, name


def test_results_that_come_instead_are_those_of_the_schema(schema: Any) -> None:
    tasks = {name for name in schema.methods() if "task" in schema.params(name).every}
    asking = {name for name in schema.methods() if "inputResponses" in schema.params(name).every}
    for instead, methods, result in (
        ("task", tasks, "CreateTaskResult"),
        ("input_required", asking, "InputRequiredResult"),
    ):
        ours = INSTEAD[instead]
        assert (schema.version in ours.versions) == (result in schema.defs)
        if schema.version in ours.versions:
            assert ours.methods == methods
            official = schema.members(schema.defs[result])
            assert _every(ours.members, schema.version) == official.every - {"_meta"}
            assert _required(ours.members, schema.version) == official.required - {"_meta"}
        else:
            assert not methods


def test_the_lists_are_pages_of_the_schema(schema: Any) -> None:
    for listing in LISTS.values():
        assert "cursor" in schema.params(listing.method).every
        assert {listing.key, "nextCursor"} <= schema.result(listing.method).every
        assert listing.capability in schema.paths("ServerCapabilities")


# In themselves.


def test_every_capability_named_can_be_declared() -> None:
    for method in METHODS.values():
        for version in method.versions:
            both = CAPABILITIES[version].client | CAPABILITIES[version].server
            # Completion is older than its capability.
            if method.capability and (method.name, version) != ("completion/complete", V1):
                assert method.capability in both, (method.name, version)


def test_extension_methods_are_those_of_the_tasks_extension() -> None:
    assert set(EXTENSION_METHODS) == {"tasks/get", "tasks/update", "tasks/cancel", "notifications/tasks"}
    for name, method in EXTENSION_METHODS.items():
        assert method.extension == TASKS_EXTENSION
        assert method.versions == MODERN
        assert name not in METHODS or not set(METHODS[name].versions) & set(method.versions)


@pytest.mark.parametrize(
    ("method", "version", "sender", "known"),
    [
        ("tools/call", V1, None, True),
        ("tools/call", V5, "server", False),
        ("ping", V4, "server", True),
        ("ping", V5, None, False),
        ("tasks/get", V3, None, False),
        ("tasks/get", V4, "server", True),
        ("tasks/get", V5, "client", True),
        ("tasks/update", V4, None, False),
        ("roots/list", V4, "server", True),
        ("roots/list", V5, None, True),
        ("tools/list", None, "client", True),
        ("tools/lists", None, None, False),
        ("tools/list", "1900-01-01", None, False),
    ],
)
def test_exists(method: str, version: str | None, sender: Any, known: bool) -> None:
    assert exists(method, version, sender) is known


def test_initialize_is_of_the_legacy_versions_only() -> None:
    assert METHODS["initialize"].versions == LEGACY
    assert METHODS["server/discover"].versions == MODERN
    assert METHODS["tools/list"].versions == ALL
