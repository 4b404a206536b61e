"""Each repair by its real cause: it appears, says the right thing, and goes when the cause is gone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from ipaddress import IPv4Network
import json
from pathlib import Path
import re
import shutil
import socket
import subprocess
import sys
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.events import (
    DetectRequested,
    TlsRefused,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library import presence
from custom_components.bambu_virtual_printer.engine.library.store.marker import (
    read_marker,
    write_marker,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    FilesUnfit,
    IndexAway,
    IndexPresent,
    IndexReplaced,
    StorageLow,
    StorageOk,
    StoreAway,
    StorePresent,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.pki.transfer import new_ca
from custom_components.bambu_virtual_printer.engine.values import Service
from custom_components.bambu_virtual_printer.health.client_issues import MAX_CLIENTS
from custom_components.bambu_virtual_printer.health.issues import IN_DESCRIPTIONS
from custom_components.bambu_virtual_printer.hub import EXPIRY_INTERVAL, Hub
from custom_components.bambu_virtual_printer.language.markdown import as_markdown
from custom_components.bambu_virtual_printer.printers.client_history import TRUST_ALERTS
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from scripts import slicer
from tests.support.home_assistant import ACCESS_CODE, AddPrinter, Repairs, Send, Told
from tests.support.waiting import LIMIT_S, until

US = "127.0.0.1"
TRANSLATIONS = Path(__file__).parents[1] / "custom_components" / DOMAIN / "translations"


@pytest.fixture
def issue(issue_registry: ir.IssueRegistry) -> Callable[[str], Any]:
    """Find an issue by its id."""
    return lambda issue_id: issue_registry.async_get_issue(DOMAIN, issue_id)


@pytest.fixture
def fix(hass: HomeAssistant, repairs: Repairs) -> Callable[..., Any]:
    """Press an issue's button and submit the page; returns the page and what came of it."""

    async def _fix(issue_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        page = await repairs.open(issue_id)
        assert page["step_id"] == "confirm"
        outcome = await repairs.answer(page)
        await hass.async_block_till_done()
        return page, outcome

    return _fix


type LogIn = Callable[..., Awaitable[None]]


@pytest.fixture
def log_in(hub: Hub, tmp_path: Path, hass: HomeAssistant) -> LogIn:
    """Log in as a slicer that believes in a CA: ours, unless another is given."""

    async def _log_in(
        printer: ManagedPrinter,
        access_code: str = ACCESS_CODE,
        ca: CertificateAuthority | None = None,
    ) -> None:
        bundle = tmp_path / "printer.cer"
        bundle.write_text((ca or hub.certificates.authority).pem)
        serial = printer.config.identity.serial
        context = slicer.tls_context(serial, bundle)
        async with slicer.session(
            printer.config.bind_ip, access_code, serial, context
        ) as session:
            await session.request("info", "get_version")
        await hass.async_block_till_done()

    return _log_in


# --- ports


async def test_the_program_that_holds_a_port_is_named(
    add_printer: AddPrinter, address: str, issue: Callable[[str], Any], fix: Any
) -> None:
    program = "import socket,sys; s = socket.create_server((sys.argv[1], 8883)); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", program, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout and holder.stdin
        holder.stdout.readline()
        printer = await add_printer(bind_ip=address)
        issue_id = f"port_mqtt_{printer.id}"
        raised = issue(issue_id)
        assert raised.translation_key == "port_in_use_by_program"
        assert raised.translation_placeholders["pid"] == str(holder.pid)
        assert raised.translation_placeholders["program"].startswith("python")
        _page, outcome = await fix(issue_id)
        assert outcome["type"] == "abort"
        assert outcome["reason"] == "still_there"
        assert issue(issue_id)
        holder.stdin.close()
    _page, outcome = await fix(issue_id)
    assert outcome["type"] == "create_entry"
    assert printer.running
    assert not issue(issue_id)


async def test_an_app_of_the_supervisor_that_holds_a_port_is_named_with_its_remedy(
    add_printer: AddPrinter,
    address: str,
    issue: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apps = {
        "core_mosquitto": {
            "name": "Mosquitto broker",
            "state": "started",
            "network": {"1883/tcp": 1883, "8883/tcp": 8883},
        },
        "stopped": {"name": "Other", "state": "stopped", "network": {"1/tcp": 3000}},
        "broken": None,
        "ftp": {"name": "FTP", "state": "started", "network": {"990/tcp": 990}},
    }
    module = "custom_components.bambu_virtual_printer.health.port_advice"
    monkeypatch.setattr(f"{module}.is_hassio", lambda hass: True)
    monkeypatch.setattr(f"{module}.hassio.get_addons_info", lambda hass: apps)
    with (
        socket.create_server((address, 8883)),
        socket.create_server((address, 3000)),
        socket.create_server((address, 990)),
    ):
        printer = await add_printer(bind_ip=address)
        mosquitto = issue(f"port_mqtt_{printer.id}")
        assert mosquitto.translation_key == "port_in_use_by_mosquitto"
        assert mosquitto.translation_placeholders["app"] == "Mosquitto broker"
        other = issue(f"port_ftps_{printer.id}")
        assert other.translation_key == "port_in_use_by_app"
        assert other.translation_placeholders["app"] == "FTP"
        # A stopped app holds nothing.
        bind = issue(f"port_bind_{printer.id}")
        assert bind.translation_key == "port_in_use_by_program"


async def test_a_supervisor_that_is_not_ready_does_not_hide_the_program(
    add_printer: AddPrinter,
    address: str,
    issue: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.health.port_advice.is_hassio",
        lambda hass: True,
    )
    with socket.create_server((address, 8883)):
        printer = await add_printer(bind_ip=address)
        raised = issue(f"port_mqtt_{printer.id}")
        assert raised.translation_key == "port_in_use_by_program"


@pytest.mark.parametrize(
    ("installation", "key"),
    [
        ("Home Assistant Container", "port_forbidden_container"),
        ("Home Assistant Core", "port_forbidden_core"),
        ("Unknown", "port_forbidden"),
    ],
)
async def test_without_the_privilege_for_990_the_text_is_that_of_the_installation(
    add_printer: AddPrinter,
    issue: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
    installation: str,
    key: str,
) -> None:
    """The refusal itself is real in tests/network; a process cannot give up root and go on with this one's files."""
    bind = socket.socket.bind

    def _bind(sock: socket.socket, target: Any) -> None:
        if target[1] == 990:
            raise PermissionError(13, "Permission denied")
        bind(sock, target)

    async def _system(_hass: HomeAssistant) -> dict[str, str]:
        return {"installation_type": installation}

    monkeypatch.setattr(socket.socket, "bind", _bind)
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.health.port_advice.async_get_system_info",
        _system,
    )
    printer = await add_printer()
    raised = issue(f"port_ftps_{printer.id}")
    assert raised.translation_key == key
    assert raised.translation_placeholders["address"] == printer.config.bind_ip
    assert not issue(f"port_mqtt_{printer.id}")


async def test_an_address_that_goes_stops_the_printer_and_its_return_starts_it(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    issue: Callable[[str], Any],
    fix: Any,
    state: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the kernel says of addresses is real in tests/network."""
    present = False
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.printers.managed.has_address",
        lambda address: present,
    )
    printer.async_check_address()
    await until(lambda: not printer.running)
    issue_id = f"address_missing_{printer.id}"
    raised = issue(issue_id)
    assert raised.translation_placeholders["address"] == printer.config.bind_ip
    running = state("binary_sensor", printer, "running")
    assert running.state == "off"
    assert "8883" in running.attributes["mqtt"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((printer.config.bind_ip, 8883), timeout=LIMIT_S)
    present = True
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=16))
    await until(lambda: printer.running)
    assert not issue(issue_id)


# --- clients


async def test_a_client_that_does_not_trust_the_ca_is_named_until_it_logs_in(
    printer: ManagedPrinter,
    tmp_path: Path,
    log_in: LogIn,
    issue: Callable[[str], Any],
    fix: Any,
    hass: HomeAssistant,
    told: Told,
) -> None:
    other = await hass.async_add_executor_job(
        CertificateAuthority.load_or_create, tmp_path / "other"
    )
    for _ in range(2):
        with pytest.raises(slicer.SlicerError):
            await log_in(printer, ca=other)
    issue_id = f"ca_not_trusted_{US}"
    await until(lambda: issue(issue_id))
    (refused,) = told.of(EventKind.TLS_UNTRUSTED)
    assert (refused["source_ip"], refused["service"]) == (US, "mqtt")
    assert refused["reason"] in TRUST_ALERTS
    raised = issue(issue_id)
    assert raised.translation_placeholders["client"] == US
    assert raised.translation_placeholders["printer"] == "Garage"
    page, outcome = await fix(issue_id)
    for system in ("windows", "macos", "linux"):
        assert (
            f"/trust/{system}?authSig="
            in (page["description_placeholders"][f"{system}_link"])
        )
    assert outcome["reason"] == "still_there"
    await log_in(printer)
    await until(lambda: not issue(issue_id))
    with pytest.raises(slicer.SlicerError):
        await log_in(printer, ca=other)
    await until(lambda: len(told.of(EventKind.TLS_UNTRUSTED)) == 2)


async def test_a_wrong_code_is_a_repair_only_when_it_goes_on(
    printer: ManagedPrinter,
    log_in: LogIn,
    issue: Callable[[str], Any],
    fix: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = "custom_components.bambu_virtual_printer"
    monkeypatch.setattr(f"{module}.engine.net.failed_logins.REPORT_INTERVAL_S", 0.0)
    issue_id = f"wrong_code_{printer.id}_{US}"
    for attempt in range(5):
        assert not issue(issue_id), attempt
        with pytest.raises(slicer.SlicerError):
            await log_in(printer, "87654321")
    await until(lambda: issue(issue_id))
    assert issue(issue_id).translation_placeholders["attempts"] == "5"
    assert ACCESS_CODE not in str(issue(issue_id))
    _page, outcome = await fix(issue_id)
    assert outcome["type"] == "create_entry"
    with pytest.raises(slicer.SlicerError):
        await log_in(printer, "87654321")
    await until(lambda: issue(issue_id))
    await log_in(printer)
    await until(lambda: not issue(issue_id))


async def test_another_access_code_settles_what_was_said_of_the_old_one(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    issue: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
    log_in: LogIn,
) -> None:
    module = "custom_components.bambu_virtual_printer"
    monkeypatch.setattr(f"{module}.health.client_issues.WRONG_CODES", 1)
    with pytest.raises(slicer.SlicerError):
        await log_in(printer, "87654321")
    issue_id = f"wrong_code_{printer.id}_{US}"
    await until(lambda: issue(issue_id))
    subentry = entry.subentries[printer.id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "access_code": "87654321"}
    )
    await hass.async_block_till_done()
    assert not issue(issue_id)


async def test_a_flood_of_clients_does_not_fill_the_list(
    printer: ManagedPrinter, hub: Hub, issue_registry: ir.IssueRegistry
) -> None:
    for number in range(MAX_CLIENTS + 5):
        refused = TlsRefused(
            peer=f"192.0.2.{number}", service=Service.MQTT, alert="unknown_ca"
        )
        hub.feed.handle_printer_event(printer, refused)
    raised = [
        issue_id for _, issue_id in issue_registry.issues if "not_trusted" in issue_id
    ]
    assert len(raised) == MAX_CLIENTS
    assert "ca_not_trusted_192.0.2.0" not in raised


async def test_other_tls_alerts_are_not_taken_for_a_missing_certificate(
    printer: ManagedPrinter, hub: Hub, issue: Callable[[str], Any]
) -> None:
    for alert in ("protocol_version", "handshake_failure"):
        refused = TlsRefused(peer="192.0.2.9", service=Service.MQTT, alert=alert)
        hub.feed.handle_printer_event(printer, refused)
    assert not issue("ca_not_trusted_192.0.2.9")


async def test_an_advertised_address_that_clients_do_not_reach_is_a_repair(
    add_printer: AddPrinter,
    hub: Hub,
    hass: HomeAssistant,
    issue: Callable[[str], Any],
    log_in: LogIn,
    on_loopback: None,
) -> None:
    printer = await add_printer(network={"advertise_ip": "192.0.2.9"})
    plain = await add_printer("Plain")
    asked_at = dt_util.utcnow()
    for asked in (printer, plain):
        await slicer.detect(asked.config.bind_ip)
        await until(lambda asked=asked: US in asked.client_history.detects)
    issue_id = f"advertised_unreachable_{printer.id}"
    # A moment later a slicer may still be on its way.
    await hub._async_watch_network(asked_at + timedelta(seconds=5))
    assert not issue(issue_id)
    await hub._async_watch_network(asked_at + timedelta(minutes=2))
    raised = issue(issue_id)
    assert raised.translation_placeholders["client"] == US
    assert raised.translation_placeholders["advertised"] == "192.0.2.9"
    assert not issue(f"advertised_unreachable_{plain.id}")
    await log_in(printer)
    await until(lambda: not issue(issue_id))
    await hub._async_watch_network(asked_at + timedelta(minutes=2))
    assert not issue(issue_id)


async def test_a_client_behind_a_router_is_not_judged(
    add_printer: AddPrinter, hub: Hub, issue: Callable[[str], Any]
) -> None:
    printer = await add_printer(network={"advertise_ip": "192.0.2.9"})
    printer.client_history.note(
        DetectRequested(peer="10.9.9.9", service=Service.BIND), dt_util.utcnow()
    )
    hub._client_issues.check_advertised(
        printer,
        [IPv4Network("127.0.0.0/8")],
        dt_util.utcnow() + timedelta(minutes=2),
    )
    assert not issue(f"advertised_unreachable_{printer.id}")


# --- the CA


async def test_a_ca_that_ends_soon_can_be_renewed_and_asks_to_be_trusted(
    printer: ManagedPrinter,
    hub: Hub,
    hass: HomeAssistant,
    issue: Callable[[str], Any],
    fix: Any,
    log_in: LogIn,
) -> None:
    before = hub.certificates.authority
    assert not issue("ca_expires")
    soon = before.expires_at - timedelta(days=29)
    hub.certificates.async_check_expiry(soon)
    raised = issue("ca_expires")
    assert raised.translation_placeholders["fingerprint"] == before.sha256_fingerprint
    _page, outcome = await fix("ca_expires")
    assert outcome["type"] == "create_entry"
    assert not issue("ca_expires")
    assert hub.certificates.authority.certificate != before.certificate
    assert (before.folder / "replaced").is_dir()
    replaced = issue("ca_replaced")
    assert replaced.is_persistent
    assert printer.running
    with pytest.raises(slicer.SlicerError):
        await log_in(printer, ca=before)
    await until(lambda: issue(f"ca_not_trusted_{US}"))
    assert issue("ca_replaced")
    await log_in(printer)
    await until(lambda: not issue("ca_replaced"))
    assert not issue(f"ca_not_trusted_{US}")


async def test_a_page_that_was_left_open_makes_no_second_ca(
    hub: Hub, repairs: Repairs
) -> None:
    hub.certificates.async_check_expiry(hub.certificates.authority.expires_at)
    pages = [await repairs.open("ca_expires") for _ in range(2)]
    made = []
    for page in pages:
        assert (await repairs.answer(page))["type"] == "create_entry"
        made.append(hub.certificates.authority.sha256_fingerprint)
    assert made[0] == made[1]


async def test_a_ca_that_cannot_be_written_leaves_the_old_one_and_the_repair(
    hub: Hub, issue: Callable[[str], Any], fix: Any
) -> None:
    before = hub.certificates.authority.sha256_fingerprint
    hub.certificates.async_check_expiry(hub.certificates.authority.expires_at)
    # Where replaced ones are kept.
    (hub.certificates.authority.folder / "replaced").touch()
    _page, outcome = await fix("ca_expires")
    assert (outcome["type"], outcome["reason"]) == ("abort", "still_there")
    assert issue("ca_expires")
    assert hub.certificates.authority.sha256_fingerprint == before


async def test_the_end_of_the_ca_is_watched(
    hub: Hub, hass: HomeAssistant, issue: Callable[[str], Any]
) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + EXPIRY_INTERVAL)
    await hass.async_block_till_done()
    assert not issue("ca_expires")
    hub.certificates.async_check_expiry(hub.certificates.authority.expires_at)
    assert issue("ca_expires")
    hub.certificates.async_check_expiry(dt_util.utcnow())
    assert not issue("ca_expires")


async def test_another_ca_forgets_who_did_not_trust_the_old_one(
    printer: ManagedPrinter, hub: Hub, hass: HomeAssistant, issue: Callable[[str], Any]
) -> None:
    hub.feed.handle_printer_event(
        printer, TlsRefused(peer=US, service=Service.MQTT, alert="unknown_ca")
    )
    assert issue(f"ca_not_trusted_{US}")
    await hub.certificates.async_replace(await hass.async_add_executor_job(new_ca))
    assert not issue(f"ca_not_trusted_{US}")


async def test_issues_that_outlive_restarts_go_with_the_integration(
    hub: Hub, hass: HomeAssistant, entry: MockConfigEntry, issue: Callable[[str], Any]
) -> None:
    await hub.certificates.async_replace(await hass.async_add_executor_job(new_ca))
    assert issue("ca_replaced")
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not issue("ca_replaced")


# --- the library


async def test_low_space_is_a_repair_that_goes(
    hub: Hub, issue: Callable[[str], Any]
) -> None:
    hub.feed.handle_library_event(
        StorageLow(reason=as_it_stands("2 GB are free"), free_bytes=2, used_bytes=1)
    )
    assert issue("storage_low").translation_placeholders["reason"] == "2 GB are free"
    hub.feed.handle_library_event(StorageOk(free_bytes=2, used_bytes=1))
    assert not issue("storage_low")


async def test_what_is_away_of_a_shared_library_is_a_repair_until_it_is_back(
    hub: Hub, issue: Callable[[str], Any]
) -> None:
    reason = as_it_stands("It is away.")
    hub.feed.handle_library_event(StoreAway(place="store:9000/prints", reason=reason))
    hub.feed.handle_library_event(IndexAway(reason=reason))
    assert issue("store_away").translation_placeholders == {
        "place": "store:9000/prints",
        "reason": "It is away.",
    }
    assert issue("index_away").translation_placeholders == {"reason": "It is away."}
    hub.feed.handle_library_event(StorePresent())
    hub.feed.handle_library_event(IndexPresent())
    assert not issue("store_away")
    assert not issue("index_away")


async def test_files_that_were_damaged_before_they_were_stored_are_a_repair(
    hub: Hub, issue: Callable[[str], Any]
) -> None:
    def tell(*names: str) -> None:
        hub.feed.handle_library_event(FilesUnfit(place="store:9000", names=names))

    tell("Cube.3mf")
    assert issue("files_unfit").translation_placeholders == {
        "place": "store:9000",
        "names": "Cube.3mf",
    }
    tell(*(f"Cube {number}.3mf" for number in range(21)))
    named = issue("files_unfit").translation_placeholders["names"].split(", ")
    assert named == [*(f"Cube {number}.3mf" for number in range(20)), "…"]
    tell()
    assert not issue("files_unfit")


async def test_names_and_reasons_are_shown_in_repairs_as_they_stand(
    hub: Hub, issue: Callable[[str], Any]
) -> None:
    picture = "![x](http://192.0.2.1/p.png)"
    shown = "\\!\\[x\\](http\\://192.0.2.1/p.png)"
    tell = hub.feed.handle_library_event
    tell(FilesUnfit(place=picture, names=(f"{picture}_a_.3mf",)))
    assert issue("files_unfit").translation_placeholders == {
        "place": shown,
        "names": f"{shown}\\_a\\_.3mf",
    }
    tell(IndexAway(reason=as_it_stands(picture)))
    assert issue("index_away").translation_placeholders == {"reason": shown}


def test_what_is_escaped_for_descriptions_is_in_no_title_of_a_repair() -> None:
    for path in TRANSLATIONS.glob("*.json"):
        for key, texts in json.loads(path.read_text())["issues"].items():
            steps = texts.get("fix_flow", {}).get("step", {}).values()
            for titled in (texts, *steps):
                named = set(re.findall(r"{(\w+)}", titled.get("title", "")))
                assert not named & IN_DESCRIPTIONS, (path.name, key)


async def test_a_reload_asks_anew_what_is_wrong(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    issue: Callable[[str], Any],
    tmp_path: Path,
) -> None:
    hub.feed.handle_library_event(
        StorageLow(reason=as_it_stands("2 GB are free"), free_bytes=2, used_bytes=1)
    )
    hub.feed.handle_library_event(IndexReplaced(kept_aside=tmp_path / "old.db"))
    await hub.certificates.async_replace(await hass.async_add_executor_job(new_ca))
    assert await hass.config_entries.async_reload(entry.entry_id)
    # Nobody was there to hear that another disk was chosen.
    assert not issue("storage_low")
    # A person may not have seen this one.
    assert issue("index_replaced")
    assert issue("ca_replaced")


@pytest.fixture
def quick_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LOOK_EVERY_S", 0.02)


@pytest.mark.usefixtures("quick_look")
async def test_a_missing_library_disk_is_a_repair_that_closes_when_it_is_back(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    entry: MockConfigEntry,
    issue: Callable[[str], Any],
    send: Send,
) -> None:
    await send(printer)
    folder = hub._options.library_folder
    disk = folder.with_name("disk")
    folder.rename(disk)
    folder.mkdir()
    await until(lambda: issue("library_absent"))
    assert issue("library_absent").translation_placeholders == {
        "folder": as_markdown(str(folder))
    }
    with pytest.raises(slicer.SlicerError, match="451"):
        await send(printer)
    # A start without the disk is like that too.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert issue("library_absent")
    assert entry.runtime_data.printers[printer.id].running
    assert list(folder.iterdir()) == []
    folder.rmdir()
    disk.rename(folder)
    await until(lambda: issue("library_absent") is None)
    assert entry.runtime_data.library.is_present


@pytest.mark.usefixtures("quick_look")
async def test_a_library_that_is_gone_for_good_begins_again_by_a_persons_word(
    hub: Hub,
    printer: ManagedPrinter,
    issue: Callable[[str], Any],
    send: Send,
    fix: Any,
) -> None:
    await send(printer)
    shutil.rmtree(hub._options.library_folder)
    await until(lambda: issue("library_absent"))
    _page, end = await fix("library_absent")
    assert end["type"] == "create_entry"
    assert issue("library_absent") is None
    await send(printer)


@pytest.mark.usefixtures("quick_look")
async def test_another_library_in_the_folder_is_a_repair_in_words(
    hub: Hub, issue: Callable[[str], Any]
) -> None:
    folder = hub._options.library_folder
    kept = read_marker(folder)
    assert kept
    write_marker(folder, "another")
    await until(lambda: issue("library_other"))
    assert not issue("library_other").is_fixable
    write_marker(folder, kept)
    await until(lambda: issue("library_other") is None)


async def test_a_damaged_index_is_a_repair_that_names_what_was_kept(
    hub: Hub, issue: Callable[[str], Any], tmp_path: Path
) -> None:
    hub.feed.handle_library_event(IndexReplaced(kept_aside=tmp_path / "old.db"))
    raised = issue("index_replaced")
    kept = raised.translation_placeholders["kept_aside"]
    assert kept == as_markdown(str(tmp_path / "old.db"))


# --- the setup check


async def test_the_setup_check_is_repeated_by_its_repair(
    add_printer: AddPrinter,
    address: str,
    hub: Hub,
    issue: Callable[[str], Any],
    fix: Any,
) -> None:
    with socket.create_server((address, 3000)):
        printer = await add_printer(bind_ip=address)
        await hub.setup_checks.async_run(printer)
        issue_id = f"setup_check_{printer.id}"
        page, outcome = await fix(issue_id)
        assert "3000" in page["description_placeholders"]["problems"]
        assert outcome["reason"] == "still_there"
    await printer.async_retry()
    _page, outcome = await fix(issue_id)
    assert outcome["type"] == "create_entry"
    assert not issue(issue_id)


# --- the flows themselves


async def test_a_fix_flow_of_a_hub_that_does_not_run_says_so(
    hub: Hub, hass: HomeAssistant, entry: MockConfigEntry, fix: Any
) -> None:
    await hub.certificates.async_replace(await hass.async_add_executor_job(new_ca))
    await hass.config_entries.async_unload(entry.entry_id)
    _page, outcome = await fix("ca_replaced")
    assert outcome["reason"] == "hub_not_loaded"
