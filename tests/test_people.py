"""People with access codes of their own: who sent what, what holds for whom, and codes that are good no more."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import ftplib
from functools import partial
from itertools import cycle
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.values import Sender
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from scripts import slicer
from scripts.door import send_to_door
from scripts.tunnel import upload_file_by_tunnel
from tests.support.home_assistant import (
    ACCESS_CODE,
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.waiting import LIMIT_S, until

type AddPerson = Callable[..., Any]


@pytest.fixture
def add_person(call: Call, device_of: DeviceOf) -> AddPerson:
    """Add people to a printer."""

    async def _add(printer: ManagedPrinter, name: str, **settings: Any) -> Any:
        device = device_of(printer.id)
        assert device
        return await call("add_person", device_id=device.id, name=name, **settings)

    return _add


async def test_people_are_named_in_actions_as_long_as_nobody_else_is_called_so(
    add_printer: AddPrinter, add_person: AddPerson, call: Call
) -> None:
    garage, cellar = await add_printer("Garage"), await add_printer("Cellar")
    anna = await add_person(garage, "Anna Müller")
    changed = await call("update_person", person_id="anna  müller", reviewed=True)
    assert (changed["person_id"], changed["reviewed"]) == (anna["person_id"], True)
    other = await add_person(cellar, "Anna Müller")
    with pytest.raises(ServiceValidationError) as raised:
        await call("remove_person", person_id="Anna Müller")
    assert raised.value.translation_key == "ambiguous_name"
    await call("remove_person", person_id=other["person_id"])
    await call("remove_person", person_id="Anna Müller")
    with pytest.raises(ServiceValidationError, match="There is no person"):
        await call("remove_person", person_id="Anna Müller")


async def test_the_code_says_who_sends(
    printer: ManagedPrinter,
    add_person: AddPerson,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
) -> None:
    anna = await add_person(printer, "Anna", tags=["school"])
    assert anna["serial"] == printer.config.serial
    assert anna["access_code"] in anna["steps"]
    await send(
        printer,
        sliced_file("Annas.gcode.3mf", seed=1),
        print_options=slicer.PrintOptions(),
        access_code=anna["access_code"],
    )
    await send(printer, sliced_file("Ours.gcode.3mf", seed=2))
    (hers,) = (await call("list_archives", person="Anna"))["archives"]
    assert (hers["sender"], hers["person_id"]) == ("Anna", anna["person_id"])
    assert (hers["intent"], hers["tags"]) == ("print", ["school"])
    assert (await call("list_archives", person=anna["person_id"]))["total"] == 1
    senders = {one["sender"] for one in (await call("list_archives"))["archives"]}
    assert senders == {"Anna", ""}
    assert {one["sender"] for one in told.of(EventKind.RECEIVED)} == {"Anna", ""}
    (person,) = (await call("list_people"))["people"]
    assert person["last_used_from"]
    assert "access_code" not in person


async def test_the_code_says_whose_files_can_be_had_over_ftps(
    hub: Hub,
    add_printer: AddPrinter,
    add_person: AddPerson,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    tmp_path: Path,
) -> None:
    printer = await add_printer("Review", mode="review")
    anna, bob = await add_person(printer, "Anna"), await add_person(printer, "Bob")
    hers = sliced_file("Annas.gcode.3mf", seed=1)
    await send(printer, hers, access_code=anna["access_code"])
    name = hers.path.name
    context = slicer.tls_context(printer.config.serial, tmp_path / "ca.pem")

    def ask(code: str, *commands: str) -> list[str]:
        """Give commands in a session of its own; returns what each was answered, and what was fetched at last."""
        replies = []
        with slicer.FtpsClient(context) as client:
            client.open(printer.config.bind_ip, code)
            assert client.nlst() == [name]
            for command in commands:
                try:
                    replies.append(client.sendcmd(command)[:3])
                except ftplib.error_perm as err:
                    replies.append(str(err)[:3])
            try:
                client.retrbinary(f"RETR {name}", fetched.extend)
            except ftplib.error_perm as err:
                replies.append(str(err)[:3])
        return replies

    fetched = bytearray()
    commands = (f"SIZE {name}", f"DELE {name}", f"RNFR {name}", "RNTO Bobs.gcode.3mf")
    replies = await asyncio.to_thread(ask, bob["access_code"], *commands)
    assert replies == ["213", "550", "550", "503", "550"]
    assert not fetched
    (waiting,) = (await call("list_pending"))["uploads"]
    assert waiting["file_name"] == name
    for code in (anna["access_code"], printer.config.access_code):
        fetched = bytearray()
        assert await asyncio.to_thread(ask, code) == []
        assert fetched == hers.path.read_bytes()


async def test_codes_are_kept_as_hashes_and_survive_a_restart(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    add_person: AddPerson,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    code = (await add_person(printer, "Anna"))["access_code"]
    assert len(code) == 8
    assert code not in json.dumps(hass_storage[f"{DOMAIN}.people"])
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    hub = entry.runtime_data
    found = hub.people.by_code(printer.id, code.encode())
    assert found is not None and found.name == "Anna"
    assert hub.people.by_code(printer.id, ACCESS_CODE.encode()) is None
    assert hub.people.by_code("another", code.encode()) is None
    assert code not in caplog.text


async def test_a_code_that_was_renewed_or_removed_is_good_no_more_and_others_go_on(
    hub: Hub,
    printer: ManagedPrinter,
    add_person: AddPerson,
    send: Send,
    call: Call,
) -> None:
    anna, paul = await add_person(printer, "Anna"), await add_person(printer, "Paul")
    renewed = await call("renew_access_code", person_id=anna["person_id"])
    assert renewed["access_code"] != anna["access_code"]
    await call("remove_person", person_id=paul["person_id"])
    for code in (anna["access_code"], paul["access_code"]):
        with pytest.raises(Exception, match=r"530|code"):
            await send(printer, access_code=code)
    for code in (renewed["access_code"], ACCESS_CODE):
        await send(printer, access_code=code)
    with pytest.raises(ServiceValidationError, match="no person"):
        await call("renew_access_code", person_id=paul["person_id"])


async def test_a_slicer_is_cut_off_when_its_code_is_renewed(
    hub: Hub,
    printer: ManagedPrinter,
    add_person: AddPerson,
    call: Call,
    tmp_path: Path,
) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text(hub.certificates.authority.pem)
    config = printer.config
    context = slicer.tls_context(config.serial, ca)
    anna = await add_person(printer, "Anna")
    async with slicer.session(config.bind_ip, ACCESS_CODE, config.serial, context):
        with suppress(slicer.SlicerError, OSError):
            async with slicer.session(
                config.bind_ip, anna["access_code"], config.serial, context
            ) as mqtt:
                code = await mqtt.reply_to(
                    "system", await mqtt.request("system", "get_access_code")
                )
                # Nobody is told the printer's own.
                assert code["access_code"] == anna["access_code"]
                assert len(printer.slicers) == 2
                await call("renew_access_code", person_id=anna["person_id"])
                await until(lambda: len(printer.slicers) == 1)
        assert [slicer.sender for slicer in printer.slicers] == [Sender()]


async def test_what_somebody_sends_who_is_reviewed_waits_whatever_the_mode(
    add_printer: AddPrinter, add_person: AddPerson, send: Send, call: Call
) -> None:
    printer = await add_printer("Queue", mode="queue", filing={"on_print": "start"})
    leo = await add_person(printer, "Leo", reviewed=True)
    await send(
        printer, print_options=slicer.PrintOptions(), access_code=leo["access_code"]
    )
    (waiting,) = (await call("list_pending"))["uploads"]
    assert (waiting["sender"], waiting["intent"]) == ("Leo", "print")
    assert (await call("list_queue"))["jobs"] == []
    await call("update_person", person_id=leo["person_id"], reviewed=False)
    await send(printer, access_code=leo["access_code"])
    assert (await call("list_queue"))["jobs"]


def upload(*args: Any, **kwargs: Any) -> None:
    """Send a file, once more while others have all of the printer's ten passive ports."""
    for _ in range(50):
        try:
            slicer.upload_file(*args, **kwargs)
        except slicer.SlicerError as err:
            if "425" not in str(err):
                raise
        else:
            return
    pytest.fail("no passive port became free")


