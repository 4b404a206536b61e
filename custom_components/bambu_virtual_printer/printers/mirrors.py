"""Shows slicers the real printer that the jobs of a virtual printer are meant for, or the spools of all of its model."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..config.subentries import AnyPrinterConfig, VirtualPrinterConfig
from ..engine.machines.errors import CommandError, NotConnectedError
from ..engine.mirror.slots import PLACE_KEYS, read_slot
from ..engine.mirror.values import (
    SILENT_AFTER_S,
    NoAnswerError,
    NotOne,
    NotOneError,
    Target,
    UnreachableError,
)
from ..engine.protocol.printer_models import PrinterModel
from ..engine.values import JsonObject, Shows
from .last_reports import LastReports
from .machines import ManagedMachine
from .spool_pools import SpoolPools

_SET_SPOOL = "ams_filament_setting"


class TargetMirror:
    """What one virtual printer shows: looked up anew each time, so that neither a setting nor a session restarts anything."""

    def __init__(
        self,
        config: Callable[[], AnyPrinterConfig],
        machines: Callable[[], Mapping[str, ManagedMachine]],
        last_reports: LastReports,
        pools: SpoolPools,
    ) -> None:
        """Show what `config` says now, out of `machines` by the ids of their subentries, or out of `pools`."""
        self._config = config
        self._machines = machines
        self._last_reports = last_reports
        self._pools = pools

    @property
    def allows_control(self) -> bool:
        """Whether slicers may control the real printer."""
        config = self._config()
        return isinstance(config, VirtualPrinterConfig) and config.allows_control

    def look(self) -> Target | None:
        """Return what the real printer has said, from the reports of the one session with it, or the spools of all."""
        config = self._config()
        if isinstance(config, VirtualPrinterConfig) and config.shows is Shows.MODEL:
            return self._pools.look(config.model)
        managed = self.shown()
        if managed is None or (session := managed.session) is None:
            return None
        reported = session.reported
        age_s = session.report_age_s
        target = Target(
            serial=managed.config.serial,
            places=tuple(
                place for place in (managed.config.host, session.address) if place
            ),
            status=reported.status,
            modules=reported.modules,
            is_live=age_s is not None and age_s <= SILENT_AFTER_S,
            revision=(session, reported.revision),
        )
        if target.is_complete or (last := self._last_reports.of(managed)) is None:
            return target
        # It has not reported since Home Assistant started.
        return replace(target, status=last.status, modules=last.modules, is_live=False)

    async def request(
        self, kind: str, command: str, fields: Mapping[str, Any]
    ) -> JsonObject:
        """Have the real printer do something. Raises UnreachableError, NoAnswerError, NotOneError."""
        config = self._config()
        if isinstance(config, VirtualPrinterConfig) and config.shows is Shows.MODEL:
            return await self._request_of_pool(config.model, kind, command, fields)
        return await _request(self.shown(), kind, command, fields)

    async def _request_of_pool(
        self,
        model: PrinterModel,
        kind: str,
        command: str,
        fields: Mapping[str, Any],
    ) -> JsonObject:
        """Have the printer do something that alone has the spool in a slot; the reply tells of the slot that is shown."""
        slot = read_slot(fields)
        if slot is None:
            raise NotOneError(NotOne.NO_SLOT)
        machine, place = self._pools.place_of(model, slot)
        try:
            reply = await _request(machine, kind, command, place.named_as_in(fields))
        except UnreachableError as err:
            raise NotOneError(NotOne.OFF) from err
        if command == _SET_SPOOL and reply.get("result") != "fail":
            self._pools.async_set(model, slot, fields)
        return reply | {key: fields[key] for key in PLACE_KEYS & fields.keys()}

    def shown(self) -> ManagedMachine | None:
        """Return the real printer that is shown, if it is a single one."""
        config = self._config()
        if (
            not isinstance(config, VirtualPrinterConfig)
            or config.shows is not Shows.TARGET
        ):
            return None
        machine = self._machines().get(config.target)
        if machine is None or not config.can_show(machine.config):
            return None
        return machine


async def _request(
    managed: ManagedMachine | None, kind: str, command: str, fields: Mapping[str, Any]
) -> JsonObject:
    """Have a real printer do something. Raises UnreachableError, NoAnswerError."""
    if managed is None or (session := managed.session) is None:
        raise UnreachableError
    try:
        return dict(await session.request(kind, command, fields))
    except NotConnectedError as err:
        raise UnreachableError from err
    except CommandError as err:
        raise NoAnswerError from err
