"""Uploads to Home Assistant's own address, as slicers send them: real requests over real sockets."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import io
import json
import logging
from pathlib import Path
import shutil
import socket
import subprocess
from typing import Any, BinaryIO

from aiohttp import FormData
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.bambu_virtual_printer.activity.kinds import EVENT_ACTIVITY
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine import storage
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.presentation.urls import (
    MAX_CURA_PATH,
    short_host_path,
)
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components.http.ban import KEY_FAILED_LOGIN_ATTEMPTS
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from tests.support.home_assistant import AddPrinter, Call, DeviceOf, SentFile
from tests.support.waiting import until

type SlicedFile = Callable[..., SentFile]
type Door = TestClient[Any, Any]

BASE = f"/api/{DOMAIN}/host/garage"
FILES = f"{BASE}/api/files/local"
GCODE = b"; HEADER_BLOCK_START\n" + b"G1 X1\n" * 500 + b"; EXECUTABLE_BLOCK_END\n"
DOORS = Path(__file__).parents[2] / "docs" / "doors.md"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")


@pytest.fixture
async def door(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    hass_client_no_auth: ClientSessionGenerator,
) -> Door:
    """A client without a login."""
    client: Door = await hass_client_no_auth()
    return client


@pytest.fixture
async def key(hub: Hub, printer: ManagedPrinter) -> str:
    """Anna's key."""
    _, secret = await hub.door.keys.async_create(printer.id, "Anna")
    return secret


def form(
    content: bytes | BinaryIO, name: str = "Cube.gcode.3mf", **fields: str
) -> FormData:
    data = FormData(quote_fields=False)
    for field, value in fields.items():
        data.add_field(field, value)
    data.add_field(
        "file",
        io.BytesIO(content) if isinstance(content, bytes) else content,
        filename=name,
        content_type="application/octet-stream",
    )
    return data


async def archived(hass: HomeAssistant, hub: Hub, count: int = 1) -> list[Any]:
    async with asyncio.timeout(20):
        while (
            len(found := (await hub.library.archives(ArchiveQuery())).archives) < count
        ):
            await asyncio.sleep(0.02)
    await hass.async_block_till_done()
    return list(found)


def left_behind(hub: Hub) -> list[Path]:
    root = hub.library._context.folder.root
    return [path for path in root.rglob("*") if path.suffix == ".part"] + [
        *(root / "inbox").iterdir()
    ]


async def test_the_test_button_of_slicers_works_with_the_key_only(
    door: Door, key: str
) -> None:
    for headers in ({"X-Api-Key": key}, {"Authorization": f"Bearer {key}"}):
        answer = await door.get(f"{BASE}/api/version", headers=headers)
        assert answer.status == 200
        # What OrcaSlicer and PrusaSlicer look at.
        version = await answer.json()
        assert version["api"]
        assert version["text"].startswith("OctoPrint")
    refused = await door.get(f"{BASE}/api/version")
    assert (refused.status, refused.headers["Content-Type"]) == (401, "text/plain")
    assert "key" in await refused.text()


async def test_cura_finds_a_printer_that_is_ready(door: Door, key: str) -> None:
    headers = {"X-Api-Key": key}
    for path in ("server", "settings", "printerprofiles", "printer", "job"):
        answer = await door.get(f"{BASE}/api/{path}", headers=headers)
        assert answer.status == 200, path
        shown = await answer.json()
        if path == "printer":
            assert shown["state"]["flags"]["operational"]
        if path == "job":
            assert (shown["state"], shown["progress"]["printTime"]) == (
                "Operational",
                None,
            )
    login = await door.post(
        f"{BASE}/api/login", json={"passive": True}, headers=headers
    )
    assert (await login.json())["name"] == "Anna"


async def test_a_file_is_archived_and_says_who_sent_it(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    door: Door,
    key: str,
    sliced_file: SlicedFile,
) -> None:
    sent = sliced_file()
    answer = await door.post(
        FILES,
        data=form(sent.path.read_bytes(), sent.path.name, print="false", path=""),
        headers={"X-Api-Key": key},
    )
    assert answer.status == 201, await answer.text()
    stored = await answer.json()
    assert stored["done"] and not stored["effectivePrint"]
    # Cura selects what it sent, by what stands behind the first "api/".
    point = answer.headers["Location"].split("api/", 1)[1]
    assert point == f"files/local/{sent.path.name.replace(' ', '%20')}"
    selected = await door.post(
        URL(f"{BASE}/api/{point}", encoded=True),
        json={"command": "select"},
        headers={"X-Api-Key": key},
    )
    assert selected.status == 204
    (archive,) = await archived(hass, hub)
    assert (archive.file.name, archive.file.sender) == (sent.path.name, "Anna")
    assert archive.file.peer == "127.0.0.1"
    path = await hub.library.file_path(archive.id)
    assert path is not None and path.read_bytes() == sent.path.read_bytes()
    assert printer.last_upload is not None and printer.last_upload.sender == "Anna"
    assert printer.uploads == ()
    # It came without a CA.
    assert hub.certificates.trusting_clients == []


