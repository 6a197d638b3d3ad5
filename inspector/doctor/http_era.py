"""The checks after HTTP itself works: era and version, session, event streams."""

from __future__ import annotations

import re

from inspector.doctor.http_rules import Judged, Rule, found, paste, wrong
from inspector.doctor.http_seen import Exchange, Seen, error_words
from inspector.doctor.http_status import ENDPOINT, lines, quoted, said
from inspector.wire.versions import ALL, MODERN, UNSUPPORTED_VERSION
from inspector.wire.visible import clip, seconds, visible

_UNKNOWN_METHOD = -32601
_SESSION = re.compile(r"session", re.IGNORECASE)
_HELD = (
    "Switch buffering off there (nginx: proxy_buffering off;), or let the server send X-Accel-Buffering: no"
)


def era(seen: Seen) -> Judged:
    """Which version is spoken, or why none is."""
    agreed, tried, forced = seen.agreed, seen.decisive, _forced(seen)
    if agreed is not None:
        version, of = str(agreed.get("version")), str(agreed.get("era"))
        if forced and not any(each.results for each in seen.exchanges):
            return _not_spoken(seen, forced, tried)
        says = f"{visible(version)}, {visible(of)}: {clip(visible(str(agreed.get('reason') or '')), 200)}"
        return found("era", says)
    if tried is None or tried.answer is None:
        return found("era", "Nothing was answered", state="skipped")
    if any(kind == "endpoint" for kind, _ in tried.events) and tried.posted:
        says = "The URL is one of the HTTP+SSE transport of 2024-11-05: its stream begins with `endpoint`"
        return wrong(
            "era",
            Rule.SSE_URL,
            says,
            paste(seen.target, "--transport", "sse"),
            of=tried,
            evidence=lines(tried),
        )
    if tried.errors and not (tried.status in (400, 404) and _SESSION.search(said(tried))):
        return _refused(seen, tried, forced)
    if tried.results and seen.failure is not None and "version" in seen.failure.message:
        return wrong(
            "era", Rule.NO_COMMON_VERSION, seen.failure.message, _other_version(seen, ()), of=tried,
            evidence=lines(tried),
        )  # fmt: skip
    return found("era", "No version was agreed upon", state="skipped")


def _refused(seen: Seen, tried: Exchange, forced: str) -> Judged:
    error = tried.errors[0]
    code, words = error.get("code"), error_words(error)
    data = error.get("data")
    listed = data.get("supported") if isinstance(data, dict) else None
    theirs = tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()
    if code == UNSUPPORTED_VERSION or theirs:
        named = ", ".join(clip(visible(each), 40) for each in theirs[:8]) or "other versions"
        if forced and set(theirs) & set(ALL):
            says = f"The server does not speak {forced}, which --protocol asks for: it speaks {named}"
            return wrong(
                "era", Rule.VERSION_FORCED, says, paste(seen.target), of=tried, evidence=lines(tried)
            )
        says = f"No common version: the server speaks {named}, this program {', '.join(ALL)}"
        next = _other_version(seen, theirs)
        return wrong("era", Rule.NO_COMMON_VERSION, says, next, of=tried, evidence=lines(tried))
    if code == _UNKNOWN_METHOD:
        says = f"The server speaks JSON-RPC, but knows no {tried.method}: it is not an MCP server ({words})"
        next = paste(seen.target, "--paths", verb="doctor")
        return wrong("era", Rule.NOT_MCP, says, next, of=tried, evidence=lines(tried))
    says = f"The server refuses {tried.method} with {words}"
    next = (
        paste(seen.target, "--protocol", MODERN[-1]) if tried.method == "initialize" else paste(seen.target)
    )
    return wrong("era", Rule.INITIALIZE_REFUSED, says, next, of=tried, evidence=lines(tried))


def _not_spoken(seen: Seen, forced: str, tried: Exchange | None) -> Judged:
    """A version was forced, the server did not take it, and nothing that came after was answered."""
    first = seen.exchanges[0] if seen.exchanges else tried
    says = f"The server does not speak {forced}, which --protocol asks for"
    says += quoted(first) if first is not None and first.answer is not None else ""
    evidence = lines(first) if first is not None else ()
    return wrong("era", Rule.VERSION_FORCED, says, paste(seen.target), evidence=evidence)


def _other_version(seen: Seen, theirs: tuple[str, ...]) -> str:
    common = [version for version in theirs if version in ALL]
    return (
        paste(seen.target, "--protocol", common[-1])
        if common
        else "Update the server, or mcp-inspect: pip install -U mcp-inspect"
    )


def _forced(seen: Seen) -> str:
    """The version that --protocol insists on; empty for none."""
    wanted = (seen.said("connecting") or {}).get("protocol")
    return visible(wanted) if isinstance(wanted, str) and wanted != "auto" else ""


def session(seen: Seen) -> Judged:
    """Whether there is a session (legacy eras), and whether the server still knows it."""
    tried = seen.decisive
    if tried is not None and tried.answer is not None and not seen.healthy and tried.status in (400, 404):
        judged = _lost_session(seen, tried)
        if judged is not None:
            return judged
    if seen.healthy and (refused := _never_known(seen)) is not None:
        judged = _lost_session(seen, refused)
        if judged is not None:
            return judged
    agreed = seen.agreed
    if agreed is None:
        return found("session", "None was begun", state="skipped")
    if agreed.get("era") == "modern":
        return found("session", "None: every request stands alone in this era")
    given = seen.sessions
    ended = [each for each in seen.exchanges if each.end.get("session") == "ended"]
    if ended:
        says = "The server has ended a session by 404, and a new one was begun"
        return found("session", says, state="warning", evidence=ended[-1].lines(), rows=ended[-1].rows)
    return found(
        "session", f"Mcp-Session-Id {clip(visible(given[0]), 80)}" if given else "The server keeps none"
    )


