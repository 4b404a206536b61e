"""Those who want to be told of something, until they do not any more."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, callback


class Listeners[*Told]:
    """Begins with nobody. Who comes or goes while others are told is not told or left out then."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._listeners: set[Callable[[*Told], None]] = set()

    @callback
    def async_add(self, listener: Callable[[*Told], None]) -> CALLBACK_TYPE:
        """Call `listener` from now on. Returns how to stop that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def each(self) -> tuple[Callable[[*Told], None], ...]:
        """Return those of this moment."""
        return tuple(self._listeners)

    @callback
    def async_tell(self, *told: *Told) -> None:
        """Tell all of them."""
        for listener in self.each():
            listener(*told)
