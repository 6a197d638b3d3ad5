"""Secrets in the system's keychain, with the extra `keyring`. It knows names and texts, no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.errors import InspectError

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICE = "mcp-inspect"
_PIECE = 1000  # characters; Windows keeps no more than 2560 bytes of UTF-16 under one name
_MOST_PIECES = 500


def available() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return find_spec("keyring") is not None


class Keychain:
    """Named texts of any length.

    Raises:
        InspectError: The extra is not installed; and from each method: the keychain refuses.
    """

    def __init__(self) -> None:
        if not available():
            raise InspectError(
                "The system's keychain needs the extra `keyring`, which is not installed",
                next="pip install 'mcp-inspect[keyring]'",
            )
        import keyring  # an extra, and slow to load

        self._ring: Any = keyring

    def put(self, name: str, text: str) -> None:
        """Keep `text` under `name`, in the place of what was there."""
        self.drop(name)
        pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)] or [""]
        for number, piece in enumerate(pieces):
            held = f"{len(pieces)}:{piece}" if number == 0 else piece
            self._do(self._ring.set_password, _piece_name(name, number), held)

    def get(self, name: str) -> str | None:
        """What is kept under `name`."""
        first = self._do(self._ring.get_password, name)
        if first is None:
            return None
        count, _, text = first.partition(":")
        for number in range(1, _pieces(count)):
            piece = self._do(self._ring.get_password, _piece_name(name, number))
            if piece is None:
                return None
            text += piece
        return str(text)

    def drop(self, name: str) -> None:
        """Forget what is kept under `name`, if anything is."""
        first = self._do(self._ring.get_password, name)
        if first is None:
            return
        for number in range(_pieces(first.partition(":")[0])):
            if self._do(self._ring.get_password, _piece_name(name, number)) is not None:
                self._do(self._ring.delete_password, _piece_name(name, number))

    def _do(self, what: Callable[..., Any], *words: str) -> Any:
        from keyring.errors import KeyringError

        try:
            return what(SERVICE, *words)
        except KeyringError as error:
            says = str(error).strip().split("\n")[0][:200] or type(error).__name__
            raise InspectError(
                f"The system's keychain refuses: {says}",
                next="Unlock it, or leave --keychain out to keep credentials in a file",
            ) from None


def _piece_name(name: str, number: int) -> str:
    return name if number == 0 else f"{name} #{number + 1}"


def _pieces(count: str) -> int:
    return min(int(count), _MOST_PIECES) if count.isascii() and count.isdigit() and len(count) < 5 else 1
