"""The browser's part: the URL that is visited, and whether its answer is believed."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from inspector.session.auth.flow import authorize
from inspector.session.auth.model import AuthOptions
from inspector.session.auth.steps import Decision, Got, Verdict, Visit
from tests.session.auth.pump import AS, CALLBACK, MCP, Ran, consents, known, metadata, run, stops, world

OAUTH = f"GET {AS}/.well-known/oauth-authorization-server"
NAMES_ITSELF = {"authorization_response_iss_parameter_supported": True}


def tried(*, past: str = "", server: dict[str, Any] | None = None, **more: Any) -> Ran:
    options = AuthOptions(past=frozenset({past} - {""}), scope=more.pop("scope", None))
    answers = world(**{OAUTH: metadata(**(server or {}))})
    return run(authorize(MCP, None, options, known(**more.pop("world", {}))), answers, **more)


def test_what_the_browser_is_sent_to() -> None:
    ran = tried(scope="a b", server={"authorization_endpoint": f"{AS}/authorize?tenant=x%2Fy&empty="})
    (visit,) = ran.visits
    assert visit.url.startswith(f"{AS}/authorize?tenant=x%2Fy&empty=&response_type=code&")
    assert "scope=a%20b" in visit.url
    query = ran.query()
    assert {name: query[name] for name in ("client_id", "redirect_uri", "resource", "state")} == {
        "client_id": "registered",
        "redirect_uri": CALLBACK,
        "resource": MCP,
        "state": visit.state,
    }
    assert (visit.host, visit.redirect_uri, visit.scope) == ("as.example", CALLBACK, "a b")
    assert visit.state not in repr(visit)
    assert len(query["code_challenge"]) == 43
    assert query["code_challenge"] != ran.form()["code_verifier"]
    before = ran.verdicts[[verdict.step for verdict in ran.verdicts].index("authorize")]
    assert before.facts["scope"] == "a b"
    assert visit.state not in str(before)


def test_no_scope_means_no_parameter() -> None:
    assert "scope" not in tried().query()


@pytest.mark.parametrize(
    "query", ["response_type=token", "client_id=evil", "resource=https://evil.example", "request_uri=x"]
)
def test_an_endpoint_that_says_what_the_client_is_to_say(query: str) -> None:
    server = {"authorization_endpoint": f"{AS}/authorize?a=b&{query}"}
    assert tried(server=server).rules == ["auth-endpoint-query"]
    ran = tried(server=server, past="auth-endpoint-query")
    names = [name for name, _ in parse_qsl(urlsplit(ran.visits[0].url).query)]
    assert len(names) == len(set(names))
    assert ran.query()["a"] == "b"
    assert ran.query()["resource"] == MCP


@pytest.mark.parametrize(
    ("promised", "iss", "rule"),
    [
        (True, AS, ""),
        (False, AS, ""),
        (False, None, ""),
        (True, None, "iss-missing"),
        (True, "https://evil.example", "iss-mismatch"),
        (False, "https://evil.example", "iss-mismatch"),
        (True, f"{AS}/", "iss-mismatch"),
        (True, "https://AS.example", "iss-mismatch"),
        (True, f"{AS}:443", "iss-mismatch"),
        (True, "", "iss-mismatch"),
    ],
)
def test_the_issuer_of_the_answer(promised: bool, iss: str | None, rule: str) -> None:
    """Specification 2026-07-28, Authorization Response Validation."""
    ran = tried(server=NAMES_ITSELF if promised else {}, visit=consents(iss=iss))
    assert ran.rules == ([rule] if rule else [])
    assert (f"POST {AS}/token" in ran.asked) == (not rule)


def test_what_a_stranger_says_is_not_shown() -> None:
    visit = consents(code=None, iss="https://evil.example", error="phish", error_description="call 555")
    ran = tried(visit=visit)
    assert ran.failure is not None
    assert "555" not in str(ran.verdicts) + ran.failure.message
    visit = consents(code=None, state="another", error="phish", error_description="call 555")
    assert "555" not in str(tried(visit=visit).verdicts)


@pytest.mark.parametrize("state", [None, "", "another", "rändöm", "\udcff"])
def test_the_state_of_the_answer(state: str | None) -> None:
    def visit(wanted: Visit) -> str:
        return "code=x" if state is None else f"code=x&state={state}"

    ran = tried(visit=visit)
    assert ran.rules == ["state-mismatch"]
    assert f"POST {AS}/token" not in ran.asked
    past = tried(visit=visit, past="state-mismatch")
    assert past.form()["code"] == "x"


def test_a_code_that_was_pasted_alone_can_be_used_on_purpose() -> None:
    ran = tried(visit=lambda wanted: "just-a-code")
    assert ran.failure is not None
    assert "Only a code was given" in ran.failure.message
    assert tried(visit=lambda wanted: "just-a-code", past="state-mismatch").form()["code"] == "just-a-code"


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ("", "callback-unreadable"),
        (None, "callback-unreadable"),
        (7, "callback-unreadable"),
        ("https://x.example/", "callback-unreadable"),
        ("code=a&code=b&state=c", "callback-repeated"),
    ],
)
def test_what_is_no_answer(answer: Any, rule: str) -> None:
    assert tried(visit=lambda wanted: answer, past="all").rules == [rule]


def test_neither_code_nor_error() -> None:
    assert tried(visit=consents(code=None)).rules == ["callback-unreadable"]
    assert tried(visit=consents(code="")).rules == ["callback-unreadable"]


@pytest.mark.parametrize(
    ("error", "says", "next"),
    [
        ("access_denied", "nobody consented", "auth login"),
        ("invalid_scope", "does not know a scope", "--scope"),
        ("unauthorized_client", "may not ask", "auth logout"),
        ("invalid_target", "RFC 8707", "auth login"),
        ("odd", "refuses: odd", "auth login"),
        ("", "no error code", "auth login"),
    ],
)
def test_a_refusal_in_words(error: str, says: str, next: str) -> None:
    ran = tried(visit=consents(code=None, error=error, error_description="because"))
    assert ran.rules == ["authorization-refused"]
    assert ran.failure is not None
    assert says in ran.failure.message
    assert "because" in ran.failure.message
    assert next in ran.failure.next
    assert ran.failure.facts.get("code") == (error or "no error code")


def test_another_visit_on_demand_with_another_state() -> None:
    answers = iter([consents(code=None, error="access_denied"), consents()])

    def decide(verdict: Verdict) -> Decision:
        return Decision.REPEAT if verdict.rule == "authorization-refused" else stops(verdict)

    ran = tried(visit=lambda wanted: next(answers)(wanted), decide=decide)
    assert ran.credentials is not None
    assert ran.visits[0].state != ran.visits[1].state
    assert ran.asked.count(f"POST {AS}/register") == 1


def test_without_anybody_to_listen_nothing_is_registered() -> None:
    ran = tried(world={"redirect_uri": ""})
    assert ran.rules == ["no-callback"]
    assert ran.asked[-1] == OAUTH
    assert ran.failure is not None
    assert ran.failure.message == "A person must authorize at as.example"
    assert ran.failure.next == f"mcp-inspect auth login {MCP}"


def test_a_loopback_server_may_be_plain() -> None:
    server = {"authorization_endpoint": "http://127.0.0.1:9000/authorize"}
    assert tried(server=server).visits[0].host == "127.0.0.1:9000"


def test_an_address_where_no_server_may_send_a_browser() -> None:
    ran = tried(visit=lambda visit: Got(0, None, error="10.0.0.1 is a private address", refused=True))
    assert ran.rules == ["address-refused"]
    assert ran.failure is not None
    assert "as.example" in ran.failure.message
    assert not any(asked.endswith("/token") for asked in ran.asked)
