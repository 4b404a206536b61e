"""Real printers and proxies: a simulated printer behind, a real slicer client in front, Home Assistant between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
import socket
import ssl
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components import bambu_virtual_printer as integration
from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import (
    DOMAIN,
    SUBENTRY_PRINTER,
    SUBENTRY_PROXY,
)
from custom_components.bambu_virtual_printer.flows import real_printer
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from scripts import slicer
from scripts.printer_double.certificate import PrinterCertificate
from scripts.recipes import recipes
from tests.support import mqtt_wire
from tests.support.adapters import adapter
from tests.support.home_assistant import AddPrinter, DeviceOf, Repairs, SentFile
from tests.support.mqtt_wire import RawClient
from tests.support.serials import SERIAL
from tests.support.simulated_printer import ACCESS_CODE, SimulatedPrinter
from tests.support.waiting import until

TRANSLATIONS = Path(integration.__file__).parent / "translations/en.json"

pytestmark = pytest.mark.usefixtures("quick_sessions")


@pytest.fixture(autouse=True)
def _maker(maker_cas: Path) -> None:
    """Every printer here has its certificate from the maker, unless it is said otherwise."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> PrinterCertificate:
    return PrinterCertificate.make(tmp_path_factory.mktemp("printer"), SERIAL)


@pytest.fixture
async def real(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    new_address: Callable[[], str],
    certificate: PrinterCertificate,
) -> AsyncIterator[SimulatedPrinter]:
    """A simulated printer that is on, for longer than Home Assistant is."""
    async with SimulatedPrinter(new_address(), SERIAL, certificate) as printer:
        yield printer
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)


type Flow = Callable[..., Any]


@pytest.fixture
def flow(hass: HomeAssistant, hub: Hub, entry: MockConfigEntry) -> Flow:
    """Open a form, or answer one."""

    async def _flow(
        what: Any, answers: Any = None, *, offers: bool = False, **context: Any
    ) -> Any:
        if isinstance(what, str):
            context.setdefault("source", SOURCE_USER)
            form = await hass.config_entries.subentries.async_init(
                (entry.entry_id, what), context=context
            )
            choosers = {(SUBENTRY_PRINTER, "user"), (SUBENTRY_PROXY, "real_printer")}
            if (what, form.get("step_id")) in choosers and not offers:
                # Printers of test runs beside this one are heard.
                return await hass.config_entries.subentries.async_configure(
                    form["flow_id"], {"found": "type_in"}
                )
            return form
        result = await hass.config_entries.subentries.async_configure(
            what["flow_id"], answers
        )
        await hass.async_block_till_done()
        return result

    return _flow


def _machine(real: SimulatedPrinter, **overrides: Any) -> dict[str, Any]:
    return {
        "name": "Workshop",
        "host": real.address,
        "serial": SERIAL,
        "access_code": ACCESS_CODE,
        "model": "BL-P001",
    } | overrides


@pytest.fixture
async def machine_id(flow: Flow, real: SimulatedPrinter, entry: MockConfigEntry) -> str:
    """The simulated printer, added."""
    result = await flow(await flow(SUBENTRY_PRINTER), _machine(real))
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    [subentry] = entry.get_subentries_of_type(SUBENTRY_PRINTER)
    return subentry.subentry_id


def _proxy(machine_id: str, address: str, **network: Any) -> dict[str, Any]:
    return {
        "name": "Workshop proxy",
        "printer_id": machine_id,
        "bind_ip": address,
        "network": {"terminate_ftps": False} | network,
    }


@pytest.fixture
async def proxy(
    flow: Flow, hub: Hub, entry: MockConfigEntry, machine_id: str, address: str
) -> ManagedPrinter:
    """A proxy of the simulated printer that has reached it."""
    result = await flow(await flow(SUBENTRY_PROXY), _proxy(machine_id, address))
    assert result.get("step_id") == "connect", result
    [subentry] = entry.get_subentries_of_type(SUBENTRY_PROXY)
    proxy = hub.printers[subentry.subentry_id]
    assert proxy.running, proxy.problems
    await until(lambda: proxy.upstream and proxy.upstream.reachable)
    return proxy


# --- real printers


