"""Whether the server still answers over HTTP, told by what its exchanges came to."""

from __future__ import annotations

from typing import Any

from inspector.app.reach import Reach
from inspector.app.standing import standing
from inspector.journal.journal import Journal
from inspector.transport.tap import Tap

URL = "http://127.0.0.1:8000/mcp"
REFUSED = {"outcome": "failed", "stage": "connect", "error": "127.0.0.1:8000 refused \x1b[31m"}


def asked(tap: Tap, number: int, url: str = URL, **end: Any) -> None:
    """An exchange: answered, or ended as `end` says."""
    tap.http("request", number, method="POST", url=url)
    if end:
        tap.http("end", number, **end)
    else:
        tap.http("response", number, status=200)
        tap.http("end", number, outcome="complete", status=200)


def made() -> tuple[Journal, Tap]:
    journal = Journal.create(target={"url": URL})
    return journal, Tap(journal)


def test_a_server_is_lost_while_its_newest_request_reaches_nobody() -> None:
    journal, tap = made()
    reach = Reach(journal)
    asked(tap, 1)
    reach.advance()
    assert reach.lost == ""
    asked(tap, 2, **REFUSED)
    reach.advance()
    assert reach.lost.startswith("127.0.0.1:8000 refused")
    assert "\x1b" not in reach.lost
    assert standing(journal, None, False, lost=True).state == "recorded"
    reach.advance()
    assert reach.lost, "nothing new changes nothing"
    asked(tap, 3, **REFUSED)
    asked(tap, 4)
    reach.advance()
    assert reach.lost == ""


def test_neither_another_host_nor_a_request_that_was_cut_tells_of_it() -> None:
    journal, tap = made()
    reach = Reach(journal)
    asked(tap, 1, "https://auth.example.com/token", **REFUSED)
    asked(tap, 2, outcome="failed", stage="wait", error="reset")
    asked(tap, 3, outcome="aborted")
    reach.advance()
    assert reach.lost == ""


def test_what_has_no_url_has_no_reach() -> None:
    journal = Journal.create(target={"argv": ["x"]})
    asked(Tap(journal), 1, **REFUSED)
    reach = Reach(journal)
    reach.advance()
    assert reach.lost == ""
