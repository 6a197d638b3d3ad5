"""Who we are at an authorization server, in the order of the specification."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.session.auth.flow import authorize
from inspector.session.auth.model import AuthOptions, Client, Credentials
from inspector.session.auth.steps import Decision, Enter, Got, Verdict
from tests.session.auth.pump import AS, CALLBACK, MCP, NOW, Ran, Shelf, known, metadata, run, world

OAUTH = f"GET {AS}/.well-known/oauth-authorization-server"
REGISTER = f"POST {AS}/register"
POST = "client_secret_post"
DOCUMENT = "https://client.example/client.json"


def tried(
    options: AuthOptions | None = None, shelf: Shelf | None = None, *, server: Any = None, **more: Any
) -> Ran:
    answers = world(**({OAUTH: metadata(**server)} if server else {}), **more.pop("answers", {}))
    return run(
        authorize(MCP, None, options or AuthOptions(), known(shelf, **more.pop("world", {}))), answers, **more
    )


def registered(**more: Any) -> Client:
    made: dict[str, Any] = {
        "issuer": AS,
        "client_id": "earlier",
        "source": "registered",
        "redirect_uri": CALLBACK,
    }
    return Client(**(made | more))


def body(ran: Ran) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(next(f.body for f in ran.fetches if f.url == f"{AS}/register"))
    return made


def test_what_was_given_comes_first() -> None:
    shelf = Shelf(registered())
    options = AuthOptions(client_id="given", client_secret="secret", client_metadata_url=DOCUMENT)
    ran = tried(
        options,
        shelf,
        server={
            "client_id_metadata_document_supported": True,
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        },
    )
    assert REGISTER not in ran.asked
    assert (ran.form()["client_id"], ran.form()["client_secret"]) == ("given", "secret")
    assert ran.credentials is not None
    assert ran.credentials.client.source == "given"
    assert shelf.clients[AS].client_id == "earlier"


def test_a_secret_that_was_given_earlier_goes_with_its_client_id() -> None:
    server = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    shelf = Shelf(registered(source="given", client_id="given", client_secret="kept"))
    assert tried(AuthOptions(client_id="given"), shelf, server=server).form()["client_secret"] == "kept"
    assert "client_secret" not in tried(AuthOptions(client_id="other"), shelf, server=server).form()


def test_then_what_was_given_or_entered_earlier() -> None:
    ran = tried(shelf=Shelf(registered(source="entered", redirect_uri="")))
    assert ran.form()["client_id"] == "earlier"
    assert REGISTER not in ran.asked


def test_then_a_metadata_document() -> None:
    ran = tried(
        AuthOptions(client_metadata_url=DOCUMENT),
        Shelf(registered()),
        server={"client_id_metadata_document_supported": True},
    )
    assert REGISTER not in ran.asked
    assert ran.query()["client_id"] == ran.form()["client_id"] == DOCUMENT


def test_a_metadata_document_only_where_it_is_taken() -> None:
    ran = tried(AuthOptions(client_metadata_url=DOCUMENT))
    assert ran.form()["client_id"] == "registered"
    assert any("takes no client id metadata documents" in verdict.says for verdict in ran.verdicts)


@pytest.mark.parametrize(
    "url", ["http://client.example/c.json", "https://client.example", "https://client.example/c#x", "-x"]
)
def test_what_cannot_be_a_client_id(url: str) -> None:
    options = AuthOptions(client_metadata_url=url, past=frozenset({"all"}))
    ran = tried(options, server={"client_id_metadata_document_supported": True})
    assert ran.rules == ["client-metadata-url"]
    assert ran.failure is not None


def test_then_a_registration_which_is_kept() -> None:
    shelf = Shelf()
    ran = tried(shelf=shelf)
    assert body(ran) == {
        "client_name": "mcp-inspect",
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [CALLBACK],
        "response_types": ["code"],
    }
    assert shelf.clients[AS] == registered(client_id="registered")
    again = tried(shelf=shelf)
    assert REGISTER not in again.asked
    assert again.form()["client_id"] == "registered"


def test_a_repeated_step_registers_once_more() -> None:
    ids = iter(["first", "second"])
    said: list[str] = []

    def decide(verdict: Verdict) -> Decision:
        said.append(verdict.says)
        return Decision.REPEAT if verdict.says == "Registered as first" else Decision.PROCEED

    shelf = Shelf()
    ran = tried(
        shelf=shelf,
        answers={REGISTER: lambda fetch: (201, {"client_id": next(ids)})},
        decide=decide,
    )
    assert ran.asked.count(REGISTER) == 2
    assert ran.form()["client_id"] == shelf.clients[AS].client_id == "second"


def test_scope_is_registered_and_refresh_only_where_it_is_known() -> None:
    ran = tried(AuthOptions(scope="a b"), server={"grant_types_supported": ["authorization_code"]})
    assert body(ran)["scope"] == "a b"
    assert body(ran)["grant_types"] == ["authorization_code"]


@pytest.mark.parametrize(
    "client",
    [
        registered(issuer="https://other.example"),
        registered(issuer="https://other.example", source="given"),
        registered(redirect_uri="http://127.0.0.1:1/callback"),
        registered(expires_at=NOW),
    ],
)
def test_what_cannot_be_used_any_more_is_registered_again(client: Client) -> None:
    shelf = Shelf()
    shelf.clients[AS] = client
    ran = tried(shelf=shelf)
    assert REGISTER in ran.asked
    assert ran.form()["client_id"] == "registered"


def test_at_last_the_person() -> None:
    asked: list[Enter] = []

    def enter(wanted: Enter) -> dict[str, str]:
        asked.append(wanted)
        return {"client_id": " by-hand ", "client_secret": "s"}

    shelf = Shelf()
    ran = tried(
        shelf=shelf,
        server={
            "registration_endpoint": None,
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        },
        enter=enter,
    )
    assert [name for name, _, _ in asked[0].fields] == ["client_id", "client_secret"]
    assert asked[0].fields[1][2]
    assert ran.headers()["authorization"].startswith("Basic ")
    assert shelf.clients[AS].source == "entered"


@pytest.mark.parametrize("answer", [{}, None, {"client_id": 7}, {"client_id": " "}, {"client_id": "a\nb"}])
def test_a_person_who_does_not_know(answer: Any) -> None:
    ran = tried(server={"registration_endpoint": None}, enter=lambda wanted: answer)
    assert ran.rules == ["client-needed"]
    assert ran.failure is not None
    assert ran.failure.next == f"mcp-inspect auth login {MCP} --client-id ID"


def test_a_client_id_of_another_authorization_server() -> None:
    old = "https://old.example"
    held = Credentials(resource=MCP, issuer=old, client=Client(issuer=old, client_id="given", source="given"))
    ran = tried(AuthOptions(client_id="given"), Shelf(held=held))
    assert ran.rules == ["client-issuer-mismatch"]
    assert ran.failure is not None
    assert "auth logout" in ran.failure.next
    assert ran.asked[-1] == OAUTH
    assert tried(AuthOptions(client_id="another"), Shelf(held=held)).credentials is not None


@pytest.mark.parametrize(
    ("answer", "says", "next"),
    [
        (
            (400, {"error": "invalid_redirect_uri", "error_description": "no"}),
            "invalid_redirect_uri (no)",
            "port",
        ),
        ((403, {"error": "access_denied"}), "access_denied", "--client-id"),
        ((403, b"<html>"), "answered 403", "--client-id"),
        ((201, {}), "without a client_id", "--client-id"),
        ((201, b"[]"), "no object", "--client-id"),
        ((201, {"client_id": "a\x00"}), "without a client_id", "--client-id"),
        (Got(0, None, error="timed out"), "timed out", "--client-id"),
    ],
)
def test_a_refused_registration_says_what_to_do(answer: Any, says: str, next: str) -> None:
    ran = tried(AuthOptions(past=frozenset({"all"})), answers={REGISTER: answer})
    assert ran.rules == ["registration-refused"]
    assert ran.failure is not None
    assert says in ran.failure.message
    assert next in ran.failure.next
    assert ran.visits == []


@pytest.mark.parametrize(
    ("offered", "answer", "method", "rules"),
    [
        (["none"], {"client_secret": "s"}, "none", []),
        (["client_secret_basic"], {"client_secret": "s"}, "client_secret_basic", []),
        ([POST], {"client_secret": "s"}, POST, []),
        (None, {"client_secret": "s"}, "client_secret_basic", []),
        (["none"], {"client_secret": "s", "token_endpoint_auth_method": POST}, POST, []),
        ([POST], {}, "none", []),
        (["none"], {"token_endpoint_auth_method": POST}, "none", ["registration-secret"]),
        (["none"], {"redirect_uris": ["http://other"]}, "none", ["registration-redirect"]),
    ],
)  # fmt: skip
def test_how_a_registered_client_authenticates(
    offered: Any, answer: dict[str, Any], method: str, rules: list[str]
) -> None:
    ran = tried(
        server={"token_endpoint_auth_methods_supported": offered},
        answers={REGISTER: (201, {"client_id": "x"} | answer)},
    )
    assert ran.credentials is not None
    assert ran.credentials.client.auth_method == method
    assert ran.rules == rules


@pytest.mark.parametrize("way", ["private_key_jwt", "tls_client_auth"])
def test_a_method_that_it_cannot_do(way: str) -> None:
    ran = tried(answers={REGISTER: (201, {"client_id": "x", "token_endpoint_auth_method": way})})
    assert ran.rules == ["registration-method"]


@pytest.mark.parametrize(
    ("said", "expires"),
    [(0, None), (2_000_000, 2_000_000.0), (True, None), ("soon", None), (-1, None), (1 << 60, None)],
)
def test_when_a_secret_expires(said: Any, expires: float | None) -> None:
    answer = {"client_id": "x", "client_secret": "s", "client_secret_expires_at": said}
    shelf = Shelf()
    tried(shelf=shelf, answers={REGISTER: (200, answer)})
    assert shelf.clients[AS].expires_at == expires


def test_a_client_that_fits_no_method() -> None:
    options = AuthOptions(client_id="x", client_secret="s")
    assert tried(options, server={"token_endpoint_auth_methods_supported": ["none"]}).rules == ["auth-method"]
    public = tried(
        AuthOptions(client_id="x"), server={"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    )
    assert public.credentials is not None
    assert public.rules == ["auth-method"]
