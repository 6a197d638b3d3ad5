from __future__ import annotations

from inspector.wire.event import Kind

from .conftest import Scribe


def test_landmarks_are_what_the_catalogue_is_made_of(scribe: Scribe) -> None:
    """A session of a million calls must not make a catalogue of a million rows."""
    scribe.client("connecting", target="x", protocol="auto")  # 0
    scribe.asks(1, "initialize")
    scribe.replies(1)
    scribe.client("negotiated", version="2025-11-25", era="legacy", reason="")  # 3
    for id in range(10, 30):
        scribe.asks(id, "tools/call", {"name": "x"})
        scribe.replies(id)
    scribe.asks(2, "tools/list")  # 44
    scribe.client("warning", says="slow")
    scribe.replies(2)  # 46
    scribe.replies(2)  # 47: a duplicate is harmless
    scribe.step(Kind.PROCESS, "exited", code=0)  # 48
    opened = scribe.reopened()
    assert scribe.journal.landmarks == opened.landmarks == [0, 1, 2, 3, 44, 46, 47, 48]
    opened.close()