@pytest.mark.parametrize("ways", [("ftps",), ("ftps", "tunnel", "door")])
async def test_twenty_who_send_the_same_name_at_once_stay_apart(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    add_person: AddPerson,
    sliced_file: Callable[..., SentFile],
    call: Call,
    new_address: Callable[[], str],
    hass_client_no_auth: ClientSessionGenerator,
    tmp_path: Path,
    ways: tuple[str, ...],
) -> None:
    """By FTPS alone, and by every way there is."""
    printer = await add_printer(model="BL-P001")
    ca = tmp_path / "ca.pem"
    ca.write_text(hub.certificates.authority.pem)
    people = [await add_person(printer, f"Person {number}") for number in range(20)]
    files = []
    for number in range(len(people)):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "Cube.gcode.3mf"
        path.write_bytes(sliced_file(f"{number}.3mf", seed=number).path.read_bytes())
        files.append(path)
    context = slicer.tls_context(printer.config.serial, ca)
    loop = asyncio.get_running_loop()
    server = (await hass_client_no_auth()).server
    slug = hub.door.async_slug(printer.id)

    async def send(way: str, person: Any, file: Path) -> None:
        target = (printer.config.bind_ip, person["access_code"], context, file)
        match way:
            case "ftps":
                # One address has fewer connections than that.
                work = partial(upload, *target, source=new_address())
                await loop.run_in_executor(threads, work)
            case "tunnel":
                await loop.run_in_executor(threads, upload_file_by_tunnel, *target)
            case "door":
                _key, secret = await hub.door.keys.async_create(
                    printer.id, person["name"]
                )
                url = f"http://127.0.0.1:{server.port}/api/{DOMAIN}/host/{slug}"
                await send_to_door(file, url, secret)

    with ThreadPoolExecutor(len(people)) as threads:
        await asyncio.gather(
            *(
                send(way, person, file)
                for way, person, file in zip(cycle(ways), people, files, strict=False)
            )
        )
    async with asyncio.timeout(LIMIT_S):
        while (await call("list_archives"))["total"] < len(people):
            await hass.async_block_till_done()
    for person, file in zip(people, files, strict=True):
        (archive,) = (await call("list_archives", person=person["person_id"]))[
            "archives"
        ]
        kept = (await hub.archives.file(archive["archive_id"])).path
        assert kept is not None
        assert kept.read_bytes() == file.read_bytes()
        assert archive["file_name"] == "Cube.gcode.3mf"
        assert archive["sender"] == person["name"]


