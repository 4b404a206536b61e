"""Import, export, tags and likeness of archives, through the real actions."""

import asyncio
from collections.abc import AsyncIterator, Callable
import csv
from pathlib import Path
from typing import Any
import zipfile

from aiohttp import web
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.engine.library.store.marker import (
    MARKER_FILE,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.waiting import until, until_it


async def archived(call: Call, count: int = 1) -> list[dict[str, Any]]:
    """Return the archives once there are so many."""
    found: list[dict[str, Any]] = []

    async def are_there() -> bool:
        found[:] = (await call("list_archives"))["archives"]
        return len(found) == count

    await until_it(are_there, f"there are {count} archives")
    return found


@pytest.fixture
def file(media: Path, sliced_file: Callable[..., SentFile]) -> Path:
    """A sliced file in the media folder."""
    sent = sliced_file("Vase.gcode.3mf", title="Vase")
    return sent.path.rename(media / sent.path.name)


async def test_importing_a_path_archives_the_file_and_leaves_it_there(
    hub: Hub, file: Path, call: Call, told: Told
) -> None:
    answer = await call("import_file", path=str(file))
    (archive,) = await archived(call)
    assert archive["archive_id"] == answer["upload_id"]
    assert archive["name"] == "Vase"
    assert archive["printer"] == "Bambu Virtual Printer"
    assert archive["source_ip"] == ""
    assert file.exists()
    kept = await hub.library.file_path(answer["upload_id"])
    assert kept and kept.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("as_selected", [False, True])
async def test_importing_from_a_media_source(
    file: Path, call: Call, as_selected: bool
) -> None:
    identifier = f"media-source://media_source/local/{file.name}"
    media = {"media_content_id": identifier, "media_content_type": "model/3mf"}
    await call("import_file", media_content_id=media if as_selected else identifier)
    (archive,) = await archived(call)
    assert archive["name"] == "Vase"


async def test_media_that_is_no_file_cannot_be_imported(
    hub: Hub, camera: Path, call: Call
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(
            "import_file", media_content_id="media-source://camera/camera.garage"
        )
    assert raised.value.translation_key == "media_not_a_file"


async def test_importing_an_archive_of_our_own_again(
    printer: ManagedPrinter, send: Send, call: Call
) -> None:
    await send(printer)
    (archive,) = await archived(call)
    await call(
        "import_file",
        media_content_id=f"media-source://bambu_virtual_printer/archive/{archive['archive_id']}",
    )
    newest, _ = await archived(call, 2)
    assert newest["duplicate_of"] == archive["archive_id"]


async def test_an_import_for_a_printer_goes_by_its_mode(
    add_printer: AddPrinter, file: Path, call: Call, device_of: DeviceOf, told: Told
) -> None:
    review = await add_printer("Review", mode="review", filing={"tags": ["work"]})
    device = device_of(review.id)
    assert device
    await call("import_file", path=str(file), device_id=device.id)
    await until(lambda: EventKind.PENDING in told.kinds)
    (pending,) = (await call("list_pending"))["uploads"]
    assert (pending["printer"], pending["name"]) == ("Review", "Vase")
    assert pending["tags"] == ["work"]


async def test_an_import_counts_and_is_told_like_an_upload(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    send: Send,
    file: Path,
    call: Call,
    device_of: DeviceOf,
    told: Told,
    state: Callable[..., Any],
) -> None:
    await send(printer)
    device = device_of(printer.id)
    assert device
    for _ in range(2):
        told.activities.clear()
        await call("import_file", path=str(file), device_id=device.id)
        await until(lambda: EventKind.ARCHIVED in told.kinds)
    kinds = [EventKind.RECEIVED, EventKind.DUPLICATE_DETECTED, EventKind.ARCHIVED]
    assert told.kinds == kinds
    assert told.last(EventKind.RECEIVED)["source_ip"] == ""

    def shown(printer: ManagedPrinter) -> list[str]:
        keys = ("uploads_received", "last_upload", "last_slicer_ip")
        return [state("sensor", printer, key).state for key in keys]

    await until(lambda: shown(printer)[1] == "Vase")
    before = shown(printer)
    assert before == ["3", "Vase", "127.0.0.1"]
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    again = entry.runtime_data.printers[printer.id]
    assert shown(again)[:2] == before[:2]


async def test_the_hub_is_no_virtual_printer(
    hub: Hub, entry: MockConfigEntry, file: Path, call: Call, device_of: DeviceOf
) -> None:
    device = device_of(entry.entry_id)
    assert device
    with pytest.raises(ServiceValidationError) as raised:
        await call("import_file", path=str(file), device_id=device.id)
    assert raised.value.translation_key == "not_a_virtual_printer"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"path": "/etc/passwd"}, "path_not_allowed"),
        ({"url": "https://example.com/a.3mf"}, "url_not_allowed"),
        ({"media_content_id": "http://example.com/a.3mf"}, "media_not_found"),
        (
            {"media_content_id": "media-source://media_source/local/no.3mf"},
            "library_error",
        ),
        (
            {"media_content_id": "media-source://media_source/local/../x.3mf"},
            "media_not_found",
        ),
        (
            {
                "media_content_id": "media-source://bambu_virtual_printer/archive/"
                "01KAPWZ3V8X4M2T9C6B5N7Q1RD"
            },
            "media_not_found",
        ),
    ],
)
async def test_what_may_not_be_imported_or_is_not_there(
    media: Path, call: Call, data: dict[str, str], key: str
) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await call("import_file", **data)
    assert raised.value.translation_key == key


