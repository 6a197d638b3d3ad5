"""What the HTTP proxy makes of answers before they go on: here, how much of them it unpacks."""

from __future__ import annotations

import gzip

import pytest

from inspector.proxy import http_answer as module
from inspector.transport.forward import Answer


class Packed:
    """The head of an answer that is compressed."""

    def header(self, name: str) -> str:
        return "gzip" if name == "content-encoding" else ""


def test_metadata_is_unpacked_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_METADATA", 1000)
    answer: Answer = Packed()  # type: ignore[assignment]
    assert module._plain(gzip.compress(b"x" * 1000), answer) == b"x" * 1000
    assert module._plain(gzip.compress(b"x" * 1001), answer) is None
    assert module._plain(b"nonsense", answer) is None