async def test_tags_of_a_person_are_on_what_they_send_by_every_way(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    add_person: AddPerson,
    device_of: DeviceOf,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    hass_admin_user: MockUser,
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
) -> None:
    printer = await add_printer(
        model="BL-P001", mode="review", filing={"tags": ["all"]}
    )
    device = device_of(printer.id)
    assert device
    anna = await add_person(
        printer, "Anna", tags=["school", "All"], user=hass_admin_user.id
    )
    key = await call("create_upload_key", device_id=device.id, name="Anna")
    ca = tmp_path / "ca.pem"
    ca.write_text(hub.certificates.authority.pem)
    context = slicer.tls_context(printer.config.serial, ca)
    client = await hass_client()
    files = {
        way: sliced_file(f"{way}.gcode.3mf", title=way, seed=seed)
        for seed, way in enumerate(("ftps", "tunnel", "door", "browser", "nobody"))
    }
    await send(printer, files["ftps"], access_code=anna["access_code"])
    await asyncio.to_thread(
        upload_file_by_tunnel,
        printer.config.bind_ip,
        anna["access_code"],
        context,
        files["tunnel"].path,
    )
    server = client.server
    url = f"http://127.0.0.1:{server.port}/api/{DOMAIN}/host/garage"
    await send_to_door(files["door"].path, url, key["key"])
    answer = await client.post(
        f"/api/{DOMAIN}/upload",
        params={"printer_id": printer.id, "name": files["browser"].path.name},
        data=files["browser"].path.read_bytes(),
    )
    assert answer.status == 201, await answer.text()
    await send(printer, files["nobody"])
    await until(lambda: not hub.library._context.tasks)
    waiting = {one["name"]: one for one in (await call("list_pending"))["uploads"]}
    tags = {name: sorted(one["tags"]) for name, one in waiting.items()}
    # Each once, whatever its letters.
    hers = {name: ["all", "school"] for name in files}
    assert tags == hers | {"nobody": ["all"]}
    # What is changed holds from then on; what is there keeps its tags.
    await call("update_person", person_id=anna["person_id"], tags=["club"])
    again = sliced_file("again.gcode.3mf", title="again", seed=9)
    await send(printer, again, access_code=anna["access_code"])
    for one in (await call("list_pending"))["uploads"]:
        await call("archive_pending", upload_id=one["upload_id"])
    archives = (await call("list_archives"))["archives"]
    assert {one["name"]: sorted(one["tags"]) for one in archives} == tags | {
        "again": ["all", "club"]
    }
    found = (await call("list_archives", tags=["School"], person="Anna"))["archives"]
    assert {one["name"] for one in found} == {"ftps", "tunnel", "door", "browser"}


async def test_two_people_of_one_printer_have_two_names(
    printer: ManagedPrinter, add_person: AddPerson, call: Call
) -> None:
    anna = await add_person(printer, "Anna")
    with pytest.raises(ServiceValidationError, match="is called anna"):
        await add_person(printer, "anna")
    paul = await add_person(printer, "Paul", access_code=False)
    assert not paul["has_access_code"]
    with pytest.raises(ServiceValidationError, match="is called Paul"):
        await call("update_person", person_id=anna["person_id"], name="Paul")
    with pytest.raises(ServiceValidationError, match="no user"):
        await call("update_person", person_id=anna["person_id"], user="nobody")


async def test_an_upload_key_is_that_of_the_person_of_its_name(
    printer: ManagedPrinter, add_person: AddPerson, device_of: DeviceOf, call: Call
) -> None:
    anna = await add_person(printer, "Anna")
    device = device_of(printer.id)
    assert device
    key = await call("create_upload_key", device_id=device.id, name="Anna")
    assert key["person_id"] == anna["person_id"]
    await call("remove_person", person_id=anna["person_id"])
    assert (await call("list_upload_keys"))["keys"] == []