async def test_an_import_wants_one_source(hub: Hub, call: Call) -> None:
    with pytest.raises(probatio.Invalid):
        await call("import_file")
    with pytest.raises(ServiceValidationError) as raised:
        await call("import_file", path="/media/a.3mf", url="http://a/b")
    assert raised.value.translation_key == "one_source_only"


async def test_what_is_no_sliced_file_is_refused_and_leaves_nothing(
    hub: Hub, media: Path, call: Call
) -> None:
    path = media / "notes.3mf"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no 3MF at all")
    with pytest.raises(ServiceValidationError) as raised:
        await call("import_file", path=str(path))
    assert raised.value.translation_key == "not_sliced"
    assert (await call("list_archives"))["total"] == 0
    assert (await call("list_pending"))["uploads"] == []
    library = media / "bambu_virtual_printer"
    assert {item.name for item in library.rglob("*") if item.is_file()} <= {MARKER_FILE}


# --- from the web


@pytest.fixture
async def web_server(
    hass: HomeAssistant, file: Path, address: str
) -> AsyncIterator[str]:
    """A web server with the file, something that is not there, a redirect and one that breaks off."""

    async def vase(_: web.Request) -> web.FileResponse:
        return web.FileResponse(file)

    async def moved(_: web.Request) -> web.Response:
        raise web.HTTPFound("/Vase.gcode.3mf")

    async def broken(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        await response.write(b"PK")
        assert request.transport
        request.transport.abort()
        return response

    app = web.Application()
    app.router.add_get("/moved.3mf", moved)
    app.router.add_get("/broken.3mf", broken)
    app.router.add_get("/My vase.3mf", vase)
    app.router.add_static("/", file.parent)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, address, 8080).start()
    url = f"http://{address}:8080"
    hass.config.allowlist_external_urls = {f"{url}/"}
    yield url
    await runner.cleanup()


async def test_importing_from_the_web(web_server: str, call: Call) -> None:
    await call("import_file", url=f"{web_server}/My%20vase.3mf")
    (archive,) = await archived(call)
    assert archive["file_name"] == "My vase.3mf"


@pytest.mark.parametrize("name", ["none.3mf", "moved.3mf", "broken.3mf"])
async def test_a_download_that_fails_says_why_and_leaves_nothing(
    web_server: str, media: Path, call: Call, name: str
) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await call("import_file", url=f"{web_server}/{name}")
    assert raised.value.translation_key == "download_failed"
    assert name in str(raised.value)
    library = media / "bambu_virtual_printer"
    assert {item.name for item in library.rglob("*") if item.is_file()} <= {MARKER_FILE}


# --- export


