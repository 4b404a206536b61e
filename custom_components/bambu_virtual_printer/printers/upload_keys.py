"""Keys for uploads over HTTP: one for each person and virtual printer, valid for nothing else.

A key is shown once, when it is made. Only its SHA-256 is stored: it is random and long enough that no slower hash is
needed.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
import hashlib
import secrets
import string
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN
from ..operations.people import People, TooManyPeopleError

STORAGE_KEY = f"{DOMAIN}.upload_keys"
STORAGE_VERSION = 1
# The last use of a key does not need a write of its own.
SAVE_DELAY_S = 300
KEY_LENGTH = 32
MAX_KEYS = 200
"""For each virtual printer."""

_CHARACTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadKey:
    """The data of a key, without its secret."""

    id: str
    printer_id: str
    name: str
    """Its owner."""
    created_at: datetime
    last_used_at: datetime | None = None
    last_used_from: str = ""
    person_id: str = ""


class TooManyKeysError(Exception):
    """A virtual printer has MAX_KEYS keys already."""


class UploadKeys:
    """All keys, by their hashes."""

    def __init__(self, hass: HomeAssistant, people: People) -> None:
        """Prepare; call `async_load` before anything else."""
        self._people = people
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, STORAGE_KEY, private=True, atomic_writes=True
        )
        self._keys: dict[str, UploadKey] = {}

    async def async_load(self) -> None:
        """Read the stored keys."""
        data = await self._store.async_load() or {}
        self._keys = {
            digest: UploadKey(
                **{
                    **key,
                    "created_at": _moment(key["created_at"]),
                    "last_used_at": _moment(key["last_used_at"]),
                }
            )
            for digest, key in data.get("keys", {}).items()
        }
        await self._async_adopt()

    async def async_save(self) -> None:
        """Write pending changes."""
        await self._store.async_save(self._data())

    @callback
    def of_printer(self, printer_id: str | None = None) -> Sequence[UploadKey]:
        """Return the keys of a printer, or of all, the oldest first."""
        return sorted(
            (
                key
                for key in self._keys.values()
                if printer_id is None or key.printer_id == printer_id
            ),
            key=lambda key: key.id,
        )

    async def async_create(self, printer_id: str, name: str) -> tuple[UploadKey, str]:
        """Make a key for somebody of this name, who is added if need be.

        Returns it with its secret, which is not stored. Raises TooManyKeysError, TooManyPeopleError.
        """
        if len(self.of_printer(printer_id)) >= MAX_KEYS:
            raise TooManyKeysError
        person = self._people.named(printer_id, name)
        if person is None:
            person = await self._people.async_add(printer_id, name)
        secret = "".join(secrets.choice(_CHARACTERS) for _ in range(KEY_LENGTH))
        key = UploadKey(
            id=ulid_now(),
            printer_id=printer_id,
            name=name,
            created_at=dt_util.utcnow(),
            person_id=person.id,
        )
        self._keys[_digest(secret)] = key
        await self.async_save()
        return key, secret

    async def async_revoke(self, key_id: str) -> UploadKey | None:
        """Revoke a key. Returns it, None if there is no such key."""
        for digest, key in self._keys.items():
            if key.id == key_id:
                del self._keys[digest]
                await self.async_save()
                return key
        return None

    async def async_revoke_of(self, person_id: str) -> None:
        """Let all keys of somebody be good no more."""
        for key in self.of_printer():
            if key.person_id == person_id:
                await self.async_revoke(key.id)

    async def async_forget_printer(self, printer_id: str) -> None:
        """Remove the keys of a virtual printer that was removed."""
        kept = {
            digest: key
            for digest, key in self._keys.items()
            if key.printer_id != printer_id
        }
        if len(kept) != len(self._keys):
            self._keys = kept
            await self.async_save()

    @callback
    def find(self, secret: str) -> UploadKey | None:
        """Return the key with this secret."""
        return self._keys.get(_digest(secret))

    @callback
    def async_used(self, secret: str, peer: str) -> None:
        """Record the use of a key."""
        digest = _digest(secret)
        if key := self._keys.get(digest):
            self._keys[digest] = replace(
                key, last_used_at=dt_util.utcnow(), last_used_from=peer
            )
            self._store.async_delay_save(self._data, SAVE_DELAY_S)

    async def _async_adopt(self) -> None:
        """Give keys from before there were people to somebody of their name."""
        adopted = False
        for digest, key in tuple(self._keys.items()):
            if key.person_id:
                continue
            person = self._people.named(key.printer_id, key.name)
            if person is None:
                with suppress(TooManyPeopleError):
                    person = await self._people.async_add(key.printer_id, key.name)
            if person is not None:
                self._keys[digest] = replace(key, person_id=person.id)
                adopted = True
        if adopted:
            await self.async_save()

    def _data(self) -> dict[str, Any]:
        return {"keys": {digest: asdict(key) for digest, key in self._keys.items()}}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
