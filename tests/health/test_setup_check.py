"""The setup check: one sentence for everything, true of real faults."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import json
from pathlib import Path
import re
import socket
import ssl
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.bambu_virtual_printer.engine.emulator.probe import (
    Fault,
    FaultKind,
    probe_listener,
)
from custom_components.bambu_virtual_printer.engine.events import (
    LoginFailed,
    TlsRefused,
    UploadFailed,
)
from custom_components.bambu_virtual_printer.engine.explanations import (
    as_it_stands,
    explain,
)
from custom_components.bambu_virtual_printer.engine.net.listener import Listener
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.values import Service
from custom_components.bambu_virtual_printer.health import checks
from custom_components.bambu_virtual_printer.hub import CHECK_INTERVAL, Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components.persistent_notification import (
    UpdateType,
    async_register_callback,
)
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from tests.support.home_assistant import AddPrinter, DeviceOf, Send
from tests.support.real_printers import AddReal
from tests.support.waiting import until


@pytest.fixture
def check(hass: HomeAssistant, device_of: DeviceOf) -> Callable[..., Any]:
    """Run the action; returns the outcome and the sentences by check."""

    async def _check(owner_id: str) -> tuple[str, dict[str, tuple[str, str]]]:
        device = device_of(owner_id)
        assert device
        report = await hass.services.async_call(
            DOMAIN,
            "check_setup",
            {"device_id": device.id},
            blocking=True,
            return_response=True,
        )
        return report["outcome"], {
            found["check"]: (found["outcome"], found["text"])
            for found in report["checks"]
        }

    return _check


async def test_all_is_well_with_a_printer_that_runs(
    printer: ManagedPrinter, check: Callable[..., Any], send: Send
) -> None:
    outcome, before = await check(printer.id)
    assert outcome == "ok"
    for port in (990, 3002, 8883):
        assert before[f"port_{port}"] == (
            "ok",
            f"Port {port} answers and shows the right certificate.",
        )
    assert before["port_3000"] == ("ok", "Port 3000 answers.")
    assert before["last_client_mqtt"][0] == "not_checked"
    assert "No slicer has connected" in before["last_client_mqtt"][1]
    assert before["trust"][0] == "not_checked"
    assert "redirect" not in before
    assert "advertised_address" not in before
    await send(printer)
    outcome, after = await check(printer.id)
    assert outcome == "ok"
    for service in ("bind", "mqtt", "ftps"):
        outcome, text = after[f"last_client_{service}"]
        assert outcome == "ok"
        assert "127.0.0.1 last connected to" in text
    assert "trust" not in after


@pytest.mark.parametrize(
    ("model", "ports"), [("C12", {6000}), ("N7", {322, 6000}), ("C13", {322})]
)
async def test_the_ports_that_only_some_models_have_are_tried_too(
    add_printer: AddPrinter,
    check: Callable[..., Any],
    model: str,
    ports: set[int],
) -> None:
    printer = await add_printer(model=model)
    outcome, found = await check(printer.id)
    assert outcome == "ok"
    for port in (322, 6000):
        said = ("ok", f"Port {port} answers and shows the right certificate.")
        assert found.get(f"port_{port}") == (said if port in ports else None)
    assert not printer.client_history.failures(dt_util.utcnow())


async def test_who_holds_a_port_that_a_printer_does_without_is_told(
    add_printer: AddPrinter,
    new_address: Callable[[], str],
    check: Callable[..., Any],
) -> None:
    address = new_address()
    with socket.socket() as holder:
        holder.bind((address, 6000))
        holder.listen()
        printer = await add_printer(model="C12", bind_ip=address)
        assert printer.running
        found = (await check(printer.id))[1]
        assert found["port_6000"][0] == "problem"
        assert "in use by" in found["port_6000"][1]
    # It is free by now, and opened at the next start.
    found = (await check(printer.id))[1]
    assert found["port_6000"] == ("problem", "Port 6000 is not open.")


async def test_whose_spools_slicers_see_is_told_and_where_there_are_none(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    check: Callable[..., Any],
) -> None:
    _double, machine = await add_real()
    for name, target, wanted in (
        ("One", machine.id, f"Slicers see what {machine.name} has loaded."),
        ("Any", "any", "Slicers see an empty printer: Print on names no real"),
    ):
        printer = await add_printer(name, filing={"target": target, "shows": "target"})
        outcome, found = await check(printer.id)
        assert outcome == "ok"
        assert found["shown"][1].startswith(wanted)
    other = await add_printer("Empty", filing={"target": "any", "shows": "nothing"})
    assert "shown" not in (await check(other.id))[1]


async def test_looking_at_the_ports_leaves_no_trace(
    printer: ManagedPrinter, check: Callable[..., Any]
) -> None:
    await check(printer.id)
    await check(printer.id)
    assert not printer.client_history.last
    assert not printer.client_history.failures(dt_util.utcnow())


async def test_a_disabled_printer_is_told_apart_from_a_broken_one(
    add_printer: AddPrinter, check: Callable[..., Any]
) -> None:
    off = await add_printer("Off", enabled=False)
    outcome, found = await check(off.id)
    assert outcome == "problem"
    assert found["enabled"] == (
        "problem",
        "The printer is switched off. Turn on Enabled.",
    )
    assert "port_8883" not in found


async def test_a_taken_port_and_who_holds_it_become_a_repair_that_closes(
    add_printer: AddPrinter,
    address: str,
    check: Callable[..., Any],
    issue_registry: ir.IssueRegistry,
    hass: HomeAssistant,
) -> None:
    with socket.create_server((address, 8883)):
        printer = await add_printer(bind_ip=address)
        outcome, found = await check(printer.id)
        assert outcome == "problem"
        assert "8883" in found["port_8883"][1]
        assert "is in use by" in found["port_8883"][1]
        assert found["port_990"] == ("problem", "Port 990 is not open.")
        assert found["enabled"][0] == "problem"
        issue_id = f"setup_check_{printer.id}"
        issue = issue_registry.async_get_issue(DOMAIN, issue_id)
        assert issue
        assert "8883" in issue.translation_placeholders["problems"]
    await printer.async_retry()
    assert printer.running
    async_fire_time_changed(hass, dt_util.utcnow() + CHECK_INTERVAL)
    await until(lambda: not issue_registry.async_get_issue(DOMAIN, issue_id))


async def test_an_address_of_nobody_is_a_problem(
    add_printer: AddPrinter, check: Callable[..., Any]
) -> None:
    printer = await add_printer(bind_ip="198.51.100.7")
    _outcome, found = await check(printer.id)
    assert found["address"][0] == "problem"
    assert "198.51.100.7" in found["address"][1]


async def test_a_port_behind_which_somebody_else_answers_is_found(
    address: str, device: DeviceCertificate
) -> None:
    listener = Listener(
        Service.MQTT,
        address,
        8883,
        lambda _connection: asyncio.Protocol(),
        tls=device.control_context(),
    )
    listener.start()
    ours = ssl.PEM_cert_to_DER_cert(
        device.certificate_path.read_text().partition("-----END")[0]
        + "-----END CERTIFICATE-----"
    )
    assert await probe_listener(address, 8883, ours) is None
    assert await probe_listener(address, 8883, b"other") == Fault(
        kind=FaultKind.OTHER_PROGRAM
    )
    assert await probe_listener(address, 8883, None) is None
    listener.close()
    await listener.wait_closed()
    assert await probe_listener(address, 8883, ours) == Fault(
        kind=FaultKind.REFUSED,
        why=explain("os_refused", "the connection was refused"),
    )


async def test_a_port_that_says_nothing_is_not_waited_for(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.engine.emulator.probe.PROBE_TIMEOUT_S",
        0.2,
    )
    with socket.create_server((address, 8883)):
        assert await probe_listener(address, 8883, b"x") == Fault(
            kind=FaultKind.NO_ANSWER
        )


async def test_failures_of_clients_are_told_by_cause(
    printer: ManagedPrinter, hub: Hub, check: Callable[..., Any]
) -> None:
    for event in (
        TlsRefused(peer="192.0.2.1", service=Service.MQTT, alert="unknown_ca"),
        TlsRefused(peer="192.0.2.2", service=Service.FTPS, alert="protocol_version"),
        LoginFailed(peer="192.0.2.3", service=Service.MQTT, attempts=7),
        LoginFailed(peer="192.0.2.5", service=Service.HTTP, attempts=1),
        UploadFailed(
            name="a.3mf",
            peer="192.0.2.4",
            reason=as_it_stands("cut off"),
            received_bytes=1,
        ),
    ):
        printer._handle(event)
    outcome, found = await check(printer.id)
    assert outcome == "warning"
    assert found["certificate"][0] == "warning"
    assert "192.0.2.1" in found["certificate"][1]
    assert "192.0.2.1 did not trust" in found["failure_not_trusted"][1]
    assert "protocol_version" in found["failure_tls"][1]
    assert "7 times, last " in found["failure_wrong_code"][1]
    assert "192.0.2.5 used a wrong upload key" in found["failure_wrong_key"][1]
    assert "An upload from 192.0.2.4 failed" in found["failure_upload"][1]
    assert "cut off" in found["failure_upload"][1]


async def test_a_redirected_port_is_believed_when_somebody_came_by_it(
    add_printer: AddPrinter, check: Callable[..., Any]
) -> None:
    printer = await add_printer(network={"ftps_port": 9990})
    outcome, found = await check(printer.id)
    assert outcome == "warning"
    assert found["redirect"][0] == "warning"
    printer._handle(LoginFailed(peer="192.0.2.3", service=Service.FTPS, attempts=1))
    _outcome, found = await check(printer.id)
    assert found["redirect"][0] == "ok"


async def test_an_advertised_address_is_compared_with_who_came(
    add_printer: AddPrinter, check: Callable[..., Any], on_loopback: None
) -> None:
    printer = await add_printer(network={"advertise_ip": "192.0.2.9"})
    _outcome, found = await check(printer.id)
    assert found["advertised_address"] == (
        "ok",
        "Slicers are told the address 192.0.2.9.",
    )
    printer._handle(LoginFailed(peer="127.0.0.1", service=Service.MQTT, attempts=1))
    _outcome, found = await check(printer.id)
    assert found["advertised_address"][0] == "warning"


async def test_announcements_that_stop_are_a_problem(
    printer: ManagedPrinter, check: Callable[..., Any]
) -> None:
    discovery = printer._printer._visibility._discovery
    # It would announce itself while the check runs.
    discovery.pause()
    discovery.announced_at = None
    _outcome, found = await check(printer.id)
    assert found["discovery"][1] == (
        "The printer has not announced itself on the network yet."
    )
    discovery.announced_at = asyncio.get_running_loop().time() - 60
    _outcome, found = await check(printer.id)
    assert found["discovery"] == (
        "problem",
        "The printer no longer announces itself on the network.",
    )


async def test_a_folder_that_cannot_be_written_and_a_full_disk_are_problems(
    printer: ManagedPrinter,
    hub: Hub,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    check: Callable[..., Any],
    tmp_path: Path,
) -> None:
    hass.config_entries.async_update_entry(entry, options={"reserve_mb": 10**9})
    await hass.async_block_till_done()
    _outcome, found = await check(printer.id)
    assert found["library"][0] == "problem"
    assert "is full" in found["library"][1]
    hass.config.media_dirs = {"local": str(tmp_path / "elsewhere")}
    (tmp_path / "elsewhere").write_text("no folder")
    _outcome, found = await check(printer.id)
    assert "No files can be stored" in found["library"][1]


async def test_the_end_of_the_ca_is_told(
    printer: ManagedPrinter,
    hub: Hub,
    check: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = "custom_components.bambu_virtual_printer.health.setup_check.dt_util.utcnow"
    ends = hub.certificates.authority.expires_at
    monkeypatch.setattr(module, lambda: ends - timedelta(days=3))
    _outcome, found = await check(printer.id)
    assert found["certificate"] == (
        "warning",
        f"The certificate of your virtual printers expires on {hub.texts.date(ends)}. Make a new CA under Reconfigure.",
    )
    monkeypatch.setattr(module, lambda: ends + timedelta(days=3))
    _outcome, found = await check(printer.id)
    assert found["certificate"][0] == "problem"


async def test_the_button_checks_and_diagnostics_tell_without_naming_clients(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    entity_id: Callable[..., str],
) -> None:
    printer._handle(LoginFailed(peer="192.0.2.3", service=Service.MQTT, attempts=7))
    before = await async_get_config_entry_diagnostics(hass, entry)
    assert before["printers"][0]["setup_check"] is None
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": entity_id("button", printer, "check_setup")},
        blocking=True,
    )
    told = await async_get_config_entry_diagnostics(hass, entry)
    shown = told["printers"][0]
    assert shown["setup_check"]["port_8883"] == "ok"
    assert shown["setup_check"]["failure_wrong_code"] == "warning"
    assert shown["failures_of_clients"][0]["cause"] == "wrong_code"
    assert "192.0.2.3" not in json.dumps(told)


async def test_only_printers_can_be_checked(
    hub: Hub, entry: MockConfigEntry, check: Callable[..., Any]
) -> None:
    with pytest.raises(ServiceValidationError):
        await check(entry.entry_id)


async def test_a_removed_printer_takes_its_report_along(
    add_printer: AddPrinter,
    hub: Hub,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    check: Callable[..., Any],
    issue_registry: ir.IssueRegistry,
) -> None:
    printer = await add_printer(bind_ip="198.51.100.7")
    await check(printer.id)
    assert hub.setup_checks.reports
    hass.config_entries.async_remove_subentry(entry, printer.id)
    await hass.async_block_till_done()
    assert not hub.setup_checks.reports
    assert not issue_registry.issues


async def test_a_certificate_that_is_gone_from_the_disk_is_told(
    printer: ManagedPrinter, hub: Hub, check: Callable[..., Any]
) -> None:
    hub.certificates.authority.stored(
        printer.config.identity.serial
    ).certificate_path.unlink()
    outcome, found = await check(printer.id)
    assert outcome == "problem"
    assert "Renew" in found["certificate_file"][1]
    assert found["port_8883"] == ("ok", "Port 8883 answers.")


async def test_a_printer_that_cannot_start_says_why(
    add_printer: AddPrinter,
    hub: Hub,
    check: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def _fail(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hub.printers, "_async_make", _fail)
    printer = await add_printer()
    _outcome, found = await check(printer.id)
    assert found["enabled"][0] == "problem"
    assert "there is no room left" in found["enabled"][1]
    assert found["port_8883"] == ("problem", "Port 8883 is not open.")


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=100), "10"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=23), "23 h"),
    ],
)
async def test_times_are_short(
    printer: ManagedPrinter, check: Callable[..., Any], ago: timedelta, text: str
) -> None:
    event = LoginFailed(peer="192.0.2.3", service=Service.MQTT, attempts=1)
    printer.client_history.note(event, dt_util.utcnow() - ago)
    _outcome, found = await check(printer.id)
    assert f"access code {text}" in found["failure_wrong_code"][1]


async def test_pressing_the_button_shows_what_was_found_also_when_all_is_well(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    hub: Hub,
    entry: MockConfigEntry,
    entity_id: Callable[..., str],
    state: Callable[..., Any],
) -> None:
    notifications: dict[str, Any] = {}

    @callback
    def _hear(update: UpdateType, changed: dict[str, Any]) -> None:
        if update is UpdateType.REMOVED:
            for each in changed:
                notifications.pop(each, None)
        else:
            notifications.update(changed)

    async_register_callback(hass, _hear)
    assert state("sensor", printer, "setup_check").state == STATE_UNKNOWN

    async def _press() -> dict[str, Any]:
        await hass.services.async_call(
            "button",
            "press",
            {"entity_id": entity_id("button", printer, "check_setup")},
            blocking=True,
        )
        (notification,) = notifications.values()
        return dict(notification)

    shown = await _press()
    assert shown["title"] == "Setup check of Garage"
    passed, unproved = shown["message"].split("What only a slicer can show:")
    assert passed.startswith("Nothing is wrong, as far as Home Assistant can check")
    assert "Port 8883 answers" in passed
    assert "No slicer has connected to MQTT" in unproved
    assert "Port" not in unproved
    sensor = state("sensor", printer, "setup_check")
    assert sensor.state == "ok"
    assert sensor.attributes["checked_at"]
    assert "The printer is running." in sensor.attributes["findings"]

    printer._handle(
        UploadFailed(
            name="a.3mf",
            peer="192.0.2.4",
            reason=as_it_stands("[cut](off)"),
            received_bytes=1,
        )
    )
    shown = await _press()
    assert "An upload from 192.0.2.4 failed" in shown["message"]
    assert "[cut](off)" not in shown["message"], "a link of the slicer's making"
    assert "Port 8883 answers" not in shown["message"]
    sensor = state("sensor", printer, "setup_check")
    assert sensor.state == "warning"
    assert len(sensor.attributes["findings"]) == 1

    hass.config_entries.async_remove_subentry(entry, printer.id)
    await hass.async_block_till_done()
    assert not notifications


async def test_every_sentence_of_the_check_can_be_written() -> None:
    """Each key in the code has a text, and the code fills in all that the text names."""
    source = Path(checks.__file__).read_text("utf-8")
    texts = json.loads(
        (Path(checks.__file__).parents[1] / "translations" / "en.json").read_text(
            "utf-8"
        )
    )["common"]
    keys = set(re.findall(r'"(check_[a-z_]+)"', source))
    assert len(keys) > 30
    for key in keys:
        assert key in texts or {f"{key}_one", f"{key}_other"} <= texts.keys(), key
