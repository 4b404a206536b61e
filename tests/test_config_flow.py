from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
import re
import socket
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.const import (
    DOMAIN,
    SUBENTRY_VIRTUAL_PRINTER,
)
from custom_components.bambu_virtual_printer.engine.emulator.probe import tcp_ports_free
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.values import Shows
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
from homeassistant.helpers import device_registry as dr
from tests.support.adapters import adapter
from tests.support.home_assistant import AddPrinter, SentFile


def _answers(address: str, **overrides: Any) -> dict[str, Any]:
    return {
        "name": "Garage Queue",
        "model": "C12",
        "mode": "immediate",
        "access_code": "abcd1234",
        "bind_ip": address,
        "filing": {"target": "any", "hold": True},
        "network": {},
    } | overrides


@pytest.fixture
def start_adding(hass: HomeAssistant, entry: MockConfigEntry) -> Callable[[], Any]:
    """Open the form for a new printer."""

    async def _start() -> Any:
        return await hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_VIRTUAL_PRINTER), context={"source": SOURCE_USER}
        )

    return _start


@pytest.fixture
def start_changing(
    hass: HomeAssistant, entry: MockConfigEntry
) -> Callable[[ManagedPrinter], Any]:
    """Open the form for an existing printer."""

    async def _start(printer: ManagedPrinter) -> Any:
        return await hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_VIRTUAL_PRINTER),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": printer.id},
        )

    return _start


@pytest.fixture
def answer(hass: HomeAssistant) -> Callable[..., Any]:
    """Submit a form."""

    async def _answer(form: Any, answers: dict[str, Any]) -> Any:
        result = await hass.config_entries.subentries.async_configure(
            form["flow_id"], answers
        )
        await hass.async_block_till_done()
        return result

    return _answer


def _filled(form: Any) -> dict[str, Any]:
    """Answer a form with what it is filled with; what is empty is left out, as the frontend does."""
    return {
        key: {inner: each for inner, each in value.items() if each is not None}
        if isinstance(value, dict)
        else value
        for key, value in _suggested(form).items()
        if value is not None
    }


def _suggested(form: Any) -> dict[str, Any]:
    """Read what a form is filled with."""
    found = {}
    for key, value in form["data_schema"].schema.items():
        if isinstance(value, section):
            found[str(key)] = {
                str(inner): inner.description.get("suggested_value")
                for inner in value.schema.schema
                if inner.description
            }
        elif key.description:
            found[str(key)] = key.description.get("suggested_value")
    return found


# --- the hub


async def test_adding_the_hub_goes_straight_on_to_the_first_printer(
    hass: HomeAssistant, loopback: None, tmp_path: Path
) -> None:
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert form["type"] is FlowResultType.FORM
    assert not form["errors"]
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "3D prints", "which entities' names begin with"
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    flow = hass.config_entries.subentries.async_get(flow_id)
    assert flow["step_id"] == "user"


async def test_the_hub_is_called_as_the_language_of_the_household_calls_it(
    hass: HomeAssistant, loopback: None, tmp_path: Path
) -> None:
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    await hass.config.async_update(language="de")
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert result["title"] == "3D-Drucke"


async def test_there_is_one_hub_only(hass: HomeAssistant, hub: Hub) -> None:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"


# --- options


