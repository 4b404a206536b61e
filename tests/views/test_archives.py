"""Getting a file out of Home Assistant: links in lists and responses, under the name the slicer gave it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.presentation import as_markdown
from custom_components.bambu_virtual_printer.views.exports import MAX_EXPORTS
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile
from tests.support.waiting import until

NAME = "Grüße & “Würfel” 100%.gcode.3mf"


@pytest.fixture
async def sent(
    add_printer: AddPrinter, send: Send, sliced_file: Callable[..., SentFile], hub: Hub
) -> SentFile:
    """A file that is pending, and the same one in the queue."""
    sent = sliced_file(NAME, title="Gift box")
    await send(await add_printer("Review", mode="review"), sent)
    await send(await add_printer("Queue", mode="queue"), sent)
    await until(
        lambda: hub.coordinator.data.pending and hub.coordinator.data.queued_jobs
    )
    return sent


@pytest.fixture
def items(hass: HomeAssistant, entity_id: Callable[..., str], hub: Hub) -> Any:
    """Read a to-do list."""

    async def _items(key: str) -> list[dict[str, Any]]:
        entity = entity_id("todo", hub, key)
        response = await hass.services.async_call(
            "todo",
            "get_items",
            {"entity_id": entity},
            blocking=True,
            return_response=True,
        )
        assert response
        found: list[dict[str, Any]] = response[entity]["items"]
        return found

    return _items


def link_in(description: str) -> str:
    """Return the path a card makes a link of; it is opened by the browser itself, wherever Home Assistant is."""
    found = re.search(
        r'<a href="(/api/[^"]+)" target="_blank">Download</a>', description
    )
    assert found, description
    return found[1]


@pytest.mark.parametrize("key", ["pending_uploads", "print_queue"])
async def test_items_of_both_lists_have_a_link_to_their_file(
    hass: HomeAssistant,
    sent: SentFile,
    items: Callable[..., Any],
    hass_client_no_auth: ClientSessionGenerator,
    key: str,
) -> None:
    (item,) = await items(key)
    path = link_in(item["description"])
    client = await hass_client_no_auth()
    response = await client.get(path)
    assert response.status == 200
    assert await response.read() == sent.path.read_bytes()
    assert response.content_disposition.type == "attachment"
    assert response.content_disposition.filename == NAME
    # Clients that know nothing but ASCII get a name they can use.
    assert (
        'filename="Gr__e & _W_rfel_ 100_.gcode.3mf"'
        in response.headers["Content-Disposition"]
    )
    assert (await client.get(path.partition("?")[0])).status == 401
    assert (await client.get(path[:-2])).status == 401


async def test_links_stay_the_same_while_they_are_good_and_are_renewed_in_time(
    hass: HomeAssistant,
    hub: Hub,
    sent: SentFile,
    items: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (item,) = await items("pending_uploads")
    first = link_in(item["description"])
    now = dt_util.utcnow()
    monkeypatch.setattr(
        "homeassistant.util.dt.utcnow", lambda: now + timedelta(hours=23)
    )
    (item,) = await items("pending_uploads")
    assert link_in(item["description"]) == first
    monkeypatch.setattr("time.time", lambda: now.timestamp() + 25 * 3600)
    monkeypatch.setattr(
        "homeassistant.util.dt.utcnow", lambda: now + timedelta(hours=25)
    )
    (item,) = await items("pending_uploads")
    assert link_in(item["description"]) != first


async def test_responses_have_links_to_the_files(
    hub: Hub,
    sent: SentFile,
    call: Call,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    (pending,) = (await call("list_pending"))["uploads"]
    (archive,) = (await call("list_archives"))["archives"]
    (job,) = (await call("list_queue"))["jobs"]
    client = await hass_client_no_auth()
    for shown in (
        pending,
        archive,
        job,
        await call("get_upload", upload_id=pending["upload_id"]),
        await call("get_archive", archive_id=archive["archive_id"]),
        await call("get_job", job_id=job["job_id"]),
        (
            await call("find_similar", archive_id=archive["archive_id"])
            | {"exact": [archive]}
        )["exact"][0],
    ):
        response = await client.get(shown["download"])
        assert response.status == 200
        assert await response.read() == sent.path.read_bytes()


async def test_what_was_discarded_or_deleted_cannot_be_downloaded(
    hub: Hub,
    sent: SentFile,
    call: Call,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    (pending,) = (await call("list_pending"))["uploads"]
    (archive,) = (await call("list_archives"))["archives"]
    await call("discard_pending", upload_id=pending["upload_id"])
    await call("delete_archive", archive_id=archive["archive_id"])
    client = await hass_client_no_auth()
    for shown in (pending, archive):
        assert (await client.get(shown["download"])).status == 404
    gone = await call("get_upload", upload_id=pending["upload_id"])
    assert "download" not in gone


async def test_an_export_comes_with_a_link_to_it(
    hass: HomeAssistant,
    sent: SentFile,
    call: Call,
    media: Path,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    path = media / "prints.csv"
    answer = await call("export_archives", path=str(path))
    client = await hass_client_no_auth()
    response = await client.get(answer["download"])
    assert response.status == 200
    assert await response.read() == path.read_bytes()
    assert response.content_disposition.filename == "prints.csv"
    # The link is to what was written, not to what somebody puts in its place.
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert (await client.get(answer["download"])).status == 404


async def test_no_more_exports_are_remembered_than_anybody_needs(
    sent: SentFile,
    call: Call,
    media: Path,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    path = str(media / "prints.csv")
    links = [
        (await call("export_archives", path=path))["download"]
        for _ in range(MAX_EXPORTS + 1)
    ]
    client = await hass_client_no_auth()
    assert (await client.get(links[0])).status == 404
    assert (await client.get(links[1])).status == 200


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Gift box 1, PLA-CF, €0.37 · 22 min", None),
        ("![x](http://192.0.2.9/x.png)", r"\!\[x\](http\://192.0.2.9/x.png)"),
        ("<img src=x> **bold** `code`", r"\<img src=x\> \*\*bold\*\* \`code\`"),
        ("see www.example.org", r"see www\.example.org"),
    ],
)
def test_what_a_file_says_is_no_markup(text: str, escaped: str | None) -> None:
    assert as_markdown(text) == (escaped or text)


async def test_a_plates_name_is_no_markup_in_the_list(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    hub: Hub,
    items: Callable[..., Any],
) -> None:
    printer = await add_printer("[Farm](http://192.0.2.9)", mode="review")
    await send(printer, sliced_file(title="Box"))
    await until(lambda: hub.coordinator.data.pending)
    (item,) = await items("pending_uploads")
    assert r"\[Farm\](http\://192.0.2.9)" in item["description"]
