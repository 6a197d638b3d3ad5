"""What must not be written down even where a server repeats it: the secrets of one flow.

An authorization server may put the code or the client's secret into the text of an error. Headers and
bodies lose theirs in the journal's own redaction; this is for the sentences that quote a server.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from inspector.journal.redact import fingerprint

_GRANTED = frozenset(
    {"access_token", "client_secret", "id_token", "refresh_token", "registration_access_token"}
)
_SENT = _GRANTED | {"actor_token", "assertion", "client_assertion", "code", "code_verifier", "subject_token"}
_SHORTEST = 6  # characters; a shorter one would stand in every other word
_MOST = 64 * 1024


class Secrets:
    """A growing set of texts to leave out."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._texts: set[str] = set()
        self.add(texts)

    def add(self, texts: Iterable[str]) -> None:
        """Remember these, each also as it looks in a URL."""
        for text in texts:
            if len(text) >= _SHORTEST:
                self._texts.update((text, quote(text, safe=""), quote_plus(text)))

    def of_request(self, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Those of a request to an authorization server."""
        for name, value in headers:
            if name.lower() == "authorization":
                scheme, _, secret = value.partition(" ")
                self.add([secret])
                if scheme.lower() == "basic":
                    self.add(_basic(secret))
        self.of_query(body.decode("utf-8", "replace"))

    def of_response(self, body: bytes) -> None:
        """Those that a response grants."""
        try:
            document = json.loads(body[:_MOST])
        except (ValueError, RecursionError):  # no JSON, so nothing was granted in it
            return
        if isinstance(document, dict):
            self.add(value for name, value in document.items() if name in _GRANTED and isinstance(value, str))

    def of_query(self, text: str) -> None:
        """Those of a form, a query, or a URL with one."""
        try:
            parts = urlsplit(text[:_MOST])
            queries = (parts.query, parts.fragment, text[:_MOST])
            pairs = [pair for query in queries for pair in parse_qsl(query, max_num_fields=200)]
        except ValueError:  # brackets that do not match, or too many fields: the flow refuses it
            return
        self.add(value for name, value in pairs if name in _SENT)

    def scrub(self, text: str) -> str:
        """`text` with a fingerprint where a secret stands."""
        for secret in sorted(self._texts, key=len, reverse=True):
            if secret in text:
                text = text.replace(secret, fingerprint(secret))
        return text

    def scrubbed(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """JSON values likewise."""
        return {name: self._value(value) for name, value in facts.items()}

    def _value(self, value: Any) -> Any:
        match value:
            case str():
                return self.scrub(value)
            case Mapping():
                return self.scrubbed(value)
            case list() | tuple():
                return [self._value(each) for each in value]
        return value


def _basic(credentials: str) -> list[str]:
    """The password of RFC 7617 credentials, also where it was form-encoded first (RFC 6749 section 2.3.1)."""
    try:
        text = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, ValueError):  # not ours, or not text: as a whole it is remembered already
        return []
    password = text.partition(":")[2]
    return [password, unquote(password)]