async def _open_settings(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Choose the settings in the menu of the options."""
    options = hass.config_entries.options
    menu = await options.async_init(entry.entry_id)
    return await options.async_configure(menu["flow_id"], {"next_step_id": "settings"})


async def test_options_take_effect_at_once(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry, tmp_path: Path
) -> None:
    form = await _open_settings(hass, entry)
    assert _suggested(form) == {
        "library_folder": str(tmp_path / "media" / DOMAIN),
        "reserve_gb": 1,
        "name_source": "metadata",
        "filament_price": 25.0,
        "overtake_hours": None,
        "show_panel": True,
        "notifications": {
            "pending": [],
            "printed": [],
            "failed": [],
            "plate": [],
            "filament": [],
            "late": [],
            "question": [],
            "ask_approvers": False,
            "tell_senders": False,
            "show_pending": True,
        },
        "retention": {
            "pending_days": None,
            "undo_minutes": 10,
            "keep_days": None,
            "keep_count": None,
            "keep_gb": None,
            "budget_gb": None,
            "low_space_gb": 5,
        },
    }
    answers = _filled(form) | {"reserve_gb": 5, "name_source": "filename"}
    result = await hass.config_entries.options.async_configure(form["flow_id"], answers)
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.runtime_data is hub
    assert hub.library.settings.reserve_bytes == 5_000_000_000
    assert hub.library.settings.name_source == "filename"


async def test_the_phones_that_hear_of_something_are_chosen(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry
) -> None:
    phone = MockConfigEntry(domain="mobile_app")
    phone.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=phone.entry_id, identifiers={("mobile_app", "phone")}
    )
    form = await _open_settings(hass, entry)
    chosen = {
        "pending": [device.id],
        "ask_approvers": True,
        "tell_senders": False,
        "show_pending": True,
    }
    await hass.config_entries.options.async_configure(
        form["flow_id"], _filled(form) | {"notifications": chosen}
    )
    form = await _open_settings(hass, entry)
    shown = _suggested(form)["notifications"]
    assert shown["pending"] == [device.id]
    assert shown["printed"] == []
    assert shown["ask_approvers"]


async def test_a_limit_that_is_left_empty_is_none_and_zero_is_not_offered(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry
) -> None:
    """What was stored as 0 before is shown empty, and what is emptied stays so."""
    hass.config_entries.async_update_entry(
        entry, options={"retention": {"keep_days": 0, "keep_count": 3}}
    )
    await hass.async_block_till_done()
    form = await _open_settings(hass, entry)
    limits = _suggested(form)["retention"]
    assert limits["keep_days"] is None
    assert limits["keep_count"] == 3
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            form["flow_id"], _filled(form) | {"retention": {"keep_count": 0}}
        )
    await hass.config_entries.options.async_configure(
        form["flow_id"], _filled(form) | {"retention": {"keep_days": 30}}
    )
    await hass.async_block_till_done()
    settings = hub.library.settings
    assert settings.keep_for == timedelta(days=30)
    assert settings.keep_count is None
    assert settings.low_space_bytes == 0
    form = await _open_settings(hass, entry)
    assert _suggested(form)["retention"]["low_space_gb"] is None


async def test_another_library_folder_begins_again_there(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry, tmp_path: Path
) -> None:
    folder = tmp_path / "media" / "prints"
    form = await _open_settings(hass, entry)
    answers = _filled(form) | {"library_folder": str(folder)}
    await hass.config_entries.options.async_configure(form["flow_id"], answers)
    await hass.async_block_till_done()
    assert entry.runtime_data is not hub
    assert (folder / "archive").is_dir()


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("/nowhere/prints", "not inside"),
        ("relative", "not inside"),
        ("{config}/www/prints", "everybody can read"),
        ("{config}/file/prints", "a part of the path is not a folder"),
        ("{config}/pri\0nts", "character that no path can have"),
    ],
)
async def test_a_folder_that_cannot_hold_the_library_is_refused_with_the_reason(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry, folder: str, says: str
) -> None:
    Path(hass.config.path("file")).write_text("x")
    form = await _open_settings(hass, entry)
    wanted = folder.format(config=hass.config.config_dir)
    form = await hass.config_entries.options.async_configure(
        form["flow_id"], _filled(form) | {"library_folder": wanted}
    )
    assert form["errors"] == {"library_folder": "invalid_library_folder"}
    assert says in form["description_placeholders"]["reason"]
    assert _suggested(form)["library_folder"] == wanted
    good = hass.config.path("prints")
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], _filled(form) | {"library_folder": good}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


# --- adding a printer


async def test_a_printer_is_added_and_runs(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    address: str,
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    form = await start_adding()
    assert form["type"] is FlowResultType.FORM
    suggested = _suggested(form)
    assert suggested["model"] == "BL-P001"
    assert suggested["network"]["ftps_port"] == 990
    assert len(suggested["access_code"]) == 8
    result = await answer(form, _answers(address, name="  Garage Queue "))
    assert result["type"] is FlowResultType.MENU
    (subentry,) = entry.subentries.values()
    assert subentry.title == "Garage Queue"
    assert subentry.unique_id == subentry.data["serial_suffix"]
    printer = hub.printers[subentry.subentry_id]
    assert printer.running
    assert printer.config.identity.serial == "01P00A" + subentry.data["serial_suffix"]
    assert printer.config.access_code == "abcd1234"


async def test_every_new_printer_gets_an_access_code_and_ports_of_its_own(
    hub: Hub,
    entry: MockConfigEntry,
    new_address: Callable[[], str],
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    codes = set()
    for number in range(3):
        form = await start_adding()
        codes.add(_suggested(form)["access_code"])
        await answer(form, _answers(new_address(), name=f"Printer {number}"))
    assert len(codes) == 3
    assert sorted(subentry.data["slot"] for subentry in entry.subentries.values()) == [
        0,
        1,
        2,
    ]


async def test_network_details_are_kept_and_empty_ones_are_not(
    hub: Hub,
    entry: MockConfigEntry,
    address: str,
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    form = await start_adding()
    details = {"advertise_ip": "192.0.2.9", "pasv_address": "", "ftps_port": 9990.0}
    await answer(form, _answers(address, network=details))
    (printer,) = hub.printers.values()
    assert printer.config.identity.address == "192.0.2.9"
    assert printer.config.pasv_address is None
    assert printer.config.identity.ports.ftps == 9990
    socket.create_connection((address, 9990)).close()


async def test_the_file_tunnel_can_be_turned_off(
    hub: Hub,
    address: str,
    start_adding: Callable[..., Any],
    start_changing: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    form = await start_adding()
    assert _suggested(form)["network"]["file_tunnel"] is True
    await answer(form, _answers(address, model="N7", network={"ftps_port": 990}))
    (printer,) = hub.printers.values()
    socket.create_connection((address, 6000)).close()
    form = await start_changing(printer)
    assert _suggested(form)["network"]["file_tunnel"] is True
    await answer(
        form,
        _answers(address, model="N7", network={"ftps_port": 990, "file_tunnel": False}),
    )
    assert printer.running
    assert _suggested(await start_changing(printer))["network"]["file_tunnel"] is False
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, 6000))


@pytest.mark.parametrize(
    ("overrides", "errors"),
    [
        ({"access_code": "1234567"}, {"access_code": "invalid_access_code"}),
        ({"access_code": "123456789"}, {"access_code": "invalid_access_code"}),
        ({"access_code": "1234 678"}, {"access_code": "invalid_access_code"}),
        ({"access_code": "1234567é"}, {"access_code": "invalid_access_code"}),
        ({"name": " "}, {"name": "invalid_name"}),
        ({"name": "x" * 101}, {"name": "invalid_name"}),
        ({"name": "Evil\r\nUSN: 1"}, {"name": "invalid_name"}),
        ({"name": "Evil\u202e"}, {"name": "invalid_name"}),
        ({"bind_ip": "garage.local"}, {"bind_ip": "invalid_ip"}),
        ({"bind_ip": "0.0.0.0"}, {"bind_ip": "invalid_ip"}),
        ({"bind_ip": "239.255.255.250"}, {"bind_ip": "invalid_ip"}),
        ({"bind_ip": "255.255.255.255"}, {"bind_ip": "invalid_ip"}),
        ({"network": {"advertise_ip": "here"}}, {"network": "invalid_advertise_ip"}),
        ({"network": {"pasv_address": "0.0.0.0"}}, {"network": "invalid_pasv_address"}),
        (
            {
                "filing": {
                    "target": "any",
                    "hold": False,
                    "duplicates": "keep",
                    "filament_rule": "match_color",
                    "on_print": "send",
                    "shows": "target",
                    "allow_control": False,
                    "tags": ["t" * 65],
                }
            },
            {"filing": "invalid_filing"},
        ),
        (
            {
                "filing": {
                    "target": "any",
                    "hold": False,
                    "duplicates": "keep",
                    "filament_rule": "match_color",
                    "on_print": "send",
                    "shows": "target",
                    "allow_control": False,
                    "project": "p" * 256,
                }
            },
            {"filing": "invalid_filing"},
        ),
        (
            {"name": "", "access_code": "1", "bind_ip": "::1"},
            {
                "name": "invalid_name",
                "access_code": "invalid_access_code",
                "bind_ip": "invalid_ip",
            },
        ),
    ],
)
async def test_bad_input_is_an_error_at_its_field_and_can_be_mended(
    hub: Hub,
    entry: MockConfigEntry,
    address: str,
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
    overrides: dict[str, Any],
    errors: dict[str, str],
) -> None:
    form = await answer(await start_adding(), _answers(address, **overrides))
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == errors
    assert not entry.subentries
    suggested = _suggested(form)
    for key in overrides.keys() - {"network", "name"}:
        assert suggested[key] == overrides[key]
    result = await answer(form, _answers(address))
    assert result["type"] is FlowResultType.MENU


async def test_a_taken_port_is_named_before_anything_is_saved(
    hub: Hub,
    entry: MockConfigEntry,
    address: str,
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    with (
        socket.create_server((address, 8883)),
        socket.create_server((address, 3000)),
    ):
        form = await answer(await start_adding(), _answers(address))
        assert form["errors"] == {"bind_ip": "port_in_use_by_program"}
        assert form["description_placeholders"]["ports"] == "3000, 8883"
        assert form["description_placeholders"]["address"] == address
        assert not entry.subentries
    result = await answer(form, _answers(address))
    assert result["type"] is FlowResultType.MENU


async def test_an_address_of_somebody_else_is_an_error(
    hub: Hub, start_adding: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    form = await answer(await start_adding(), _answers("198.51.100.7"))
    assert form["errors"] == {"bind_ip": "address_missing"}


async def test_the_address_of_another_printer_is_an_error_that_names_it(
    printer: ManagedPrinter,
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    form = await answer(await start_adding(), _answers(printer.config.bind_ip))
    assert form["errors"] == {"bind_ip": "ip_in_use"}
    assert form["description_placeholders"]["other"] == "Garage"


async def test_an_error_inside_a_section_stands_at_the_section_which_is_open(
    hub: Hub,
    address: str,
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    form = await start_adding()
    assert _section(form, "network").options["collapsed"]
    form = await answer(form, _answers(address, network={"advertise_ip": "here"}))
    assert form["errors"] == {"network": "invalid_advertise_ip"}
    assert not _section(form, "network").options["collapsed"]


async def test_every_address_of_this_host_is_offered_the_usable_ones_first(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    start_adding: Callable[..., Any],
    on_adapters: Callable[..., None],
) -> None:
    on_adapters(
        adapter("lo", "127.0.0.1"),
        adapter("eth0", "192.168.1.61", "192.168.1.60", "192.168.1.62"),
        adapter("tailscale0", "100.101.102.103"),
        adapter("usb0", "169.254.1.1"),
        busy=("192.168.1.60",),
    )
    subentry = entry.subentries[printer.id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "bind_ip": "192.168.1.61"}
    )
    form = await start_adding()
    assert [
        (option["value"], option["label"]) for option in _addresses(form)["options"]
    ] == [
        ("192.168.1.62", "192.168.1.62 (eth0)"),
        ("100.101.102.103", "100.101.102.103 (tailscale0)"),
        ("192.168.1.60", "192.168.1.60 (eth0, ports in use)"),
        ("192.168.1.61", "192.168.1.61 (eth0, in use by Garage)"),
        ("other", "other"),
        ("none", "none"),
    ]
    assert _suggested(form)["bind_ip"] == "192.168.1.62"


async def test_an_address_that_is_not_listed_is_typed_into_a_field_without_a_list(
    hub: Hub,
    entry: MockConfigEntry,
    address: str,
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
    on_adapters: Callable[..., None],
) -> None:
    """The frontend's list takes the nearest match for what is typed into it, so nothing can be."""
    on_adapters(adapter("eth0", "192.168.1.60"))
    form = await start_adding()
    assert not _addresses(form).get("custom_value")
    with pytest.raises(InvalidData):
        await answer(form, _answers("192.168.1.300"))
    form = await answer(form, _answers("other"))
    assert form["errors"] == {"bind_ip": "invalid_ip"}
    assert "options" not in _addresses(form)
    assert _suggested(form)["name"] == "Garage Queue"
    result = await answer(form, _answers(address))
    assert result["type"] is FlowResultType.MENU
    (subentry,) = entry.subentries.values()
    assert subentry.data["bind_ip"] == address


async def test_none_is_suggested_first_when_all_listed_addresses_are_taken(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    start_adding: Callable[..., Any],
    on_adapters: Callable[..., None],
) -> None:
    on_adapters(adapter("eth0", "192.168.1.61"))
    assert _suggested(await start_adding())["bind_ip"] == "192.168.1.61"
    subentry = entry.subentries[printer.id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "bind_ip": "192.168.1.61"}
    )
    form = await start_adding()
    assert _suggested(form)["bind_ip"] == "none"
    assert _addresses(form)["options"][0]["value"] == "none"