async def test_print_is_kept_as_a_request_for_the_plate(
    hass: HomeAssistant, hub: Hub, door: Door, key: str, sliced_file: SlicedFile
) -> None:
    sent = sliced_file(plates=2)
    answer = await door.post(
        FILES,
        data=form(sent.path.read_bytes(), sent.path.name, print="true", plateindex="2"),
        headers={"X-Api-Key": key},
    )
    assert (await answer.json())["effectivePrint"]
    (archive,) = await archived(hass, hub)
    request = (await hub.library.archive(archive.id)).request
    assert request is not None
    assert (request.plate, request.peer) == (2, "127.0.0.1")
    refused = await door.post(
        FILES,
        data=form(sent.path.read_bytes(), sent.path.name, print="true", plateindex="7"),
        headers={"X-Api-Key": key},
    )
    assert refused.status == 400
    assert "plate 7" in await refused.text()


@pytest.mark.parametrize("duplicates", ["keep", "ask", "skip"])
async def test_the_same_file_again_is_taken_and_printed_again(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    hass_client_no_auth: ClientSessionGenerator,
    sliced_file: SlicedFile,
    call: Call,
    duplicates: str,
) -> None:
    printer = await add_printer(filing={"on_print": "start", "duplicates": duplicates})
    assert printer.config.ref.duplicates == duplicates
    _, secret = await hub.door.keys.async_create(printer.id, "Anna")
    door = await hass_client_no_auth()
    sent = sliced_file()
    for name in (sent.path.name, sent.path.name, "Other.gcode.3mf"):
        answer = await door.post(
            FILES,
            data=form(sent.path.read_bytes(), name, print="true", plateindex="1"),
            headers={"X-Api-Key": secret},
        )
        assert (answer.status, (await answer.json())["effectivePrint"]) == (201, True)
        await until(lambda: not hub.library._context.tasks)
        await hass.async_block_till_done()
    jobs = (await call("list_queue"))["jobs"]
    archives = (await call("list_archives"))["archives"]
    pending = (await call("list_pending"))["uploads"]
    counts = (len(jobs), len(archives), len(pending))
    assert (
        counts == {"keep": (3, 3, 0), "ask": (1, 1, 2), "skip": (3, 1, 0)}[duplicates]
    )
    assert {(job["state"], job["intent"]) for job in jobs} == {("waiting", "print")}


async def test_more_than_home_assistant_takes_otherwise_is_streamed(
    hass: HomeAssistant,
    hub: Hub,
    door: Door,
    key: str,
    tmp_path: Path,
    hass_client: ClientSessionGenerator,
) -> None:
    path = tmp_path / "Large.gcode"
    # Home Assistant's own bound for a request is 16 MiB.
    path.write_bytes(GCODE[:-25] + b"G1 X2\n" * 4_000_000 + GCODE[-25:])
    before = set(Path("/tmp").iterdir())
    answer = await door.post(
        FILES, data=form(path.open("rb"), path.name), headers={"X-Api-Key": key}
    )
    assert answer.status == 201, await answer.text()
    assert set(Path("/tmp").iterdir()) <= before
    (archive,) = await archived(hass, hub)
    assert archive.file.size_bytes == path.stat().st_size
    browser = await hass_client()
    head = await browser.head(f"/api/{DOMAIN}/archives/{archive.id}/file")
    assert head.headers["Content-Type"] == "text/x.gcode"


