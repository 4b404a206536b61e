"""Sharing the library, joining a shared one, and having one of its own again: what a person sees and does."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
import tempfile
import threading
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import create_engine, insert, update

from custom_components.bambu_virtual_printer.config.options import HubOptions
from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
)
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.bambu_virtual_printer.engine.library.index import threads
from custom_components.bambu_virtual_printer.engine.library.index.database_check import (
    DatabaseCheck,
)
from custom_components.bambu_virtual_printer.engine.library.index.migrations import (
    migrate,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    instances,
    libraries,
    versions,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.sharing import drivers, opening
from custom_components.bambu_virtual_printer.sharing.move_state import MoveState
from custom_components.bambu_virtual_printer.sharing.moves import LibraryMoves
from homeassistant import requirements
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util, package
from scripts.servers.postgresql import Server
from tests.support.home_assistant import Send
from tests.support.waiting import until

LIBRARY_ID = "01KB1000000000000000000000"


@pytest.fixture
def store(hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path) -> Path:
    """An empty folder, as of network storage."""
    folder = tmp_path / "media" / "nas" / "prints"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def url(postgresql: Callable[[], str]) -> str:
    """An empty database."""
    return postgresql()


@pytest.fixture
def library_of_others(url: str, store: Path) -> str:
    """A shared library that another Home Assistant has. Returns the URL of its database."""
    engine = create_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(
            insert(libraries).values(id=LIBRARY_ID, folder="", instance="other")
        )
        connection.execute(
            insert(instances).values(
                id="other", name="Cabin", version="1.0", seen_at=dt_util.utcnow()
            )
        )
    engine.dispose()
    FolderBackend(store).mark(LIBRARY_ID)
    return url


@pytest.fixture
def step(hass: HomeAssistant, entry: MockConfigEntry) -> Callable[..., Any]:
    """Open the options, or answer a form or menu; what only shows progress is waited for."""

    async def _step(form: Any = None, answers: Any = None, **fields: Any) -> Any:
        options = hass.config_entries.options
        if form is None:
            return await options.async_init(entry.entry_id)
        if isinstance(answers, str):
            answers = {"next_step_id": answers}
        result = await options.async_configure(form["flow_id"], answers or fields)
        while result["type"] is FlowResultType.SHOW_PROGRESS:
            task = options._progress[form["flow_id"]].async_get_progress_task()
            if task is not None:
                await asyncio.wait([task], timeout=60)
            result = await options.async_configure(form["flow_id"])
        await hass.async_block_till_done()
        return result

    return _step


@pytest.fixture
def to_files(step: Callable[..., Any], url: str) -> Callable[[], Any]:
    """Go as far as the question where the files are."""

    async def _to_files() -> Any:
        form = await step(await step(), "share")
        return await step(form, host=url, encryption="prefer")

    return _to_files


def suggested(form: Any) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


# --- the database


async def test_the_menu_says_where_the_library_is(
    hub: Hub, step: Callable[..., Any], tmp_path: Path
) -> None:
    menu = await step()
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["settings", "share"]
    assert menu["description_placeholders"]["place"] == str(tmp_path / "media" / DOMAIN)


async def test_a_url_can_be_pasted_and_its_password_is_not_shown_again(
    hub: Hub, step: Callable[..., Any]
) -> None:
    form = await step(await step(), "share")
    assert form["step_id"] == "database"
    assert suggested(form) == {"port": 5432, "encryption": "prefer"}
    form = await step(
        form,
        host="postgres://anna:secret@127.0.0.1:1/prints?sslmode=require",
        encryption="prefer",
    )
    assert form["errors"] == {"host": "refused"}
    assert suggested(form) == {
        "host": "127.0.0.1",
        "port": 1,
        "name": "prints",
        "user": "anna",
        "encryption": "require",
    }
    assert "secret" not in str(form["description_placeholders"])


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("mysql://anna:secret@host/prints", "not of PostgreSQL"),
        ("postgresql://host", "another form"),
        ("postgresql://host:port:1/secret", "another form"),
        ("postgresql://anna:top@secret@host/prints", "%40"),
        ("anna:secret@host", "another form"),
    ],
)
async def test_what_is_no_url_of_postgresql_is_told_at_its_field(
    hub: Hub, step: Callable[..., Any], host: str, says: str
) -> None:
    form = await step(await step(), "share")
    form = await step(form, host=host, encryption="prefer")
    assert form["errors"] == {"host": "database_url"}
    assert says in form["description_placeholders"]["reason"]
    assert "secret" not in form["description_placeholders"]["reason"]
    assert "secret" not in str(suggested(form))


async def test_a_host_may_be_followed_by_its_port(
    hub: Hub, step: Callable[..., Any]
) -> None:
    form = await step(await step(), "share")
    form = await step(form, host="127.0.0.1:5433", port=5432, encryption="prefer")
    assert suggested(form)["host"] == "127.0.0.1"
    assert suggested(form)["port"] == 5433


async def test_a_name_and_a_user_are_needed_without_a_url(
    hub: Hub, step: Callable[..., Any]
) -> None:
    form = await step(await step(), "share")
    form = await step(form, host="127.0.0.1", encryption="prefer")
    assert form["errors"] == {"name": "required", "user": "required"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"password": "wrong"}, "password"), ({"host": "127.0.0.1", "port": 1}, "host")],
)
async def test_each_fault_of_the_database_is_told_at_its_field(
    hub: Hub,
    step: Callable[..., Any],
    shared_server: Server,
    fields: dict[str, Any],
    field: str,
) -> None:
    form = await step(await step(), "share")
    answers = {
        "host": shared_server.address,
        "port": 5432,
        "name": "postgres",
        "user": "library",
        "encryption": "prefer",
    }
    form = await step(form, answers | fields)
    assert form["errors"] == {field: "refused"}
    assert form["description_placeholders"]["reason"]


async def test_without_the_internet_the_form_says_what_is_missing_and_it_can_be_tried_again(
    hass: HomeAssistant,
    hub: Hub,
    step: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    url: str,
) -> None:
    wanted = ("psycopg[binary]==0.0.1", *drivers.DRIVERS[1:])
    with monkeypatch.context() as patch:
        patch.setattr(drivers, "DRIVERS", wanted)
        patch.setattr(package, "install_package", lambda *_, **__: False)
        form = await step(await step(), "share")
        assert form["errors"] == {"base": "refused"}
        assert "could not be downloaded" in form["description_placeholders"]["reason"]
        form = await step(form, host=url, encryption="prefer")
        assert form["errors"] == {"base": "refused"}
        assert not requirements._async_get_manager(hass).install_failure_history
    form = await step(form, host=url, encryption="prefer")
    assert form["step_id"] == "files"


# --- the files


async def test_each_fault_of_the_folder_is_told(
    hass: HomeAssistant, hub: Hub, step: Callable[..., Any], to_files: Any, store: Path
) -> None:
    form = await step(await to_files(), "folder")
    form = await step(form, path="/etc")
    assert form["errors"] == {"path": "folder_refused"}
    assert "not inside" in form["description_placeholders"]["reason"]
    assert "www" not in form["description_placeholders"]["reason"]
    form = await step(form, path=str(store / "missing"))
    assert form["errors"] == {"path": "refused"}
    assert suggested(form)["path"] == str(store / "missing")
    own = HubOptions.from_entry(hass, hub.entry).library_folder
    for path in (own, own / "archive"):
        form = await step(form, path=str(path))
        assert form["errors"] == {"path": "folder_refused"}
        assert "own library" in form["description_placeholders"]["reason"]
    form = await step(form, path=str(store))
    assert form["step_id"] == "create"


async def test_a_share_that_hangs_is_told_and_holds_no_thread_of_home_assistant(
    hass: HomeAssistant,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silence = threading.Event()
    hung: list[str] = []
    resolve = Path.resolve

    def resolved(path: Path, *, strict: bool = False) -> Path:
        # Another place for media than the one that was asked for.
        if path == Path("/silent/media") and not silence.is_set():
            hung.append(threading.current_thread().name)
            silence.wait(60)
        return resolve(path, strict=strict)

    hass.config.media_dirs["silent"] = "/silent/media"
    form = await step(await to_files(), "folder")
    with monkeypatch.context() as patch:
        patch.setattr(threads, "ANSWER_WITHIN_S", 0.2)
        patch.setattr(Path, "resolve", resolved)
        try:
            async with asyncio.timeout(30):
                form = await step(form, path="/elsewhere")
            await until(lambda: hung)
        finally:
            silence.set()
    assert form["errors"] == {"path": "refused"}
    assert "does not answer" in form["description_placeholders"]["reason"]
    assert hung == ["bambu_library_folder_check"]
    await until(
        lambda: not any(one.name == hung[0] for one in threading.enumerate()),
        "it comes back",
    )
    form = await step(form, path=str(store))
    assert form["step_id"] == "create"


async def test_each_fault_of_the_bucket_is_told_at_its_field(
    hub: Hub, step: Callable[..., Any], to_files: Any
) -> None:
    form = await step(await to_files(), "bucket")
    answers = {"bucket": "prints", "access_key": "key", "secret_key": "secret"}
    form = await step(form, endpoint="http://127.0.0.1:1", **answers)
    assert form["errors"] == {"endpoint": "refused"}
    assert "secret_key" not in suggested(form)
    assert "secret" not in str(form["description_placeholders"])
    # What is no address, no key and no region: nobody is asked.
    for wrong, field in (
        ({"endpoint": "http://[abc"}, "endpoint"),
        ({"endpoint": "http://127.0.0.1:99999"}, "endpoint"),
        ({"access_key": "line\nbreak"}, "secret_key"),
        ({"secret_key": "line\nbreak"}, "secret_key"),
        ({"region": "eu west"}, "region"),
    ):
        form = await step(form, **{"endpoint": "http://127.0.0.1:1"} | answers | wrong)
        assert form["errors"] == {field: "refused"}


async def test_no_room_to_try_the_files_with_is_told(
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = await step(await to_files(), "folder")
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path / "not mounted"))
        form = await step(form, path=str(store))
    assert form["errors"] == {"path": "refused"}
    assert "on this computer" in form["description_placeholders"]["reason"]


# --- joining


async def test_the_library_is_shared_with_what_is_in_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    url: str,
) -> None:
    await send(printer)
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    assert form["step_id"] == "create"
    assert form["description_placeholders"]["server"]
    form = await step(form, take_along=True, cache_gb=1)
    assert form["step_id"] == "moved"
    assert form["description_placeholders"]["archives"] == "1"
    assert form["description_placeholders"]["pending"] == "0"
    result = await step(form, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.runtime_data is not hub
    page = await entry.runtime_data.library.archives(ArchiveQuery())
    assert [archive.name for archive in page.archives] == ["Gear and star"]
    told = str(await async_get_config_entry_diagnostics(hass, entry))
    assert url.partition("host=")[2] not in told
    menu = await step()
    assert menu["menu_options"] == [
        "settings",
        "share_again",
        "remove_instance",
        "leave",
    ]
    assert str(store) in menu["description_placeholders"]["place"]


async def test_a_shared_library_shows_what_is_in_it_before_it_is_joined(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    library_of_others: str,
) -> None:
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    assert form["step_id"] == "join"
    shown = form["description_placeholders"]
    assert (shown["archives"], shown["pending"], shown["jobs"]) == ("0", "0", "0")
    assert "- Cabin (version 1.0), last seen" in shown["instances"]
    assert CONF_SHARED_LIBRARY not in entry.data
    result = await step(form, take_along=False, cache_gb=1)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.data[CONF_SHARED_LIBRARY]["library_id"] == LIBRARY_ID
    assert entry.runtime_data is not hub


async def test_a_library_of_an_older_version_says_that_the_others_have_to_be_updated(
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    library_of_others: str,
) -> None:
    engine = create_engine(library_of_others)
    with engine.begin() as connection:
        connection.execute(update(versions).values(version=versions.c.version - 1))
    engine.dispose()
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    assert "must be updated" in form["description_placeholders"]["notes"]


async def test_an_extension_that_is_wanted_and_cannot_be_had_is_told(
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = opening.check_database

    async def without(url: str) -> DatabaseCheck:
        return replace(await check(url), has_trigrams=False)

    monkeypatch.setattr(opening, "check_database", without)
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    assert "pg_trgm" in form["description_placeholders"]["notes"]


async def test_a_library_of_a_newer_version_is_not_joined(
    hub: Hub, step: Callable[..., Any], to_files: Any, library_of_others: str
) -> None:
    engine = create_engine(library_of_others)
    with engine.begin() as connection:
        connection.execute(update(versions).values(version=versions.c.version + 1))
    engine.dispose()
    form = await to_files()
    assert form["errors"] == {"base": "refused"}
    assert "Update Bambu Virtual Printer" in form["description_placeholders"]["reason"]


async def test_a_library_that_all_have_left_is_joined_again_with_what_is_in_it(
    entry: MockConfigEntry,
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
) -> None:
    await send(printer)
    form = await step(await step(await to_files(), "folder"), path=str(store))
    await step(await step(form, take_along=True, cache_gb=1), {})
    library_id = entry.data[CONF_SHARED_LIBRARY]["library_id"]
    await step(await step(await step(await step(), "leave"), take="all"), {})
    form = await step(await step(await to_files(), "folder"), path=str(store))
    assert form["step_id"] == "join"
    shown = form["description_placeholders"]
    assert (shown["archives"], shown["jobs"], shown["instances"]) == ("1", "0", "-")
    assert "No Home Assistant shares this library" in shown["notes"]
    await step(await step(form, take_along=True, cache_gb=1), {})
    assert entry.data[CONF_SHARED_LIBRARY]["library_id"] == library_id
    page = await entry.runtime_data.library.archives(ArchiveQuery())
    assert [archive.name for archive in page.archives] == ["Gear and star"]


async def test_the_files_of_a_library_whose_database_is_lost_are_taken_over(
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    FolderBackend(store).mark(LIBRARY_ID)
    form = await step(await step(await to_files(), "folder"), path=str(store))
    assert form["step_id"] == "rebuild"
    (store / "library.json").rename(store / "away.json")
    FolderBackend(store).mark("another")
    result = await step(form, {})
    assert result["reason"] == "library_refused"
    assert CONF_SHARED_LIBRARY not in entry.data
    (store / "away.json").rename(store / "library.json")
    form = await step(await step(await to_files(), "folder"), path=str(store))
    with monkeypatch.context() as patch:
        patch.setattr(MoveState, "write", _no_disk)
        result = await step(form, {})
        assert "no room left" in result["description_placeholders"]["reason"]
    # The database has the library by now.
    form = await step(await step(await to_files(), "folder"), path=str(store))
    assert form["step_id"] == "join"
    # It was begun by another person while this form was open.
    monkeypatch.setattr(LibraryMoves, "is_open", True)
    monkeypatch.setattr(LibraryMoves, "async_go_on", lambda _: None)
    result = await step(form, take_along=False, cache_gb=1)
    assert result["step_id"] == "move_failed"
    assert CONF_SHARED_LIBRARY not in entry.data


def _no_disk(_state: MoveState, _path: Path) -> None:
    raise OSError(28, "No space left on device")


async def test_files_of_another_library_than_the_database_s_are_refused(
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    library_of_others: str,
) -> None:
    (store / "library.json").unlink()
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    assert form["errors"] == {"path": "files_of_other_library"}
