"""Where else at the same origin MCP may be: the other spelling of the path, and the usual ones when asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from inspector.doctor.http_rules import Rule, paste
from inspector.doctor.probe_asking import STREAM_TIMEOUT, Asking, speaks
from inspector.doctor.report import Report
from inspector.transport.fetch import Fetched
from inspector.wire.visible import clip, visible

USUAL = ("/mcp", "/mcp/", "/sse", "/", "/api/mcp", "/v1/mcp", "/message", "/messages")
"""Paths at which servers are found: those of the SDKs first."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A path that was tried, and what it turned out to be."""

    path: str
    found: str
    transport: str = ""
    got: Fetched | None = None


async def look(asking: Asking, report: Report, *, usual: bool, elsewhere: bool) -> Report:
    """Try other paths, and name the one that speaks MCP.

    Args:
        asking: How to ask.
        report: What is known; its cause is a wrong path, or there is none.
        usual: Whether the user asked for all the usual paths, not only for the other spelling.
        elsewhere: Whether the URL as given does not speak MCP, so that a find is the next step.
    """
    split = urlsplit(asking.target.url)
    own = split.path or "/"
    twin = own.rstrip("/") if own.endswith("/") else f"{own}/"
    paths = [path for path in dict.fromkeys([twin, *(USUAL if usual else ())]) if path and path != own]
    tried = [
        await _try(asking, split._replace(path=path, query="", fragment="").geturl(), path) for path in paths
    ]
    lines = [f"{each.path}: {each.found}" for each in tried]
    speaking = [each for each in tried if each.transport]
    title = "Usual paths" if usual else "Trailing slash"
    if not speaking:
        says = f"None of {', '.join(visible(path) for path in paths)} speaks MCP"
        return asking.add(report, "probe-paths", title, "note", says, None, *lines)
    best = speaking[0]
    says = f"{visible(best.path)} {best.found}"
    report = asking.add(report, "probe-paths", title, "note", says, best.got, *lines)
    if not elsewhere or report.cause is None or report.cause.rule == Rule.SSE_URL:
        return report
    url = split._replace(path=best.path, query="", fragment="").geturl()
    options = ["--transport", "sse"] if best.transport == "sse" and asking.target.transport == "http" else []
    cause = replace(
        report.cause,
        says=f"{report.cause.says}; {visible(best.path)} at the same origin {best.found}",
        next=paste(asking.target, *options, url=url),
    )
    return replace(report, cause=cause)


async def _try(asking: Asking, url: str, path: str) -> _Place:
    got = await asking.discover(url, f"probe: POST {path}")
    if speaks(got):
        return _Place(path, f"speaks MCP (server/discover got {got.status})", "http", got)
    if got.status == 401:
        return _Place(path, "wants authorization (401)", "http", got)
    if got.status in (400, 406, 415, 422):
        met = await asking.initialize(url, f"probe: POST {path}")
        if speaks(met):
            return _Place(path, f"speaks MCP (initialize got {met.status})", "http", met)
    if got.status == 404 and "sse" not in path:  # some servers answer 404 where only GET is known
        return _Place(path, "404", got=got)
    accept = [("accept", "text/event-stream")]
    stream = await asking.ask("GET", url, f"probe: GET {path}", accept, limit=40, timeout=STREAM_TIMEOUT)
    if stream.status == 200 and b"endpoint" in stream.body:
        return _Place(path, "speaks MCP over HTTP+SSE (2024-11-05)", "sse", stream)
    came = f"{got.status}" if got.status is not None else clip(visible(got.error), 80)
    if got.location:
        came += f", redirects to {clip(visible(got.location), 100)}"
    return _Place(path, came, got=got)