async def test_none_is_suggested_first_where_no_address_has_free_ports(
    hub: Hub,
    start_adding: Callable[..., Any],
    on_adapters: Callable[..., None],
) -> None:
    on_adapters(adapter("eth0", "192.168.1.61"), busy=("192.168.1.61",))
    form = await start_adding()
    values = [option["value"] for option in _addresses(form)["options"]]
    assert values == ["none", "192.168.1.61", "other"]
    assert _suggested(form)["bind_ip"] == "none"


async def test_a_printer_without_an_address_takes_uploads_with_a_key(
    hub: Hub,
    entry: MockConfigEntry,
    start_adding: Callable[..., Any],
    start_changing: Callable[..., Any],
    answer: Callable[..., Any],
    on_adapters: Callable[..., None],
    sliced_file: Callable[..., SentFile],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    on_adapters(adapter("eth0", "192.168.1.61"), busy=("192.168.1.61",))
    page = await answer(await start_adding(), _answers("none"))
    assert page["step_id"] == "upload_key"
    page = await answer(page, {"name": "Anna"})
    shown = page["description_placeholders"]
    assert page["menu_options"] == ["upload_key", "finish"]
    path = shown["url"].partition("/api/")[2]
    # Cura asks for the parts of the address, and has a short field for its path.
    assert shown["path"] == "/api/bvp/garage_queue"
    assert f"://{shown['host']}:{shown['port']}/api/" in shown["url"]
    (printer,) = hub.printers.values()
    assert (printer.running, printer.problems, printer.listeners) == (True, (), {})
    client = await hass_client_no_auth()
    for base in (f"/api/{path}", shown["path"]):
        sent = await client.post(
            f"{base}/api/files/local",
            headers={"X-Api-Key": shown["key"]},
            data={"print": "false", "file": sliced_file().path.open("rb")},
        )
        assert sent.status == HTTPStatus.CREATED
    page = await answer(page, {"next_step_id": "finish"})
    assert page["type"] is FlowResultType.ABORT
    report = await hub.setup_checks.async_run(printer)
    assert report.outcome.value == "ok"
    # What was chosen is still there when something else is wrong.
    page = await answer(await start_adding(), _answers("none", name=" "))
    assert page["errors"]
    assert _suggested(page)["bind_ip"] == "none"
    # A second one is in nobody's way, and an address can be given to it later.
    page = await answer(await start_adding(), _answers("none", name="Second"))
    assert page["step_id"] == "upload_key"
    form = await start_changing(printer)
    assert _suggested(form)["bind_ip"] == "none"


async def test_a_printer_whose_address_is_gone_keeps_it_until_another_is_chosen(
    printer: ManagedPrinter,
    start_changing: Callable[..., Any],
    on_adapters: Callable[..., None],
) -> None:
    on_adapters(adapter("eth0", "192.168.1.60"))
    form = await start_changing(printer)
    assert _suggested(form)["bind_ip"] == printer.config.bind_ip
    assert [option["value"] for option in _addresses(form)["options"]] == [
        printer.config.bind_ip,
        "192.168.1.60",
        "other",
        "none",
    ]


async def test_ports_are_free_until_somebody_listens_on_one(address: str) -> None:
    assert tcp_ports_free(address)
    with socket.create_server((address, 8883)):
        assert not tcp_ports_free(address)
    assert tcp_ports_free(address)


async def test_a_name_is_suggested_that_no_printer_has(
    hub: Hub,
    new_address: Callable[[], str],
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    names = []
    for _ in range(3):
        form = await start_adding()
        names.append(_suggested(form)["name"])
        await answer(form, _answers(new_address(), name=names[-1]))
    assert names == ["Home Assistant", "Home Assistant 2", "Home Assistant 3"]


@pytest.mark.parametrize(
    ("installation", "heading"),
    [
        ("Home Assistant OS", "home-assistant-os"),
        ("Home Assistant Container", "docker-with-host-networking"),
        ("Home Assistant Core", "linux-until-the-next-restart"),
        ("Unknown", "an-address-for-each-printer"),
    ],
)
async def test_the_form_links_to_how_this_installation_gets_an_address(
    hub: Hub,
    start_adding: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    installation: str,
    heading: str,
) -> None:
    async def _system(_hass: HomeAssistant) -> dict[str, Any]:
        return {"installation_type": installation}

    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.flows.forms.async_get_system_info",
        _system,
    )
    form = await start_adding()
    url = form["description_placeholders"]["networks_url"]
    assert url.endswith(f"docs/networks.md#{heading}")
    page = Path("docs/networks.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    assert heading in {
        re.sub(r"[^a-z0-9 -]", "", text.lower()).replace(" ", "-") for text in headings
    }


def _section(form: Any, name: str) -> section:
    (found,) = (
        value for key, value in form["data_schema"].schema.items() if key == name
    )
    assert isinstance(found, section)
    return found


def _addresses(form: Any) -> dict[str, Any]:
    """Return the configuration of the selector of addresses."""
    (selector,) = (
        value for key, value in form["data_schema"].schema.items() if key == "bind_ip"
    )
    config: dict[str, Any] = selector.config
    return config


async def test_nothing_can_be_added_to_a_hub_that_does_not_run(
    hass: HomeAssistant, entry: MockConfigEntry, start_adding: Callable[..., Any]
) -> None:
    result = await start_adding()
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "hub_not_loaded"


# --- changing a printer


async def test_changing_shows_what_is_there_and_keeps_the_serial(
    printer: ManagedPrinter,
    hub: Hub,
    start_changing: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    suffix = printer.config.serial_suffix
    form = await start_changing(printer)
    suggested = _suggested(form)
    assert suggested["name"] == "Garage"
    assert suggested["access_code"] == "12345678"
    suggested["network"] = {"ftps_port": 990}
    result = await answer(
        form, suggested | {"name": "Attic", "access_code": "zyxw9876"}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert hub.printers[printer.id] is printer
    assert printer.config.name == "Attic"
    assert printer.config.access_code == "zyxw9876"
    assert printer.config.serial_suffix == suffix
    assert printer.running


async def test_jobs_can_be_meant_for_a_real_printer_as_long_as_it_is_there(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    real_printer: str,
    start_changing: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    form = await start_changing(printer)
    (filing,) = (
        value for key, value in form["data_schema"].schema.items() if key == "filing"
    )
    targets = filing.schema.schema["target"].config["options"]
    assert {option["value"]: option["label"] for option in targets} == {
        "any": "any",
        "none": "none",
        real_printer: "Cellar",
    }
    answers = _answers(
        printer.config.bind_ip, filing={"target": real_printer, "hold": False}
    )
    await answer(form, answers)
    assert printer.config.plan.target == Target(
        kind=TargetKind.PRINTER, id=real_printer
    )
    assert _suggested(await start_changing(printer))["filing"]["target"] == real_printer
    hass.config_entries.async_remove_subentry(entry, real_printer)
    await hass.async_block_till_done()
    assert _suggested(await start_changing(printer))["filing"]["target"] == "any"


async def test_a_new_printer_shows_the_real_one_it_is_for(
    hub: Hub,
    address: str,
    real_printer: str,
    start_adding: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    form = await start_adding()
    suggested = _suggested(form)["filing"]
    assert (suggested["shows"], suggested["allow_control"]) == ("target", False)
    answers = _answers(
        address, model="N2S", filing={"target": real_printer, "hold": True}
    )
    await answer(form, answers)
    [printer] = hub.printers.values()
    assert printer.config.shows is Shows.TARGET
    assert not printer.config.allows_control


async def test_a_real_printer_of_another_model_cannot_be_shown(
    printer: ManagedPrinter,
    real_printer: str,
    start_changing: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    form = await start_changing(printer)
    assert _suggested(form)["filing"]["shows"] == "nothing"
    filing = {"target": real_printer, "hold": True, "shows": "target"}
    answers = _answers(printer.config.bind_ip, filing=filing)
    form = await answer(form, answers)
    assert form["errors"] == {"filing": "shows_other_model"}
    assert (
        form["description_placeholders"].items()
        >= {
            "target": "Cellar",
            "target_model": "A1",
            "model": "P1S",
        }.items()
    )
    await answer(form, answers | {"model": "N2S"})
    assert printer.config.shows is Shows.TARGET


async def test_a_printer_does_not_stand_in_its_own_way(
    printer: ManagedPrinter,
    start_changing: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    answers = _answers(printer.config.bind_ip, network={"ftps_port": 9990})
    result = await answer(await start_changing(printer), answers)
    assert result["type"] is FlowResultType.ABORT
    assert printer.running
    socket.create_connection((printer.config.bind_ip, 9990)).close()


async def test_a_taken_port_keeps_the_printer_as_it_was(
    printer: ManagedPrinter,
    address: str,
    start_changing: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    before = printer.config
    with socket.create_server((address, 990)):
        form = await answer(await start_changing(printer), _answers(address))
        assert form["errors"] == {"bind_ip": "port_in_use_by_program"}
    assert printer.config is before
    assert printer.running


async def test_a_disabled_printer_can_be_changed_to_anything_and_checks_when_enabled(
    add_printer: AddPrinter,
    start_changing: Callable[..., Any],
    answer: Callable[..., Any],
) -> None:
    printer = await add_printer("Off", enabled=False)
    assert not printer.running
    result = await answer(await start_changing(printer), _answers("198.51.100.7"))
    assert result["type"] is FlowResultType.ABORT
    assert printer.config.bind_ip == "198.51.100.7"
    assert not printer.config.enabled
