"""The people of virtual printers: who sends with which access code, and what holds for each.

An access code is shown once, when it is made. Kept is its keyed hash. A slow hash would gain nothing: codes are random, so that none
is good elsewhere, and whoever can read the hashes reads the printer's own code beside them, in the clear because slicers' protocol
needs it, which may do all that a person's may and more. It would cost each login, and every second that of a slicer that repeats
a stale code.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
import hashlib
import hmac
import secrets
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..config.access_codes import new_access_code
from ..const import DOMAIN
from ..engine.values import Sender
from ..listeners import Listeners

STORAGE_KEY = f"{DOMAIN}.people"
STORAGE_VERSION = 1
# When a code was used last is worth no write of its own.
SAVE_DELAY_S = 300
MAX_PEOPLE = 200
"""Of one virtual printer."""
MAX_PER_MONTH = 1_000_000
"""Grams or hours of a limit, so that every number of one can be worked with."""

_TIMES = ("created_at", "last_used_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who sends to a virtual printer: a user of Home Assistant, or a name.

    Uploads of one that is reviewed wait for a decision, whatever the mode; `tags` are added to each. One who approves sees and
    decides about everything that comes in by the printer. The queue prints their things on `machines`, or anywhere where that
    is empty, and no more of them in a calendar month than these grams and hours.
    """

    id: str
    printer_id: str
    name: str
    created_at: datetime
    user_id: str = ""
    approves: bool = False
    is_reviewed: bool = False
    tags: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    grams_per_month: float | None = None
    hours_per_month: float | None = None
    has_code: bool = False
    last_used_at: datetime | None = None
    last_used_from: str = ""

    @property
    def sender(self) -> Sender:
        """As the engine knows them."""
        return Sender(
            person=self.id,
            name=self.name,
            is_reviewed=self.is_reviewed,
            tags=self.tags,
        )


class TooManyPeopleError(Exception):
    """A virtual printer has as many people as it may have."""


class NameTakenError(Exception):
    """A virtual printer has somebody of this name already."""


class People:
    """Everybody, and the hashes of their codes."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know nobody before `async_load`."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, STORAGE_KEY, private=True, atomic_writes=True
        )
        self._people: dict[str, Person] = {}
        self._hashes: dict[str, bytes] = {}
        self._salt = secrets.token_bytes(32)
        self._listeners = Listeners[()]()

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` when somebody was added, changed or removed. Returns how to stop that."""
        return self._listeners.async_add(listener)

    async def async_load(self) -> None:
        """Read what was kept."""
        if (data := await self._store.async_load()) is None:
            return
        self._salt = bytes.fromhex(data["salt"])
        self._people = {
            person["id"]: Person(
                **{
                    **person,
                    "tags": tuple(person["tags"]),
                    "machines": tuple(person.get("machines", ())),
                    **{key: _moment(person[key]) for key in _TIMES},
                }
            )
            for person in data["people"]
        }
        self._hashes = {
            person_id: bytes.fromhex(digest)
            for person_id, digest in data["codes"].items()
        }

    async def async_save(self) -> None:
        """Write what waits to be written."""
        if self._people:
            await self._store.async_save(self._data())

    # --- looking ---

    @callback
    def get(self, person_id: str) -> Person | None:
        """Return somebody."""
        return self._people.get(person_id)

    @callback
    def of_printer(self, printer_id: str | None = None) -> Sequence[Person]:
        """List the people of a virtual printer in the order in which they came; without one those of all."""
        return [
            person
            for person in self._people.values()
            if printer_id in (None, person.printer_id)
        ]

    @callback
    def named(self, printer_id: str, name: str) -> Person | None:
        """Find somebody by the name."""
        wanted = name.casefold()
        return next(
            (
                person
                for person in self.of_printer(printer_id)
                if person.name.casefold() == wanted
            ),
            None,
        )

    @callback
    def by_code(self, printer_id: str, access_code: bytes) -> Person | None:
        """Return whose code it is. Every code of the printer is compared, each in constant time."""
        digest = self._digest(access_code)
        found = None
        for person in self.of_printer(printer_id):
            if hmac.compare_digest(self._hashes.get(person.id, b""), digest):
                found = person
        return found

    # --- changing ---

    async def async_add(self, printer_id: str, name: str, **settings: Any) -> Person:
        """Add somebody, without a code. Raises TooManyPeopleError, NameTakenError."""
        if len(self.of_printer(printer_id)) >= MAX_PEOPLE:
            raise TooManyPeopleError
        if self.named(printer_id, name):
            raise NameTakenError
        person = Person(
            id=ulid_now(),
            printer_id=printer_id,
            name=name,
            created_at=dt_util.utcnow(),
            **settings,
        )
        return await self._async_keep(person)

    async def async_change(self, person: Person, **settings: Any) -> Person:
        """Change somebody's settings. Raises NameTakenError."""
        if (name := settings.get("name")) is not None:
            other = self.named(person.printer_id, name)
            if other is not None and other.id != person.id:
                raise NameTakenError
        return await self._async_keep(replace(person, **settings))

    async def async_new_code(self, person: Person, *, taken: str) -> str:
        """Make an access code, in place of the one there is. Returns it; it is not kept.

        `taken` is the printer's own.
        """
        code = new_access_code()
        while code == taken or self.by_code(person.printer_id, code.encode()):
            code = new_access_code()
        self._hashes[person.id] = self._digest(code.encode())
        await self._async_keep(replace(person, has_code=True))
        return code

    async def async_remove(self, person: Person) -> None:
        """Remove somebody and the code. What they sent stays, as everybody's."""
        self._people.pop(person.id, None)
        self._hashes.pop(person.id, None)
        await self._async_save_changed()

    async def async_forget_printer(self, printer_id: str) -> None:
        """Remove the people of a virtual printer that was removed."""
        for person in self.of_printer(printer_id):
            await self.async_remove(person)

    @callback
    def async_used(self, person_id: str, peer: str) -> None:
        """Note that somebody's code or key was used."""
        if person := self._people.get(person_id):
            self._people[person_id] = replace(
                person, last_used_at=dt_util.utcnow(), last_used_from=peer
            )
            self._store.async_delay_save(self._data, SAVE_DELAY_S)

    async def _async_keep(self, person: Person) -> Person:
        self._people[person.id] = person
        await self._async_save_changed()
        return person

    async def _async_save_changed(self) -> None:
        await self._store.async_save(self._data())
        self._listeners.async_tell()

    def _digest(self, access_code: bytes) -> bytes:
        return hmac.digest(self._salt, access_code, hashlib.sha256)

    def _data(self) -> dict[str, Any]:
        return {
            "salt": self._salt.hex(),
            "people": [asdict(person) for person in self._people.values()],
            "codes": {
                person_id: digest.hex() for person_id, digest in self._hashes.items()
            },
        }


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
