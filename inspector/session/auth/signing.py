"""Signs client assertions (`private_key_jwt`, RFC 7523 section 2.2), with the extra `private-key-jwt`.

The library signs; here is only which algorithm goes with which key. What is claimed is the flow's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inspector.errors import UsageError

_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_BY_FAMILY = {
    "RSA": ("RS256", "PS256", "RS384", "PS384", "RS512", "PS512"),
    "Ed25519": ("EdDSA",),
    "Ed448": ("EdDSA",),
}


def signer(pem: str, algorithm: str = "") -> Callable[[Mapping[str, Any]], str]:
    """A function from claims to a signed JWT. Nothing is imported before it is called.

    Args:
        pem: The private key, PEM, without a passphrase.
        algorithm: By the key's kind where empty: RS256, ES256 (384, 512), EdDSA.

    Returns:
        Raises `UsageError` if the key cannot be read, does not go with the algorithm, or the extra is
        missing.
    """

    def sign(claims: Mapping[str, Any]) -> str:
        try:
            import jwt  # an extra, and slow to load
        except ImportError:
            raise UsageError(
                "Signing with a private key needs the extra `private-key-jwt`, which is not installed",
                next="pip install 'mcp-inspect[private-key-jwt]'",
            ) from None
        key, family = _key(pem)
        fitting = _BY_FAMILY.get(family, (family,))
        chosen = algorithm or fitting[0]
        if chosen not in fitting:
            raise UsageError(
                f"The private key cannot sign with {chosen}", next=f"It goes with {', '.join(fitting)}"
            )
        return jwt.encode(dict(claims), key, algorithm=chosen)

    return sign


def _key(pem: str) -> tuple[Any, str]:
    """The key, and its family or, of a curve, its algorithm."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise UsageError("The private key has a passphrase", next="Give one without: openssl pkey") from None
    except Exception as error:  # the library documents ValueError and UnsupportedAlgorithm, and raises more
        raise UsageError(
            f"The private key cannot be read: {type(error).__name__}",
            next="It must be PEM, PKCS #8 for example",
        ) from None
    match key:
        case rsa.RSAPrivateKey():
            return key, "RSA"
        case ed25519.Ed25519PrivateKey():
            return key, "Ed25519"
        case ed448.Ed448PrivateKey():
            return key, "Ed448"
        case ec.EllipticCurvePrivateKey() if key.curve.name in _CURVES:
            return key, _CURVES[key.curve.name]
    raise UsageError(
        "The private key is of a kind that signs no assertions", next="Use RSA, P-256 or Ed25519"
    )
