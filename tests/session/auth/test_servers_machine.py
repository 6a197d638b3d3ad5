"""Authorization without a browser: client credentials, and the enterprise's identity provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inspector.errors import AuthNeeded
from inspector.session.auth.model import AuthOptions
from tests.servers.authorization_server import AuthorizationServer, authorization_server
from tests.servers.protected import gated, mcp_server
from tests.session.auth.connecting import Machine, echo

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def keypair() -> tuple[str, str]:
    """A private key and its public one, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_client_credentials_with_a_secret(
    machine: Machine, issuer: AuthorizationServer, method: str
) -> None:
    issuer.behaviour.auth_methods = (method,)
    client = issuer.client(auth_method=method, grant_types=("client_credentials",))
    machine.with_options(
        grant="client-credentials", client_id=client.client_id, client_secret=client.client_secret
    )
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
            issuer.revoke()  # there is no refresh token: a new one is simply granted
            assert await echo(session) == "hi"
    assert machine.visitor.visits == []
    assert {form["grant_type"] for form in issuer.token_requests} == {"client_credentials"}
    assert {form["resource"] for form in issuer.token_requests} == {server.url}


async def test_client_credentials_with_a_key(machine: Machine, issuer: AuthorizationServer) -> None:
    private, public = keypair()
    issuer.issued.append(("key", private.splitlines()[1]))
    client = issuer.client(
        auth_method="private_key_jwt", grant_types=("client_credentials",), public_key=public
    )
    machine.with_options(grant="client-credentials", client_id=client.client_id, private_key=private)
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
            issuer.revoke()
            assert await echo(session) == "hi"
    assert len(issuer.jtis) == len(issuer.token_requests)  # each assertion is used once


async def test_a_wrong_secret_is_told_in_a_sentence(machine: Machine, issuer: AuthorizationServer) -> None:
    client = issuer.client(auth_method="client_secret_basic", grant_types=("client_credentials",))
    machine.with_options(
        grant="client-credentials", client_id=client.client_id, client_secret="not-the-secret-of-it"
    )
    issuer.issued.append(("secret", "not-the-secret-of-it"))
    with mcp_server(issuer) as server, pytest.raises(AuthNeeded) as refused:
        async with machine.connected(server.url):
            pytest.fail("the secret is wrong")
    assert "invalid_client" in refused.value.message
    assert "not-the-secret-of-it" not in str(refused.value.document())


@pytest.fixture
def provider(machine: Machine) -> Iterator[AuthorizationServer]:
    """The enterprise's identity provider."""
    with authorization_server(metadata=("oidc",)) as server:
        machine.servers.append(server)
        yield server


@pytest.fixture
def employee(machine: Machine, issuer: AuthorizationServer, provider: AuthorizationServer) -> Machine:
    """A machine whose user has signed on, and whose client both servers know."""
    issuer.trusted.append(provider)
    client = issuer.client(auth_method="client_secret_basic", grant_types=(JWT_BEARER,))
    ours = provider.client(auth_method="none", grant_types=(EXCHANGE,), scope=client.client_id)
    return machine.with_options(
        grant="enterprise-managed",
        client_id=client.client_id,
        client_secret=client.client_secret,
        idp_issuer=provider.issuer,
        idp_client_id=ours.client_id,
        id_token=provider.id_token(ours.client_id),
    )


@pytest.mark.parametrize("named", [False, True])
async def test_the_enterprises_identity_provider(
    employee: Machine, issuer: AuthorizationServer, provider: AuthorizationServer, named: bool
) -> None:
    if named:  # its endpoint is known: nothing is looked up
        employee.with_options(idp_token_endpoint=f"{provider.issuer}/token")
    with mcp_server(issuer) as server:
        async with employee.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert employee.visitor.visits == []
    assert issuer.authorizations == []
    (exchanged,) = provider.token_requests
    assert (exchanged["audience"], exchanged["resource"]) == (issuer.issuer, server.url)
    (granted,) = issuer.token_requests
    assert granted["grant_type"] == JWT_BEARER
    assert any("well-known" in seen.path for seen in provider.requests) is not named


async def test_an_identity_provider_that_refuses(employee: Machine, issuer: AuthorizationServer) -> None:
    employee.with_options(id_token="not.a.token-of-anybody")
    with mcp_server(issuer) as server, pytest.raises(AuthNeeded) as refused:
        async with employee.connected(server.url):
            pytest.fail("the ID token is none")
    assert "invalid_grant" in refused.value.message
    assert issuer.token_requests == []


async def test_an_authorization_server_that_does_not_trust_the_provider(
    employee: Machine, issuer: AuthorizationServer
) -> None:
    issuer.trusted.clear()
    with gated(issuer) as (server, _), pytest.raises(AuthNeeded) as refused:
        async with employee.connected(server.url):
            pytest.fail("nobody trusts that provider")
    assert "invalid_grant" in refused.value.message


async def test_nothing_is_asked_of_anybody_without_credentials(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    machine.options = AuthOptions(grant="client-credentials")
    with mcp_server(issuer) as server, pytest.raises(AuthNeeded):
        async with machine.connected(server.url):
            pytest.fail("there are no credentials")
    assert issuer.token_requests == []
    assert issuer.registrations == []