async def test_a_printer_is_tried_and_added(
    hass: HomeAssistant,
    machine_id: str,
    entry: MockConfigEntry,
    real: SimulatedPrinter,
    device_of: DeviceOf,
) -> None:
    assert real.logins
    assert dict(entry.subentries[machine_id].data) == {
        "host": real.address,
        "serial": SERIAL,
        "access_code": ACCESS_CODE,
        "model": "BL-P001",
    }
    device = device_of(machine_id)
    assert device
    assert (device.manufacturer, device.serial_number) == ("Bambu Lab", SERIAL)


@pytest.mark.parametrize(
    ("overrides", "errors"),
    [
        ({"name": " "}, {"name": "invalid_name"}),
        ({"host": "192.168.1.300"}, {"host": "invalid_host"}),
        ({"host": "not a name"}, {"host": "invalid_host"}),
        ({"serial": "short"}, {"serial": "invalid_serial"}),
        ({"serial": "01P00A391899999"}, {"serial": "wrong_serial"}),
        ({"access_code": "87654321"}, {"access_code": "wrong_code"}),
        ({"access_code": "größer"}, {"access_code": "wrong_code"}),
    ],
)
async def test_what_is_wrong_with_a_printer_is_said_at_its_field(
    flow: Flow,
    real: SimulatedPrinter,
    overrides: dict[str, str],
    errors: dict[str, str],
) -> None:
    form = await flow(SUBENTRY_PRINTER)
    result = await flow(form, _machine(real, **overrides))
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    if "wrong_serial" in errors.values():
        assert result["description_placeholders"]["serial"] == SERIAL
    result = await flow(form, _machine(real))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_printer_that_is_off_is_said_to_be_unreachable(
    flow: Flow, real: SimulatedPrinter, new_address: Callable[[], str]
) -> None:
    form = await flow(SUBENTRY_PRINTER)
    result = await flow(form, _machine(real, host=new_address()))
    assert result["errors"] == {"host": "mqtt_unreachable"}


async def test_a_certificate_that_nobody_vouches_for_is_confirmed_before_the_code_is_sent(
    flow: Flow,
    entry: MockConfigEntry,
    new_address: Callable[[], str],
    tmp_path: Path,
) -> None:
    own = PrinterCertificate.make(tmp_path, SERIAL, "BBL Device CA OF A NEW MODEL")
    async with SimulatedPrinter(new_address(), SERIAL, own) as real:
        asked = await flow(await flow(SUBENTRY_PRINTER), _machine(real))
        assert (asked["type"], asked["step_id"]) == (FlowResultType.FORM, "certificate")
        shown = asked["description_placeholders"]
        assert shown["fingerprint"] == own.fingerprint
        assert shown["host"] == real.address
        assert real.connects == 0
        result = await flow(asked, {})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert real.logins
        [subentry] = entry.get_subentries_of_type(SUBENTRY_PRINTER)
        assert subentry.data["certificate_fingerprint"] == own.fingerprint
        # It is known from then on, until it changes.
        change = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id}
        menu = await flow(SUBENTRY_PRINTER, **change)
        form = await flow(menu, {"next_step_id": "connection"})
        result = await flow(form, _machine(real))
        assert result["reason"] == "reconfigure_successful"
    other = PrinterCertificate.make(tmp_path, SERIAL, "BBL Device CA OF A NEW MODEL")
    async with SimulatedPrinter(new_address(), SERIAL, other) as real:
        menu = await flow(SUBENTRY_PRINTER, **change)
        form = await flow(menu, {"next_step_id": "connection"})
        asked = await flow(form, _machine(real))
        assert asked["step_id"] == "certificate"
        shown = asked["description_placeholders"]
        assert shown["fingerprint"] == other.fingerprint
        assert shown["known"] == own.fingerprint
        assert real.connects == 0
        result = await flow(asked, {})
        assert result["reason"] == "reconfigure_successful"
    [subentry] = entry.get_subentries_of_type(SUBENTRY_PRINTER)
    assert subentry.data["certificate_fingerprint"] == other.fingerprint
    # Of another printer nothing is known.
    serial = "01P00A391899999"
    new = PrinterCertificate.make(tmp_path, serial, "BBL Device CA OF A NEW MODEL")
    async with SimulatedPrinter(new_address(), serial, new) as real:
        menu = await flow(SUBENTRY_PRINTER, **change)
        form = await flow(menu, {"next_step_id": "connection"})
        asked = await flow(form, _machine(real, serial=serial))
        shown = asked["description_placeholders"]
        assert (shown["fingerprint"], shown["known"]) == (new.fingerprint, "-")


