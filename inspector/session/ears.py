"""Who hears the notifications of a connection, in the order in which they began to. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from inspector.session.peer import Noticed


class Ears:
    """Callables that are told of each notification; they are quick and raise nothing."""

    def __init__(self) -> None:
        self._ears: dict[int, Callable[[Noticed], None]] = {}
        self._last = 0

    def add(self, heard: Callable[[Noticed], None]) -> Callable[[], None]:
        """Tell `heard` from now on, also where it is told already; returns what takes it off again."""
        number = self._last = self._last + 1
        self._ears[number] = heard
        return lambda: self._ears.pop(number, None) and None

    def tell(self, effects: Iterable[object]) -> None:
        """Tell all of those among `effects` that are notifications."""
        for effect in effects if self._ears else ():
            if isinstance(effect, Noticed):
                for heard in tuple(self._ears.values()):
                    heard(effect)
