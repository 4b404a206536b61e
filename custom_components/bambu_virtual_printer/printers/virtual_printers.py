"""The virtual printers of a hub, proxies among them: they follow the entry's subentries by comparing, never by reloading."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..config.subentries import AnyPrinterConfig, ProxyConfig, VirtualPrinterConfig
from ..engine.emulator.printer import VirtualPrinter
from ..engine.emulator.services import SharedServices
from ..engine.library.library import Library
from ..engine.library.memory_card import MemoryCard
from ..engine.library.values.errors import NotFoundError
from ..engine.library.values.job import DEFAULT_PLAN, JobPlan
from ..engine.mirror.values import PooledSpool
from ..engine.pki.authority import CertificateAuthority
from ..engine.protocol.printer_models import CameraKind
from ..engine.relay.proxy_printer import ProxyPrinter
from ..engine.relay.services import RelayServices
from ..engine.storage import StorageError
from ..engine.values import Shows
from ..listeners import Listeners
from ..operations.people import People
from .devices import printer_device_info
from .ending import async_end_all
from .last_reports import LastReports
from .machines import ManagedMachine
from .managed import AnyEvent, AnyPrinter, LastUpload, ManagedPrinter
from .mirrors import TargetMirror
from .senders import PrinterSenders
from .shared_sessions import MachineSession
from .shown_cameras import LastPlate, ShownPictures, ShownVideo
from .spool_pools import SpoolPools
from .upload_keys import UploadKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterCallbacks:
    """What is called about any of the printers, on the loop."""

    event: Callable[[ManagedPrinter, AnyEvent], None]
    """The printer emitted an event."""
    problems: Callable[[ManagedPrinter], None]
    """The reasons why it cannot start are others now."""
    changed: Callable[[AnyPrinterConfig, AnyPrinterConfig], None]
    """Its settings, before and after."""
    spools: CALLBACK_TYPE
    """Other spools are shown in printers that show those of several real ones."""
    removed: Callable[[ManagedPrinter], None]
    """It was stopped, since its subentry is gone."""


class VirtualPrinters(Mapping[str, ManagedPrinter]):
    """The printers by the ids of their subentries. A change of one leaves the sockets of the others open."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        authority: CertificateAuthority,
        library: Library,
        services: SharedServices,
        relay: RelayServices,
        upload_keys: UploadKeys,
        last_reports: LastReports,
        pools: SpoolPools,
        people: People,
        machines: Callable[[], Mapping[str, ManagedMachine]],
        callbacks: PrinterCallbacks,
    ) -> None:
        """Prepare; printers come with `async_sync`. `machines` returns the real printers by the ids of their subentries."""
        self.authority = authority
        """The CA that signs their certificates."""
        self.cards: dict[str, MemoryCard] = {}
        """Where the uploads of each go; a proxy has none."""
        self._hass = hass
        self._entry = entry
        self._library = library
        self._services = services
        self._relay = relay
        self._upload_keys = upload_keys
        self._last_reports = last_reports
        self.pools = pools
        """The spools that slicers see where they see those of all real printers of a model."""
        self._people = people
        self._machines = machines
        self._callbacks = callbacks
        self._printers: dict[str, ManagedPrinter] = {}
        self._cameras: dict[str, ShownPictures | ShownVideo] = {}
        self._listeners = Listeners[ManagedPrinter]()
        self._stopped = False
        # Looked up, or removed, while the library was away.
        self._put_off_ids: set[str] = set()

    @override
    def __getitem__(self, printer_id: str) -> ManagedPrinter:
        """Return a printer. Raises KeyError."""
        return self._printers[printer_id]

    @override
    def __iter__(self) -> Iterator[str]:
        """List the ids."""
        return iter(self._printers)

    @override
    def __len__(self) -> int:
        """Count the printers."""
        return len(self._printers)

    def plan_of(self, printer_id: str) -> JobPlan:
        """Return how jobs are made of what comes in by a virtual printer; the default where there is no such any more."""
        match self._printers.get(printer_id):
            case ManagedPrinter(config=VirtualPrinterConfig() as config):
                return config.plan
            case _:
                return DEFAULT_PLAN

    @callback
    def async_on_printer(
        self, listener: Callable[[ManagedPrinter], None]
    ) -> CALLBACK_TYPE:
        """Call `listener` for every printer there is and every one that comes. Returns how to stop that."""
        stop = self._listeners.async_add(listener)
        for printer in self._printers.values():
            listener(printer)
        return stop

    @callback
    def async_follow(self, machine: ManagedMachine) -> None:
        """Let slicers see at once what a real printer says from now on, in the virtual printers that show it."""

        @callback
        def _changed() -> None:
            self._last_reports.async_note(machine)
            is_pool_changed = self._is_pooled(machine) and self.pools.async_update(
                machine
            )
            if is_pool_changed:
                self._callbacks.spools()
            for printer in self._printers.values():
                printer.async_target_changed(machine, is_pool_changed=is_pool_changed)
                self._look_at_camera(printer.id)

        machine.async_add_listener(_changed)
        # It may have reported while it was being set up, and say nothing new for long.
        _changed()

    def _is_pooled(self, machine: ManagedMachine) -> bool:
        """Return whether slicers see the spools of a real printer's model anywhere."""
        return any(
            isinstance(config := printer.config, VirtualPrinterConfig)
            and config.shows is Shows.MODEL
            and config.can_show(machine.config)
            for printer in self._printers.values()
        )

    def left_out(self, printer: ManagedPrinter) -> tuple[PooledSpool, ...]:
        """Return the spools that a printer should show, and has no slot for."""
        config = printer.config
        if (
            not isinstance(config, VirtualPrinterConfig)
            or config.shows is not Shows.MODEL
        ):
            return ()
        return self.pools.left_out(config.model)

    async def async_sync(self, wanted: Mapping[str, AnyPrinterConfig]) -> None:
        """Start, change and remove printers so that they are those that are wanted."""
        for printer_id in self._printers.keys() - wanted.keys():
            await self._async_remove(printer_id)
        await asyncio.gather(*map(self._async_apply, wanted.values()))

    async def async_restart(self) -> None:
        """Restart all of them, with certificates as the CA has them now. Does nothing after `async_stop`."""
        if not self._stopped:
            await asyncio.gather(
                *(printer.async_restart() for printer in self._printers.values())
            )

    async def async_stop(self) -> None:
        """Stop all of them for good."""
        self._stopped = True
        await async_end_all(
            self._last_reports.async_save(),
            self.pools.async_save(),
            *(printer.async_stop() for printer in self._printers.values()),
        )

    async def _async_apply(self, config: AnyPrinterConfig) -> None:
        printer = self._printers.get(config.id)
        if printer is None:
            await self._async_add(config)
            return
        old = printer.config
        if old == config:
            return
        self._register_device(config)
        self._callbacks.changed(old, config)
        if isinstance(config, VirtualPrinterConfig):
            # What begins from now on is filed as its new settings say.
            self.cards[config.id].set_defaults(
                config.ref, config.annotations, config.plan
            )
            try:
                await self._library.rename_printer(config.id, config.name)
            except StorageError:
                if not self._is_put_off(config.id):
                    raise
        await printer.async_apply(config)
        self._look_at_camera(config.id)

    @callback
    def _look_at_camera(self, printer_id: str) -> None:
        """Let slicers that watch see what another real printer sees, if that is to be shown now."""
        if (camera := self._cameras.get(printer_id)) is not None:
            camera.look()

    async def _async_add(self, config: AnyPrinterConfig) -> None:
        printer = ManagedPrinter(
            self._hass,
            config,
            make=self._async_make,
            on_event=self._callbacks.event,
            on_problems=self._callbacks.problems,
        )
        if isinstance(config, VirtualPrinterConfig):
            self.cards[config.id] = self._library.storage(
                config.ref, annotations=config.annotations, plan=config.plan
            )
        await self._async_recall(printer)
        self._printers[config.id] = printer
        self._register_device(config)
        self._listeners.async_tell(printer)
        await printer.async_start()

    async def _async_recall(self, printer: ManagedPrinter) -> None:
        """Fill in what the library knows of a printer from before, perhaps by another name.

        A shared library may be away; then that is done when it is back.
        """
        if printer.is_proxy:
            printer.uploads_received = 0
            return
        try:
            await self._library.rename_printer(printer.id, printer.config.name)
            received = await self._library.received_by(printer.id)
            last = received.last
            has_picture = (
                last is not None and await self._library.cover(last.id) is not None
            )
        except StorageError:
            if self._is_put_off(printer.id):
                return
            raise
        printer.uploads_received = received.count
        if last is None:
            return
        printer.last_slicer_ip = printer.last_slicer_ip or last.file.peer or None
        printer.show_upload(
            LastUpload.of(last.file, last.name),
            pictured_at=last.file.received_at if has_picture else None,
        )

    def _is_put_off(self, printer_id: str) -> bool:
        """Do it later, where a shared library is away. Returns False where the library is this Home Assistant's own."""
        if self._library.is_shared:
            self._put_off_ids.add(printer_id)
        return self._library.is_shared

    async def async_catch_up(self) -> None:
        """Do what could not be done while a shared library was away, if it is back."""
        for printer_id in tuple(self._put_off_ids):
            self._put_off_ids.discard(printer_id)
            if printer := self._printers.get(printer_id):
                await self._async_recall(printer)
            else:
                await self._async_forget_card(printer_id)

    async def _async_forget_card(self, printer_id: str) -> None:
        try:
            await self._library.forget_printer(printer_id)
        except StorageError:
            if not self._is_put_off(printer_id):
                raise

    async def _async_remove(self, printer_id: str) -> None:
        printer = self._printers.pop(printer_id)
        self.cards.pop(printer_id, None)
        self._cameras.pop(printer_id, None)
        await printer.async_stop()
        self._callbacks.removed(printer)
        if not printer.is_proxy:
            await self._upload_keys.async_forget_printer(printer_id)
            await self._people.async_forget_printer(printer_id)
            await self._async_forget_card(printer_id)

    async def _async_make(
        self,
        config: AnyPrinterConfig,
        emit: Callable[[AnyEvent], None],
        on_change: CALLBACK_TYPE,
    ) -> AnyPrinter:
        identity = config.identity
        device = await self._hass.async_add_executor_job(
            self.authority.device_certificate,
            identity.serial,
            {identity.bind_ip, identity.address},
        )
        if isinstance(config, ProxyConfig):
            target_id = config.target_id
            return ProxyPrinter(
                config.identity,
                device,
                self._relay,
                emit,
                on_change,
                shared=MachineSession(lambda: self._machines().get(target_id)),
            )
        managed = self._printers[config.id]
        mirror = TargetMirror(
            lambda: managed.config, self._machines, self._last_reports, self.pools
        )
        pictures, video = self._pictures(managed, mirror), None
        if config.model.camera is CameraKind.VIDEO:
            video = ShownVideo(mirror.shown)
        if camera := pictures or video:
            self._cameras[config.id] = camera
        return VirtualPrinter(
            config.identity,
            device,
            self.cards[config.id],
            self._services,
            emit,
            mirror=mirror,
            senders=PrinterSenders(people=self._people, printer_id=config.id),
            pictures=pictures,
            video=video,
        )

    def _pictures(
        self, managed: ManagedPrinter, mirror: TargetMirror
    ) -> ShownPictures | None:
        """Return what the camera shows, of a model whose camera sends pictures."""
        if managed.config.model.camera is not CameraKind.PICTURES:
            return None

        async def _thumbnail(item_id: str) -> Path | None:
            try:
                return await self._library.thumbnail_path(item_id)
            except NotFoundError, StorageError:
                # It was purged this moment, or the disk went away.
                return None

        return ShownPictures(
            mirror.shown, LastPlate(lambda: managed.pictured_id, _thumbnail)
        )

    @callback
    def _register_device(self, config: AnyPrinterConfig) -> None:
        dr.async_get(self._hass).async_get_or_create_from_info(
            config_entry_id=self._entry.entry_id,
            config_subentry_id=config.id,
            device_info=printer_device_info(self._hass, self._entry, config),
        )
