"""What a server that wants authorization publishes about it: every metadata URL, and what is wrong there.

Used where no flow has run; a flow judges the same documents in more detail. Only metadata is read: nobody
is registered and no token is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from inspector.doctor.http_fold import fold
from inspector.doctor.http_rules import Rule, paste
from inspector.doctor.probe_asking import Asking
from inspector.doctor.report import Report
from inspector.journal.redact import redact_url
from inspector.session.auth import address
from inspector.session.auth.challenge import asked
from inspector.session.auth.model import as_json
from inspector.transport.fetch import Fetched
from inspector.transport.guard import Guard
from inspector.wire.visible import clip, visible

_TITLE = "Authorization metadata"
_NAME = "probe-metadata"


async def metadata(asking: Asking, report: Report) -> Report:
    """Read the metadata that the server's challenge leads to; the cause becomes what is wrong with it."""
    cause = report.cause
    if cause is None or cause.rule != Rule.AUTHORIZATION_NEEDED:
        return report
    if fold(asking.journal, asking.target, None).auth:  # a flow has looked at them already
        return report
    url = asking.target.url
    met = await asking.discover(url, "probe: challenge")
    guard = Guard.beside(url, met.peer)
    named = asked(met.headers).resource_metadata
    places = list(dict.fromkeys([*([named] if named else []), *address.resource_metadata(url)]))
    lines: list[str] = []
    document: Mapping[str, Any] = {}
    for place in places:
        got = await asking.ask("GET", place, "probe: protected resource metadata", own=False, guard=guard)
        document, said = _document(got)
        lines.append(_line(place, said))
        if document:
            break
    if not document:
        says = f"none of {len(places)} addresses has protected resource metadata"
        return _fault(asking, report, Rule.AUTH_RESOURCE_METADATA, says, lines, _publish(asking))
    resource = document.get("resource")
    if not isinstance(resource, str) or address.fit(resource, url) == "other":
        says = f"its metadata is for another resource, {_shown(resource)}"
        next = f"Let `resource` be {visible(redact_url(url))}"
        return _fault(asking, report, Rule.AUTH_RESOURCE_METADATA, says, lines, next)
    return await _servers(asking, report, document, lines, guard)


async def _servers(
    asking: Asking, report: Report, document: Mapping[str, Any], lines: list[str], guard: Guard
) -> Report:
    """The authorization servers that the metadata names."""
    listed = document.get("authorization_servers")
    issuers = [each for each in listed if isinstance(each, str)][:5] if isinstance(listed, list) else []
    if not issuers:
        says = "its metadata names no authorization server"
        return _fault(asking, report, Rule.AUTH_RESOURCE_METADATA, says, lines, _publish(asking))
    faults = []
    for issuer in issuers:
        fault = await _issuer(asking, issuer, lines, guard)
        if not fault:
            says = f"Found, with the authorization server {_shown(issuer)}"
            return asking.add(report, _NAME, _TITLE, "ok", says, None, *lines)
        faults.append(fault)
    next = f"Let {_shown(issuers[0])} publish its metadata (RFC 8414), or correct authorization_servers"
    return _fault(asking, report, Rule.AUTH_SERVER_METADATA, faults[0], lines, next)


async def _issuer(asking: Asking, issuer: str, lines: list[str], guard: Guard) -> str:
    """What is wrong with an authorization server's metadata; empty for nothing."""
    if why := address.unsafe(issuer):
        return f"the authorization server {_shown(issuer)} {why}"
    for place, kind in address.server_metadata(issuer):
        purpose = f"probe: authorization server metadata ({kind})"
        got = await asking.ask("GET", place, purpose, own=False, guard=guard)
        document, said = _document(got)
        lines.append(_line(place, said))
        if not document:
            continue
        if document.get("issuer") != issuer:
            named = _shown(document.get("issuer"))
            return f"the authorization server calls itself {named}, not {_shown(issuer)}"
        missing = [name for name in ("authorization_endpoint", "token_endpoint") if not document.get(name)]
        return f"the authorization server names no {missing[0]}" if missing else ""
    return f"the authorization server {_shown(issuer)} publishes no metadata"


def _fault(asking: Asking, report: Report, rule: Rule, says: str, lines: list[str], next: str) -> Report:
    cause = report.cause
    assert cause is not None
    whole = f"The server wants authorization, but {says}"
    report = asking.add(report, _NAME, _TITLE, "failed", whole, None, *lines)
    return replace(report, cause=replace(cause, rule=rule.value, says=whole, next=next, check=_NAME))


def _document(got: Fetched) -> tuple[Mapping[str, Any], str]:
    """A JSON object, and what came in a few words."""
    if got.refused:
        return {}, f"not asked: {got.error}"
    if got.status is None:
        return {}, got.error
    if got.status != 200:
        return {}, str(got.status)
    try:
        value = as_json(json.loads(got.body))
    except (ValueError, RecursionError):
        value = {}
    return value, "200" if value else "200, but no JSON object"


def _publish(asking: Asking) -> str:
    line = paste(asking.target, "--header", "Authorization: Bearer TOKEN")
    place = visible(address.resource_metadata(asking.target.url)[0])
    return f"Let the server publish {place}; with a token: {line}"


def _line(url: str, said: str) -> str:
    return f"GET {visible(redact_url(url))} → {visible(said)}"


def _shown(value: object) -> str:
    return clip(visible(redact_url(value)) if isinstance(value, str) else "nothing", 120)
