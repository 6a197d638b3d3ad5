"""What differs between the five protocol versions, for this server: members and blocks by age.

Not a copy of `inspector.wire.versions`: a server that is there to be inspected must not share its
idea of the protocol with the inspector.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing costs 3 ms, a tenth of this server's start
if TYPE_CHECKING:
    from typing import Any

V1, V2, V3, V4, V5 = "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"
LEGACY = (V1, V2, V3, V4)
LATEST_LEGACY = V4

# Versions are dates, so that comparing the text compares the age.
SINCE = {
    "annotations": V2,
    "title": V3,
    "outputSchema": V3,
    "structuredContent": V3,
    "completions": V2,
}
BLOCK_SINCE = {"audio": V2, "resource_link": V3}
META = "io.modelcontextprotocol/"


def fit(entry: dict[str, Any], version: str) -> dict[str, Any]:
    """`entry` without the members that `version` does not know.

    Before 2025-03-26 resources carried `annotations` too, but a client of that age does without.
    """
    kept = {key: value for key, value in entry.items() if version >= SINCE.get(key, V1)}
    if isinstance(kept.get("content"), list):
        kept["content"] = [fit_block(block, version) for block in kept["content"]]
    return kept


def fit_block(block: dict[str, Any], version: str) -> dict[str, Any]:
    """`block`, or a text in its place where `version` has no such block."""
    if version >= BLOCK_SINCE.get(block["type"], V1):
        return block
    return {"type": "text", "text": f"({block['type']}: {block.get('uri', block.get('mimeType', ''))})"}
