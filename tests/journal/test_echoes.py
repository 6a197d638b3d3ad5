"""What a server repeats, in every spelling that servers give to it."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest

from inspector.journal.echoes import Echoes
from inspector.journal.redact import fingerprint

SECRET = 'se+cr/et"<&é='


@pytest.mark.parametrize(
    "spelt",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").replace("%C3%A9", "%c3%a9").lower(),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
def test_every_spelling_is_one_fingerprint(spelt: str) -> None:
    echoes = Echoes([SECRET])
    assert echoes.scrub(f"a {spelt} b").startswith(f"a {fingerprint(SECRET)}")
    assert spelt.rstrip("=") not in echoes.scrub(f"a {spelt} b")
    assert fingerprint(SECRET).encode() in echoes.scrub_bytes(b"\xff" + spelt.encode() + b"\xfe")


def test_what_a_request_carries() -> None:
    echoes = Echoes()
    assert not echoes
    basic = base64.b64encode(b"me:the-password").decode()
    echoes.of_request(
        "https://host/mcp?api_key=key%2Fof-the-url&code=short&page=not-a-secret",
        [
            ("Authorization", f"Basic {basic}"),
            ("X-Api-Key", "key-in-a-header"),
            ["Accept", "application/json"],
        ],
    )
    for secret in (basic, "the-password", "key-in-a-header", "key%2Fof-the-url", "key/of-the-url"):
        assert secret not in echoes.scrub(f"<{secret}>")
    for plain in ("short", "not-a-secret", "application/json", "Basic"):
        assert echoes.scrub(plain) == plain


def test_values_of_any_shape_and_a_secret_within_another() -> None:
    echoes = Echoes(["secret-1", "secret-1-and-more"])
    value = {"a": [("x", "secret-1-and-more"), 7, None], "secret-1": "secret-1"}
    assert echoes.scrubbed(value) == {
        "a": [["x", fingerprint("secret-1-and-more")], 7, None],
        "secret-1": fingerprint("secret-1"),
    }
    assert echoes.scrub_bytes(b"nothing") == b"nothing"


def test_half_a_character_is_no_obstacle() -> None:
    assert "secret\udcff" not in Echoes(["secret\udcff"]).scrub("secret\udcff")
