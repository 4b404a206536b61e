"""An action as it is registered."""

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

import voluptuous as vol

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse

from ..operations.permissions import Need

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]


class Action(NamedTuple):
    """An action to register, and the right that it needs."""

    name: str
    need: Need
    handler: Handler
    schema: vol.Schema
    response: SupportsResponse = SupportsResponse.OPTIONAL
