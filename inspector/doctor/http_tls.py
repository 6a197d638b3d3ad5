"""The check of TLS: whether it comes about, and what is wrong with the certificate where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from inspector.doctor.http_place import is_https, phase, place, stuck_in, with_scheme
from inspector.doctor.http_rules import Judged, Rule, found, paste, wrong
from inspector.doctor.http_seen import Exchange, Seen
from inspector.wire.visible import clip, visible

_CHAIN: Mapping[str, Rule] = MappingProxyType(
    {
        "tls-expired": Rule.CERTIFICATE_EXPIRED,
        "tls-not-yet-valid": Rule.CERTIFICATE_NOT_YET_VALID,
        "tls-wrong-host": Rule.CERTIFICATE_WRONG_HOST,
        "tls-self-signed": Rule.CERTIFICATE_SELF_SIGNED,
        "tls-private-authority": Rule.CERTIFICATE_UNKNOWN_ISSUER,
        "tls-unknown-issuer": Rule.CERTIFICATE_UNKNOWN_ISSUER,
        "tls-untrusted": Rule.CERTIFICATE_UNKNOWN_ISSUER,
    }
)
"""What the transport calls a fault of the chain (`inspector.transport.failure`), and what it means here."""


def tls(seen: Seen) -> Judged:
    """Whether TLS comes about, and with whom."""
    tried, at = seen.decisive, place(seen.target)
    if not is_https(seen.target):
        return found("tls", "Plain HTTP: no TLS")
    if tried is not None and tried.answer is None:
        judged = _failing(seen, tried, at)
        if judged is not None:
            return judged
    return _agreed(seen)


def _failing(seen: Seen, tried: Exchange, at: str) -> Judged | None:
    cause, error = tried.cause, tried.error
    if cause in _CHAIN:
        return chain(seen, tried, _CHAIN[cause], {})
    if cause == "tls-client-certificate":
        return client_certificate(seen, tried, at)
    if cause == "not-tls":
        says = f"{at} speaks plain HTTP, not TLS"
        next = paste(seen.target, url=with_scheme(seen.target.url, "http"))
        return wrong("tls", Rule.PLAIN_HTTP_WANTED, says, next, of=tried)
    if cause == "tls-version":
        says = f"{at} offers no version of TLS that this side accepts: {error}"
        next = (
            f"Let the server speak TLS 1.2 or 1.3; what it offers is shown by: openssl s_client -connect {at}"
        )
        return wrong("tls", Rule.TLS_VERSION, says, next, of=tried)
    if not cause.startswith("tls-") and "tls" not in (tried.stage, stuck_in(tried)):
        return None
    says = f"The TLS handshake with {at} failed: {error or 'the server does not answer it'}"
    next = f"Check that {at} is an HTTPS port: openssl s_client -connect {at}"
    return wrong("tls", Rule.TLS_FAILED, says, next, of=tried)


def client_certificate(seen: Seen, tried: Exchange, at: str) -> Judged:
    """The server wants to know who we are by a certificate."""
    given = seen.target.cert is not None
    says = f"{at} {'refuses the' if given else 'wants a'} client certificate"
    next = (
        "Check that --cert is signed by an authority that the server trusts"
        if given
        else paste(seen.target, "--cert", "CERTIFICATE.pem", "--key", "KEY.pem")
    )
    return wrong("tls", Rule.CLIENT_CERTIFICATE_WANTED, says, next, of=tried)


def chain(seen: Seen, tried: Exchange, rule: Rule, read: Mapping[str, object]) -> Judged:
    """What is wrong with the server's certificate.

    Args:
        seen: The attempt.
        tried: Where it failed.
        rule: What is wrong.
        read: What the certificate says of itself, where it was read: subject, issuer, names, dates.
    """
    at, host = place(seen.target), visible(urlsplit(seen.target.url).hostname or "")
    detail = tried.error.partition("not trusted: ")[2] or tried.error
    insecure = paste(seen.target, "--insecure")
    match rule:
        case Rule.CERTIFICATE_EXPIRED:
            until = visible(str(read.get("not_after") or ""))
            says = f"The certificate of {at} has expired" + (f" on {until}" if until else "")
            next = f"Renew it; until then: {insecure}"
        case Rule.CERTIFICATE_NOT_YET_VALID:
            since = visible(str(read.get("not_before") or ""))
            says = f"The certificate of {at} is not valid yet, or this machine's clock is slow"
            says += f": it begins on {since}" if since else ""
            next = f"Check the clock: date -u. To connect all the same: {insecure}"
        case Rule.CERTIFICATE_WRONG_HOST:
            names = _names(read) or detail
            says = f"The certificate of {at} is for another host, not for {host}: {names}"
            next = f"Use a URL with a name that the certificate holds, or: {insecure}"
        case Rule.CERTIFICATE_SELF_SIGNED:
            says = f"The certificate of {at} is signed by itself; --insecure trusts it unseen"
            next = paste(seen.target, "--cacert", "CERTIFICATE.pem")
        case _ if tried.cause == "tls-private-authority":
            says = f"The certificate of {at} comes from an authority that this machine does not trust; "
            says += "--insecure trusts any"
            next = paste(seen.target, "--cacert", "AUTHORITY.pem")
        case _:
            issuer = visible(str(read.get("issuer") or "an issuer"))
            says = f"The certificate of {at} comes from {clip(issuer, 120)}, which is not known here, "
            says += "or the server leaves out the certificates in between; --insecure trusts any"
            next = paste(seen.target, "--cacert", "AUTHORITY.pem")
    evidence = (*tried.lines(), *certificate_lines(read))
    return wrong("tls", rule, says, next, of=tried, evidence=evidence)


def _names(read: Mapping[str, object]) -> str:
    names = read.get("names")
    listed = names if isinstance(names, list | tuple) else ()
    return ", ".join(clip(visible(str(name)), 80) for name in listed[:8])


def certificate_lines(read: Mapping[str, object]) -> list[str]:
    """What a certificate says of itself, a line for each fact that is known."""
    shown = []
    for name in ("subject", "issuer", "names", "not_before", "not_after"):
        text = _names(read) if name == "names" else str(read.get(name) or "")
        if text:
            shown.append(clip(visible(f"{name.replace('_', ' ')}: {text}"), 160))
    return shown


def _agreed(seen: Seen) -> Judged:
    hops = (hop for each in seen.exchanges for hop in each.hops)
    facts = next((hop.answer.tls for hop in hops if hop.answer and hop.answer.tls), {})
    version = clip(visible(str(facts.get("version") or "TLS")), 40)
    shown = certificate_lines(facts)
    if seen.target.insecure:
        says = f"{version}, and the certificate is not verified (--insecure)"
        return found("tls", says, state="warning", evidence=shown)
    says = f"{version}, and the certificate is trusted"
    return found("tls", says, evidence=shown, took=phase(seen.answered, "tls"))
