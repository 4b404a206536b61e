"""Who acts: everything that comes of an action carries the action's context, whichever task it happens in.

What goes on by itself is begun `for_nobody`, or it would be told as done by whoever happened to begin it.
"""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from homeassistant.components.websocket_api import current_connection
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


@contextmanager
def asking() -> Iterator[None]:
    """Act for the user whose websocket connection is served, where Home Assistant does not say who asks.

    An action that is under way goes on acting for whom it did.
    """
    context = _ACTOR.get()
    if context is None and (connection := current_connection.get()):
        context = Context(user_id=connection.user.id)
    with acting(context):
        yield


def for_nobody[**Params, Result](
    work: Callable[Params, Coroutine[Any, Any, Result]],
) -> Callable[Params, Coroutine[Any, Any, Result]]:
    """Have a coroutine act for nobody, whoever brings it about: what it starts goes on long after the action."""

    @wraps(work)
    async def _work(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        with acting(None):
            return await work(*args, **kwargs)

    return _work


def actor() -> Context | None:
    """Return the context of the action under way, None if there is none."""
    return _ACTOR.get()
