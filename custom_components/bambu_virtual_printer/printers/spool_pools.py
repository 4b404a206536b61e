"""The spools of all real printers of a model that print from the queue, as slicers see them in one AMS.

Slots are remembered through restarts, so that what slicers have synchronised stays right.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import is_
from typing import Any

from homeassistant.core import HomeAssistant, callback

from ..config.delayed_store import DelayedStore
from ..const import DOMAIN
from ..engine.machines.reports import Reported
from ..engine.mirror.disguise import reported_addresses
from ..engine.mirror.pool import (
    Arrangement,
    Member,
    arrange,
    idle_base,
    loaded_spools,
    nozzle_count,
    places_of,
    pooled,
    pooled_modules,
)
from ..engine.mirror.slots import Slot
from ..engine.mirror.values import (
    Layout,
    NotOne,
    NotOneError,
    PooledSpool,
    Target,
    is_full,
)
from ..engine.protocol.printer_models import PrinterModel
from .last_reports import LastReports
from .machines import ManagedMachine

STORAGE_KEY = f"{DOMAIN}.spool_slots"
STORAGE_VERSION = 1
SAVE_DELAY_S = 30


# What of a report spools and addresses are read from, beside the number of nozzles.
_READ = ("ams", "vir_slot", "vt_tray", "net")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """What a pool is made of. What a printer repeats stays the same object, so that most looks compare nothing else."""

    printers: tuple[tuple[ManagedMachine, object, object], ...]
    parts: tuple[object, ...]
    """The parts that spools are read from, of every printer."""
    base: Mapping[str, object]
    """What else is shown of the first one."""

    @classmethod
    def of(cls, members: Sequence[tuple[ManagedMachine, Reported]]) -> _Key:
        """Return it for these printers."""
        return cls(
            printers=tuple(
                (machine, machine.config, machine.session) for machine, _ in members
            ),
            parts=tuple(
                part
                for _, report in members
                for part in (
                    *map(report.status.get, _READ),
                    nozzle_count(report.status),
                    *report.modules,
                )
            ),
            base=idle_base(members[0][1].status) if members else {},
        )

    def is_like(self, other: _Key) -> bool:
        """Return whether a pool of the other is one of this."""
        return (
            self.printers == other.printers
            and len(self.parts) == len(other.parts)
            and all(map(is_, self.parts, other.parts))
            and self.base == other.base
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a pool was last made of, and what it became."""

    key: _Key
    target: Target | None
    left_out: tuple[PooledSpool, ...] = ()


_NOTHING = _Look(key=_Key(printers=(), parts=(), base={}), target=None)


