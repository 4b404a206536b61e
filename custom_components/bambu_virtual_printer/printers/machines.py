"""Real printers while Home Assistant runs: the session with each, and what Home Assistant shows of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..config.subentries import MachineConfig
from ..engine.dispatch.power_states import PowerState
from ..engine.library.values.driving import Driver
from ..engine.library.values.prints import EMPTY_PLATE, Plate
from ..engine.machines.camera.upstream import CameraTimes
from ..engine.machines.machine import Machine, MachineServices
from ..engine.machines.settings import SessionTimes
from ..engine.machines.values import Availability, MachineState, Phase
from ..engine.protocol.announcements import Announcement
from ..listeners import Listeners
from ..operations.commands import command_errors

_LOGGER = logging.getLogger(__name__)

CHAMBER_LIGHT = "chamber_light"
SESSION_TIMES = SessionTimes()
CAMERA_TIMES = CameraTimes()
# The printer reports whole minutes, so its end time varies by one.
END_MOVES_BY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueShare:
    """A real printer's part of the print queue. `job_id` is the job that the printer has from it."""

    plate: Plate = EMPTY_PLATE
    jobs: int = 0
    """How many queued jobs are meant for it."""
    free_from: datetime | None = None
    job_id: str | None = None
    has_begun: bool = False
    """Whether it is known to print that job."""
    has_question: bool = False
    upload_percent: int | None = None
    """The progress of the upload under way."""
    other_driver: Driver | None = None
    """The other Home Assistant that prints the queue there; None where it is this one."""

    @property
    def is_plate_occupied(self) -> bool:
        """Whether the plate has to be cleared."""
        return self.plate.is_occupied


