"""The check of authorization: what 401 and 403 ask for, what was tried, and the step that failed.

It reads challenges, the `auth` events that a flow left, and the claims of a token that the user gave
(locally; nothing is verified). It asks nobody.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from time import time
from typing import Any

from inspector.doctor.http_rules import Judged, Rule, found, paste, wrong
from inspector.doctor.http_seen import Exchange, Seen
from inspector.doctor.http_status import lines, quoted
from inspector.session.auth import address
from inspector.session.auth.challenge import Asked, asked
from inspector.session.auth.model import as_json
from inspector.wire.event import Event
from inspector.wire.visible import clip, seconds, visible

_EXPIRED = re.compile(r"(?<!or )(?<!, )\bexpired\b(?!,? or\b)", re.IGNORECASE)
"""Said of the token, rather than as one of several things that it may be."""
_RULES: Mapping[str, Rule] = {
    "resource-metadata": Rule.AUTH_RESOURCE_METADATA,
    "authorization-server": Rule.AUTH_SERVER_METADATA,
    "server-metadata": Rule.AUTH_SERVER_METADATA,
    "registration": Rule.AUTH_REGISTRATION,
    "authorize": Rule.AUTH_CONSENT,
    "callback": Rule.AUTH_CONSENT,
    "token-exchange": Rule.AUTH_TOKEN,
    "token": Rule.AUTH_TOKEN,
    "refresh": Rule.AUTH_TOKEN,
}
"""The cause that a failed step of a flow is (see `inspector.session.auth.steps.STEPS`)."""
_NO_METADATA = "auth-prm"
"""The flow's own rule for a server without metadata of its own."""
_DEFAULT_ENDPOINTS = "auth-default-endpoints"
"""The flow's own rule for an authorization server without metadata, whose endpoints are then guessed."""
_NOBODY = "no-callback"
"""The flow's own rule for a page that a person would have to visit, where nobody is there."""
_REFUSED = "refused-address"
"""What the transport calls an address that a server must not send us to."""


def authorization(seen: Seen) -> Judged:
    """Whether the server wants authorization, and why there is none."""
    tried = seen.decisive
    if tried is None or tried.answer is None:
        return found("authorization", "Nothing was answered", state="skipped")
    wanted = asked(tried.answer.headers)
    needed = tried.status == 401 or (tried.status == 403 and wanted.bearer)
    if not needed:
        return _not_needed(seen, tried)
    evidence = (*lines(tried), *tried_urls(seen.others))
    dropped = [name for hop in tried.hops for name in hop.dropped if "authorization" in name.lower()]
    if dropped and tried.last is not None:
        says = f"The redirect to {tried.last.url} left out the credentials, and they are wanted there"
        next = paste(seen.target, url=tried.last.url)
        return wrong(
            "authorization", Rule.REDIRECT_DROPPED_CREDENTIALS, says, next, of=tried, evidence=evidence,
            authorization=True,
        )  # fmt: skip
    failed = _failed_step(seen)
    if failed is not None:
        return _of_step(seen, tried, failed, evidence)
    return _of_challenge(seen, tried, wanted, evidence)


def _not_needed(seen: Seen, tried: Exchange) -> Judged:
    credentials = tried.last is not None and bool(tried.last.header("authorization"))
    if not credentials:
        return found("authorization", "None was asked for")
    issuer = next((event.data.get("facts") for event in reversed(seen.auth) if _done_flow(event)), None)
    by = clip(visible(str(as_json(issuer).get("issuer") or "")), 120)
    return found(
        "authorization",
        f"A token{f' of {by}' if by else ''} is sent and taken",
        evidence=tried_urls(seen.others),
    )


def _of_challenge(seen: Seen, tried: Exchange, wanted: Asked, evidence: tuple[str, ...]) -> Judged:
    """401 or 403 where no flow failed: nothing was tried, or the token itself is at fault."""
    login, hop = paste(seen.target, verb="auth login"), tried.last
    assert hop is not None
    why = clip(visible(wanted.error_description or wanted.error), 160)
    if wanted.error == "insufficient_scope" or tried.status == 403:
        scope = clip(visible(wanted.scope), 160)
        says = f"The token lacks a scope: the server wants {scope or 'more than it has'}" + (
            f" ({why})" if why else ""
        )
        next = paste(seen.target, "--scope", wanted.scope, verb="auth login") if wanted.scope else login
        return _wants(Rule.INSUFFICIENT_SCOPE, says, visible(next), evidence, tried)
    if not hop.header("authorization"):
        scheme = wanted.schemes[0].name if wanted.schemes else ""
        if scheme and not wanted.bearer:
            says = f"The server wants authorization by {visible(clip(scheme, 40))} (401), which is not OAuth"
            next = paste(seen.target, "--header", f"Authorization: {visible(clip(scheme, 40))} CREDENTIALS")
        else:
            named = "" if scheme else ", without a WWW-Authenticate challenge"
            says, next = f"The server wants authorization: it answered 401{named}{quoted(tried)}", login
        return _wants(Rule.AUTHORIZATION_NEEDED, says, next, evidence, tried)
    claims = _claims(seen)
    late = claims.get("exp")
    if _EXPIRED.search(why) or (isinstance(late, int | float) and late < time()):
        since = f", {seconds(time() - late)} ago" if isinstance(late, int | float) and late < time() else ""
        return _wants(
            Rule.TOKEN_EXPIRED,
            f"The token has expired{since}: the server answered 401",
            login,
            evidence,
            tried,
        )
    if "audience" in why.lower() or _elsewhere(seen, claims):
        audience = _elsewhere(seen, claims)
        says = (
            f"The token is for another server{f', {audience}' if audience else ''}: the server answered 401"
        )
        return _wants(Rule.TOKEN_AUDIENCE, says + (f" ({why})" if why else ""), login, evidence, tried)
    says = "The server refuses the token that was sent: it answered 401" + (
        f" ({why})" if why else quoted(tried)
    )
    return _wants(Rule.TOKEN_REFUSED, says, login, evidence, tried)