class SpoolPools:
    """One pool for each model, by the model's profile."""

    def __init__(
        self,
        hass: HomeAssistant,
        machines: Callable[[], Mapping[str, ManagedMachine]],
        last_reports: LastReports,
    ) -> None:
        """Use `machines` by the ids of their subentries; call `async_load` before anything else."""
        self._machines = machines
        self._last_reports = last_reports
        self._store = DelayedStore(
            hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            delay_s=SAVE_DELAY_S,
            data=self._data,
        )
        self._layouts: dict[str, Layout] = {}
        self._looks: dict[str, _Look] = {}
        self._revision = 0

    async def async_load(self) -> None:
        """Read what is stored."""
        data = await self._store.async_load()
        self._layouts = {
            model: {
                Slot(unit, slot): PooledSpool(**spool) for unit, slot, spool in slots
            }
            for model, slots in data.get("slots", {}).items()
        }

    async def async_save(self) -> None:
        """Write what is not stored yet."""
        await self._store.async_save()

    @callback
    def look(self, model: PrinterModel) -> Target | None:
        """Return the spools that are loaded in printers of a model; None where none of them may print from the queue."""
        return self._look(model).target

    @callback
    def left_out(self, model: PrinterModel) -> tuple[PooledSpool, ...]:
        """Return the spools that there is no slot for."""
        return self._look(model).left_out

    @callback
    def place_of(self, model: PrinterModel, slot: Slot) -> tuple[ManagedMachine, Slot]:
        """Return the one printer that has the spool which slicers see in a slot, and where. Raises NotOneError."""
        spool = self._layouts.get(model.profile_name, {}).get(slot)
        places = [
            (machine, place)
            for machine, report in self._members(model)
            for place in (
                places_of(Member(status=report.status), spool) if spool else ()
            )
        ]
        if not places:
            raise NotOneError(NotOne.EMPTY)
        if len(places) > 1:
            raise NotOneError(NotOne.SEVERAL)
        [(machine, place)] = places
        if place is None:
            raise NotOneError(NotOne.EXTERNAL)
        return machine, place

    @callback
    def async_set(
        self, model: PrinterModel, slot: Slot, fields: Mapping[str, Any]
    ) -> None:
        """Have a spool keep its slot that somebody has set to be another."""
        layout = self._layouts.get(model.profile_name, {})
        if (spool := layout.get(slot)) is None:
            return
        new = replace(
            spool,
            type=str(fields.get("tray_type", spool.type)),
            color=str(fields.get("tray_color", spool.color)).upper(),
            preset_id=str(fields.get("tray_info_idx", spool.preset_id)),
        )
        if new.type and new not in layout.values():
            self._layouts[model.profile_name] = {**layout, slot: new}
            self._store.async_changed()

    @callback
    def async_update(self, machine: ManagedMachine) -> bool:
        """Take in what a printer says. Returns whether slicers see anything else than before."""
        before = self._looks.get(machine.config.model.profile_name, _NOTHING).target
        after = self._look(machine.config.model).target
        return before is not after

    def _look(self, model: PrinterModel) -> _Look:
        known = self._looks.get(model.profile_name, _NOTHING)
        members = self._members(model)
        key = _Key.of(members)
        if key.is_like(known.key):
            return known
        if not members:
            look = _Look(key=key, target=None)
        else:
            arrangement, target = self._pooled(model, members)
            if known.target is not None:
                same = replace(target, revision=known.target.revision)
                if same == known.target:
                    target = known.target
            look = _Look(key=key, target=target, left_out=arrangement.left_out)
        self._looks[model.profile_name] = look
        return look

    def _members(self, model: PrinterModel) -> list[tuple[ManagedMachine, Reported]]:
        """Return the printers whose spools are shown, and what they report."""
        return [
            (machine, report)
            for machine in self._machines().values()
            if machine.config.prints_from_queue
            and machine.config.model.profile_name == model.profile_name
            and (report := self._report(machine))
        ]

    def _report(self, machine: ManagedMachine) -> Reported | None:
        """Return a full report: of now, or the last one before Home Assistant started."""
        session = machine.session
        if session is not None and is_full((reported := session.reported).status):
            return reported
        return self._last_reports.of(machine)

    def _pooled(
        self, model: PrinterModel, found: list[tuple[ManagedMachine, Reported]]
    ) -> tuple[Arrangement, Target]:
        members = [
            Member(status=report.status, modules=report.modules)
            for _machine, report in found
        ]
        loaded = loaded_spools(members)
        before = self._layouts.get(model.profile_name, {})
        arrangement = arrange(before, loaded)
        if arrangement.layout != before:
            self._layouts[model.profile_name] = arrangement.layout
            self._store.async_changed()
        status = pooled(members, arrangement.layout, loaded)
        self._revision += 1
        serial, *others = [machine.config.serial for machine, _report in found]
        return arrangement, Target(
            serial=serial,
            other_serials=tuple(others),
            places=tuple(
                place for machine, report in found for place in _places(machine, report)
            ),
            status=status,
            modules=pooled_modules(members, status),
            is_live=False,
            revision=(model.profile_name, self._revision),
            pool=arrangement.layout,
        )

    def _data(self) -> dict[str, Any]:
        return {
            "slots": {
                model: [
                    [
                        slot.unit,
                        slot.slot,
                        {
                            "type": spool.type,
                            "color": spool.color,
                            "preset_id": spool.preset_id,
                            "nozzle": spool.nozzle,
                        },
                    ]
                    for slot, spool in layout.items()
                ]
                for model, layout in self._layouts.items()
            }
        }


def _places(machine: ManagedMachine, report: Reported) -> Iterator[str]:
    yield machine.config.host
    if machine.session is not None and machine.session.address:
        yield machine.session.address
    yield from reported_addresses(report.status)
