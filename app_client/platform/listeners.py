"""Those who want to be told of something: that the device noticed it, that the store was written, how the sync stands."""

import logging
from collections.abc import Callable

_log = logging.getLogger("day2053.listeners")


class Listeners:
    """Who is told; one of them may come or go meanwhile."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def add(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Tell `listener`, too; returns what ends it."""
        self._listeners.append(listener)

        def remove() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return remove

    def tell(self) -> None:
        """Tell them all; what one of them raises goes to the log."""
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:  # noqa: BLE001 - what they are told of has happened; one who cannot show it must not undo it
                _log.exception("a listener failed")

    def clear(self) -> None:
        """Tell nobody any more."""
        self._listeners.clear()
