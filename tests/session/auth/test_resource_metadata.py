"""The challenge, protected resource metadata, and the choice among several authorization servers."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.session.auth.flow import authorize
from inspector.session.auth.model import AuthOptions, Client, Credentials
from inspector.session.auth.steps import Choose, Decision, Got, Verdict
from tests.session.auth.pump import AS, MCP, Ran, Shelf, challenge, known, metadata, run, stops, world

ROOT = "https://mcp.example/.well-known/oauth-protected-resource"
OTHER = "https://other.example"


def document(**more: Any) -> dict[str, Any]:
    made = {"resource": MCP, "authorization_servers": [AS]} | more
    return {key: value for key, value in made.items() if value is not None}


def tried(answer: Any, **more: Any) -> Ran:
    """A flow at a server whose metadata is `answer`."""
    return run(authorize(MCP, None, AuthOptions(), known()), world(**{f"GET {ROOT}/mcp": answer}), **more)


@pytest.mark.parametrize(
    ("headers", "status", "rule"),
    [
        ((), 401, "auth-401-challenge"),
        (('Basic realm="x"',), 401, "auth-401-challenge"),
        (('Bearer error="invalid_token"',), 401, "auth-401-challenge"),
        ((f'Bearer resource_metadata="{ROOT}/mcp"',), 401, ""),
        (('Bearer error="insufficient_scope", scope="a"',), 403, ""),
        (('Bearer error="insufficient_scope"',), 403, "auth-403-scope"),
        ((f'Bearer resource_metadata="{ROOT}/mcp", scope="a offline_access"',), 401, "auth-offline-scope"),
        ((f'Bearer resource_metadata="{ROOT}/mcp", ;',), 401, "auth-challenge-grammar"),
    ],
)
def test_the_challenge_is_judged(headers: tuple[str, ...], status: int, rule: str) -> None:
    ran = run(authorize(MCP, challenge(*headers, status=status), AuthOptions(), known()), world())
    assert ran.credentials is not None
    assert ran.rules == ([rule] if rule else [])
    assert all(verdict.exchange == 7 for verdict in ran.verdicts if verdict.step == "challenge")
    assert [verdict.last for verdict in ran.verdicts if verdict.step == "challenge"][-1]


def test_why_a_token_is_refused_is_said() -> None:
    header = 'Bearer error="invalid_token", error_description="expired"'
    ran = run(authorize(MCP, challenge(header), AuthOptions(), known()), world())
    assert ran.verdicts[0].says.endswith("; it refuses with invalid_token (expired)")


def test_the_address_of_the_challenge_comes_first_then_the_well_known_ones() -> None:
    named = "https://mcp.example/custom.json"
    flow = authorize(MCP, challenge(f'Bearer resource_metadata="{named}"'), AuthOptions(), known())
    ran = run(
        flow, world(**{f"GET {ROOT}/mcp": 404, f"GET {ROOT}": document(resource="https://mcp.example")})
    )
    assert ran.asked[:3] == [f"GET {named}", f"GET {ROOT}/mcp", f"GET {ROOT}"]
    assert ran.rules == ["auth-prm-address"]
    assert ran.query()["resource"] == "https://mcp.example"


@pytest.mark.parametrize(
    "named", ["javascript:alert(1)", "file:///etc/passwd", "https://u:p@mcp.example/x", "-x", "data:,{}"]
)
def test_an_address_that_leads_astray_never_leaves(named: str) -> None:
    header = challenge(f'Bearer resource_metadata="{named}"')
    ran = run(authorize(MCP, header, AuthOptions(), known()), world())
    assert ran.asked == []
    assert ran.rules == ["auth-prm-address"]
    assert ran.failure is not None
    assert "is not asked, because it" in ran.failure.message
    options = AuthOptions(past=frozenset({"auth-prm-address"}))
    past = run(authorize(MCP, header, options, known()), world())
    assert past.credentials is not None
    assert not any(named in asked for asked in past.asked)


def test_an_address_that_is_refused_when_it_is_resolved() -> None:
    named = "https://metadata.internal/x"
    refused = Got(0, None, error="is not asked: it is link-local", refused=True)
    flow = authorize(MCP, challenge(f'Bearer resource_metadata="{named}"'), AuthOptions(), known())
    ran = run(flow, world(**{f"GET {named}": refused}))
    assert ran.rules == ["auth-prm-address"]
    assert ran.failure is not None
    assert "link-local" in ran.failure.message


@pytest.mark.parametrize(
    "resource",
    ["https://evil.example/mcp", "https://mcp.example/other", f"{MCP}/deeper", None, 7, "javascript:x"],
)
def test_metadata_about_another_resource_is_refused(resource: Any) -> None:
    ran = tried(document(resource=resource))
    assert ran.failure is not None
    assert ran.rules == ["resource-mismatch"]
    assert ran.asked == [f"GET {ROOT}/mcp"]
    assert ran.failure.next == f"mcp-inspect auth login {MCP}"


def test_past_a_mismatch_the_token_is_for_the_server_itself() -> None:
    ran = tried(document(resource="https://evil.example/mcp"), decide=lambda verdict: Decision.PROCEED)
    assert ran.credentials is not None
    assert ran.query()["resource"] == ran.form()["resource"] == MCP


def test_a_parent_is_taken_and_said() -> None:
    ran = tried(document(resource="https://mcp.example/"))
    assert ran.form()["resource"] == "https://mcp.example/"
    assert ran.credentials is not None
    assert (ran.credentials.resource, ran.credentials.indicator) == (MCP, "https://mcp.example/")
    assert any("a parent of" in verdict.says for verdict in ran.verdicts)


@pytest.mark.parametrize(
    "servers", [None, [], "https://as.example", [7], ["javascript:x"], [f"{AS}/#x"], [f"{AS}/?x"]]
)
def test_without_an_authorization_server_it_stops(servers: Any) -> None:
    ran = tried(document(authorization_servers=servers))
    assert ran.failure is not None
    assert ran.rules[-1] == "auth-prm-servers"


def test_odd_values_are_warned_of() -> None:
    ran = tried(
        document(
            scopes_supported="read",
            bearer_methods_supported=["query"],
            authorization_servers=["file:///x", AS, AS],
        )
    )
    assert ran.credentials is not None
    assert ran.rules == ["address-refused", "auth-document", "auth-bearer-method"]
    assert tried(document(scopes_supported=["offline_access"])).rules == ["auth-offline-scope"]
    assert tried((200, b'{"resource":"' + MCP.encode() + b'","resource":"x"}')).rules[0] == "auth-document"


@pytest.mark.parametrize("answer", [404, 500, 302, (200, b"<html>"), (200, [1]), (200, b"{" * 50_000)])
def test_without_metadata_it_is_a_server_of_2025_03_26(answer: Any) -> None:
    origin = "https://mcp.example"
    answers = {
        f"GET {ROOT}/mcp": answer,
        f"GET {origin}/.well-known/oauth-authorization-server": metadata(origin),
        f"POST {origin}/token": world()[f"POST {AS}/token"],
        f"POST {origin}/register": (201, {"client_id": "x"}),
    }
    ran = run(authorize(MCP, None, AuthOptions(), known()), answers)
    assert ran.rules == ["auth-prm"]
    assert ran.credentials is not None
    assert ran.form(f"{origin}/token")["resource"] == MCP
    metadata_of = next(fetch for fetch in ran.fetches if "oauth-authorization-server" in fetch.url)
    assert dict(metadata_of.headers)["mcp-protocol-version"] == "2025-03-26"


def test_a_server_that_is_not_served_over_https() -> None:
    flow = authorize("http://mcp.example/mcp", None, AuthOptions(), known())
    assert run(flow, {}).rules[0] == "auth-insecure-server"


def test_a_server_that_cannot_be_reached_stops_at_once() -> None:
    down = Got(3, None, error="the connection was refused")
    answers = world(**{f"GET {ROOT}/mcp": down, f"GET {ROOT}": down})
    ran = run(authorize(MCP, None, AuthOptions(), known()), answers)
    assert ran.rules == ["unreachable"]
    assert ran.failure is not None
    assert "mcp.example cannot be asked" in ran.failure.message


def test_a_step_is_repeated_on_demand() -> None:
    answers = iter([503, document()])
    said: list[str] = []

    def decide(verdict: Verdict) -> Decision:
        said.append(verdict.says)
        return Decision.REPEAT if "503" in verdict.says else stops(verdict)

    ran = tried(lambda fetch: next(answers), decide=decide)
    assert ran.asked[:2] == [f"GET {ROOT}/mcp"] * 2
    assert ran.credentials is not None


def test_one_of_several_authorization_servers_is_chosen() -> None:
    asked: list[Choose] = []

    def choose(choice: Choose) -> int:
        asked.append(choice)
        return 1

    ran = tried(document(authorization_servers=[OTHER, AS]), choose=choose)
    assert [choice.options for choice in asked] == [(OTHER, AS)]
    assert ran.credentials is not None
    assert ran.credentials.issuer == AS


@pytest.mark.parametrize("answer", [None, "1", -1, 2, 99])
def test_the_first_is_the_default(answer: Any) -> None:
    ran = tried(document(authorization_servers=[AS, OTHER]), choose=lambda choice: answer)
    assert ran.credentials is not None
    assert ran.credentials.issuer == AS


@pytest.mark.parametrize("named", [AS, f"{AS}/"])
def test_the_choice_of_an_earlier_run_stands(named: str) -> None:
    held = Credentials(resource=MCP, issuer=AS, client=Client(issuer=AS, client_id="x"))
    answers = world(**{f"GET {ROOT}/mcp": document(authorization_servers=[OTHER, named])})
    ran = run(authorize(MCP, None, AuthOptions(), known(Shelf(held=held))), answers)
    assert not any(isinstance(action, Choose) for action in ran.actions)
    assert ran.credentials is not None
    assert ran.credentials.issuer == AS