def _of_step(seen: Seen, tried: Exchange, event: Event, evidence: tuple[str, ...]) -> Judged:
    """A flow was tried and failed at this step."""
    title = visible(str(event.data.get("title") or event.what))
    says = clip(visible(str(event.data.get("says") or "")), 300)
    rule = _RULES.get(event.what, Rule.AUTHORIZATION_NEEDED)
    refusals = [each.error for each in seen.others if each.cause == _REFUSED]
    if event.data.get("rule") == "address-refused" or (refusals and seen.others[-1].cause == _REFUSED):
        rule, says = Rule.AUTH_ADDRESS_REFUSED, refusals[-1] if refusals else says
    elif _warned(seen, _NO_METADATA) and (
        rule is Rule.AUTH_SERVER_METADATA or _warned(seen, _DEFAULT_ENDPOINTS)
    ):
        rule = Rule.AUTH_RESOURCE_METADATA
    elif event.data.get("rule") == _NOBODY:
        rule = Rule.AUTHORIZATION_NEEDED
    whole = f"Authorization failed at “{title}”: {says or 'it did not go on'}"
    if rule is Rule.AUTH_RESOURCE_METADATA and _warned(seen, _NO_METADATA):
        whole = "The server wants authorization, and publishes no metadata that says who grants it"
    elif rule is Rule.AUTHORIZATION_NEEDED and says:
        whole = says
        if "authorization" not in says:
            whole = f"The server wants authorization: {says[:1].lower()}{says[1:]}"
    return _wants(rule, whole, _next(seen, rule), evidence, tried)


def _next(seen: Seen, rule: Rule) -> str:
    """What to do about a flow that failed."""
    login = paste(seen.target, verb="auth login")
    match rule:
        case Rule.AUTH_RESOURCE_METADATA:
            return f"Let the server publish {visible(address.resource_metadata(seen.target.url)[0])}"
        case Rule.AUTH_SERVER_METADATA:
            return "Correct the authorization server's metadata: issuer, endpoints and S256 (RFC 8414)"
        case Rule.AUTH_ADDRESS_REFUSED:
            return "Correct the address in the server's metadata, or in its challenge"
        case Rule.AUTH_REGISTRATION:
            return paste(seen.target, "--client-id", "CLIENT_ID", verb="auth login")
    return login


def _failed_step(seen: Seen) -> Event | None:
    """The step at which the newest flow failed; `None` where none was tried or the newest one succeeded."""
    flows = [event for event in seen.auth if event.what == "flow"]
    if not flows or _done_flow(flows[-1]):
        return None
    number = flows[-1].data.get("flow")
    steps = [event for event in seen.auth if event.what != "flow" and event.data.get("flow") == number]
    bad = [
        event for event in steps if event.data.get("judgement") == "violation" and not event.data.get("past")
    ]
    if bad:
        return bad[-1]
    # Nothing was judged to be wrong: whoever stood beside the flow gave up.
    last = steps[-1] if steps else flows[-1]
    if last.data.get("state") == "waiting":
        return last
    return replace(flows[-1], data={**flows[-1].data, "title": last.data.get("title")})


def _done_flow(event: Event) -> bool:
    data = event.data
    return event.what == "flow" and data.get("state") == "done" and data.get("judgement") == "ok"


def _warned(seen: Seen, rule: str) -> bool:
    return any(event.data.get("rule") == rule for event in seen.auth)


def tried_urls(others: list[Exchange]) -> tuple[str, ...]:
    """Every request of authorization with its status, in order, safe for a terminal."""
    shown = []
    for each in others:
        hop = each.hops[0] if each.hops else None
        if hop is not None:
            came = f"{each.status}" if each.status is not None else each.error or "no answer"
            shown.append(clip(visible(f"{each.purpose}: {hop.method} {hop.url} → {came}"), 200))
    return tuple(shown)


def _wants(rule: Rule, says: str, next: str, evidence: tuple[str, ...], tried: Exchange) -> Judged:
    return wrong("authorization", rule, says, next, of=tried, evidence=evidence, authorization=True)


def _claims(seen: Seen) -> Mapping[str, Any]:
    """The claims of a JWT that the user gave by header; empty for anything else. Nothing is verified."""
    value = next((value for name, value in seen.target.headers if name.lower() == "authorization"), "")
    parts = value.partition(" ")[2].strip().split(".")
    if len(parts) != 3:
        return {}
    try:
        return as_json(json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))))
    except (ValueError, RecursionError):
        return {}


def _elsewhere(seen: Seen, claims: Mapping[str, Any]) -> str:
    """The token's audience where that is a URL of another server; empty otherwise."""
    audience = claims.get("aud")
    named = [
        each for each in (audience if isinstance(audience, list) else [audience]) if isinstance(each, str)
    ]
    urls = [each for each in named if not address.unsafe(each)]
    if not urls or any(address.origin(each) == address.origin(seen.target.url) for each in urls):
        return ""
    return clip(visible(urls[0]), 120)
