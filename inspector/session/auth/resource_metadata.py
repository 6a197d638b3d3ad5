"""Where a protected server says who authorizes for it: RFC 9728 and the challenge that names its address.

What the authorization server says about itself is `server_metadata`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.session.auth import address
from inspector.session.auth.case import Case, Judge, Steps
from inspector.session.auth.challenge import Asked
from inspector.session.auth.document import Document, read
from inspector.session.auth.steps import Choose, Fetch, Got

STEP = "resource-metadata"
_MOST = 20
_RFC = "RFC 9728 section 3"
_DISCOVERY = "specification 2026-07-28, Protected Resource Metadata Discovery Requirements"
_LOCATION = "specification 2026-07-28, Authorization Server Location"
_REFRESH = "specification 2026-07-28, Refresh Tokens"
_SCOPES = "specification 2026-07-28, Runtime Insufficient Scope Errors"


@dataclass(frozen=True, slots=True)
class Resource:
    """What is known of the server that is to be reached.

    Attributes:
        indicator: The `resource` parameter of every request for a token (RFC 8707).
        issuers: Its authorization servers; empty for a server of 2025-03-26, which is its own.
        scopes: `scopes_supported`; `None` where the server names none.
    """

    indicator: str
    issuers: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None


def challenged(case: Case, wanted: Asked, status: int, exchange: int) -> Steps[None]:
    """The verdict on a challenge."""
    judge = Judge(case, "challenge", exchange)
    for fault in wanted.faults:
        says = f"The WWW-Authenticate header cannot be read in full: {fault}"
        yield from judge.warning("auth-challenge-grammar", says, "RFC 9110 section 11.6.1")
    if "offline_access" in wanted.scope.split():
        says = "The challenge asks for offline_access, which is no requirement of a resource"
        yield from judge.warning("auth-offline-scope", says, _REFRESH)
    facts = {
        "status": status,
        "schemes": [scheme.name for scheme in wanted.schemes],
        "resource_metadata": wanted.resource_metadata,
        "scope": wanted.scope,
        "error": wanted.error,
        "error_description": wanted.error_description,
    }
    facts = {name: value for name, value in facts.items() if value}
    if status == 403:
        if wanted.error and wanted.scope:
            yield from judge.ok("The server wants more scopes", _SCOPES, **facts)
            return
        says = "The server refuses (403) without naming an error and the scopes that it wants"
        yield from judge.warning("auth-403-scope", says, _SCOPES, last=True, **facts)
    elif wanted.resource_metadata:
        yield from judge.ok(f"The server says where its metadata is{_why(wanted)}", _DISCOVERY, **facts)
    else:
        lacks = (
            "The challenge names no resource_metadata" if wanted.bearer else "There is no Bearer challenge"
        )
        says = f"{lacks}, so the well-known addresses are tried{_why(wanted)}"
        yield from judge.warning("auth-401-challenge", says, _DISCOVERY, last=True, **facts)


def _why(wanted: Asked) -> str:
    """What the server says about the token that was sent, to stand at the end of a sentence."""
    if not wanted.error:
        return ""
    described = f" ({wanted.error_description})" if wanted.error_description else ""
    return f"; it refuses with {wanted.error}{described}"


def discover(case: Case, wanted: Asked) -> Steps[Resource]:
    """Find and judge the server's metadata; without any, a server of 2025-03-26 is assumed."""
    named = wanted.resource_metadata
    places = list(dict.fromkeys([*([named] if named else []), *address.resource_metadata(case.server)]))
    if address.insecure(case.server):
        says = "The server is not served over https, so that its tokens can be read on the way"
        yield from Judge(case, STEP).warning("auth-insecure-server", says, "RFC 6750 section 5.3")
    silent = 0
    for place in places:
        got, document = yield from fetch(STEP, place, "protected resource metadata")
        silent += got.status is None and not got.refused
        judge = Judge(case, STEP, got.exchange)
        if not document.problem:
            return (yield from _judged(judge, place, document))
        if place == named:
            yield from _of_no_use(judge, got, place, document.problem)
        else:
            yield from judge.note(f"{place} {document.problem}", _RFC, url=place, status=got.status)
    judge = Judge(case, STEP)
    if silent == len(places):
        says = f"{address.host_of(case.server)} cannot be asked for its metadata"
        raise (yield from judge.dead_end("unreachable", says))
    says = "The server publishes no metadata, so it is taken for one of 2025-03-26, which authorizes itself"
    yield from judge.warning("auth-prm", says, _RFC, last=True, tried=places)
    return Resource(address.indicator(case.server))


def _of_no_use(judge: Judge, got: Got, place: str, problem: str) -> Steps[None]:
    """Metadata that are lost are looked for elsewhere; a server that sends us astray is another matter."""
    says = f"The address that the challenge names is of no use: {place} {problem}"
    if got.refused:
        yield from judge.violation("auth-prm-address", says, "RFC 9728 section 7.7", url=place)
    else:
        clause = "RFC 9728 section 5.1"
        yield from judge.warning("auth-prm-address", says, clause, url=place, status=got.status)


