"""One real printer: its state and its commands. The face of this package."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
import logging
from pathlib import Path
import time
from typing import Any, Self

from ..executors import shut_down
from ..pki.printer_identity import PrinterTrust
from .authorization import Authorization, is_unsigned_refusal
from .camera.camera import MachineCamera
from .camera.upstream import CameraTimes
from .commands import Commands, Reply
from .dialogue import Dialogue, Entry
from .errors import CommandError, DeveloperModeOffError, UploadCause, UploadError
from .families import DataProtection, UrlForm, find_traits
from .fields import JsonObject, mapping, objects, text
from .ftps_transfer import FtpsTransfer
from .mapping import MappingForm
from .pace import Pace
from .project_file import COMMAND, ProjectFile
from .reports import Message, MessageKind, ReportCache, Reported, parse
from .session import Session
from .settings import MachineSettings, SessionTimes
from .sharing import Sharing
from .state import StateReader
from .transfer import OnProgress, Transfer, Uploaded, UploadTimes
from .tunnel_transfer import TunnelTransfer
from .upload import Uploader
from .values import Availability, DeveloperMode, MachineState

_LOGGER = logging.getLogger(__name__)

UPLOAD_THREADS = 8
UPLOAD_BYTES_PER_S = 2.5e9 / 8
"""How fast several uploads together may be: as fast as the fastest network that a home has. Faster than that, between
programs on one computer, encrypting would only keep the event loop from its work."""
# One for each camera that somebody looks at.
CAMERA_THREADS = 32
# How long after a reply without a result the health message comes that explains it.
COMPLAINT_TIMEOUT_S = 3.0
# How long a printer may take to tell its version where somebody waits for a sign of it.
ANSWER_TIMEOUT_S = 3.0

type Listener = Callable[[MachineState], None]


class MachineServices:
    """What all machines share: the threads that upload, how fast, and those that look; and whom to believe.

    Alive inside its `async with`.
    """

    def __init__(self, trust: PrinterTrust) -> None:
        """Believe the CAs that `trust` knows."""
        self.trust = trust
        self.executor = ThreadPoolExecutor(
            UPLOAD_THREADS, thread_name_prefix="upload to a printer"
        )
        self.pace = Pace(UPLOAD_BYTES_PER_S)
        self.cameras = ThreadPoolExecutor(
            CAMERA_THREADS, thread_name_prefix="camera of a printer"
        )

    async def __aenter__(self) -> Self:
        """Threads begin with the first upload."""
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Wait for the threads, which end when their machines have."""
        await shut_down(self.executor, self.cameras)