async def test_another_device_is_hinted_at_by_its_ports(
    flow: Flow, real: SimulatedPrinter, address: str
) -> None:
    form = await flow(SUBENTRY_PRINTER)
    with socket.create_server((address, 443)):
        result = await flow(form, _machine(real, host=address))
    assert result["errors"] == {"host": "something_else"}
    assert result["description_placeholders"]["ports"] == "443"


async def test_something_else_is_no_printer(
    flow: Flow,
    new_address: Callable[[], str],
    real: SimulatedPrinter,
    certificate: PrinterCertificate,
) -> None:
    async with SimulatedPrinter(
        new_address(), SERIAL, certificate, services=frozenset({"mqtt"})
    ) as without_files:
        form = await flow(SUBENTRY_PRINTER)
        result = await flow(form, _machine(real, host=without_files.address))
    assert result["errors"] == {"host": "ftps_unreachable"}


async def test_a_virtual_printer_is_no_real_one(
    flow: Flow, real: SimulatedPrinter, add_printer: AddPrinter
) -> None:
    virtual = await add_printer()
    form = await flow(SUBENTRY_PRINTER)
    result = await flow(form, _machine(real, host=virtual.config.bind_ip))
    assert result["errors"] == {"host": "is_virtual"}


async def test_a_virtual_printer_of_somebody_else_is_no_real_one_either(
    flow: Flow,
    real: SimulatedPrinter,
    new_address: Callable[[], str],
    tmp_path: Path,
) -> None:
    certificate = PrinterCertificate.make(tmp_path, SERIAL, "Virtual Printer CA")
    async with SimulatedPrinter(new_address(), SERIAL, certificate) as virtual:
        form = await flow(SUBENTRY_PRINTER)
        result = await flow(form, _machine(real, host=virtual.address))
    assert result["errors"] == {"host": "is_virtual"}


