"""Who is told what on the phone, as the hub's options say. No phone is told anything at first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry

from ..const import (
    CONF_ASK_APPROVERS,
    CONF_SHOW_PENDING,
    CONF_TELL_SENDERS,
    SECTION_NOTIFICATIONS,
)


class Topic(StrEnum):
    """What phones may be told of."""

    PENDING = "pending"
    """An upload waits for a decision."""
    PRINTED = "printed"
    FAILED = "failed"
    PLATE = "plate"
    """A plate is to be cleared."""
    FILAMENT = "filament"
    """A job waits for filament."""
    LATE = "late"
    """A job cannot be ready in time."""
    QUESTION = "question"
    """A job's start or end was not observed."""
    REPRINT = "reprint"
    """A failed copy can be printed again; for those who hear of plates."""
    OWN = "own"
    """What became of what somebody sent themselves."""


CHOSEN = (
    Topic.PENDING,
    Topic.PRINTED,
    Topic.FAILED,
    Topic.PLATE,
    Topic.FILAMENT,
    Topic.LATE,
    Topic.QUESTION,
)
"""The topics of which phones are chosen. The option is called as the topic is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationOptions:
    """Which phones hear of what, by the ids of their devices, and whether people hear of what concerns them."""

    phones: Mapping[Topic, frozenset[str]] = field(default_factory=dict)
    asks_approvers: bool = False
    """Whether who approves for a virtual printer is asked on their phones."""
    tells_senders: bool = False
    """Whether who sent something hears on their phones what became of it."""
    shows_pending: bool = True
    """Whether Home Assistant's own notifications name what waits for a decision."""

    @classmethod
    def from_entry(cls, entry: ConfigEntry[Any]) -> Self:
        """Read the options."""
        stored: Mapping[str, Any] = entry.options.get(SECTION_NOTIFICATIONS, {})
        return cls(
            phones={topic: frozenset(stored.get(topic.value, ())) for topic in CHOSEN},
            asks_approvers=stored.get(CONF_ASK_APPROVERS, False),
            tells_senders=stored.get(CONF_TELL_SENDERS, False),
            shows_pending=stored.get(CONF_SHOW_PENDING, True),
        )

    def as_form(self) -> dict[str, Any]:
        """Return the options as the form shows them."""
        return {
            **{topic.value: sorted(self.phones[topic]) for topic in CHOSEN},
            CONF_ASK_APPROVERS: self.asks_approvers,
            CONF_TELL_SENDERS: self.tells_senders,
            CONF_SHOW_PENDING: self.shows_pending,
        }