async def test_a_wrong_key_waits_tells_and_bans_nobody(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    door: Door,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[str] = []

    async def _delay(peer: str) -> None:
        waited.append(peer)

    monkeypatch.setattr(hub.door, "async_delay", _delay)
    told = async_capture_events(hass, EVENT_ACTIVITY)
    for _ in range(12):
        refused = await door.get(
            f"{BASE}/api/version", headers={"X-Api-Key": "wrong" * 6}
        )
        assert refused.status == 401
        assert "Wrong upload key" in await refused.text()
    assert waited == ["127.0.0.1"] * 12
    await hass.async_block_till_done()
    failed = [one.data for one in told if one.data.get("type") == "login_failed"]
    assert [one["service"] for one in failed] == ["http"]
    assert not hass.http.app[KEY_FAILED_LOGIN_ATTEMPTS]
    good = await door.get(f"{BASE}/api/version", headers={"X-Api-Key": key})
    assert good.status == 200
    assert len(waited) == 12


async def test_the_delay_is_that_of_access_codes_and_bounded_in_number(
    hub: Hub, printer: ManagedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    go_on = asyncio.Event()

    async def _sleep(delay_s: float) -> None:
        slept.append(delay_s)
        await go_on.wait()

    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.printers.upload_door.asyncio.sleep",
        _sleep,
    )
    for number in range(12):
        assert hub.door.async_admit("garage", f"guess {number}", "192.0.2.9") is None
    tasks = [asyncio.create_task(hub.door.async_delay("192.0.2.9")) for _ in range(70)]
    done, waiting = await asyncio.wait(tasks, timeout=0.05)
    assert (len(done), len(waiting)) == (6, 64)
    assert set(slept) == {10.0}
    go_on.set()
    await asyncio.gather(*tasks)


async def test_a_key_opens_its_own_printer_only_and_survives_a_new_name(
    hass: HomeAssistant,
    hub: Hub,
    entry: Any,
    printer: ManagedPrinter,
    add_printer: AddPrinter,
    door: Door,
    key: str,
) -> None:
    other = await add_printer("Attic")
    twin = await add_printer("Garage")
    assert [hub.door.async_slug(one.id) for one in (printer, other, twin)] == [
        "garage",
        "attic",
        "garage_2",
    ]
    for name, status in (("garage", 200), ("attic", 401), ("garage_2", 401)):
        answer = await door.get(
            f"/api/{DOMAIN}/host/{name}/api/version", headers={"X-Api-Key": key}
        )
        assert answer.status == status, name
    hass.config_entries.async_update_subentry(
        entry, entry.subentries[printer.id], title="Workshop"
    )
    await hass.async_block_till_done()
    for name in ("workshop", "no_such_name"):
        answer = await door.get(
            f"/api/{DOMAIN}/host/{name}/api/version", headers={"X-Api-Key": key}
        )
        assert answer.status == 200, name


async def test_curas_field_for_the_path_is_long_enough_for_every_printer(
    hass: HomeAssistant, hub: Hub, door: Door, add_printer: AddPrinter
) -> None:
    long = "Printer in the big workshop"
    printers = [await add_printer(name) for name in (long[:21], long, f"{long} too")]
    for printer in printers:
        _, secret = await hub.door.keys.async_create(printer.id, "Ben")
        path = short_host_path(hub.door.async_slug(printer.id) or "")
        assert len(path) <= 30
        headers = {"X-Api-Key": secret}
        assert (await door.get(path, headers=headers)).status == 200
        sent = await door.post(
            f"{path}/api/files/local",
            data=form(GCODE, "Cube.gcode", print="false"),
            headers=headers,
        )
        assert sent.status == 201, await sent.text()
        await hass.async_block_till_done()
        location = sent.url.join(URL(sent.headers["Location"]))
        assert str(location.path) == f"{path}/api/files/local/Cube.gcode"
        profile = await door.get(f"{path}/api/printerprofiles", headers=headers)
        (shown,) = (await profile.json())["profiles"].values()
        assert shown["name"] == printer.config.name


async def test_keys_are_made_listed_and_revoked_by_administrators(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    door: Door,
    device_of: DeviceOf,
    hass_read_only_user: Any,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> None:
    async def act(name: str, /, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN, name, data, blocking=True, return_response=True
        )

    caplog.set_level(logging.DEBUG)
    hass.config.internal_url = "http://192.168.1.10:8123"
    device_entry = device_of(printer.id)
    assert device_entry is not None
    device = device_entry.id
    made = await act("create_upload_key", device_id=device, name=" Anna ")
    assert made["url"] == f"http://192.168.1.10:8123{BASE}"
    assert made["short_path"] == "/api/bvp/garage"
    assert (made["name"], made["printer"]) == ("Anna", "Garage")
    secret = made["key"]
    (listed,) = (await act("list_upload_keys", device_id=device))["keys"]
    assert (listed["key_id"], listed["last_used_at"]) == (made["key_id"], None)
    assert secret not in json.dumps(listed)
    headers = {"X-Api-Key": secret}
    assert (await door.get(f"{BASE}/api/version", headers=headers)).status == 200
    (listed,) = (await act("list_upload_keys"))["keys"]
    assert listed["last_used_from"] == "127.0.0.1"
    assert listed["last_used_at"]
    await hub.door.keys.async_save()
    kept = json.dumps(hass_storage[f"{DOMAIN}.upload_keys"])
    assert "Anna" in kept
    assert secret not in kept
    assert secret not in caplog.text
    await act("revoke_upload_key", key_id=made["key_id"])
    assert (await act("list_upload_keys"))["keys"] == []
    with pytest.raises(Exception, match="no upload key"):
        await act("revoke_upload_key", key_id=made["key_id"])
    assert hub.door.keys.find(secret) is None
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "create_upload_key",
            {"device_id": device, "name": "Me"},
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )


async def test_keys_survive_a_restart_and_go_with_their_printer(
    hass: HomeAssistant, hub: Hub, entry: Any, printer: ManagedPrinter, key: str
) -> None:
    hub.door.async_admit("garage", key, "192.0.2.5")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    again: Hub = entry.runtime_data
    assert again is not hub
    (known,) = again.door.keys.of_printer(printer.id)
    assert (known.name, known.last_used_from) == ("Anna", "192.0.2.5")
    hass.config_entries.async_remove_subentry(entry, printer.id)
    await hass.async_block_till_done()
    assert not again.door.keys.of_printer()


async def test_refusals_are_words_that_slicers_show(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    door: Door,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = {"X-Api-Key": key}

    async def refusal(**request: Any) -> tuple[int, str]:
        answer = await door.post(FILES, headers=headers, **request)
        assert answer.headers["Content-Type"] == "text/plain"
        return answer.status, await answer.text()

    assert (await refusal(data=b"G28"))[0] == 400
    assert (await refusal(data=form(b"solid", "Cube.stl")))[0] == 415
    assert (await refusal(data=form(b"PK", "Cube.3mf")))[0] == 415
    two = form(GCODE, "a.gcode")
    two.add_field("file", GCODE, filename="b.gcode")
    assert (await refusal(data=two))[0] == 400
    with monkeypatch.context() as patch:
        patch.setattr(storage, "MAX_UPLOAD_BYTES", 1000)
        assert await refusal(data=form(GCODE * 100, "a.gcode")) == (
            413,
            "The file is too large",
        )
    hub.library.settings = hub.library.settings.__class__(reserve_bytes=2**60)
    assert (await refusal(data=form(GCODE, "a.gcode")))[0] == 507
    await hub.async_set_enabled(printer.id, enabled=False)
    status, text = await refusal(data=form(GCODE, "a.gcode"))
    assert (status, text) == (409, "Garage is switched off in Home Assistant")
    unknown = await door.get(f"{BASE}/api/connection", headers=headers)
    assert unknown.status == 404
    assert left_behind(hub) == []


def _request(key: str, body: bytes, length: int | None = None) -> bytes:
    return (
        f"POST {FILES} HTTP/1.1\r\nHost: ha\r\nX-Api-Key: {key}\r\n"
        "Content-Type: multipart/form-data; boundary=B\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    ).encode() + body


async def test_a_connection_cut_anywhere_leaves_nothing_behind(
    hass: HomeAssistant, hub: Hub, printer: ManagedPrinter, door: Door, key: str
) -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="print"\r\n\r\ntrue\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.gcode"\r\n\r\n'
        + GCODE
        + b"\r\n--B--\r\n"
    )
    whole = _request(key, body)
    assert door.port is not None
    for cut in (*range(150, 420, 30), len(whole) - 40, len(whole) - 1):
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(whole[:cut])
        await writer.drain()
        writer.transport.abort()
        del reader
    # A length that is too short, and one that is too long and then the end.
    for length, ends in ((len(body) - 50, False), (len(body) + 50, True)):
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(_request(key, body, length))
        if ends:
            writer.write_eof()
        with suppress(ConnectionError):
            assert b" 201 " not in await reader.readline()
        writer.close()
    async with asyncio.timeout(20):
        while printer.uploads or left_behind(hub):
            await asyncio.sleep(0.02)
    await hass.async_block_till_done()
    assert (await hub.library.archives(ArchiveQuery())).total == 0


async def test_stopping_ends_an_upload_under_way(
    hass: HomeAssistant,
    hub: Hub,
    entry: Any,
    printer: ManagedPrinter,
    door: Door,
    key: str,
) -> None:
    assert door.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    part = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.gcode"\r\n\r\n'
    writer.write(_request(key, part + GCODE, 1_000_000))
    async with asyncio.timeout(10):
        while not printer.uploads:
            await asyncio.sleep(0.01)
    (progress,) = printer.uploads
    assert progress.name == "a.gcode"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert b" 503 " in await reader.readline()
    writer.close()
    assert left_behind(hub) == []


def curl(*arguments: str) -> tuple[int, str]:
    """Run curl. Returns the status and the body."""
    done = subprocess.run(
        ["curl", "-sS", "-w", "\n%{http_code}", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def as_orca_slicer(url: str, key: str, path: Path) -> list[str]:
    """Return what makes curl send the form that OrcaSlicer makes libcurl send (OctoPrint.cpp, upload_inner_with_host)."""
    return [
        "-H", f"X-Api-Key: {key}", "-H", "User-Agent: OrcaSlicer/2.3.1",
        "-F", "print=true", "-F", "path=", "-F", "plateindex=1",
        "-F", f"file=@{path};filename={path.name}",
        f"{url}/api/files/local",
    ]  # fmt: skip


async def test_curl_as_orca_slicer_directly_and_through_nginx_with_a_prefix(
    hass: HomeAssistant,
    hub: Hub,
    door: Door,
    key: str,
    sliced_file: SlicedFile,
    tmp_path: Path,
) -> None:
    sent = sliced_file()
    direct = f"http://127.0.0.1:{door.port}{BASE}"
    run = hass.async_add_executor_job
    assert await run(curl, *as_orca_slicer(direct, key, sent.path)) == (
        201,
        _body(sent),
    )
    await archived(hass, hub)
    if NGINX is None:
        pytest.skip("nginx is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = tmp_path / "nginx.conf"
    settings.write_text(
        f"""
daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;
events {{}}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {tmp_path}/body;
  proxy_temp_path {tmp_path}/proxy;
  server {{
    listen 127.0.0.1:{port};
    location /home-assistant/ {{
      proxy_pass http://127.0.0.1:{door.port}/; proxy_request_buffering off; proxy_http_version 1.1;
    }}
  }}
}}
"""
    )
    process = await asyncio.create_subprocess_exec(
        NGINX, "-c", str(settings), "-p", str(tmp_path)
    )
    try:
        async with asyncio.timeout(10):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.02)
        proxied = f"http://127.0.0.1:{port}/home-assistant{BASE}"
        status, _ = await run(curl, *as_orca_slicer(proxied, key, sent.path))
        assert status == 201
        # Cura's field takes 30 characters; any name will do that is not another printer's.
        path = "/home-assistant/api/bvp/g"
        assert path in DOORS.read_text("utf-8")
        assert len(path) <= MAX_CURA_PATH < len(f"/home-assistant{BASE}")
        short = f"http://127.0.0.1:{port}{path}"
        status, _ = await run(curl, *as_orca_slicer(short, key, sent.path))
        assert status == 201
        status, body = await run(
            curl, "-H", "X-Api-Key: wrong", f"{proxied}/api/version"
        )
        assert (status, "Wrong upload key" in body) == (401, True)
    finally:
        process.terminate()
        await process.wait()
    found = await archived(hass, hub, 3)
    assert {one.file.sha256 for one in found} == {found[0].file.sha256}


def _body(sent: SentFile) -> str:
    name = sent.path.name
    location = f"../../api/files/local/{name.replace(' ', '%20')}"
    local = {
        "name": name,
        "path": name,
        "origin": "local",
        "refs": {"resource": location},
    }
    return json.dumps(
        {
            "files": {"local": local},
            "done": True,
            "effectiveSelect": False,
            "effectivePrint": True,
        }
    )


async def test_two_hundred_at_once_all_arrive(
    hass: HomeAssistant, hub: Hub, printer: ManagedPrinter, door: Door, key: str
) -> None:
    async def send(number: int) -> int:
        answer = await door.post(
            FILES,
            data=form(GCODE, f"Part {number}.gcode"),
            headers={"X-Api-Key": key},
        )
        return answer.status

    statuses = await asyncio.gather(*map(send, range(200)))
    assert set(statuses) == {201}
    found = await archived(hass, hub, 50)
    assert found
    async with asyncio.timeout(60):
        while (await hub.library.archives(ArchiveQuery())).total < 200:
            await asyncio.sleep(0.05)
    assert left_behind(hub) == []