class Machine:
    """Connected inside its `async with`, or trying to be."""

    def __init__(
        self,
        settings: MachineSettings,
        services: MachineServices,
        *,
        session_times: SessionTimes | None = None,
        upload_times: UploadTimes | None = None,
        url_form: UrlForm | None = None,
        reply_timeout_s: float | None = None,
        camera_times: CameraTimes | None = None,
    ) -> None:
        """Prepare. `url_form` is what worked for this printer before, if that is known. Raises KeyError for the model."""
        self.settings = settings
        self.traits = find_traits(settings.model)
        self._times = session_times or SessionTimes()
        self._cache = ReportCache()
        self._reader = StateReader(self.traits)
        self._version: dict[str, Any] = {}
        self._revision = 0
        self._is_current = False
        self._authorization = Authorization()
        self._dialogue = Dialogue()
        self._session = Session(
            settings,
            services.trust,
            self._times,
            handle=self._handle,
            request_state=self._request_state,
            nudge=self._ask_for_report,
            changed=self._update,
            ended=self._session_ended,
        )
        self._commands = Commands(
            self._session.publish,
            self._dialogue,
            on_send=self._sent,
            **({} if reply_timeout_s is None else {"reply_timeout_s": reply_timeout_s}),
        )
        self.sharing = Sharing(
            publish=self._session.publish,
            next_id=self._commands.next_id,
            status=self._whole_status,
            refresh=self.refresh,
        )
        """Slicers that use the session too."""
        self._uploader = Uploader(
            settings,
            self.traits,
            services.trust,
            services.executor,
            services.pace,
            upload_times or UploadTimes(),
        )
        self.camera = MachineCamera(
            settings,
            services.trust,
            services.cameras,
            camera_times or CameraTimes(),
            lambda: self._session.address,
            lambda: self._cache.fields,
        )
        """Its camera, which shows what it sees while somebody looks."""
        self._url_form = url_form or self.traits.url_forms[0]
        self.mapping_form = MappingForm.STOCK
        """How prints without any AMS tray are written for this printer; the caller that starts them keeps what worked."""
        self._listeners: list[Listener] = []
        self._state = self._read()
        self._reported_at: float | None = None
        self.heard_at: float | None = None
        """When the printer last said something that made sense, on the monotonic clock."""
        self._asked_at = float("-inf")
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Begin to connect."""
        self._spawn(self._session.run(), "session")
        self._spawn(self._poll(), "poll")
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """End the session."""
        await self.camera.close()
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # --- what is known ---

    @property
    def state(self) -> MachineState:
        """What is known now."""
        return self._state

    @property
    def report_age_s(self) -> float | None:
        """How long ago the printer last reported, None when it has not yet."""
        if self._reported_at is None:
            return None
        return time.monotonic() - self._reported_at

    @property
    def reported(self) -> Reported:
        """What the printer has said of itself, in its own words, as of now."""
        return Reported(
            status=dict(self._cache.fields),
            modules=tuple(objects(self._version.get("module"))),
            revision=self._revision,
        )

    @property
    def serial(self) -> str:
        """Its serial number, as it spells it."""
        return self.settings.identity.serial

    @property
    def address(self) -> str | None:
        """The address at which the printer was last reached."""
        return self._session.address

    @property
    def dialogue(self) -> tuple[Entry, ...]:
        """The last messages, without what identifies persons and printers."""
        return self._dialogue.entries

    @property
    def doubted_certificate(self) -> str | None:
        """The fingerprint of the last certificate that was not taken for the printer's."""
        return self._session.doubted

    @property
    def sessions(self) -> int:
        """How many sessions there have been since the start."""
        return self._session.sessions

    @property
    def last_failure(self) -> str:
        """Why there was no session the last time, in words for a log."""
        return self._session.detail

    @property
    def data_protection(self) -> DataProtection | None:
        """The protection level that the printer took data at, None before the first upload."""
        return self._uploader.protection

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with every new state. Returns what ends that."""
        self._listeners.append(listener)

        def _unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return _unsubscribe

    async def changes(self) -> AsyncIterator[MachineState]:
        """Give the state now and then every newer one; who is slow gets the newest."""
        changed = asyncio.Event()
        changed.set()
        unsubscribe = self.subscribe(lambda _state: changed.set())
        try:
            while True:
                await changed.wait()
                changed.clear()
                yield self._state
        finally:
            unsubscribe()

    # --- files ---

    async def upload(
        self,
        path: Path,
        name: str,
        on_progress: OnProgress | None = None,
        *,
        md5: str = "",
        to_memory: bool = False,
    ) -> Uploaded:
        """Bring a file into the root of the printer's card, or to its internal memory.

        `name` is of `files.remote_name`. Raises UploadError.

        `md5` is that of the file, in upper-case hexadecimal, where it is known; else it is taken meanwhile.
        Cancelling it gives up the transfer; what was sent of the file may be left on the card.
        """
        return await self._uploader.store(
            self._reached(), path, name, on_progress, by=_way(to_memory), md5=md5
        )

    async def delete(self, name: str, *, from_memory: bool = False) -> bool:
        """Delete a file from the card or the memory; False where it was not there. Raises UploadError.

        Files that are left are printed again at power-up by A1 and P1S (Bambuddy #374, #1542).
        """
        return await self._uploader.delete(self._reached(), name, _way(from_memory))

    def _reached(self) -> str:
        if self._session.address is None:
            raise UploadError(
                UploadCause.UNREACHABLE, "the printer has not been reached yet"
            )
        return self._session.address

    # --- commands ---

    @property
    def url_form(self) -> UrlForm:
        """How `start` names the file."""
        return self._url_form

    @property
    def other_url_form(self) -> UrlForm:
        """The form to try once when the printer could not open the file by the first."""
        first, second = self.traits.url_forms
        return second if self._url_form is first else first

    def remember_url_form(self, form: UrlForm) -> None:
        """Use the form that worked from now on."""
        self._url_form = form

    async def start(
        self, project_file: ProjectFile, *, form: UrlForm | None = None
    ) -> Reply:
        """Have an uploaded file printed. Raises CommandError.

        A reply means that the command has arrived. Whether it prints is seen by the states that follow. The caller makes
        sure beforehand that nothing prints: an A1 mini cancels a running print for a new one (Bambuddy #2598).
        """
        fields = project_file.fields(form or self._url_form)
        del fields["command"]
        reply = await self._order(COMMAND, **fields)
        # The start has arrived, whatever becomes of the session now.
        with suppress(CommandError):
            await self._ask_for_report()
        return reply

    async def stop(self) -> Reply:
        """Cancel the print. Raises CommandError."""
        return await self._order("stop", param="")

    async def pause(self) -> Reply:
        """Pause the print. Raises CommandError."""
        return await self._order("pause", param="")

    async def resume(self) -> Reply:
        """Go on with a paused print. Raises CommandError."""
        return await self._order("resume", param="")

    async def clean_print_error(self) -> Reply:
        """Clear the current error, which would block the next start. Raises CommandError."""
        error = self._cache.fields.get("print_error")
        return await self._order(
            "clean_print_error",
            print_error=error if isinstance(error, int) else 0,
            subtask_id=self._state.job.subtask_id or "0",
        )

    async def set_light(self, *, on: bool, node: str = "chamber_light") -> Reply:
        """Switch a light, which is not gated by Developer Mode. Raises CommandError."""
        return await self._commands.request(
            "system",
            "ledctrl",
            led_node=node,
            led_mode="on" if on else "off",
            led_on_time=500,
            led_off_time=500,
            loop_times=0,
            interval_time=0,
        )

    async def request(
        self, topic: str, command: str, fields: Mapping[str, Any]
    ) -> JsonObject:
        """Pass on another client's command; returns the fields of the reply, also of one that refuses.

        Raises NotConnectedError, NoReplyError.
        """
        reply = await self._commands.exchange(topic, command, fields)
        if is_unsigned_refusal(reply, text(reply.get("reason"))):
            self._authorization.refused()
            self._update()
        return reply

    async def answers(self, *, within_s: float) -> bool:
        """Return whether the printer has reported within the last seconds, or else answers now."""
        age_s = self.report_age_s
        if self._state.availability is not Availability.ONLINE:
            return False
        if age_s is not None and age_s <= within_s:
            return True
        with suppress(CommandError, TimeoutError):
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await self._commands.exchange("info", "get_version", {})
            return True
        return False

    async def refresh(self) -> None:
        """Ask for a full report, unless that was done a moment ago. Raises NotConnectedError.

        A1 and P1 lag when they are asked often: there it is not done more than every five minutes.
        """
        if time.monotonic() - self._asked_at >= self.traits.pushall_interval_s:
            await self._ask_for_report()

    def reconnect(self) -> None:
        """End the session and make a new one. Never between a start and the first sign of it (Bambuddy #1150)."""
        self._session.reconnect()

    def paused(self) -> AbstractAsyncContextManager[None]:
        """Have no session within its `async with`. Never between a start and the first sign of it."""
        return self._session.paused()

    def retry(self) -> None:
        """Try to connect now rather than later, and detect Developer Mode again."""
        self._authorization.forget()
        self._session.retry()
        self._update()

    def connect_soon(self) -> None:
        """Try to connect now, if there is no session."""
        if self._state.availability is not Availability.ONLINE:
            self._session.retry()

    def seen_at(self, address: str) -> None:
        """Use an address at which the printer announced itself; its certificate proves whether it is the printer."""
        self._session.seen_at(address)

    async def _order(self, command: str, **fields: Any) -> Reply:
        """Send what Developer Mode gates. Raises CommandError."""
        self._authorization.sending(self._state)
        try:
            reply = await self._commands.request("print", command, **fields)
        except DeveloperModeOffError:
            self._authorization.refused()
            self._update()
            raise
        if reply.is_confirmed:
            self._authorization.accepted()
            self._update()
            return reply
        # The dialect of P1S and A1: an echo, and then a health message.
        if await self._is_complained_of():
            raise DeveloperModeOffError(command, "the command is not signed", None)
        return reply

    async def _is_complained_of(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(COMPLAINT_TIMEOUT_S):
                async for state in self.changes():
                    if state.developer_mode is DeveloperMode.OFF:
                        return True
        return False

    # --- what comes in ---

    async def _request_state(self) -> None:
        """Begin a session as slicers do. What was known of Developer Mode may have changed meanwhile."""
        self._is_current = False
        self._authorization.forget()
        await self._commands.post("info", "get_version")
        await self._ask_for_report()

    async def _ask_for_report(self) -> None:
        self._asked_at = time.monotonic()
        await self._commands.post("pushing", "pushall", version=1, push_target=1)

    async def _poll(self) -> None:
        """Ask for a full report now and then: a value of a delta that was missed is not sent again."""
        while True:
            await asyncio.sleep(self._times.poll_s)
            with suppress(CommandError):
                await self.refresh()

    def _handle(self, payload: bytes) -> bool:
        """Take in what the printer published. Returns whether it was a report."""
        is_report = False
        was_active = self._state.phase.is_active
        units = None if self._reported_at is None else self._ams_units
        messages = parse(payload)
        if messages:
            self.heard_at = time.monotonic()
        for message in messages:
            self._dialogue.received(message)
            if message.kind is MessageKind.STATUS:
                is_report = True
                self._cache.apply(message.fields)
                self._revision += 1
                self._is_current |= "gcode_state" in message.fields
                self._reported_at = time.monotonic()
            else:
                self._take(message)
        self._update()
        if is_report:
            self.camera.reported()
        if self._state.phase.is_active and not was_active:
            # The number of layers is sent once, and not at all where it is that of the print before.
            self._spawn(self._ask_after_start(), "report")
        if units is not None and self._ams_units != units:
            # An AMS has firmware of its own, which is among the modules.
            self._spawn(self._ask_for_version(), "version")
        self.sharing.received(payload, messages)
        return is_report

    @property
    def _ams_units(self) -> list[int]:
        return [unit.id for unit in self._state.ams]

    def _take(self, message: Message) -> None:
        if message.topic == "info" and message.command == "get_version":
            if message.fields.get("module"):
                self._version = dict(mapping(message.fields))
                self._revision += 1
        self._commands.received(message)

    async def _ask_for_version(self) -> None:
        with suppress(CommandError):
            await self._commands.post("info", "get_version")

    async def _ask_after_start(self) -> None:
        with suppress(CommandError):
            await self._ask_for_report()

    def _session_ended(self) -> None:
        self._is_current = False
        self._commands.disconnected()
        self.sharing.ended()

    def _sent(self, sequence_id: str) -> None:
        self.sharing.sent_by_us(sequence_id)

    def _whole_status(self) -> dict[str, Any] | None:
        return dict(self._cache.fields) if self._is_current else None

    def _read(self) -> MachineState:
        return self._reader.read(
            self._cache.fields,
            self._version,
            availability=self._session.availability,
            is_current=self._is_current,
            developer_mode=self._authorization.mode,
        )

    def _update(self) -> None:
        """Rebuild the state, and call the subscribers if it changed."""
        state = self._read()
        self._authorization.reported(state)
        if self._authorization.mode is not state.developer_mode:
            state = self._read()
        if state == self._state:
            return
        self._state = state
        for listener in tuple(self._listeners):
            try:
                listener(state)
            except Exception:
                _LOGGER.exception("A listener failed")

    def _spawn(self, work: Any, what: str) -> None:
        task: asyncio.Task[None] = asyncio.create_task(
            work, name=f"{self.settings.serial} {what}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _way(memory: bool) -> type[Transfer]:
    return TunnelTransfer if memory else FtpsTransfer
