"""Those who want to be told of something that the device notices."""

from collections.abc import Callable


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
        """Tell them all."""
        for listener in list(self._listeners):
            listener()