async def test_exporting_what_was_searched_for(
    printer: ManagedPrinter,
    media: Path,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    for number, title in enumerate(("Vase", "Box", "Box lid")):
        await send(printer, sliced_file(f"{title}.gcode.3mf", title=title, seed=number))
    path = media / "boxes.csv"
    answer = await call("export_archives", path=str(path), search="box")
    assert answer.pop("download")
    assert answer == {
        "path": str(path),
        "archives": 2,
    }
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert {row["name"] for row in rows} == {"Box", "Box lid"}
    answer = await call(
        "export_archives", path=str(media / "a.xlsx"), printed=False, sort="name"
    )
    assert answer["archives"] == 3
    answer = await call("export_archives", path=str(media / "b.csv"), printed=True)
    assert answer["archives"] == 0
    with pytest.raises(ServiceValidationError, match=r"ends with one of .csv, .xlsx"):
        await call("export_archives", path=str(media / "boxes.pdf"))


async def test_exports_stay_where_they_may_be_and_replace_the_last_one(
    printer: ManagedPrinter, media: Path, call: Call
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call("export_archives", path="/etc/archives.csv")
    assert raised.value.translation_key == "path_not_allowed"
    path = media / "archives.csv"
    path.write_text("of last week")
    assert (await call("export_archives", path=str(path)))["archives"] == 0
    assert "of last week" not in path.read_text()


# --- tags, likeness


async def test_tags_are_counted_renamed_and_removed(
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    for number, tags in enumerate((["gfit", "red"], ["gfit"])):
        await send(printer, sliced_file(f"{number}.gcode.3mf", seed=number))
        newest = (await call("list_archives"))["archives"][0]
        await call("update_archive", archive_id=newest["archive_id"], tags=tags)
    assert (await call("list_tags"))["tags"] == [
        {"tag": "gfit", "archives": 2},
        {"tag": "red", "archives": 1},
    ]
    assert await call("rename_tag", tag="gfit", new_tag="gift") == {"archives": 2}
    assert (await call("list_archives", tags="gift"))["total"] == 2
    assert await call("rename_tag", tag="red") == {"archives": 1}
    assert (await call("list_tags"))["tags"] == [{"tag": "gift", "archives": 2}]
    assert await call("rename_tag", tag="nobody", new_tag="x") == {"archives": 0}


async def test_the_same_bytes_and_the_same_name_are_found(
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    sent = await send(printer, sliced_file("Box.gcode.3mf", title="Box"))
    await send(printer, sent)
    await send(printer, sliced_file("Box.gcode.3mf", title="Box", seed=7))
    other, same, first = (
        archive["archive_id"] for archive in (await call("list_archives"))["archives"]
    )
    found = await call("find_similar", archive_id=first)
    assert [archive["archive_id"] for archive in found["exact"]] == [same]
    assert [archive["archive_id"] for archive in found["similar"]] == [other]
    with pytest.raises(ServiceValidationError):
        await call("find_similar", archive_id="01KAPWZ3V8X4M2T9C6B5N7Q1RD")


async def test_a_new_name_is_found_and_an_empty_one_is_refused(
    printer: ManagedPrinter, send: Send, call: Call
) -> None:
    await send(printer)
    (archive,) = await archived(call)
    await call("update_archive", archive_id=archive["archive_id"], name="Gift box")
    assert (await call("list_archives", search="gift"))["total"] == 1
    with pytest.raises(ServiceValidationError) as raised:
        await call("update_archive", archive_id=archive["archive_id"], name=" ")
    assert raised.value.translation_key == "not_possible"


async def test_a_link_is_kept_and_must_be_one(
    printer: ManagedPrinter, send: Send, call: Call
) -> None:
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    assert archive["link"] == ""
    link = "https://makerworld.com/models/1234"
    changed = await call(
        "update_archive", archive_id=archive["archive_id"], link=f" {link} "
    )
    assert changed["link"] == link
    with pytest.raises(ServiceValidationError, match="https://"):
        await call(
            "update_archive",
            archive_id=archive["archive_id"],
            link="javascript:alert(1)",
        )
    kept = await call("get_archive", archive_id=archive["archive_id"])
    assert kept["link"] == link
    cleared = await call("update_archive", archive_id=archive["archive_id"], link="")
    assert cleared["link"] == ""


async def test_exports_to_one_file_at_the_same_time_do_not_disturb_each_other(
    printer: ManagedPrinter, send: Send, media: Path, call: Call
) -> None:
    await send(printer)
    path = media / "archives.csv"
    answers = await asyncio.gather(
        *(call("export_archives", path=str(path)) for _ in range(4))
    )
    assert all(answer["archives"] == 1 for answer in answers)
    assert len(path.read_text("utf-8-sig").splitlines()) == 2
    assert not list(media.glob("*.part"))
