"""Authorization servers and metadata that are wrong, careless or evil: nothing that they say is followed to
where it must not lead, and each ends in one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from inspector.errors import AuthNeeded
from inspector.session.auth.steps import Decision, Verdict, Visit
from inspector.wire.event import Kind
from tests.servers.authorization_server import AuthorizationServer, authorization_server
from tests.servers.hosting import hosting
from tests.servers.protected import gated
from tests.servers.visitor import Visitor, browse
from tests.session.auth.connecting import Machine, echo

WELL_KNOWN = "/.well-known/oauth-authorization-server"
LINK_LOCAL = "http://169.254.169.254"


async def refused(machine: Machine, url: str) -> AuthNeeded:
    """The sentence with which an authorization ends."""
    with pytest.raises(AuthNeeded) as failure:
        await machine.login(url)
    message = failure.value.message
    assert message
    assert len(message) < 2000
    assert "\x1b" not in message
    assert "Traceback" not in message
    (flow,) = [event for event in machine.events(Kind.AUTH, "flow") if event.data["state"] == "done"]
    assert flow.data["judgement"] == "violation"
    return failure.value


@pytest.mark.parametrize("iss", ["wrong", "slash", "missing"])
async def test_a_mix_up_of_issuers(machine: Machine, issuer: AuthorizationServer, iss: Any) -> None:
    """RFC 9207: the code goes nowhere."""
    issuer.behaviour.iss = iss
    with gated(issuer) as (server, _):
        await refused(machine, server.url)
    assert issuer.token_requests == []


async def test_an_issuer_that_nobody_promised(machine: Machine, issuer: AuthorizationServer) -> None:
    issuer.behaviour.iss, issuer.behaviour.iss_advertised = "wrong", None
    with gated(issuer) as (server, _):
        await refused(machine, server.url)
        assert issuer.token_requests == []
        issuer.behaviour.iss = "missing"
        await machine.login(server.url)


async def test_an_error_of_another_issuer_is_not_even_shown(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    issuer.behaviour.iss, issuer.behaviour.deny = "wrong", "click-here-to-win"
    with gated(issuer) as (server, _):
        failure = await refused(machine, server.url)
    assert "click-here-to-win" not in str(failure.document())


class Strict(Visitor):
    """Stops at warnings as well."""

    async def judged(self, verdict: Verdict) -> Decision:
        await super().judged(verdict)
        return Decision.PROCEED if verdict.judgement in ("ok", "note") else Decision.STOP


async def test_another_state(machine: Machine, issuer: AuthorizationServer) -> None:
    issuer.behaviour.state = "somebody-elses"
    machine.visitor = Strict()
    with gated(issuer) as (server, _):
        await refused(machine, server.url)
    assert machine.visitor.verdicts[-1].rule == "state-mismatch"
    assert issuer.token_requests == []


async def test_a_refusal_of_the_person(machine: Machine, issuer: AuthorizationServer) -> None:
    issuer.behaviour.deny = "access_denied"
    with gated(issuer) as (server, _):
        failure = await refused(machine, server.url)
    assert "access_denied" in failure.message
    assert issuer.token_requests == []


async def test_a_token_endpoint_that_repeats_what_it_was_sent(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    """Its error quotes the code and the verifier; neither the sentence nor the recording does."""
    issuer.behaviour.token_error = "invalid_grant"
    with gated(issuer) as (server, _):
        failure = await refused(machine, server.url)
    assert "invalid_grant" in failure.message
    (form,) = issuer.token_requests
    for secret in (form["code"], form["code_verifier"]):
        assert secret not in str(failure.document())


@pytest.mark.parametrize("methods", [None, ("plain",)])
async def test_no_pkce(machine: Machine, issuer: AuthorizationServer, methods: Any) -> None:
    issuer.behaviour.pkce = methods
    with gated(issuer) as (server, _):
        failure = await refused(machine, server.url)
        assert "PKCE" in failure.message
        assert machine.visitor.visits == []
        if methods is None:  # past it on purpose
            machine.with_options(past=frozenset({"auth-pkce"}))
            await machine.login(server.url)


async def test_metadata_of_another_issuer(machine: Machine, issuer: AuthorizationServer) -> None:
    issuer.behaviour.issuer = "https://evil.example"
    with gated(issuer) as (server, _):
        await refused(machine, server.url)
    assert machine.visitor.violations == ["issuer-mismatch"]
    assert machine.visitor.visits == []


async def test_metadata_of_another_resource(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer, metadata={"resource": "https://other.example/mcp"}) as (server, _):
        await refused(machine, server.url)
    assert issuer.requests == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.com/",
        "--gpu-launcher=x",
        "vscode://x/y",
        "http:///authorize",
        "https://user:secret@example.com/authorize",
        "//example.com",
        "",
        7,
        None,
        ["https://example.com/a"],
        f"{LINK_LOCAL}/authorize",
        "https://169.254.169.254/authorize",
        "https://10.0.0.1/authorize",
        "https://[fd00::1]/authorize",
        "https://[::ffff:10.0.0.1]/authorize",
        "https://0xa9fea9fe/authorize",
        "https://2852039166/authorize",
        "https://%31%30.0.0.1/authorize",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/\x00",
        "https://" + "a" * 300 + ".example/",
        "https://$(id).example/",
        "https://example.com/" + "a" * 5000,
    ],
)
async def test_an_authorization_endpoint_that_no_browser_may_see(
    machine: Machine, issuer: AuthorizationServer, endpoint: Any
) -> None:
    issuer.behaviour.extra = {"authorization_endpoint": endpoint}
    with gated(issuer) as (server, _):
        await refused(machine, server.url)
    assert machine.visitor.visits == []


@pytest.mark.parametrize(
    "place",
    [
        f"{LINK_LOCAL}/latest",
        "http://[fe80::1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1",
        "http://[::ffff:169.254.169.254]/",
        "http://0xa9fea9fe/",
        "http://2852039166/",
        "gopher://127.0.0.2/",
        "javascript:x",
        "file:///etc/passwd",
    ],
)
async def test_addresses_that_a_server_must_not_send_us_to(
    machine: Machine, issuer: AuthorizationServer, place: str
) -> None:
    """The server is on loopback: link-local and private addresses are another matter than loopback."""
    with gated(issuer, issuers=(place,)) as (server, rules):
        await refused(machine, server.url)
        assert [
            event.data for event in machine.events(Kind.HTTP, "request") if _host(place) in str(event.data)
        ] == []
        rules.issuers, rules.challenge = (), f'Bearer resource_metadata="{place}"'
        with pytest.raises(AuthNeeded):
            async with machine.connected(server.url):
                pytest.fail("the metadata cannot be fetched")
    assert issuer.token_requests == []


def _host(place: str) -> str:
    return place.partition("//")[2].partition("/")[0] or place


@pytest.mark.parametrize("name", ["token_endpoint", "registration_endpoint"])
async def test_an_endpoint_at_such_an_address(
    machine: Machine, issuer: AuthorizationServer, name: str
) -> None:
    """Nothing leaves: no code, no registration."""
    issuer.behaviour.extra = {name: f"{LINK_LOCAL}/x"}
    with gated(issuer) as (server, _):
        await refused(machine, server.url)
    assert issuer.token_requests == []


@pytest.mark.parametrize("to", ["elsewhere", "link-local", "itself"])
async def test_metadata_that_redirect(machine: Machine, issuer: AuthorizationServer, to: str) -> None:
    with authorization_server() as other, gated(issuer) as (server, _):
        places = {
            "elsewhere": other.issuer + WELL_KNOWN,
            "link-local": LINK_LOCAL,
            "itself": issuer.issuer + WELL_KNOWN,
        }
        issuer.instead[WELL_KNOWN] = RedirectResponse(places[to])
        await refused(machine, server.url)
        assert other.token_requests == []
    assert machine.visitor.visits == []


async def test_a_token_endpoint_that_redirects(machine: Machine, issuer: AuthorizationServer) -> None:
    """A 307 would send code and verifier on to wherever it points."""
    with authorization_server() as other, gated(issuer) as (server, _):
        issuer.instead["/token"] = RedirectResponse(f"{other.issuer}/token", 307)
        await refused(machine, server.url)
        assert other.requests == []


DEEP = b"[" * 100_000 + b"]" * 100_000
BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "html": b"<!doctype html><title>x</title>",
    "list": b"[]",
    "null": b"null",
    "number": b"1e999",
    "deep": DEEP,
    "deep member": b'{"issuer":' + DEEP + b"}",
    "huge": b'{"issuer": "' + b"x" * 3_000_000 + b'"}',
    "half": b'{"issuer": "http',
    "bad utf-8": b'{"issuer": "\xff\xfe"}',
    "surrogate": b'{"issuer": "\\ud800"}',
    "escape": b'{"issuer": "\\u001b]0;x\\u0007"}',
}


@pytest.mark.parametrize("path", ["resource", WELL_KNOWN, "/register", "/token"])
async def test_bodies_that_are_no_document(machine: Machine, issuer: AuthorizationServer, path: str) -> None:
    with gated(issuer) as (server, rules):
        for body in BODIES.values():
            answer = Response(body, 201 if path == "/register" else 200, media_type="application/json")
            if path == "resource":
                rules.metadata = answer
            else:
                issuer.instead[path] = answer
            await refused(machine.anew(), server.url)


WRONG: Mapping[str, Any] = {
    "number": 7,
    "list": [[]],
    "object": {"a": 1},
    "true": True,
    "escape": "\x1b[31mred",
    "long": "x" * 100_000,
}
IN_SERVER_METADATA = (
    "issuer",
    "token_endpoint",
    "registration_endpoint",
    "scopes_supported",
    "code_challenge_methods_supported",
    "token_endpoint_auth_methods_supported",
    "grant_types_supported",
    "response_types_supported",
    "authorization_response_iss_parameter_supported",
    "client_id_metadata_document_supported",
)
IN_RESOURCE_METADATA = ("resource", "authorization_servers", "scopes_supported")
IN_REGISTRATION = ("client_id", "client_secret", "redirect_uris", "client_secret_expires_at", "client_name")
IN_TOKENS = ("access_token", "token_type", "expires_in", "refresh_token", "scope")


async def survives(machine: Machine, url: str) -> None:
    """Either it is all the same, or it ends in a sentence."""
    try:
        await machine.anew().login(url)
        message = "all the same"
    except AuthNeeded as failure:
        message = failure.message
    assert message
    assert "\x1b" not in message


@pytest.mark.parametrize("kind", WRONG)
async def test_members_of_the_wrong_type(machine: Machine, issuer: AuthorizationServer, kind: str) -> None:
    token = "a-token-of-some-kind"
    issuer.issued.append(("access", token))
    with gated(issuer) as (server, rules):
        for member in IN_RESOURCE_METADATA:
            rules.metadata = {member: WRONG[kind]}
            await survives(machine, server.url)
        rules.metadata = {}
        for member in IN_SERVER_METADATA:
            issuer.behaviour.extra = {member: WRONG[kind]}
            await survives(machine, server.url)
        issuer.behaviour.extra = {}
        for member in IN_REGISTRATION:
            issuer.instead["/register"] = JSONResponse({"client_id": "me", member: WRONG[kind]}, 201)
            await survives(machine, server.url)
        del issuer.instead["/register"]
        for member in IN_TOKENS:
            good = {"access_token": token, "token_type": "Bearer", "expires_in": 60}
            issuer.instead["/token"] = JSONResponse({**good, member: WRONG[kind]})
            await survives(machine, server.url)


@pytest.mark.parametrize("path", [WELL_KNOWN, "/register", "/token"])
async def test_statuses_where_something_was_expected(
    machine: Machine, issuer: AuthorizationServer, path: str
) -> None:
    with gated(issuer) as (server, _):
        for status in (204, 301, 400, 401, 403, 404, 418, 429, 500, 503):
            issuer.instead[path] = Response(b"", status)
            await refused(machine.anew(), server.url)


async def test_an_authorization_server_that_is_not_there(machine: Machine) -> None:
    with hosting(lambda *_: None) as gone:
        url = gone.url
    with gated(issuers=(url,)) as (server, _):
        failure = await refused(machine, server.url)
    assert "cannot be reached" in failure.message


async def test_resource_metadata_that_name_nobody(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer, metadata={"authorization_servers": []}) as (server, _):
        await refused(machine, server.url)


async def test_a_login_and_then_a_connection(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer) as (server, _):
        await machine.login(server.url)
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert len(machine.visitor.visits) == 1


async def test_the_code_of_one_issuer_goes_to_no_other(machine: Machine, issuer: AuthorizationServer) -> None:
    """The mix-up of RFC 9207: an evil issuer names the page of the honest one beside its own endpoints."""
    with authorization_server() as evil, gated(issuers=(evil.issuer,)) as (server, _):
        machine.servers.append(evil)
        client = issuer.client(redirect_uris=("http://127.0.0.1:1/callback",))
        evil.behaviour.extra = {"authorization_endpoint": f"{issuer.issuer}/authorize"}
        evil.instead["/register"] = JSONResponse({"client_id": client.client_id}, 201)
        await refused(machine, server.url)
        assert machine.visitor.violations == ["iss-mismatch"]
        assert len(issuer.codes) == 1  # the person agreed, at the honest one
        assert evil.token_requests == []


CHALLENGES = (
    "",
    "Bearer",
    "Bearer ,,,,",
    "Bearer resource_metadata=",
    'Bearer resource_metadata="',
    'Bearer resource_metadata="\\"',
    'Bearer resource_metadata="{prm}", resource_metadata="http://169.254.169.254/"',
    'Bearer scope="a\x1b[31m\x9b"',
    'Bearer error="' + "x" * 6000 + '"',
    "Bearer " + ",".join(f'a{number}="{number}"' for number in range(500)),
    "Basic",
    "Negotiate YII=",
    "=====",
    "Bearer error=insufficient_scope",
)


async def test_challenges_of_every_kind(machine: Machine, issuer: AuthorizationServer) -> None:
    """Whatever the header says, either the well-known places do, or it ends in a sentence."""
    with gated(issuer) as (server, rules):
        for challenge in CHALLENGES:
            rules.challenge = challenge
            try:
                async with machine.anew().connected(server.url) as session:
                    message = await echo(session)
            except AuthNeeded as failure:
                message = failure.message
            assert message, challenge
            assert "\x1b" not in message
            assert "\x9b" not in message
    assert not any("169.254" in str(event.data.get("peer")) for event in machine.events(Kind.HTTP))


async def test_a_server_that_takes_no_token_at_all(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer, ever=401) as (server, _):
        for _ in range(2):  # also with the token of the first time
            with pytest.raises(AuthNeeded) as failure:
                async with machine.connected(server.url):
                    pytest.fail("it takes none")
            assert "refuse" in failure.value.message
    assert len(machine.visitor.visits) <= 4


async def test_giving_up_in_the_middle(machine: Machine, issuer: AuthorizationServer) -> None:
    """Nothing listens any more, and the recording says that it was given up."""
    waiting = anyio.Event()

    class Reader(Visitor):
        async def visit(self, visit: Visit) -> str | None:
            self.visits.append(visit)
            waiting.set()
            await anyio.sleep_forever()

    machine.visitor = Reader()
    with gated(issuer) as (server, _):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(machine.login, server.url)
            await waiting.wait()
            tasks.cancel_scope.cancel()
    (visit,) = machine.visitor.visits
    with pytest.raises(ConnectionError):
        browse(visit.redirect_uri)
    done = [event.data for event in machine.events(Kind.AUTH, "flow") if event.data["state"] == "done"]
    assert [data["judgement"] for data in done] == ["violation"]
    assert issuer.token_requests == []
