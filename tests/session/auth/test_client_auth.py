"""Ways to authenticate at a token endpoint."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

import pytest

from inspector.session.auth.client_auth import ASSERTION, method, proof
from inspector.session.auth.model import Client
from tests.session.auth.pump import AS, NOW, known


def client(way: str, secret: str | None = None, client_id: str = "me") -> Client:
    return Client(issuer=AS, client_id=client_id, client_secret=secret, auth_method=way)


@pytest.mark.parametrize(
    ("offered", "secret", "key", "chosen"),
    [
        (("client_secret_post", "client_secret_basic"), True, False, "client_secret_basic"),
        (("client_secret_post",), True, False, "client_secret_post"),
        (("private_key_jwt", "client_secret_basic"), True, True, "private_key_jwt"),
        (("client_secret_basic",), True, True, "client_secret_basic"),
        (("none", "client_secret_basic"), False, False, "none"),
        (("client_secret_basic",), False, False, ""),
        (("tls_client_auth",), True, True, ""),
        (("none",), True, False, ""),
    ],
)
def test_the_best_that_both_know(offered: tuple[str, ...], secret: bool, key: bool, chosen: str) -> None:
    assert method(offered, secret=secret, key=key) == chosen


def test_a_public_client_only_says_who_it_is() -> None:
    assert proof(client("none"), known()) == ((), {"client_id": "me"})


def test_post() -> None:
    assert proof(client("client_secret_post", "s"), known()) == (
        (),
        {"client_id": "me", "client_secret": "s"},
    )


def test_basic_is_form_encoded_first() -> None:
    """RFC 6749 section 2.3.1 and appendix B."""
    headers, form = proof(client("client_secret_basic", "s:e c/ré", "https://a.example/c"), known())
    assert form == {"client_id": "https://a.example/c"}
    ((name, value),) = headers
    assert name == "authorization"
    pair = base64.b64decode(value.removeprefix("Basic ")).decode("ascii")
    assert pair == "https%3A%2F%2Fa.example%2Fc:s%3Ae+c%2Fr%C3%A9"
    assert unquote_plus(pair.partition(":")[2]) == "s:e c/ré"


def test_an_assertion_names_the_issuer_as_its_audience() -> None:
    signed: list[Mapping[str, Any]] = []

    def sign(claims: Mapping[str, Any]) -> str:
        signed.append(claims)
        return "signed"

    headers, form = proof(client("private_key_jwt"), known(sign=sign))
    assert headers == ()
    assert form == {"client_assertion_type": ASSERTION, "client_assertion": "signed"}
    claims = dict(signed[0])
    assert claims.pop("jti").startswith("random-0")
    assert claims == {"iss": "me", "sub": "me", "aud": AS, "iat": int(NOW), "exp": int(NOW) + 60}


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post", "private_key_jwt", "mtls"])
def test_what_is_lacking_is_said(way: str) -> None:
    with pytest.raises(ValueError, match=way):
        proof(client(way), known())