class ManagedMachine:
    """One real printer: connected while it is set up, and connected anew when its settings change.

    Entities listen by `async_add_listener` and read the attributes.
    """

    def __init__(
        self,
        config: MachineConfig,
        services: MachineServices,
        on_state: Callable[[ManagedMachine, int | None], None],
    ) -> None:
        """Prepare; `on_state` is called with every new state, and the percent of the one before."""
        self.config = config
        self.share = QueueShare()
        self.lost_at: datetime | None = dt_util.utcnow()
        """Since when it is unreachable; None while it is reachable."""
        self.power: PowerState | None = None
        """What goes on with its plug, where it has one that is known."""
        self.ends_at: datetime | None = None
        """When the print under way should be done, as the printer reports."""
        self._services = services
        self._on_state = on_state
        self._machine: Machine | None = None
        self._resources = AsyncExitStack()
        self._listeners = Listeners[()]()
        self._state = MachineState()
        self._is_told_lost = False

    # --- for entities ---

    @property
    def id(self) -> str:
        """The subentry's id."""
        return self.config.id

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self.config.name

    @property
    def state(self) -> MachineState:
        """Its state."""
        return self._state

    @property
    def machine(self) -> Machine:
        """The session with it, between start and stop."""
        assert self._machine
        return self._machine

    @property
    def session(self) -> Machine | None:
        """The session with it, if there is to be one just now."""
        return self._machine

    @property
    def doubted_certificate(self) -> str | None:
        """The fingerprint of the last certificate that could not be verified as the printer's."""
        return self._machine.doubted_certificate if self._machine else None

    @property
    def is_reporting(self) -> bool:
        """Whether it is connected and has reported its status."""
        return self._state.is_available and self._state.is_current

    @property
    def is_printing(self) -> bool:
        """Whether a print is under way, as far as is known."""
        return self.is_reporting and self._state.phase.is_active

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` whenever something may have changed. Returns how to stop that."""
        return self._listeners.async_add(listener)

    @callback
    def async_notify(self) -> None:
        """Have entities update."""
        self._listeners.async_tell()

    @callback
    def async_show_share(self, share: QueueShare) -> None:
        """Set its part of the queue."""
        if share != self.share:
            self.share = share
            self.async_notify()

    @callback
    def async_show_power(self, power: PowerState | None) -> None:
        """Set what goes on with its plug."""
        if power is not self.power:
            self.power = power
            self.async_notify()

    # --- start and stop ---

    async def async_start(self) -> None:
        """Begin to connect."""
        machine = Machine(
            self.config.settings,
            self._services,
            session_times=SESSION_TIMES,
            camera_times=CAMERA_TIMES,
        )
        self._resources.callback(machine.subscribe(self._see))
        self._resources.callback(machine.camera.subscribe(self.async_notify))
        await self._resources.enter_async_context(machine)
        self._machine = machine
        self._see(machine.state)

    async def async_stop(self) -> None:
        """Disconnect from the printer."""
        try:
            await self._resources.aclose()
        finally:
            self._machine = None

    @callback
    def async_retry(self) -> None:
        """Try to connect now, and check Developer Mode again."""
        if self._machine:
            self._machine.retry()

    @callback
    def async_reconnect(self) -> None:
        """Replace the session by a new one, which shows whether the access code is still accepted."""
        if self._machine:
            self._machine.reconnect()

    @callback
    def async_seen_at(self, address: str) -> None:
        """Record the address at which it announces itself."""
        if self._machine:
            self._machine.seen_at(address)

    @callback
    def _see(self, state: MachineState) -> None:
        before, self._state = self._state, state
        self._note_availability(state)
        self._note_end(state)
        self._on_state(self, before.job.percent)
        self.async_notify()

    def _note_availability(self, state: MachineState) -> None:
        if state.is_available:
            self.lost_at = None
            if self._is_told_lost:
                self._is_told_lost = False
                _LOGGER.info("%s can be reached again", self.name)
            return
        if self.lost_at is None:
            self.lost_at = dt_util.utcnow()
        if self._is_told_lost or state.availability is Availability.CONNECTING:
            return
        self._is_told_lost = True
        _LOGGER.info("%s cannot be reached (%s)", self.name, state.availability.value)

    def _note_end(self, state: MachineState) -> None:
        left_min = state.job.remaining_min
        if not self.is_printing or left_min is None or state.phase is Phase.PREPARE:
            self.ends_at = None
            return
        ends_at = dt_util.utcnow() + timedelta(minutes=left_min)
        ends_at = ends_at.replace(second=0, microsecond=0)
        if self.ends_at is None or abs(ends_at - self.ends_at) >= END_MOVES_BY:
            self.ends_at = ends_at

    @callback
    def async_lost_since(self, moment: datetime) -> None:
        """Restore since when it is unreachable, from an earlier run of Home Assistant."""
        if self.lost_at is not None:
            self.lost_at = min(self.lost_at, moment)

    # --- commands ---

    async def async_stop_print(self) -> None:
        """Cancel the print. Raises HomeAssistantError."""
        with command_errors(self.name):
            await self.machine.stop()

    async def async_pause(self) -> None:
        """Pause the print. Raises HomeAssistantError."""
        with command_errors(self.name):
            await self.machine.pause()

    async def async_resume(self) -> None:
        """Resume a paused print. Raises HomeAssistantError."""
        with command_errors(self.name):
            await self.machine.resume()

    async def async_set_light(self, *, on: bool) -> None:
        """Switch the chamber light. Raises HomeAssistantError."""
        with command_errors(self.name):
            await self.machine.set_light(on=on, node=CHAMBER_LIGHT)


type Follower = Callable[[ManagedMachine], Awaitable[None]]


async def _nothing(_machine: ManagedMachine) -> None:
    """Do nothing."""


class Machines:
    """All real printers that are set up, following the entry's subentries."""

    def __init__(
        self,
        on_state: Callable[[ManagedMachine, int | None], None],
        *,
        attach: Follower = _nothing,
        detach: Follower = _nothing,
    ) -> None:
        """Prepare. `attach` is called after a session was started, `detach` before it is ended."""
        self._on_state = on_state
        self._attach = attach
        self._detach = detach
        self._machines: dict[str, ManagedMachine] = {}
        self._listeners = Listeners[ManagedMachine]()

    @property
    def by_id(self) -> Mapping[str, ManagedMachine]:
        """The printers by the ids of their subentries."""
        return self._machines

    @callback
    def async_on_machine(
        self, listener: Callable[[ManagedMachine], None]
    ) -> CALLBACK_TYPE:
        """Call `listener` for every printer, and for every one that is added. Returns how to stop that."""
        stop = self._listeners.async_add(listener)
        for machine in self._machines.values():
            listener(machine)
        return stop

    @callback
    def async_announced(self, announcement: Announcement) -> None:
        """Record the address at which a printer announces itself."""
        for machine in self._machines.values():
            if machine.config.serial == announcement.serial:
                machine.async_seen_at(announcement.address)

    async def async_sync(
        self, wanted: Mapping[str, MachineConfig], services: MachineServices
    ) -> None:
        """Apply the entry's subentries; printers whose settings did not change stay connected."""
        for machine_id in self._machines.keys() - wanted.keys():
            await self._async_end(self._machines.pop(machine_id))
        for config in wanted.values():
            if machine := self._machines.get(config.id):
                await self._async_apply(machine, config)
            else:
                machine = ManagedMachine(config, services, self._on_state)
                self._machines[config.id] = machine
                await self._async_begin(machine)
                self._listeners.async_tell(machine)

    async def async_stop(self) -> None:
        """Disconnect from all of them."""
        machines, self._machines = self._machines, {}
        await asyncio.gather(*map(self._async_end, machines.values()))

    async def _async_apply(
        self, machine: ManagedMachine, config: MachineConfig
    ) -> None:
        before, machine.config = machine.config, config
        if before.settings != config.settings:
            await self._async_end(machine)
            await self._async_begin(machine)
        elif before == config:
            return
        machine.async_notify()

    async def _async_begin(self, machine: ManagedMachine) -> None:
        await machine.async_start()
        await self._attach(machine)

    async def _async_end(self, machine: ManagedMachine) -> None:
        try:
            await self._detach(machine)
        finally:
            await machine.async_stop()
