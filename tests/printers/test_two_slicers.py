"""Two slicers at one virtual printer, interleaved step by step over real sockets: whose files are printed, and how."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
import hashlib
from http.client import HTTPConnection
import io
from itertools import count, cycle
from pathlib import Path
import random
import ssl
from typing import Any
import zipfile

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.engine.protocol.file_tunnel import (
    CHUNK_BYTES,
)
from custom_components.bambu_virtual_printer.engine.values import Intent
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant
from scripts import slicer
from scripts.door import form_frame
from scripts.tunnel import TunnelClient
from tests.support.home_assistant import (
    ACCESS_CODE,
    AddPrinter,
    Call,
    DeviceOf,
    SentFile,
)
from tests.support.waiting import LIMIT_S, until

# What is checked and then taken out of the queue, so that a long run does not plan for thousands.
RUNS_AT_ONCE = 10
PLATES = 2
BOUNDARY = "B" * 16


@dataclass(kw_only=True, eq=False)
class Slicer:
    """A slicer: its address, its access code and its key, and its session, which lasts as its device page is open."""

    source: str
    code: str
    key: str
    person: str
    """Whose the code is; empty for the printer's own."""
    key_person: str
    mqtt: slicer.Session = field(init=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sending:
    """One file that a slicer sends: `options` where Print is pressed, and whether that is told first, as older slicers do."""

    by: Slicer
    path: Path
    way: str
    options: slicer.PrintOptions | None
    tells_first: bool

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def person(self) -> str:
        return self.by.key_person if self.way == "door" else self.by.person

    @property
    def prints(self) -> bool:
        return self.options is not None


class Stage:
    """A virtual printer that starts at once what is printed, and the ways to it."""

    def __init__(
        self, hass: HomeAssistant, hub: Hub, printer: Any, door: int, ca: Path
    ) -> None:
        self.hass, self.hub, self.config = hass, hub, printer.config
        self._door = door
        self._slug = hub.door.async_slug(printer.id)
        self._ca = ca

    def context(self) -> ssl.SSLContext:
        return slicer.tls_context(self.config.serial, self._ca)

    async def steps(self, sending: Sending) -> AsyncGenerator[None]:
        """Send a file; what is between two steps may be done by the other meanwhile."""
        if sending.prints and sending.tells_first:
            await self._ask(sending)
            yield
        upload = {"ftps": self._ftps, "tunnel": self._tunnel, "door": self._http}[
            sending.way
        ](sending)
        done = object()
        while await asyncio.to_thread(next, upload, done) is not done:
            yield
        if sending.prints and not sending.tells_first and sending.way != "door":
            yield
            await self._ask(sending)

    async def _ask(self, sending: Sending) -> None:
        assert sending.options is not None
        url = "brtc://emmc/" if sending.way == "tunnel" else "ftp://"
        fields = await asyncio.to_thread(
            partial(slicer.project_file, url=url), sending.path, sending.options
        )
        mqtt = sending.by.mqtt
        reply = await mqtt.reply_to(
            "print", await mqtt.request("print", "project_file", **fields)
        )
        assert reply["result"].lower() == "success", reply

    def _ftps(self, sending: Sending) -> Iterator[None]:
        content, by = sending.content, sending.by
        with slicer.FtpsClient(self.context()) as client:
            client.open(self.config.bind_ip, by.code, source=by.source)
            yield
            data = client.transfercmd(f"STOR {sending.path.name}")
            assert isinstance(data, ssl.SSLSocket)
            with data:
                data.sendall(content[: len(content) // 2])
                yield
                data.sendall(content[len(content) // 2 :])
                data.unwrap()
            client.voidresp()

    def _tunnel(self, sending: Sending) -> Iterator[None]:
        content, by = sending.content, sending.by
        with TunnelClient(
            self.config.bind_ip, by.code, self.context(), source=by.source
        ) as client:
            yield
            assert client.begin(sending.path.name, len(content)) == 0
            md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
            for offset in range(0, len(content), CHUNK_BYTES):
                yield
                client.send_piece(memoryview(content), offset, md5)
            client.finish(sending.path.name)

    def _http(self, sending: Sending) -> Iterator[None]:
        content, by = sending.content, sending.by
        plate = sending.options.plate if sending.options else None
        before, behind = form_frame(sending.path.name, BOUNDARY, sending.prints, plate)
        connection = HTTPConnection(
            "127.0.0.1", self._door, timeout=LIMIT_S, source_address=(by.source, 0)
        )
        connection.putrequest(
            "POST", f"/api/{DOMAIN}/host/{self._slug}/api/files/local"
        )
        connection.putheader("X-Api-Key", by.key)
        connection.putheader(
            "Content-Type", f"multipart/form-data; boundary={BOUNDARY}"
        )
        connection.putheader("Content-Length", str(len(before + content + behind)))
        connection.endheaders()
        connection.send(before + content[: len(content) // 2])
        yield
        connection.send(content[len(content) // 2 :] + behind)
        answer = connection.getresponse()
        assert (answer.status, b"done" in answer.read()) == (201, True)
        connection.close()


@pytest.mark.parametrize(
    "runs",
    [
        60,
        pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
async def test_nothing_that_was_sent_is_printed_and_what_is_printed_is_as_its_own_slicer_wants(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    device_of: DeviceOf,
    call: Call,
    sliced_file: Callable[..., SentFile],
    new_address: Callable[[], str],
    hass_client_no_auth: ClientSessionGenerator,
    tmp_path: Path,
    runs: int,
) -> None:
    """Two slicers that differ in code, or address, or both, or only in the names of their files, each with up to two files."""
    printer = await add_printer(model="BL-P001", filing={"on_print": "start"})
    device = device_of(printer.id)
    assert device
    people = []
    for name in ("Anna", "Ben"):
        person = await call("add_person", device_id=device.id, name=name)
        key = await call("create_upload_key", device_id=device.id, name=name)
        people.append((person["access_code"], key["key"], person["person_id"]))
    ca = tmp_path / "ca.pem"
    ca.write_text(hub.certificates.authority.pem)
    server = (await hass_client_no_auth()).server
    stage = Stage(hass, hub, printer, server.port, ca)
    base = sliced_file("base.3mf", plates=PLATES).path.read_bytes()
    numbers = count()
    kinds = cycle(["codes", "addresses", "both", "names"])
    addresses = new_address(), new_address()
    rng = random.Random(15)

    def sendings(by: Slicer, name: str, is_older: bool) -> list[Sending]:
        """Draw what a slicer does, one thing after the other: it may send a file, change it, and print it."""
        return [draw(by, name, is_older) for _ in range(rng.randint(1, 2))]

    def draw(by: Slicer, name: str, is_older: bool) -> Sending:
        number = next(numbers)
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / name
        content = io.BytesIO(base)
        with zipfile.ZipFile(content, "a") as package:
            package.writestr("Metadata/number.txt", str(number))
        path.write_bytes(content.getvalue())
        # No two ask for the same.
        options = slicer.PrintOptions(
            plate=rng.randint(1, PLATES),
            timelapse=rng.random() < 0.5,
            ams_mapping=(number % 16, number // 16),
        )
        return Sending(
            by=by,
            path=path,
            way="ftps" if is_older else rng.choice(["ftps", "ftps", "tunnel", "door"]),
            options=options if rng.random() < 0.6 else None,
            tells_first=is_older,
        )

    for first in range(0, runs, RUNS_AT_ONCE):
        kind = next(kinds)
        has_codes = kind in {"codes", "both"}
        sources = addresses if kind in {"addresses", "both"} else addresses[:1] * 2
        slicers = [
            Slicer(
                source=source,
                code=code if has_codes else ACCESS_CODE,
                person=person if has_codes else "",
                key=key,
                key_person=person,
            )
            for source, (code, key, person) in zip(sources, people, strict=True)
        ]
        sent: list[Sending] = []
        async with AsyncExitStack() as sessions:
            for one in slicers:
                one.mqtt = await sessions.enter_async_context(
                    slicer.session(
                        printer.config.bind_ip,
                        one.code,
                        printer.config.serial,
                        await asyncio.to_thread(stage.context),
                        source=one.source,
                    )
                )
            for run in range(first, min(first + RUNS_AT_ONCE, runs)):
                name = f"Cube {run}.gcode.3mf"
                names = [f"A {name}", f"B {name}"] if kind == "names" else [name] * 2
                planned = [
                    sendings(by, name, rng.random() < 0.5)
                    for by, name in zip(slicers, names, strict=True)
                ]
                await interleave(rng, [in_turn(stage, mine) for mine in planned])
                sent += [sending for mine in planned for sending in mine]
        await check(stage, sent)


async def in_turn(stage: Stage, sendings: list[Sending]) -> AsyncGenerator[None]:
    """Do one after the other."""
    for sending in sendings:
        async for _ in stage.steps(sending):
            yield
        yield


async def interleave(rng: random.Random, left: list[AsyncGenerator[None]]) -> None:
    """Let one or both do their next step, until nobody has any left."""
    done = object()
    while left:
        chosen = rng.sample(left, rng.randint(1, len(left)))
        ended = await asyncio.gather(*(anext(steps, done) for steps in chosen))
        left = [
            steps
            for steps in left
            if steps not in chosen or ended[chosen.index(steps)] is not done
        ]


async def check(stage: Stage, sent: list[Sending]) -> None:
    """Compare with what came of it, and take it out of the queue."""
    library = stage.hub.library
    prints = {sending.sha256 for sending in sent if sending.prints}
    # What was printed is in the queue at last, and nothing is under way by which more could come. What is missing then is
    # told below.
    with suppress(TimeoutError):
        async with asyncio.timeout(LIMIT_S / 2):
            while True:
                query = ArchiveQuery(limit=len(sent))
                archives = (await library.archives(query)).archives
                by_hash = {archive.file.sha256: archive for archive in archives}
                jobs = {
                    job.archive_id: job for job in await library.queue.queued_jobs()
                }
                if by_hash.keys() == {
                    sending.sha256 for sending in sent
                } and prints <= {
                    sha256 for sha256, archive in by_hash.items() if archive.id in jobs
                }:
                    break
                await asyncio.sleep(0.01)
    await until(lambda: not library._context.tasks)
    await stage.hass.async_block_till_done()
    jobs = {job.archive_id: job for job in await library.queue.queued_jobs()}
    for sending in sent:
        # As it is now that all is settled.
        details = await library.archive(by_hash[sending.sha256].id)
        archive, asked = details.archive, details.request
        assert archive.file.name == sending.path.name
        assert archive.file.person == sending.person
        job = jobs.pop(archive.id, None)
        if sending.options is None:
            assert (archive.intent, job) == (Intent.SEND, None)
            continue
        assert archive.intent is Intent.PRINT
        assert job is not None
        assert (job.intent, job.state) == (Intent.PRINT, JobState.WAITING)
        assert job.plate == sending.options.plate
        if sending.way != "door":
            # The door's form has no more than the plate.
            assert asked is not None and job.options is not None
            wanted = (sending.options.timelapse, sending.options.ams_mapping)
            assert (job.options.timelapse, job.options.ams_mapping) == wanted
            assert (asked.timelapse, asked.ams_mapping) == wanted
        await library.queue.cancel(job.id)
    assert not jobs