def fetch(step: str, url: str, purpose: str, *headers: tuple[str, str]) -> Steps[tuple[Got, Document]]:
    """Ask for a metadata document. What must not be asked is not, which the document's problem says."""
    fault = address.unsafe(url)
    if fault:
        return Got(0, None, refused=True), Document(problem=f"is not asked, because it {fault}")
    got: Got = yield Fetch(step, "GET", url, (("accept", "application/json"), *headers), purpose=purpose)
    return got, read(got)


def _judged(judge: Judge, place: str, document: Document) -> Steps[Resource]:
    """Every fault of a metadata document, and what is left of it."""
    for fault in document.faults:
        yield from judge.warning("auth-document", f"About {place}: {fault}", "RFC 9728 section 3.2")
    indicator = yield from _indicator(judge, document)
    issuers, refused = _issuers(document)
    for says in refused:
        yield from judge.warning("address-refused", says, "RFC 9728 section 7.7")
    if not issuers:
        says = "The metadata names no authorization server that can be asked"
        yield from judge.violation("auth-prm-servers", says, _LOCATION)
    scopes = document.texts("scopes_supported")
    if document.wrong(scopes_supported=list):
        says = "scopes_supported in the metadata is no list"
        yield from judge.warning("auth-document", says, "RFC 9728 section 2")
    if "offline_access" in (scopes or ()):
        says = "The metadata lists offline_access, which is no requirement of a resource"
        yield from judge.warning("auth-offline-scope", says, _REFRESH)
    if "header" not in (document.texts("bearer_methods_supported") or ("header",)):
        says = "The metadata does not allow tokens in the header, the only place that MCP allows"
        yield from judge.warning("auth-bearer-method", says, "specification 2026-07-28, Token Requirements")
    yield from judge.ok(
        f"Metadata found at {place}",
        _RFC,
        url=place,
        resource=document.text("resource"),
        authorization_servers=list(issuers),
        scopes_supported=None if scopes is None else list(scopes),
    )
    return Resource(indicator, issuers, scopes)


def _indicator(judge: Judge, document: Document) -> Steps[str]:
    """What to send as `resource`: the server's own word for itself where it may use it."""
    said, server = document.text("resource"), judge.case.server
    own = address.indicator(server)
    fits = address.fit(said, server)
    if fits == "same":
        return said
    if fits == "parent":
        says = f"The metadata is about {said}, a parent of {own}: the token will be for all of it"
        yield from judge.note(says, "RFC 9728 section 3.3")
        return said
    says = f"The metadata is about another resource, {said}, not about {own}"
    if not said:
        says = "The metadata does not say which resource it is about"
    yield from judge.violation("resource-mismatch", says, "RFC 9728 section 3.3", resource=said, server=own)
    return own


def _issuers(document: Document) -> tuple[tuple[str, ...], list[str]]:
    """The authorization servers that may be asked, and a sentence for each of the others."""
    found: list[str] = []
    refused: list[str] = []
    for issuer in dict.fromkeys(document.texts("authorization_servers") or ()):
        fault = address.unsafe(issuer)
        if not fault and ("#" in issuer or "?" in issuer):
            fault = "has a query or a fragment (RFC 8414 section 2)"
        if fault:
            refused.append(f"The authorization server {issuer} is left out, because its address {fault}")
        elif len(found) < _MOST:
            found.append(issuer)
    return tuple(found), refused


def choose(case: Case, resource: Resource) -> Steps[str]:
    """The issuer to use: the one of an earlier run, the only one, or the one that the person chooses.

    Each is an authorization server of its own (RFC 9728 section 7.6).
    """
    issuers, judge = resource.issuers, Judge(case, "authorization-server")
    kept = case.known.store.credentials(address.canonical(case.server))
    earlier = kept.issuer if kept else ""
    earlier = next((issuer for issuer in issuers if address.slash_apart(issuer, earlier)), earlier)
    if earlier and earlier not in issuers:
        says = (
            f"The server names another authorization server than before ({earlier}), nothing of that is used"
        )
        yield from judge.note(says, "specification 2026-07-28, Authorization Server Binding")
    index = issuers.index(earlier) if earlier in issuers else 0
    if earlier not in issuers and len(issuers) > 1:
        index = _index((yield Choose(judge.step, "Which authorization server?", issuers)), issuers)
    says = f"{issuers[index]} authorizes"
    yield from judge.ok(
        says, "RFC 9728 section 7.6", issuer=issuers[index], authorization_servers=list(issuers)
    )
    return issuers[index]


def _index(answer: object, options: Sequence[str]) -> int:
    return answer if isinstance(answer, int) and 0 <= answer < len(options) else 0
