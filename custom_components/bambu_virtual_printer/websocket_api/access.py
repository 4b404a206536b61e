"""Who may do what over the websocket API; the one place where that is decided.

Every user sees what there is and works with it. What tells secrets, changes settings or destroys for good is for
administrators.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.auth.models import User
from homeassistant.exceptions import Unauthorized

from ..services.fields import ATTR_PURGE

ADMINISTRATORS = frozenset(
    {"printer/secret", "printer/set", "printer/connect", "trust/commands"}
)
"""Commands for administrators only."""
ADMINISTRATORS_WITH = {"archive/delete": ATTR_PURGE}
"""Commands that are for administrators when this field is set."""


def check_access(user: User, command: str, data: Mapping[str, Any]) -> None:
    """Make sure that a user may give a command. Raises Unauthorized."""
    if user.is_admin:
        return
    field = ADMINISTRATORS_WITH.get(command)
    if command in ADMINISTRATORS or (field and data.get(field)):
        raise Unauthorized
