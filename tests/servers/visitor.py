"""A person with a browser, for flows of authorization in tests: goes where it is sent and agrees to all.

The browser is a small one of its own, so that what it sends is nothing that the client under test made.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import anyio
import anyio.to_thread

from inspector.errors import AuthNeeded
from inspector.session.auth.steps import Choose, Decision, Enter, Fetch, Verdict, Visit

_HOPS = 10


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser shows in the end.

    Attributes:
        url: Where it is.
        status: The HTTP status.
        text: What stands there.
    """

    url: str
    status: int
    text: str


def browse(url: str, *, until: str = "", cafile: str | None = None) -> Page:
    """Get a page and follow its redirects.

    Args:
        url: Where to begin.
        until: Stop before a URL that begins with this, as if nothing listened there.
        cafile: Certificates to trust.
    """
    for _ in range(_HOPS):
        if until and url.startswith(until):
            return Page(url, 0, "")
        status, location, text = _get(url, cafile)
        if not (300 <= status < 400 and location):
            return Page(url, status, text)
        url = urljoin(url, location)
    raise AssertionError(f"more than {_HOPS} redirects, the last one to {url}")


def _get(url: str, cafile: str | None) -> tuple[int, str, str]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=cafile)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=30, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        query = f"?{parts.query}" if parts.query else ""
        connection.request("GET", f"{parts.path or '/'}{query}")
        response = connection.getresponse()
        return (
            response.status,
            response.headers.get("Location", ""),
            response.read().decode("utf-8", "replace"),
        )
    finally:
        connection.close()


@dataclass
class Visitor:
    """A `Guide` that stops at violations only, goes to every page, and knows what it was told to know.

    Attributes:
        entries: What to enter, by the field's name; asked for more, it gives up.
        pick: Which of several to choose: the first option that contains this text.
        paste: Paste the answer instead of going to the callback.
        cafile: Certificates that the browser trusts.
        verdicts: What it was told, in order.
        visits: Where it was sent.
        pages: What its browser showed in the end; not of a visit that was cut short.
    """

    entries: Mapping[str, str] = field(default_factory=dict)
    pick: str = ""
    paste: bool = False
    cafile: str | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    choices: list[Choose] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """The rules that were violated."""
        return [verdict.rule for verdict in self.verdicts if verdict.judgement == "violation"]

    async def before(self, action: Fetch | Visit) -> None:
        """Nothing to wait for."""

    async def judged(self, verdict: Verdict) -> Decision:
        self.verdicts.append(verdict)
        return Decision.STOP if verdict.judgement == "violation" else Decision.PROCEED

    async def choose(self, choice: Choose) -> int:
        self.choices.append(choice)
        return next(index for index, option in enumerate(choice.options) if self.pick in option)

    async def enter(self, wanted: Enter) -> Mapping[str, str]:
        if missing := [name for name, _, _ in wanted.fields if name not in self.entries]:
            raise AuthNeeded(f"Nobody knows {', '.join(missing)}")
        return {name: self.entries[name] for name, _, _ in wanted.fields}

    async def visit(self, visit: Visit) -> str | None:
        self.visits.append(visit)
        until = visit.redirect_uri if self.paste else ""
        # The flow goes on at once when the callback was called, though the browser still reads its page.
        with anyio.CancelScope(shield=True):
            page = await anyio.to_thread.run_sync(lambda: browse(visit.url, until=until, cafile=self.cafile))
        self.pages.append(page)
        if not page.url.startswith(visit.redirect_uri):  # nobody goes on from there
            raise AuthNeeded(f"The browser shows {page.status} at {page.url}")
        return page.url if self.paste else None
