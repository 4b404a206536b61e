"""One virtual printer: its listeners on one address, and the job that it reports."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
import logging
import ssl
from typing import Self

from ..discovery.visibility import Visibility
from ..events import (
    PrinterEvent,
    PrintRequested,
    UploadFailed,
    UploadReceived,
    UploadRenamed,
    UploadStarted,
)
from ..explanations import Explanation
from ..mirror.camera import Camera
from ..mirror.served import Served
from ..mirror.values import Mirror
from ..mirror.video import VideoCamera
from ..net.binding import BindAll
from ..net.listener_group import ListenerGroup, ListenerPlan
from ..net.log_bounds import shown
from ..pki.authority import DeviceCertificate
from ..protocol.ports import VIDEO_PATH
from ..reception.failures import no_plate
from ..reception.reception import UploadProgress
from ..storage import PrinterStorage
from ..values import ConnectedSlicer, PrintRequest, Service
from .camera.pictures import PictureServer
from .camera.video import VideoServer
from .correlation import Correlator
from .ftps.server import FtpsServer
from .identity import Identity
from .job import Jobs, percent_received
from .logins import Logins, Senders
from .mqtt.server import MqttServer
from .port_6000 import Handler, Port6000
from .proofs import Proofs
from .services import SharedServices
from .tunnel.server import TunnelServer

SERVICES = (
    Service.BIND,
    Service.BIND_TLS,
    Service.MQTT,
    Service.FTPS,
    Service.DISCOVERY,
)
"""The listeners of every virtual printer."""

# What slicers say to these: the printer is busy, and the file cannot be parsed (HMS 0500-4004, 0500-4003).
BUSY = 0x0500_4004
UNREADABLE = 0x0500_4003
"""The printer was unable to parse the file."""
NO_SUCH_PLATE = 0x0500_4003

_LOGGER = logging.getLogger(__name__)


def _log_no_plate(identity: Identity, request: PrintRequest) -> None:
    _LOGGER.info(
        "%s: %s asked to print plate %s of %s, which has no such plate",
        identity.name,
        request.peer,
        request.plate,
        shown(request.file),
    )


class VirtualPrinter:
    """A virtual printer, running inside its `async with` block.

    Entering binds all listeners or raises PrinterStartError; leaving sends byebye and ends every session, task and
    socket. `emit` is called on the loop for every event, in order.
    """

    def __init__(
        self,
        identity: Identity,
        device: DeviceCertificate,
        storage: PrinterStorage,
        services: SharedServices,
        emit: Callable[[PrinterEvent], None],
        mirror: Mirror | None = None,
        senders: Senders | None = None,
        pictures: Camera[bytes] | None = None,
        video: VideoCamera | None = None,
    ) -> None:
        """Prepare; nothing is opened before the printer is entered.

        `mirror` tells which real printer is shown, if any; `senders` who has an access code beside the printer's own;
        `pictures` what its camera shows, if it is of a model whose camera sends pictures, and `video` if it streams video.
        """
        self.identity = identity
        self._device = device
        self._services = services
        self._storage = storage
        self._emit = emit
        self._correlator = Correlator(self._is_connected)
        self._proofs = Proofs(
            self._correlator,
            storage,
            services.transfer_thread,
            decide=self._decide,
        )
        self._jobs = Jobs(
            upload_of=self._upload_of,
            percent_of=self._percent_of,
            is_connected=self._is_there,
        )
        self._reported = self._jobs.changes
        self._job_timer: asyncio.TimerHandle | None = None
        self._logins = Logins(
            identity.access_code, self._on_event, services.guesses, senders
        )
        self._visibility = Visibility(
            identity, services.search_receiver, self._on_event
        )
        self._mqtt = MqttServer(
            identity,
            self._logins,
            job=self._jobs.report,
            emit=self._on_event,
            ask_to_print=self._ask_to_print,
            own=self._jobs.own,
            mirror=mirror,
            served=lambda: self._served,
        )
        self._ftps: FtpsServer | None = None
        self._handlers_6000: list[Handler] = []
        self._has_pictures = pictures is not None
        if pictures is not None:
            self._handlers_6000.append(PictureServer(pictures))
        self._tunnel: TunnelServer | None = None
        self._port_6000: Port6000 | None = None
        self._video = video
        self._port_322: Port6000 | None = None
        self._listeners = ListenerGroup(
            identity.bind_ip,
            admission=services.admission,
            handshakes=services.handshakes,
            on_refused=self._on_event,
        )

    async def __aenter__(self) -> Self:
        """Bind and start everything. Raises PrinterStartError; OSError, ssl.SSLError for a bad certificate file."""
        self._loop = asyncio.get_running_loop()
        control, ftps = await self._loop.run_in_executor(None, self._contexts)
        self._ftps = FtpsServer(
            self.identity,
            ftps,
            self._storage,
            self._services.transfer_thread,
            self._logins,
            emit=self._on_event,
            wants_md5=lambda name: self._correlator.wants_md5(name, self._loop.time()),
        )
        if self.identity.has_file_tunnel:
            self._tunnel = TunnelServer(
                self._storage, self._services.transfer_thread, emit=self._on_event
            )
            self._handlers_6000.append(self._tunnel)
        if self._video is not None:
            self._port_322 = Port6000(
                control,
                self._services.transfer_thread,
                self._logins,
                [VideoServer(self._video, self.identity.access_code)],
                on_refused=self._on_event,
                service=Service.RTSPS,
            )
        if self._handlers_6000:
            self._port_6000 = Port6000(
                control,
                self._services.transfer_thread,
                self._logins,
                self._handlers_6000,
                on_refused=self._on_event,
            )
        with BindAll() as binding:
            self._listeners.bind(
                binding,
                (
                    *self._visibility.listeners(control),
                    ListenerPlan(
                        service=Service.MQTT,
                        port=self.identity.ports.mqtt,
                        factory=self._mqtt.factory,
                        tls=control,
                    ),
                    ListenerPlan(
                        service=Service.FTPS,
                        port=self.identity.ports.ftps,
                        factory=self._ftps.factory,
                        tls=ftps,
                    ),
                    *self._optional_listeners(),
                ),
            )
            self._visibility.bind(binding)
        self._listeners.start()
        self._visibility.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Close the ports first, then the sessions, then wait for both."""
        self._visibility.close()
        self._listeners.close()
        assert self._ftps
        await asyncio.gather(
            self._mqtt.close(), self._ftps.close(), self._listeners.wait_closed()
        )
        if self._tunnel:
            self._tunnel.stop()
        if self._port_6000:
            await self._port_6000.close()
        if self._port_322:
            await self._port_322.close()
        if self._tunnel:
            await self._tunnel.close()
        await self._proofs.close()
        # Last, since a session that ends may still change a job.
        if self._job_timer:
            self._job_timer.cancel()

    @property
    def listeners(self) -> Mapping[Service, bool]:
        """Which listeners are bound."""
        return {**self._listeners.bound, Service.DISCOVERY: self._visibility.bound}

    @property
    def slicers(self) -> tuple[ConnectedSlicer, ...]:
        """The clients that are logged in."""
        return self._mqtt.connections

    @property
    def uploads(self) -> tuple[UploadProgress, ...]:
        """The uploads under way."""
        servers = (self._ftps, self._tunnel)
        return tuple(
            upload for server in servers if server for upload in server.uploads
        )

    @property
    def announcements(self) -> int:
        """How many announcements were sent."""
        return self._visibility.announcements

    @property
    def announced_at(self) -> float | None:
        """When the last announcement was sent, on the loop's clock."""
        return self._visibility.announced_at

    def target_changed(self) -> None:
        """Send the status soon, because the real printer that is shown has reported."""
        self._mqtt.target_changed()

    def drop(self, person: str) -> None:
        """End the sessions of somebody whose code is good no more."""
        self._mqtt.drop(person)
        if self._ftps:
            self._ftps.drop(person)
        if self._tunnel:
            self._tunnel.drop(person)
        if self._port_6000:
            self._port_6000.drop(person)
        if self._port_322:
            self._port_322.drop(person)

    def rename(self, name: str) -> None:
        """Change the name, and announce it."""
        self.identity = self.identity.renamed(name)
        self._visibility.update(self.identity)

    @property
    def _served(self) -> Served:
        """What is served beside what every printer serves, as far as its ports could be had."""
        bound = self._listeners.bound
        has_port_6000 = bound.get(Service.TUNNEL, False)
        has_video = self._video is not None and self._video.is_on
        files = self._tunnel is not None and has_port_6000
        return Served(
            files=files,
            prints_from_memory=files and self.identity.model.prints_from_memory,
            pictures=self._has_pictures and has_port_6000,
            video_url=(
                f"rtsps://{self.identity.address}:{self.identity.ports.video}{VIDEO_PATH}"
                if has_video and bound.get(Service.RTSPS, False)
                else ""
            ),
        )

    def _optional_listeners(self) -> Iterable[ListenerPlan]:
        if self._port_6000:
            yield ListenerPlan(
                service=Service.TUNNEL,
                port=self.identity.ports.port_6000,
                factory=self._port_6000.adopt,
                is_optional=True,
            )
        if self._port_322:
            yield ListenerPlan(
                service=Service.RTSPS,
                port=self.identity.ports.video,
                factory=self._port_322.adopt,
                is_optional=True,
            )

    def _contexts(self) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        return self._device.control_context(), self._device.ftps_context()

    def _on_event(self, event: PrinterEvent) -> None:
        """Update jobs by an event, match uploads with print requests, and emit it."""
        now = self._loop.time()
        match event:
            case UploadStarted(id=upload_id, name=name, peer=peer, sender=sender):
                request = self._correlator.upload_started(
                    upload_id, name, peer, now, sender.person
                )
                self._jobs.upload_started(request, now)
            case UploadReceived(file=file, md5=md5, plates=plates):
                request = self._correlator.upload_finished(file.id, now, md5, plates)
                if request and not self._correlator.has_plate(file.id, request):
                    # The file is kept, as if it had been sent only.
                    _log_no_plate(self.identity, request)
                    self._jobs.refused(request, NO_SUCH_PLATE, now)
                    event = replace(event, request=None)
                else:
                    event = replace(event, request=request)
                    self._jobs.upload_finished(
                        file.name, file.peer, request, now, file.person
                    )
            case UploadFailed(
                id=str() as upload_id, name=name, peer=peer, sender=sender
            ):
                request = self._correlator.upload_failed(upload_id)
                self._jobs.upload_failed(name, peer, request, now, sender.person)
            case UploadFailed(name=name, peer=peer, sender=sender):
                # It was refused before it began.
                request = self._correlator.upload_refused(
                    name, peer, now, sender.person
                )
                if request is not None:
                    self._jobs.upload_failed(name, peer, request, now, sender.person)
            case UploadRenamed(id=renamed_id, new_name=new_name):
                self._correlator.upload_renamed(renamed_id, new_name)
        self._follow_job()
        self._emit(event)

    def _ask_to_print(self, wanted: PrintRequest) -> Explanation | None:
        """Take a print request. Returns why it is refused, None if it is not."""
        now = self._loop.time()
        if self._proofs.hold(wanted, now):
            self._jobs.project_file(wanted, now)
            self._follow_job()
            return None
        return self._decide(wanted, now)

    def _decide(self, wanted: PrintRequest, asked_at: float) -> Explanation | None:
        """Find what a print request is for, and take it. Returns why it is refused, None if it is not."""
        now = self._loop.time()
        belongs_to = self._correlator.requested(wanted, asked_at)
        if not self._correlator.has_plate(belongs_to, wanted):
            _log_no_plate(self.identity, wanted)
            self._jobs.refused(wanted, NO_SUCH_PLATE, now)
            self._follow_job()
            return no_plate(wanted.plate or 1)
        self._jobs.project_file(wanted, now, received=belongs_to is not None)
        self._follow_job()
        self._emit(PrintRequested(request=wanted, upload_id=belongs_to))
        return None

    def tell_busy(self, peer: str, person: str) -> None:
        """Let the slicer of an address and a person know that what it asked to print cannot begin now."""
        self._tell(peer, person, BUSY)

    def tell_unprintable(self, peer: str, person: str) -> None:
        """Let the slicer know that what it asked to print is nothing that can be printed here."""
        self._tell(peer, person, UNREADABLE)

    def _tell(self, peer: str, person: str, code: int) -> None:
        self._jobs.tell(peer, person, code, self._loop.time())
        self._follow_job()

    def _is_there(self, peer: str, person: str) -> bool:
        return any(
            (slicer.peer, slicer.sender.person) == (peer, person)
            for slicer in self.slicers
        )

    def _is_connected(self, peer: str) -> bool:
        return any(slicer.peer == peer for slicer in self.slicers)

    def _upload_of(self, request: PrintRequest) -> str | None:
        """Return what brings the file of a request, or may have brought it."""
        return self._proofs.upload_of(request) or self._correlator.upload_of(request)

    def _percent_of(self, upload_id: str) -> int:
        for upload in self.uploads:
            if upload.id == upload_id:
                return percent_received(upload.received_bytes, upload.announced_bytes)
        return 0

    def _follow_job(self) -> None:
        """Send the status if the job changed, and schedule the next tick."""
        if self._jobs.changes != self._reported:
            self._reported = self._jobs.changes
            # Not at once: the reply to the command that changed the job goes first.
            self._loop.call_soon(self._mqtt.publish_status)
        if self._job_timer:
            self._job_timer.cancel()
            self._job_timer = None
        if self._jobs.deadline is not None:
            self._job_timer = self._loop.call_at(self._jobs.deadline, self._tick)

    def _tick(self) -> None:
        self._jobs.tick(self._loop.time())
        self._follow_job()
