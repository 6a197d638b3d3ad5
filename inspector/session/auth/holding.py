"""The credentials in use for one server, and what is kept of them between runs.

It knows what is held and how fresh that is. How more is got is the authorizer's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import urlsplit

from inspector.errors import InspectError

if TYPE_CHECKING:
    from inspector.session.auth.model import Credentials, Store, Tokens

Source: TypeAlias = Literal["", "kept", "refreshed", "granted"]
"""Where the token that is in use comes from."""

AHEAD = 30.0
"""Seconds before its expiry at which a token is refreshed; a tenth of its life where that is less."""


class Holding:
    """Credentials of one server.

    Args:
        resource: The server's canonical URI.
        store: Where credentials live between runs.
        keeps: Whether what is granted goes there.
        client_id: Take what is kept only if it is this client's; any client's where `None`.
        fresh: Leave kept tokens aside.
        warn: Is told, in a sentence, that something cannot be kept; the connection goes on.

    Attributes:
        credentials: In use; `None` while there are none.
        source: Where their token comes from.
    """

    def __init__(
        self,
        resource: str,
        store: Store,
        *,
        keeps: bool,
        client_id: str | None,
        fresh: bool,
        warn: Callable[[str], object],
    ) -> None:
        self.credentials: Credentials | None = None
        self.source: Source = ""
        self._resource = resource
        self._store = store
        self._keeps = keeps
        self._client_id = client_id
        self._loaded = fresh
        self._warn = warn

    @property
    def tokens(self) -> Tokens | None:
        return self.credentials.tokens if self.credentials else None

    def load(self) -> None:
        """Take what is kept into use, once.

        Raises:
            InspectError: It cannot be read; there is nothing then.
        """
        if self._loaded:
            return
        self._loaded = True
        kept = self._store.credentials(self._resource)
        if kept is not None and self._client_id in (None, kept.client.client_id):
            self.credentials, self.source = kept, "kept"

    def use(self, credentials: Credentials, source: Source) -> None:
        """Take credentials into use, and keep them."""
        self.credentials, self.source = credentials, source
        if self._keeps:
            try:
                self._store.keep(credentials)
            except InspectError as error:  # for this connection they are good all the same
                self._warn(f"The credentials are not kept: {error.message}")

    def take_newer(self) -> bool:
        """Take what another process has got meanwhile: a refresh token may be good for one time only."""
        mine = self.credentials
        if mine is None or mine.tokens is None:
            return False
        try:
            kept = self._store.credentials(self._resource)
        except InspectError:  # it is said when something is to be kept; what we hold is as good
            return False
        if kept is None or kept.tokens is None or kept.client != mine.client:
            return False
        if kept.tokens.obtained_at <= mine.tokens.obtained_at:
            return False
        self.credentials, self.source = kept, "refreshed"
        return kept.tokens.access_token != mine.tokens.access_token

    def refused(self, code: str) -> None:
        """Forget what will never do again, by the OAuth error of a refresh (RFC 6749 section 5.2)."""
        held = self.credentials
        if held is not None and held.tokens is not None and code == "invalid_grant":
            self.use(replace(held, tokens=replace(held.tokens, refresh_token=None)), self.source)
        elif code == "invalid_client":
            try:
                self._store.forget(self._resource)
            except InspectError as error:
                self._warn(f"The registration is not forgotten: {error.message}")

    def forget(self) -> None:
        """Hold and keep nothing any more.

        Raises:
            InspectError: What is kept cannot be removed.
        """
        self.credentials, self.source = None, ""
        self._store.forget(self._resource)

    def is_stale(self, now: float) -> bool:
        """Whether the token should be refreshed before it is used once more, and can be."""
        tokens = self.tokens
        if tokens is None or tokens.expires_at is None or tokens.refresh_token is None:
            return False
        ahead = min(AHEAD, max(tokens.expires_at - tokens.obtained_at, 0.0) / 10)
        return now >= tokens.expires_at - ahead

    def earlier_port(self) -> int:
        """A port that was registered, or 0.

        Many authorization servers compare the whole redirect URI. Another server's port will do: it may
        turn out to have the same authorization server, whose registration can be used again then.
        """
        kept = sorted(self._store.all(), key=lambda each: each.resource != self._resource)
        for each in kept:
            if each.client.source == "registered":
                try:
                    return urlsplit(each.client.redirect_uri).port or 0
                except ValueError:  # whatever the file says
                    continue
        return 0

    def secrets(self) -> list[str]:
        """All that is held and must not be told."""
        held, tokens = self.credentials, self.tokens
        texts = [held.client.client_secret] if held else []
        texts += [tokens.access_token, tokens.refresh_token] if tokens else []
        return [text for text in texts if text]
