"""TLS settings of a target as contexts of the standard library: whom to trust, and who we are.

No connection is made here. The client's certificate says who we are, and so it goes to the target's own
origin only.
"""

from __future__ import annotations

import ssl

from inspector.errors import ConnectionFailed
from inspector.transport.target import HttpTarget


def trust(target: HttpTarget, *, own: bool) -> ssl.SSLContext:
    """A context for connections.

    Args:
        target: Whose settings.
        own: For the target's own origin: present the client's certificate.

    Raises:
        ConnectionFailed: A file cannot be used.
    """
    context = _whom(target)
    if own and target.cert is not None:
        _present(context, target.cert, target.key)
    return context


def check_files(target: HttpTarget) -> None:
    """Read the files that the target names, so that they fail before anything is sent.

    Raises:
        ConnectionFailed: A file cannot be used.
    """
    if target.key is not None and target.cert is None:
        raise ConnectionFailed(
            "A client's key was given without its certificate", next="Give the certificate with --cert"
        )
    if target.cacert is not None and not target.insecure:
        _authorities(target.cacert)
    if target.cert is not None:
        _present(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), target.cert, target.key)


def _whom(target: HttpTarget) -> ssl.SSLContext:
    if target.insecure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if target.cacert is not None:
        return _authorities(target.cacert)
    import truststore  # here, because plain HTTP must not pay for it

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _authorities(path: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        raise ConnectionFailed(f"No certificates could be read from {path}: {error.strerror}") from error
    # Python 3.13 and later refuse authorities without every extension of RFC 5280, such as private ones often
    # are. No other client of the server does, nor do older Pythons: that is not what one wants to learn here.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


class _Encrypted(Exception):
    """The key wants a passphrase. OpenSSL would ask for it on the terminal."""


def _present(context: ssl.SSLContext, cert: str, key: str | None) -> None:
    def no_passphrase() -> str:
        raise _Encrypted

    holder = key or cert
    for path in dict.fromkeys((cert, holder)):
        try:
            with open(path, "rb"):
                pass
        except OSError as error:
            raise ConnectionFailed(
                f"The client's certificate cannot be used: {path} cannot be read: {error.strerror}"
            ) from error
    try:
        context.load_cert_chain(cert, key, no_passphrase)
    except _Encrypted as error:
        raise ConnectionFailed(
            f"The client's key in {holder} is encrypted, and no passphrase is asked for",
            next=f"Decrypt it first: openssl pkey -in {holder} -out client.key",
        ) from error
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            says = f"The client's key in {holder} does not belong to the certificate in {cert}"
            raise ConnectionFailed(says) from error
        what = f"no certificate in PEM form in {cert}" if _is_empty(cert, b"CERTIFICATE") else ""
        if not what and _is_empty(holder, b"PRIVATE KEY"):
            what = f"no private key in PEM form in {holder}"
        because = what or f"{cert}: {error.reason or error}"
        raise ConnectionFailed(
            f"The client's certificate cannot be used: {because}",
            next="Give the key with --key" if "no private key" in because and key is None else "",
        ) from error


def _is_empty(path: str, label: bytes) -> bool:
    """Whether a file has no PEM block of this kind."""
    with open(path, "rb") as file:
        return label + b"-----" not in file.read()
