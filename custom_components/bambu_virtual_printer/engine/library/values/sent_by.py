"""Which things are meant, by who sent them and which button of the slicer was pressed."""

from collections.abc import Collection
from dataclasses import dataclass

from ...values import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBy:
    """A filter of lists; None means any.

    `person` is an id or a name, as it was when something was sent. What the people of `hidden` sent is left out.
    """

    person: str | None = None
    intent: Intent | None = None
    hidden: Collection[str] = ()

    def is_met(self, person: str, sender: str, intent: Intent) -> bool:
        """Return whether something is meant, by who sent it and what that one was called."""
        return (
            self.person in (None, person, sender)
            and self.intent in (None, intent)
            and person not in self.hidden
        )


FROM_ANYBODY = SentBy()