@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (b"220 hello\r\n", {"host": "not_a_printer"}),
        # Return code 3 of MQTT 3.1.1: the server is unavailable.
        (b"\x20\x02\x00\x03", {"base": "login_refused"}),
    ],
)
async def test_an_answer_that_is_none_of_a_printer_that_is_ready(
    flow: Flow,
    real: SimulatedPrinter,
    certificate: PrinterCertificate,
    address: str,
    answer: bytes,
    errors: dict[str, str],
) -> None:
    async def _serve(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(10)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(
        _serve, address, 8883, ssl=certificate.context()
    )
    form = await flow(SUBENTRY_PRINTER)
    result = await flow(form, _machine(real, host=address))
    assert result["errors"] == errors
    server.close()
    server.close_clients()
    await server.wait_closed()


async def test_a_printer_is_added_once(
    flow: Flow, real: SimulatedPrinter, machine_id: str
) -> None:
    result = await flow(await flow(SUBENTRY_PRINTER), _machine(real))
    assert result["errors"] == {"serial": "already_configured"}


async def test_printers_that_are_heard_or_known_to_bambu_lab_are_offered(
    hass: HomeAssistant, flow: Flow, hub: Hub, real: SimulatedPrinter
) -> None:
    heard = (
        "NOTIFY * HTTP/1.1\r\nLocation: 198.51.100.9\r\nNTS: ssdp:alive\r\n"
        "USN: 01P00A000000001\r\nDevModel.bambu.com: C12\r\nDevName.bambu.com: Heard\r\n\r\n"
    )
    hub.relay.found.handle_datagram(heard.encode(), "198.51.100.9")
    MockConfigEntry(
        domain="bambu_lab",
        title="Lab",
        data={"serial": SERIAL},
        options={"host": real.address, "access_code": ACCESS_CODE, "name": "Lab"},
    ).add_to_hass(hass)
    # Reached through Bambu Lab's cloud, so without an address.
    MockConfigEntry(
        domain="bambu_lab", title="Cloud", data={"serial": "01P00A000000002"}
    ).add_to_hass(hass)
    form = await flow(SUBENTRY_PRINTER, offers=True)
    assert {"01P00A000000001", SERIAL, "type_in"} <= _offered(form)
    assert "01P00A000000002" not in _offered(form)
    details = await flow(form, {"found": SERIAL})
    suggested = {
        str(key): key.description["suggested_value"]
        for key in details["data_schema"].schema
    }
    assert suggested["host"] == real.address
    assert suggested["access_code"] == ACCESS_CODE
    result = await flow(details, _machine(real))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    # It is there now, so only the other one is offered.
    form = await flow(SUBENTRY_PRINTER, offers=True)
    assert "01P00A000000001" in _offered(form)
    assert SERIAL not in _offered(form)


def _offered(form: Any) -> set[str]:
    [selector] = form["data_schema"].schema.values()
    return {option["value"] for option in selector.config["options"]}


# --- proxies


@pytest.mark.usefixtures("all_entities_enabled")
async def test_a_slicer_prints_through_a_proxy_and_home_assistant_shows_it(
    hass: HomeAssistant,
    hub: Hub,
    proxy: ManagedPrinter,
    real: SimulatedPrinter,
    sliced_file: Callable[..., SentFile],
    state: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[EventKind] = []
    hub.publisher.async_add_listener(lambda activity: told.append(activity.kind))
    phone = async_mock_service(hass, "notify", "mobile_app_phone")
    (recipe,) = recipes("automations.md", "Print from somewhere else")
    assert await async_setup_component(hass, "automation", {"automation": [recipe]})
    sent = sliced_file()
    found = await slicer.send(
        sent.path,
        proxy.config.bind_ip,
        ACCESS_CODE,
        print_options=slicer.PrintOptions(),
        on_step=lambda _: None,
    )
    assert (found.serial, found.name) == (SERIAL, "Workshop proxy")
    assert real.ftps.files[sent.path.name] == sent.path.read_bytes()
    await until(lambda: EventKind.SLICER_DISCONNECTED in told)
    await hass.async_block_till_done()
    assert EventKind.SLICER_CONNECTED in told
    assert EventKind.PRINT_REQUESTED in told
    (message,) = phone
    assert message.data["title"] == "Workshop proxy"
    assert message.data["message"] == (
        f"Printing {sent.spec.title}, asked for by 127.0.0.1"
    )
    assert state("event", proxy, "activity").state != "unknown"
    assert state("binary_sensor", proxy, "running").state == "on"
    assert state("binary_sensor", proxy, "target").state == "on"
    size = sent.path.stat().st_size
    assert float(state("sensor", proxy, "sent_to_printer").state) * 1e6 >= size
    # Nothing of a relayed file is kept.
    statistics = await hub.library.statistics()
    assert (statistics.archives, statistics.pending) == (0, 0)
    folder = Path(hass.config.media_dirs["local"])
    assert not [*folder.rglob("*.3mf")]
    assert ACCESS_CODE not in caplog.text


async def test_a_printer_that_goes_away_and_comes_back_is_shown(
    hub: Hub,
    proxy: ManagedPrinter,
    real: SimulatedPrinter,
    state: Callable[..., Any],
) -> None:
    told: list[EventKind] = []
    hub.publisher.async_add_listener(lambda activity: told.append(activity.kind))
    await real.stop()
    # A slicer that calls it is what shows first that it is gone.
    await _turned_away(proxy.config.bind_ip)
    await until(lambda: EventKind.TARGET_LOST in told)
    assert state("binary_sensor", proxy, "target").state == "off"
    assert state("binary_sensor", proxy, "running").state == "on"
    assert state("sensor", proxy, "target_error").state != "unknown"
    await real.start()
    await until(lambda: EventKind.TARGET_REACHED in told)
    assert state("binary_sensor", proxy, "target").state == "on"


async def _call(host: str) -> None:
    """Begin to log in, and read one packet. Raises EOFError, ConnectionError, ssl.SSLError."""
    context = slicer.tls_context(SERIAL, None)
    async with await RawClient.open(host, context) as client:
        client.send(mqtt_wire.connect(ACCESS_CODE))
        await client.packet()


async def _turned_away(host: str) -> None:
    """Call as a slicer does while there is nobody behind the proxy, which hangs up."""
    with pytest.raises((EOFError, ConnectionError, ssl.SSLError)):
        await _call(host)


async def _login(
    host: str, code: str = ACCESS_CODE, answer_s: float = slicer.REPLY_TIMEOUT_S
) -> None:
    context = slicer.tls_context(SERIAL, None)
    async with slicer.session(
        host, code, SERIAL, context, answer_s=answer_s
    ) as session:
        await session.status()


async def _login_soon(host: str) -> None:
    """Log in, once the proxy has begun anew with what was changed."""
    async with asyncio.timeout(60):
        while True:
            # One that ends meanwhile hangs up on a login that it has not answered.
            with suppress(slicer.SlicerError):
                return await _login(host, answer_s=3)
            await asyncio.sleep(0.05)


async def test_a_changed_access_code_is_a_repair_that_asks_for_it(
    hass: HomeAssistant,
    proxy: ManagedPrinter,
    machine_id: str,
    real: SimulatedPrinter,
    entry: MockConfigEntry,
    repairs: Repairs,
) -> None:
    real.access_code = "newcode1"
    # Somebody has typed it into the slicer already.
    await _login(proxy.config.bind_ip, "newcode1")
    registry = ir.async_get(hass)
    issue_id = f"access_code_refused_{machine_id}"
    await until(lambda: registry.async_get_issue(DOMAIN, issue_id))
    form = await repairs.open(issue_id)
    assert form["step_id"] == "code"
    refused = await repairs.answer(form, access_code="stillbad")
    assert refused["errors"] == {"access_code": "wrong_code"}
    done = await repairs.answer(form, access_code="newcode1")
    assert done["type"] == "create_entry"
    await hass.async_block_till_done()
    assert entry.subentries[machine_id].data["access_code"] == "newcode1"
    assert registry.async_get_issue(DOMAIN, issue_id) is None
    await _login(proxy.config.bind_ip, "newcode1")


async def test_a_code_that_cannot_be_tried_is_not_kept_and_the_reason_is_said(
    hass: HomeAssistant,
    proxy: ManagedPrinter,
    machine_id: str,
    real: SimulatedPrinter,
    entry: MockConfigEntry,
    repairs: Repairs,
    tmp_path: Path,
) -> None:
    real.access_code = "newcode1"
    # Somebody has typed it into the slicer already.
    await _login(proxy.config.bind_ip, "newcode1")
    registry = ir.async_get(hass)
    issue_id = f"access_code_refused_{machine_id}"
    await until(lambda: registry.async_get_issue(DOMAIN, issue_id))
    form, left_open, open_when_unloaded = [
        await repairs.open(issue_id) for _ in range(3)
    ]
    await real.stop()
    result = await repairs.answer(form, access_code="newcode1")
    assert result["errors"] == {"base": "unreachable"}
    own = PrinterCertificate.make(tmp_path, SERIAL, "BBL Device CA N7-V2")
    async with SimulatedPrinter(real.address, SERIAL, own) as impostor:
        result = await repairs.answer(form, access_code="newcode1")
        assert result["errors"] == {"base": "unverified"}
        assert impostor.connects == 0
    assert entry.subentries[machine_id].data["access_code"] == ACCESS_CODE
    hass.config_entries.async_remove_subentry(entry, machine_id)
    await hass.async_block_till_done()
    result = await repairs.answer(left_open, access_code="newcode1")
    assert result["reason"] == "printer_gone"
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await repairs.answer(open_when_unloaded, access_code="newcode1")
    assert result["reason"] == "hub_not_loaded"


async def test_who_takes_a_printers_place_is_a_repair_and_is_sent_no_code(
    hass: HomeAssistant,
    proxy: ManagedPrinter,
    machine_id: str,
    real: SimulatedPrinter,
    entry: MockConfigEntry,
    repairs: Repairs,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = ir.async_get(hass)
    issue_id = f"printer_certificate_{machine_id}"
    await real.stop()
    await _turned_away(proxy.config.bind_ip)
    own, other = (
        PrinterCertificate.make(tmp_path, SERIAL, "BBL Device CA N7-V2")
        for _ in range(2)
    )
    async with SimulatedPrinter(real.address, SERIAL, own) as impostor:
        await until(lambda: registry.async_get_issue(DOMAIN, issue_id))
        issue = registry.async_get_issue(DOMAIN, issue_id)
        assert issue
        assert issue.translation_key == "certificate_unknown"
        await _turned_away(proxy.config.bind_ip)
        assert impostor.connects == 0
        form = await repairs.open(issue_id)
        assert form["description_placeholders"]["fingerprint"] == own.fingerprint
        # A person says that it is the printer after all.
        done = await repairs.answer(form)
        assert done["type"] == "create_entry"
        await until(lambda: registry.async_get_issue(DOMAIN, issue_id) is None)
        await until(lambda: proxy.upstream and proxy.upstream.reachable)
        await _login_soon(proxy.config.bind_ip)
    async with SimulatedPrinter(real.address, SERIAL, other) as impostor:
        await _turned_away(proxy.config.bind_ip)
        await until(lambda: registry.async_get_issue(DOMAIN, issue_id))
        form = await repairs.open(issue_id)
        assert form["description_placeholders"] == {
            "printer": "Workshop",
            "host": real.address,
            "fingerprint": other.fingerprint,
            "known": own.fingerprint,
        }
        assert impostor.connects == 0
    # The maker's word needs nobody's, and ends the question.
    await real.start()
    await until(lambda: registry.async_get_issue(DOMAIN, issue_id) is None)
    assert entry.subentries[machine_id].data["certificate_fingerprint"] == (
        own.fingerprint
    )
    assert ACCESS_CODE not in caplog.text


async def test_the_question_about_a_removed_printers_certificate_goes_with_it(
    hass: HomeAssistant,
    hub: Hub,
    machine_id: str,
    real: SimulatedPrinter,
    entry: MockConfigEntry,
    repairs: Repairs,
) -> None:
    # A printer that is there proves that its certificate is all right.
    machine = hub.machines.by_id[machine_id]
    await until(lambda: machine.state.is_available)
    await real.stop()
    await until(lambda: not machine.state.is_available)
    hub.machines.async_unverified(machine_id, "AA:BB")
    registry = ir.async_get(hass)
    issue_id = f"printer_certificate_{machine_id}"
    assert registry.async_get_issue(DOMAIN, issue_id)
    form = await repairs.open(issue_id)
    hass.config_entries.async_remove_subentry(entry, machine_id)
    await hass.async_block_till_done()
    assert registry.async_get_issue(DOMAIN, issue_id) is None
    assert (await repairs.answer(form))["reason"] == "printer_gone"


async def test_a_moved_printer_takes_its_proxy_along(
    flow: Flow,
    proxy: ManagedPrinter,
    machine_id: str,
    real: SimulatedPrinter,
    certificate: PrinterCertificate,
    new_address: Callable[[], str],
) -> None:
    async with SimulatedPrinter(new_address(), SERIAL, certificate) as moved:
        menu = await flow(
            SUBENTRY_PRINTER, source=SOURCE_RECONFIGURE, subentry_id=machine_id
        )
        form = await flow(menu, {"next_step_id": "connection"})
        result = await flow(form, _machine(moved))
        assert result["reason"] == "reconfigure_successful"
        await until(
            lambda: (
                proxy.upstream is not None and proxy.upstream.address == moved.address
            )
        )
        await _login_soon(proxy.config.bind_ip)
        assert moved.logins


async def test_a_removed_printer_leaves_a_proxy_that_says_so(
    hass: HomeAssistant,
    hub: Hub,
    flow: Flow,
    entry: MockConfigEntry,
    proxy: ManagedPrinter,
    machine_id: str,
    real: SimulatedPrinter,
) -> None:
    hass.config_entries.async_remove_subentry(entry, machine_id)
    await hass.async_block_till_done()
    assert proxy.id not in hub.printers
    registry = ir.async_get(hass)
    issue_id = f"proxy_without_printer_{proxy.id}"
    assert registry.async_get_issue(DOMAIN, issue_id)
    form = await flow(SUBENTRY_PROXY, source=SOURCE_RECONFIGURE, subentry_id=proxy.id)
    assert form["step_id"] == "details"
    form = await flow(form, _machine(real))
    [machine] = entry.get_subentries_of_type(SUBENTRY_PRINTER)
    assert form["step_id"] == "reconfigure"
    result = await flow(form, _proxy(machine.subentry_id, proxy.config.bind_ip))
    assert result["reason"] == "reconfigure_successful"
    assert registry.async_get_issue(DOMAIN, issue_id) is None
    assert hub.printers[proxy.id].running


async def test_the_end_of_adding_a_proxy_says_how_slicers_reach_it(
    flow: Flow, hub: Hub, entry: MockConfigEntry, machine_id: str, address: str
) -> None:
    result = await flow(await flow(SUBENTRY_PROXY), _proxy(machine_id, address))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "connect")
    # It runs whatever becomes of the dialog.
    [subentry] = entry.get_subentries_of_type(SUBENTRY_PROXY)
    assert hub.printers[subentry.subentry_id].running
    shown = result["description_placeholders"]
    assert shown["address"] == address
    assert shown["real_printer"] == "Workshop"
    assert "/trust/linux" in shown["linux_link"]
    assert ACCESS_CODE not in str(shown)
    result = await flow(result, {})
    assert result["reason"] == "proxy_added"
    assert result["description_placeholders"] == {
        "printer": "Workshop proxy",
        "real_printer": "Workshop",
        "address": address,
    }
    assert len(entry.get_subentries_of_type(SUBENTRY_PROXY)) == 1


async def test_adding_a_proxy_begins_with_the_real_printer_when_there_is_none(
    flow: Flow, hub: Hub, entry: MockConfigEntry, real: SimulatedPrinter, address: str
) -> None:
    form = await flow(SUBENTRY_PROXY)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "details")
    form = await flow(form, _machine(real, access_code="87654321"))
    assert form["errors"] == {"access_code": "wrong_code"}
    assert not entry.get_subentries_of_type(SUBENTRY_PRINTER)
    form = await flow(form, _machine(real))
    [machine] = entry.get_subentries_of_type(SUBENTRY_PRINTER)
    assert machine.subentry_id in hub.machines.by_id
    assert form["step_id"] == "user"
    result = await flow(form, _proxy(machine.subentry_id, address))
    assert result["step_id"] == "connect"
    [proxy] = entry.get_subentries_of_type(SUBENTRY_PROXY)
    assert hub.printers[proxy.subentry_id].running


async def test_a_real_printer_that_was_heard_is_offered_before_a_proxy_of_it(
    flow: Flow, real: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = real_printer.Candidate(name="Heard", host=real.address, serial=SERIAL)
    monkeypatch.setattr(real_printer, "_candidates", lambda *_: {SERIAL: heard})
    form = await flow(SUBENTRY_PROXY, offers=True)
    assert form["step_id"] == "real_printer"
    form = await flow(form, {"found": SERIAL})
    assert form["step_id"] == "details"


async def test_changing_a_proxy_shows_what_is_there(
    flow: Flow, proxy: ManagedPrinter, machine_id: str, hub: Hub
) -> None:
    form = await flow(SUBENTRY_PROXY, source=SOURCE_RECONFIGURE, subentry_id=proxy.id)
    suggested = {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description
    }
    assert suggested == {
        "name": "Workshop proxy",
        "printer_id": machine_id,
        "bind_ip": proxy.config.bind_ip,
    }
    address = proxy.config.bind_ip
    result = await flow(form, _proxy(machine_id, address, terminate_ftps=True))
    assert result["reason"] == "reconfigure_successful"
    assert hub.printers[proxy.id].running
    assert hub.printers[proxy.id].config.identity.terminate_ftps


@pytest.mark.parametrize(
    ("overrides", "errors"),
    [
        ({"name": ""}, {"name": "invalid_name"}),
        ({"bind_ip": "here"}, {"bind_ip": "invalid_ip"}),
        (
            {"network": {"advertise_ip": "x", "terminate_ftps": False}},
            {"network": "invalid_advertise_ip"},
        ),
    ],
)
async def test_what_is_wrong_with_a_proxy_is_said_at_its_field(
    flow: Flow,
    machine_id: str,
    address: str,
    overrides: dict[str, Any],
    errors: dict[str, str],
) -> None:
    form = await flow(SUBENTRY_PROXY)
    result = await flow(form, _proxy(machine_id, address) | overrides)
    assert result["errors"] == errors
    result = await flow(form, _proxy(machine_id, address))
    assert result["step_id"] == "connect"


async def test_a_proxy_needs_an_address_of_its_own(
    flow: Flow, machine_id: str, real: SimulatedPrinter, add_printer: AddPrinter
) -> None:
    virtual = await add_printer()
    form = await flow(SUBENTRY_PROXY)
    result = await flow(form, _proxy(machine_id, real.address))
    assert result["errors"] == {"bind_ip": "is_the_printer"}
    result = await flow(form, _proxy(machine_id, virtual.config.bind_ip))
    assert result["errors"] == {"bind_ip": "ip_in_use"}
    assert result["description_placeholders"]["other"] == "Garage"
    result = await flow(form, _proxy(machine_id, "198.51.100.7"))
    assert result["errors"] == {"bind_ip": "address_missing"}


async def test_an_address_that_is_not_listed_is_typed(
    flow: Flow,
    machine_id: str,
    address: str,
    on_adapters: Callable[..., None],
) -> None:
    on_adapters(adapter("eth0", "192.168.1.60"))
    form = await flow(SUBENTRY_PROXY)
    form = await flow(form, _proxy(machine_id, "other"))
    assert form["errors"] == {"bind_ip": "invalid_ip"}
    result = await flow(form, _proxy(machine_id, address))
    assert result["step_id"] == "connect"


async def test_a_disabled_proxy_is_changed_without_looking_at_its_ports(
    hass: HomeAssistant, flow: Flow, hub: Hub, proxy: ManagedPrinter, machine_id: str
) -> None:
    await hub.async_set_enabled(proxy.id, enabled=False)
    form = await flow(SUBENTRY_PROXY, source=SOURCE_RECONFIGURE, subentry_id=proxy.id)
    result = await flow(form, _proxy(machine_id, "198.51.100.7"))
    assert result["reason"] == "reconfigure_successful"
    assert not hub.printers[proxy.id].running


async def test_flows_need_a_hub_that_runs(
    hass: HomeAssistant, flow: Flow, entry: MockConfigEntry, real: SimulatedPrinter
) -> None:
    form = await flow(SUBENTRY_PRINTER)
    assert await hass.config_entries.async_unload(entry.entry_id)
    for kind in (SUBENTRY_PRINTER, SUBENTRY_PROXY):
        assert (await flow(kind))["reason"] == "hub_not_loaded"
    assert (await flow(form, _machine(real)))["reason"] == "hub_not_loaded"


async def test_diagnostics_of_a_proxy_tell_no_address(
    hass: HomeAssistant,
    proxy: ManagedPrinter,
    real: SimulatedPrinter,
    entry: MockConfigEntry,
) -> None:
    from custom_components.bambu_virtual_printer.diagnostics import (
        async_get_config_entry_diagnostics,
    )

    shown = await async_get_config_entry_diagnostics(hass, entry)
    [described] = shown["printers"]
    assert described["target"]["reachable"] is True
    for secret in (ACCESS_CODE, SERIAL):
        assert secret not in str(shown)


async def test_a_taken_port_of_the_model_is_named_before_anything_is_saved(
    flow: Flow, machine_id: str, address: str
) -> None:
    form = await flow(SUBENTRY_PROXY)
    with socket.create_server((address, 6000)):
        result = await flow(form, _proxy(machine_id, address))
    assert result["errors"]["bind_ip"].startswith("port_in_use")
    assert result["description_placeholders"]["ports"] == "6000"


async def test_the_setup_check_of_a_proxy_tells_whether_the_real_printer_answers(
    hub: Hub, proxy: ManagedPrinter, real: SimulatedPrinter
) -> None:
    await until(lambda: proxy.announced_at is not None)
    report = await hub.setup_checks.async_run(proxy)
    found = {finding.check: finding for finding in report.findings}
    assert not report.problems
    assert found["target"].placeholders["address"] == real.address
    assert found["port_8883"].key == "check_port_certificate"
    assert "discovery" in found
    await real.stop()
    await _turned_away(proxy.config.bind_ip)
    await until(lambda: proxy.upstream and proxy.upstream.reachable is False)
    report = await hub.setup_checks.async_run(proxy)
    # Its own refusing is not taken for another program on its ports.
    (problem,) = report.problems
    assert problem.key == "check_target_lost"
    assert str(problem.text(hub.texts)).endswith("the connection was refused")
    # A proxy whose printer is gone is silent on purpose.
    assert "discovery" not in {finding.check for finding in report.findings}
    await real.start()
