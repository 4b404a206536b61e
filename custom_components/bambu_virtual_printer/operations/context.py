"""Who acts: everything that comes of an action carries the action's context, whichever task it happens in."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from homeassistant.core import Context

_ACTOR: ContextVar[Context | None] = ContextVar(
    "bambu_virtual_printer_actor", default=None
)


@contextmanager
def acting(context: Context | None) -> Iterator[None]:
    """Act in this context; tasks that begin meanwhile do so too."""
    token = _ACTOR.set(context)
    try:
        yield
    finally:
        _ACTOR.reset(token)


def actor() -> Context | None:
    """Return the context of the action under way, None if there is none."""
    return _ACTOR.get()
