"""What phones were told, through restarts: nothing is told twice, and everything that is settled is taken back."""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN

STORAGE_KEY = f"{DOMAIN}.notifications"
STORAGE_VERSION = 1
SAVE_DELAY_S = 1
MAX_ENDED = 200
MAX_SETTLED = 50
MAX_OFFERS = 50


@dataclass(slots=True, kw_only=True)
class Offer:
    """A failed copy of a job can be printed again, which nobody has answered yet."""

    name: str
    person_id: str
    printer_id: str


@dataclass(slots=True, kw_only=True)
class PhoneRecord:
    """What one phone was told, by the tags."""

    told: dict[str, list[str]] = field(default_factory=dict)
    """What stands and is shown, with what its buttons do."""
    settled: dict[str, list[str]] = field(default_factory=dict)
    """What was taken back lately: who taps its buttons late learns what was decided."""
    summed: list[str] = field(default_factory=list)
    """What stands and was told in the summary that is shown."""
    held: list[str] = field(default_factory=list)
    """What came when too much did, for the next summary."""

    def settle(self, tag: str) -> None:
        """Note that something was taken back."""
        self.settled[tag] = self.told.pop(tag)
        while len(self.settled) > MAX_SETTLED:
            del self.settled[next(iter(self.settled))]

    def offers(self, verb: str, tag: str) -> bool:
        """Tell whether the phone has, or had, a button that does this."""
        return verb in self.told.get(tag, self.settled.get(tag, ()))


class Records:
    """The records of all phones by the ids of their devices, and until when the ends of prints were told."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know nothing before `async_load`."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, STORAGE_KEY, private=True, atomic_writes=True
        )
        self.by_phone: dict[str, PhoneRecord] = {}
        self.offers: dict[str, Offer] = {}
        """By the ids of the jobs."""
        self.ended_at: datetime | None = None
        self._ended: deque[str] = deque(maxlen=MAX_ENDED)

    async def async_load(self) -> None:
        """Read what was kept."""
        if (data := await self._store.async_load()) is None:
            return
        self.by_phone = {
            device_id: PhoneRecord(**record)
            for device_id, record in data["phones"].items()
        }
        self.offers = {
            job_id: Offer(**offer) for job_id, offer in data["offers"].items()
        }
        if ended_at := data["ended_at"]:
            self.ended_at = datetime.fromisoformat(ended_at)

    @callback
    def of(self, device_id: str) -> PhoneRecord:
        """Return the record of a phone, which begins empty."""
        return self.by_phone.setdefault(device_id, PhoneRecord())

    @callback
    def async_keep(self, is_known: Callable[[str], object]) -> None:
        """Forget phones that are not known any more."""
        for device_id in tuple(self.by_phone):
            if not is_known(device_id):
                del self.by_phone[device_id]

    @callback
    def async_note_end(self, job_id: str, finished_at: datetime) -> bool:
        """Note that a job has ended. Returns whether that is new."""
        key = f"{job_id} {finished_at.isoformat()}"
        if key in self._ended:
            return False
        self._ended.append(key)
        if self.ended_at is None or finished_at > self.ended_at:
            self.ended_at = finished_at
            self.async_save_soon()
        return True

    @callback
    def async_note_offer(self, job_id: str, offer: Offer | None) -> None:
        """Note that a failed copy can be printed again, or that this was answered."""
        self.offers.pop(job_id, None)
        if offer is not None:
            self.offers[job_id] = offer
        while len(self.offers) > MAX_OFFERS:
            del self.offers[next(iter(self.offers))]
        self.async_save_soon()

    @callback
    def async_save_soon(self) -> None:
        """Write in a moment, or when Home Assistant stops."""
        self._store.async_delay_save(self._data, SAVE_DELAY_S)

    async def async_save(self) -> None:
        """Write now."""
        await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Remove what is kept."""
        self.by_phone.clear()
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        return {
            "phones": {
                device_id: asdict(record)
                for device_id, record in self.by_phone.items()
                if record.told or record.settled or record.summed or record.held
            },
            "offers": {job_id: asdict(offer) for job_id, offer in self.offers.items()},
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }
