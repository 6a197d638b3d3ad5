"""What must not be written down even where a server repeats it: the secrets of one flow.

An authorization server may put the code or the client's secret into the text of an error. Headers and
bodies lose theirs in the journal's own redaction; this is for the sentences that quote a server.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from inspector.journal.echoes import Echoes

_GRANTED = frozenset(
    {"access_token", "client_secret", "id_token", "refresh_token", "registration_access_token"}
)
_SENT = _GRANTED | {"actor_token", "assertion", "client_assertion", "code", "code_verifier", "subject_token"}
_MOST = 1024 * 1024  # a longer body is not read at all


class Secrets(Echoes):
    """A growing set of texts to leave out."""

    def of_asked(self, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Those of a request to an authorization server."""
        for name, value in headers:
            self.of_header(name, value)
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
