"""Who may see and do what; the one place where that is decided.

Actions, commands of the websocket API, web addresses, media, voice, to-do lists and settings that are entities all ask here,
with the right that they need. Automations act for nobody, and may do everything.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser

from ..const import DOMAIN
from .context import actor


class Right(StrEnum):
    """What somebody has to be allowed."""

    SEE = "see"
    """Look at what there is, and get files and pictures."""
    WORK = "work"
    """Send, write on things, discard, hold, cancel, and say how a print went."""
    DECIDE = "decide"
    """Say that something is kept or printed, and how."""
    DELETE = "delete"
    """Delete what is in the archive."""
    MANAGE = "manage"
    """Change settings and rules, see secrets, use files by their paths, destroy for good."""


type Need = Right | Callable[[Mapping[str, Any]], Right]
"""The right that something needs, perhaps by the fields that it is asked with."""

_OF_ADMINISTRATORS = frozenset({Right.DELETE, Right.MANAGE})


def manage_with(field: str, otherwise: Right) -> Need:
    """Need the right to manage when a field is set, another one when it is not."""
    return lambda data: Right.MANAGE if data.get(field) else otherwise


def right_of(need: Need, data: Mapping[str, Any]) -> Right:
    """Return the right that is needed with these fields."""
    return need if isinstance(need, Right) else need(data)


class NotPermittedError(Unauthorized):
    """Somebody may not do what they asked for; the text says who may."""

    def __init__(self, translation_key: str, *, user_id: str | None = None) -> None:
        """Refuse with a text of the exceptions."""
        super().__init__(user_id=user_id)
        self.generate_message = True
        self.translation_domain = DOMAIN
        self.translation_key = translation_key


class Permissions:
    """Answers for the users of this Home Assistant."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Ask its users."""
        self._hass = hass

    async def require(self, need: Need, data: Mapping[str, Any] | None = None) -> None:
        """Make sure that whoever acts has a right. Raises NotPermittedError, UnknownUser."""
        context = actor()
        if context is None or context.user_id is None:
            return
        user = await self._hass.auth.async_get_user(context.user_id)
        if user is None:
            raise UnknownUser(context=context)
        self.require_of(user, right_of(need, data or {}))

    def require_of(self, user: User, right: Right) -> None:
        """Make sure that a user has a right. Raises NotPermittedError."""
        if user.is_admin or user.system_generated:
            # Links are signed by a user of Home Assistant's own, for those who could see what they lead to.
            return
        if right in _OF_ADMINISTRATORS:
            raise NotPermittedError("only_administrators", user_id=user.id)
        policy = POLICY_READ if right is Right.SEE else POLICY_CONTROL
        if not user.permissions.access_all_entities(policy):
            raise NotPermittedError("only_looking", user_id=user.id)
