"""What phones are sent: the fields of the Home Assistant app's notifications.

https://companion.home-assistant.io/docs/notifications/notifications-basic and actionable-notifications
"""

from dataclasses import dataclass
import re
from typing import Any

from ..const import DOMAIN
from ..operations.permissions import Right

MAX_BUTTONS = 3
"""Android shows no more."""
# Not those of the blueprints, which may be in use beside this.
_ACTION = re.compile(rf"{DOMAIN}\.button\.([a-z_]{{1,40}})\.(\S{{1,200}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button of a notification: what it does, and the right that takes."""

    verb: str
    title: str
    right: Right
    is_destructive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A notification. One with the same tag takes its place. `url` is what it opens within Home Assistant."""

    tag: str
    title: str
    text: str
    url: str
    picture: str | None = None
    """A path that is signed, or that the app opens with its own login."""
    buttons: tuple[Button, ...] = ()

    @property
    def verbs(self) -> list[str]:
        """What can be done with its buttons."""
        return [button.verb for button in self.buttons]

    def data(self) -> dict[str, Any]:
        """Return what the app is told beside title and text."""
        data: dict[str, Any] = {
            "tag": self.tag,
            "group": DOMAIN,
            # For Android and for iOS.
            "clickAction": self.url,
            "url": self.url,
        }
        if self.picture:
            data["image"] = self.picture
        if self.buttons:
            data["actions"] = [
                {
                    "action": f"{DOMAIN}.button.{button.verb}.{self.tag}",
                    "title": button.title,
                    **({"destructive": True} if button.is_destructive else {}),
                }
                for button in self.buttons[:MAX_BUTTONS]
            ]
        return data


def clearing(tag: str) -> dict[str, Any]:
    """Return what makes the app remove a notification."""
    return {"message": "clear_notification", "data": {"tag": tag}}


def read_action(action: object) -> tuple[str, str] | None:
    """Return the verb and the tag of a button that was tapped; None if it is not one of ours."""
    if isinstance(action, str) and (found := _ACTION.fullmatch(action)):
        return found[1], found[2]
    return None


def plain(text: str) -> str:
    """Write a text so that Android, which reads HTML, shows it as it stands."""
    return text.replace("<", "‹")
