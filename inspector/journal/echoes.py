"""Secrets that a server repeats where no name gives them away: in an error's text, a header, a path.

What is known to be a secret, because it was sent or granted as one, is looked for in what is about to be
written down, in the spellings that servers and programs give to it. Names are the business of `redact`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from inspector.journal.redact import fingerprint, is_secret_name, secrets_of_url

SHORTEST = 6
"""Characters; a shorter secret would stand in every other word."""
_SURELY = 8  # characters of a value in a URL: what is called a key or a state there may be a plain word
_COOKIES = frozenset({"cookie", "set-cookie"})
_MOST = 2000  # spellings; nobody has so many secrets, and each is looked for in every text
_ESCAPE = re.compile(r"%[0-9A-F]{2}")


class Echoes:
    """A growing set of texts to leave out."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._texts: dict[str, str] = {}
        self._sorted: list[str] | None = []
        self.add(texts)

    def __bool__(self) -> bool:
        """Whether there is anything to leave out."""
        return bool(self._texts)

    def add(self, texts: Iterable[str]) -> None:
        """Remember these, each also as it looks in a URL, in JSON, in HTML and in Base64."""
        for text in texts:
            if len(text) >= SHORTEST and text not in self._texts and len(self._texts) < _MOST:
                self._texts |= dict.fromkeys(_spellings(text), fingerprint(text))
                self._sorted = None

    def of_header(self, name: str, value: str) -> None:
        """What a request's header carries, where its name says that it is a secret."""
        if not is_secret_name(name) or name.lower() in _COOKIES:
            return
        scheme, _, secret = value.partition(" ")
        self.add([secret or value])
        if scheme.lower() == "basic":
            self.add(_password(secret))

    def of_request(self, url: str, headers: Iterable[tuple[str, str] | list[str]]) -> None:
        """What a request carries in its headers, and in its URL under a name that sounds secret."""
        found = [value for value in secrets_of_url(url) if len(value) >= _SURELY]
        self.add(spelt for value in found for spelt in (value, unquote(value)))
        for name, value in headers:
            self.of_header(name, value)

    def scrub(self, text: str) -> str:
        """`text` with a fingerprint where a secret stands."""
        if self._sorted is None:
            self._sorted = sorted(self._texts, key=len, reverse=True)  # a longer one may hold a shorter one
        for secret in self._sorted:
            if secret in text:
                text = text.replace(secret, self._texts[secret])
        return text

    def scrubbed(self, value: Any) -> Any:
        """A JSON value likewise; the names of its members stay."""
        match value:
            case str():
                return self.scrub(value)
            case Mapping():
                return {name: self.scrubbed(each) for name, each in value.items()}
            case list() | tuple():
                return [self.scrubbed(each) for each in value]
        return value

    def scrub_bytes(self, raw: bytes) -> bytes:
        """Bytes, whatever they are, likewise."""
        if not raw or not self._texts:
            return raw
        text = raw.decode("utf-8", "surrogateescape")
        clean = self.scrub(text)
        return raw if clean is text else clean.encode("utf-8", "surrogateescape")


def _spellings(text: str) -> set[str]:
    import html  # a table of all entities, which nobody needs who sends no secrets

    safe = text.encode("utf-8", "replace").decode()  # half a character has no bytes to spell
    url = {quote(safe), quote(safe, safe=""), quote_plus(safe)}
    inner = json.dumps(text)[1:-1]
    return {
        text,
        *url,
        *(_ESCAPE.sub(lambda found: found[0].lower(), spelt) for spelt in url),
        inner,
        inner.replace("/", "\\/"),
        html.escape(text),
        base64.b64encode(safe.encode()).decode().rstrip("="),
    }


def _password(credentials: str) -> list[str]:
    """The password of RFC 7617 credentials, also where it was form-encoded first (RFC 6749 section 2.3.1)."""
    try:
        text = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, ValueError):  # not ours, or not text: as a whole it is remembered already
        return []
    password = text.partition(":")[2]
    return [password, unquote(password)]
