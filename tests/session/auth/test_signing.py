"""Client assertions: the algorithm goes with the key, and what cannot be signed is told in a sentence."""

from __future__ import annotations

import sys

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from inspector.errors import UsageError
from inspector.session.auth.signing import signer

RSA = rsa.generate_private_key(65537, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
K1 = ec.generate_private_key(ec.SECP256K1())
ED25519 = ed25519.Ed25519PrivateKey.generate()
ED448 = ed448.Ed448PrivateKey.generate()
DSA = dsa.generate_private_key(2048)
CLAIMS = {"iss": "client", "aud": "https://as.example"}


def pem(key: object, secret: KeySerializationEncryption | None = None) -> str:
    made: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret or NoEncryption())  # type: ignore[attr-defined]
    return made.decode()


@pytest.mark.parametrize(
    ("key", "algorithm", "used"),
    [
        (RSA, "", "RS256"),
        (RSA, "PS256", "PS256"),
        (P256, "", "ES256"),
        (P384, "", "ES384"),
        (P256, "ES256", "ES256"),
        (ED25519, "", "EdDSA"),
        (ED448, "EdDSA", "EdDSA"),
    ],
)
def test_each_kind_of_key(key: rsa.RSAPrivateKey, algorithm: str, used: str) -> None:
    token = signer(pem(key), algorithm)(CLAIMS)
    assert jwt.get_unverified_header(token)["alg"] == used
    assert jwt.decode(token, key.public_key(), algorithms=[used], audience=CLAIMS["aud"]) == CLAIMS


@pytest.mark.parametrize(
    ("text", "algorithm", "says"),
    [
        (pem(RSA), "ES256", "cannot sign with ES256"),
        (pem(P256), "RS256", "cannot sign with RS256"),
        (pem(P384), "ES256", "cannot sign with ES256"),
        (pem(RSA), "none", "cannot sign with none"),
        (pem(K1), "", "of a kind that signs no assertions"),
        (pem(DSA), "", "of a kind that signs no assertions"),
        (pem(RSA, BestAvailableEncryption(b"x")), "", "has a passphrase"),
        ("not a key", "", "cannot be read: ValueError"),
        ("", "", "cannot be read"),
    ],
)
def test_what_cannot_sign(text: str, algorithm: str, says: str) -> None:
    sign = signer(text, algorithm)
    with pytest.raises(UsageError, match=says) as failure:
        sign(CLAIMS)
    assert failure.value.next


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(UsageError, match="extra `private-key-jwt`") as failure:
        signer(pem(P256))(CLAIMS)
    assert "mcp-inspect[private-key-jwt]" in failure.value.next