def _never_known(seen: Seen) -> Exchange | None:
    """A request whose session the server did not know, where it answered none that bore one."""
    used = [each for each in seen.exchanges if each.last is not None and each.last.header("mcp-session-id")]
    if any(each.results for each in used):
        return None
    return next((each for each in used if each.posted and each.status in (400, 404)), None)


def _lost_session(seen: Seen, tried: Exchange) -> Judged | None:
    hop = tried.last
    assert hop is not None
    used = hop.header("mcp-session-id")
    if not used:
        if not _SESSION.search(said(tried)):
            return None
        if seen.agreed is None and tried.method == "initialize":
            says = f"The server wants a session id on initialize itself, which begins one{quoted(tried)}"
        else:
            says = "The server wants a session id and has given none, or a proxy takes Mcp-Session-Id away"
            says += quoted(tried)
        next = "Let the server begin a session on initialize, and the proxy pass Mcp-Session-Id both ways"
        return wrong("session", Rule.SESSION_REQUIRED, says, next, of=tried, evidence=lines(tried))
    if tried.status != 404 and not _SESSION.search(said(tried)):
        return None
    known = any(
        each is not tried
        and each.fine
        and each.last is not None
        and each.last.header("mcp-session-id") == used
        for each in seen.exchanges
    )
    if known:
        says = "The server has ended the session: it was restarted, or the session expired"
        next = f"{paste(seen.target)}  (begins a new one; stateless servers survive restarts)"
        return wrong("session", Rule.SESSION_ENDED, says, next, of=tried, evidence=lines(tried))
    says = "The server does not know the session that it has just begun: several instances without stickiness"
    next = "Let the load balancer route by Mcp-Session-Id, run one instance, or serve without sessions"
    return wrong("session", Rule.SESSION_UNKNOWN, says, next, of=tried, evidence=lines(tried))


def stream(seen: Seen) -> Judged:
    """Event streams: whether they flow, and the GET stream of the legacy eras."""
    tried = seen.decisive
    buffered = [each for each in seen.exchanges if each.end.get("buffered")]
    if tried is not None and not seen.healthy and tried.status == 200 and not tried.results:
        judged = _silent(seen, tried)
        if judged is not None:
            return judged
    if buffered:
        return _buffered(buffered)
    if (seen.agreed or {}).get("era") == "modern" and (bare := _bufferable(seen)) is not None:
        says = "Event streams come without `X-Accel-Buffering: no`, so that nginx would hold them back"
        return found("stream", says, state="note", evidence=bare.lines(), rows=bare.rows)
    gets = [each for each in seen.exchanges if each.hops and each.hops[0].method == "GET"]
    if not gets:
        return found("stream", "Answers came as they were sent")
    status = gets[-1].status
    if status is not None and status < 300:
        return found("stream", "The GET stream is open", rows=gets[-1].rows)
    if status == 405:
        return found("stream", "No GET stream is offered (405), which is allowed", rows=gets[-1].rows)
    says = (
        f"The GET stream is not to be had: {status if status is not None else gets[-1].error or 'no answer'}"
    )
    return found("stream", says, state="note", evidence=gets[-1].lines(), rows=gets[-1].rows)


def _bufferable(seen: Seen) -> Exchange | None:
    """A stream that does not tell proxies to let it through: 2026-07-28, streamable HTTP, a SHOULD."""
    for each in seen.exchanges:
        came = each.answer
        if came is not None and came.status == 200 and came.content_type == "text/event-stream":
            return each if came.header("x-accel-buffering").strip().lower() != "no" else None
    return None


def _buffered(buffered: list[Exchange]) -> Judged:
    held = buffered[0].end.get("held")
    span = f" after {seconds(float(held))}" if isinstance(held, int | float) else ""
    says = f"A proxy buffers event streams: all came in one burst{span}"
    return found("stream", says, state="warning", evidence=[_HELD], rows=buffered[0].rows)


def _silent(seen: Seen, tried: Exchange) -> Judged | None:
    """A stream that began, and brought no answer."""
    came = tried.answer
    assert came is not None
    if came.content_type != "text/event-stream" or (tried.end.get("buffered") and tried.events):
        return None
    says = seen.failure.message if seen.failure is not None else ""
    if "endpoint event names" in says:
        wrongly = visible(says.rpartition("GET: ")[2])
        return wrong(
            "stream", Rule.SSE_ENDPOINT, f"The event stream begins, and {wrongly}", ENDPOINT, of=tried
        )
    if tried.end.get("outcome", "aborted") != "aborted":
        says = f"The event stream ends before the answer{f': {tried.error}' if tried.error else ''}"
        next = "Read the log of the server, and of the proxy in front of it (time limits, worker restarts)"
        return wrong("stream", Rule.CONNECTION_LOST, says, next, of=tried)
    through = visible(came.header("via") or came.header("server"))
    says = "The server opens an event stream, and nothing comes in it"
    if not tried.posted and any(kind == "endpoint" for kind, _ in tried.events):
        says = "The server takes initialize, and no answer comes on its event stream"
    says += f": it hangs, or a proxy holds the stream back{f' ({clip(through, 60)})' if through else ''}"
    return wrong("stream", Rule.STREAM_SILENT, says, _HELD, of=tried)
