"""The check of what an answer carries: a web page, JSON that is no JSON-RPC, nothing, a broken body."""

from __future__ import annotations

import json
import re

from inspector.doctor.http_rules import Judged, Rule, found, paste, wrong
from inspector.doctor.http_seen import Answer, Exchange, Seen
from inspector.wire.fault import Fault
from inspector.wire.visible import clip, visible

_LOGIN = re.compile(
    r"<input[^>]+type=[\"']?password|<title>[^<]*(?:log ?in|sign ?in|single sign)|name=[\"']?SAMLRequest",
    re.IGNORECASE,
)
_HTML = re.compile(r"\s*<(?:!doctype html|html|head|body)", re.IGNORECASE)
_MCP_TYPES = ("application/json", "text/event-stream")


def content(seen: Seen) -> Judged:
    """Whether the answer is JSON-RPC, under whatever label."""
    tried = seen.decisive
    if tried is None or tried.answer is None:
        return found("content", "Nothing was answered", state="skipped")
    came = tried.answer
    if tried.odd and not seen.healthy and not tried.results and not tried.errors and came.status < 300:
        return _other(seen, tried, came)
    if seen.healthy or tried.messages or tried.events:
        return _labelled(seen, tried)
    if came.status >= 300 or (came.status == 202 and not tried.method):
        return found("content", f"{came.content_type or 'no content type'}, at status {came.status}")
    if Fault.CONTENT_ENCODING in came.faults:
        says = f"The body is not what its content-encoding, {visible(came.header('content-encoding'))}, says"
        next = "Correct the server, or the proxy that compresses; we ask for `identity`"
        return _wrong(Rule.BROKEN_ENCODING, says, next, tried)
    if _HTML.match(came.text) or came.content_type == "text/html":
        return _page(seen, tried, came)
    if tried.end.get("outcome") == "closed-early" and came.content_type != "text/event-stream":
        return _broken(tried)
    if not came.body.strip():
        return _empty(seen, tried, came)
    return _other(seen, tried, came)


def _labelled(seen: Seen, tried: Exchange) -> Judged:
    wrong_label = [
        f"{hop.answer.content_type or 'no content type'} at {hop.url}"
        for each in seen.exchanges
        if Fault.CONTENT_TYPE in each.faults
        for hop in each.hops[-1:]
        if hop.answer is not None
    ]
    came = tried.answer
    assert came is not None
    if wrong_label:
        says = "Answers bear a wrong content type, which other clients refuse"
        return found(
            "content", says, state="warning", evidence=map(visible, wrong_label[:5]), rows=tried.rows
        )
    return found("content", visible(came.content_type) or "no content type")


def _page(seen: Seen, tried: Exchange, came: Answer) -> Judged:
    title = re.search(r"<title[^>]*>([^<]{0,200})", came.text, re.IGNORECASE)
    named = f" (“{clip(visible(' '.join(title[1].split())), 80)}”)" if title else ""
    if _LOGIN.search(came.text):
        says = f"A page to log in on{named} comes in place of MCP: something before the server wants a person"
        next = "Exempt the MCP path from the web site's log-in, or give its credentials with --header"
        return _wrong(Rule.LOGIN_PAGE, says, next, tried)
    says = f"The URL is that of a web page{named}: the answer is HTML, not MCP"
    return _wrong(Rule.WEB_PAGE, says, paste(seen.target, "--paths", verb="doctor"), tried)


def _empty(seen: Seen, tried: Exchange, came: Answer) -> Judged:
    if came.content_type == "text/event-stream":
        return found("content", "text/event-stream, with nothing in it")
    says = f"The server answers {tried.method or 'the request'} with {came.status} and an empty body"
    if came.status == 202:
        says = f"The server answers 202 to {tried.method}, which promises no reply: 202 is for notifications"
    next = paste(seen.target, "--paths", verb="doctor")
    return _wrong(Rule.EMPTY_ANSWER, says, next, tried)


def _broken(tried: Exchange) -> Judged:
    says = f"The answer breaks off: {tried.error}"
    next = "Read the log of the server, and of the proxy in front of it: one of them cuts the body off"
    return _wrong(Rule.BROKEN_BODY, says, next, tried)


def _other(seen: Seen, tried: Exchange, came: Answer) -> Judged:
    label, next = (
        visible(came.content_type) or "no content type",
        paste(seen.target, "--paths", verb="doctor"),
    )
    try:
        value = json.loads(tried.odd or came.text)
    except (ValueError, RecursionError):
        if came.content_type in _MCP_TYPES:
            says = f"The answer bears the content type {label}, but is not JSON: it is cut off or damaged"
            return _wrong(
                Rule.BROKEN_BODY, says, "Read the server's log, and that of the proxy in front of it", tried
            )
        says = f"The answer is no MCP: its content type is {label}"
        return _wrong(Rule.NOT_MCP_CONTENT, says, next, tried)
    keys = (
        ", ".join(clip(visible(str(key)), 30) for key in list(value)[:5]) if isinstance(value, dict) else ""
    )
    says = "The answer is JSON, but no JSON-RPC" + (f": it has {keys}" if keys else "")
    return _wrong(Rule.NOT_JSON_RPC, f"{says}. The URL is that of another API", next, tried)


def _wrong(rule: Rule, says: str, next: str, tried: Exchange) -> Judged:
    return wrong("content", rule, says, next, of=tried)
