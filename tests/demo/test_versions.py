"""Nothing newer than the version that was agreed on is sent."""

from __future__ import annotations

from inspector.demo.versions import V1, V2, V3, V5, fit


def test_newer_members_are_left_out() -> None:
    entry = {"name": "x", "title": "X", "annotations": {}, "outputSchema": {}}
    assert fit(entry, V1) == {"name": "x"}
    assert fit(entry, V2) == {"name": "x", "annotations": {}}
    assert fit(entry, V3) == fit(entry, V5) == entry


def test_newer_blocks_become_text() -> None:
    audio = {"type": "audio", "data": "", "mimeType": "audio/wav"}
    link = {"type": "resource_link", "uri": "demo://x", "name": "x"}
    assert fit({"content": [audio, link]}, V1) == {
        "content": [
            {"type": "text", "text": "(audio: audio/wav)"},
            {"type": "text", "text": "(resource_link: demo://x)"},
        ]
    }
    assert fit({"content": [audio, link]}, V3) == {"content": [audio, link]}
