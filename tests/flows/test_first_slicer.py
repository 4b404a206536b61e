"""The end of adding a printer: it waits for a slicer, live, and explains what goes wrong."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.const import SUBENTRY_VIRTUAL_PRINTER
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.pki.transfer import new_ca
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from scripts import slicer
from tests.support.home_assistant import AddPrinter, Send, unsigned

CODE = "abcd1234"


@pytest.fixture
def add(hass: HomeAssistant, hub: Hub, entry: MockConfigEntry, address: str) -> Any:
    """Fill in the form of a new printer."""

    async def _add() -> Any:
        form = await hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_VIRTUAL_PRINTER), context={"source": SOURCE_USER}
        )
        return await hass.config_entries.subentries.async_configure(
            form["flow_id"],
            {
                "name": "Garage",
                "model": "C12",
                "mode": "immediate",
                "access_code": CODE,
                "bind_ip": address,
                "filing": {"target": "any", "hold": True},
                "network": {},
            },
        )

    return _add


@pytest.fixture
def choose(hass: HomeAssistant) -> Callable[..., Any]:
    """Choose from a menu; returns what is shown next."""

    async def _choose(menu: Any, choice: str) -> Any:
        return await hass.config_entries.subentries.async_configure(
            menu["flow_id"], {"next_step_id": choice}
        )

    return _choose


@pytest.fixture
def log_in(hub: Hub, tmp_path: Path) -> Callable[..., Any]:
    """Log in as a slicer."""

    async def _log_in(code: str = CODE, ca: CertificateAuthority | None = None) -> None:
        (printer,) = hub.printers.values()
        bundle = tmp_path / "printer.cer"
        bundle.write_text((ca or hub.certificates.authority).pem)
        serial = printer.config.identity.serial
        context = slicer.tls_context(serial, bundle)
        async with slicer.session(printer.config.bind_ip, code, serial, context):
            pass

    return _log_in


@pytest.fixture
def shown(hass: HomeAssistant) -> Callable[..., Any]:
    """Wait until a flow has left its progress page, and read where it is."""

    async def _shown(progress: Any) -> Any:
        async with asyncio.timeout(10):
            while True:
                await asyncio.sleep(0.01)
                flow = hass.config_entries.subentries.async_get(progress["flow_id"])
                if flow["step_id"] != "wait_for_slicer":
                    return await hass.config_entries.subentries.async_configure(
                        progress["flow_id"]
                    )

    return _shown


async def test_the_printer_runs_and_everything_a_slicer_needs_is_shown(
    hub: Hub, entry: MockConfigEntry, address: str, add: Any
) -> None:
    menu = await add()
    assert menu["type"] is FlowResultType.MENU
    assert menu["step_id"] == "connect"
    (printer,) = hub.printers.values()
    assert printer.running
    shown = menu["description_placeholders"]
    assert shown["address"] == address
    assert shown["access_code"] == CODE
    for system in ("windows", "macos", "linux"):
        assert "authSig" in shown[f"{system}_link"]
    assert len(entry.subentries) == 1


async def test_a_computer_that_trusts_the_ca_already_is_not_told_to_run_the_script_again(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    add: Any,
    add_printer: AddPrinter,
    send: Send,
) -> None:
    first = await add_printer("First")
    await send(first)
    menu = await add()
    assert menu["step_id"] == "connect_again"
    assert menu["description_placeholders"]["client"] == "127.0.0.1"


async def test_an_upload_before_a_restart_shows_that_slicers_trust_the_ca(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    add_printer: AddPrinter,
    send: Send,
) -> None:
    await send(await add_printer("First"))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    reloaded: Hub = entry.runtime_data
    assert reloaded is not hub
    assert reloaded.certificates.trusting_clients == ["127.0.0.1"]


async def test_after_a_new_ca_every_computer_needs_the_script_again(
    hass: HomeAssistant, hub: Hub, add: Any, add_printer: AddPrinter, send: Send
) -> None:
    await send(await add_printer("First"))
    await hub.certificates.async_replace(await hass.async_add_executor_job(new_ca))
    menu = await add()
    assert menu["step_id"] == "connect"


async def test_a_form_on_the_phone_shows_what_to_open_on_the_computer(
    hub: Hub, add: Any, choose: Callable[..., Any], hass: HomeAssistant
) -> None:
    page = await choose(await add(), "other_computer")
    assert page["type"] is FlowResultType.FORM
    address = page["description_placeholders"]["script_address"]
    (qr_code,) = page["data_schema"].schema.values()
    assert qr_code.config["data"] == address
    assert address in page["description_placeholders"]["linux_line"]
    back = await hass.config_entries.subentries.async_configure(page["flow_id"], {})
    assert back["type"] is FlowResultType.MENU


async def test_the_wait_can_be_skipped(
    hub: Hub, entry: MockConfigEntry, add: Any, choose: Callable[..., Any]
) -> None:
    result = await choose(await add(), "finish")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "printer_added"
    assert len(entry.subentries) == 1


async def test_the_wait_ends_with_the_first_slicer_that_logs_in(
    hass: HomeAssistant,
    add: Any,
    choose: Callable[..., Any],
    log_in: Callable[..., Any],
) -> None:
    progress = await choose(await add(), "wait_for_slicer")
    assert progress["type"] is FlowResultType.SHOW_PROGRESS
    assert progress["progress_action"] == "wait_for_slicer"
    assert progress["description_placeholders"]["access_code"] == CODE
    await log_in()
    await hass.async_block_till_done()
    result = await hass.config_entries.subentries.async_configure(progress["flow_id"])
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "printer_connected"
    assert result["description_placeholders"]["client"] == "127.0.0.1"


async def test_a_slicer_that_came_while_the_page_was_read_counts(
    hass: HomeAssistant,
    add: Any,
    choose: Callable[..., Any],
    log_in: Callable[..., Any],
) -> None:
    menu = await add()
    await log_in()
    await hass.async_block_till_done()
    result = await choose(menu, "wait_for_slicer")
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        result = await hass.config_entries.subentries.async_configure(menu["flow_id"])
    assert result["reason"] == "printer_connected"


async def test_a_slicer_without_the_certificate_is_explained_and_may_try_again(
    hass: HomeAssistant,
    add: Any,
    choose: Callable[..., Any],
    log_in: Callable[..., Any],
    tmp_path: Path,
    shown: Callable[..., Any],
) -> None:
    other = await hass.async_add_executor_job(
        CertificateAuthority.load_or_create, tmp_path / "other"
    )
    progress = await choose(await add(), "wait_for_slicer")
    with pytest.raises(slicer.SlicerError):
        await log_in(ca=other)
    menu = await shown(progress)
    assert menu["type"] is FlowResultType.MENU
    assert menu["step_id"] == "not_trusted"
    assert menu["description_placeholders"]["client"] == "127.0.0.1"
    progress = await choose(menu, "wait_for_slicer")
    assert progress["type"] is FlowResultType.SHOW_PROGRESS
    with pytest.raises(slicer.SlicerError):
        await log_in("wrong123")
    menu = await shown(progress)
    assert menu["step_id"] == "wrong_code"
    progress = await choose(menu, "wait_for_slicer")
    await log_in()
    await hass.async_block_till_done()
    result = await hass.config_entries.subentries.async_configure(progress["flow_id"])
    assert result["reason"] == "printer_connected"


async def test_nobody_is_waited_for_for_ever(
    hass: HomeAssistant,
    add: Any,
    choose: Callable[..., Any],
    shown: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.flows.first_slicer.WAIT_S", 0.05
    )
    progress = await choose(await add(), "wait_for_slicer")
    menu = await shown(progress)
    assert menu["step_id"] == "timed_out"
    result = await choose(menu, "finish")
    assert result["reason"] == "printer_added"


async def test_closing_the_dialog_keeps_the_printer_and_ends_the_wait(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    add: Any,
    choose: Callable[..., Any],
    log_in: Callable[..., Any],
) -> None:
    progress = await choose(await add(), "wait_for_slicer")
    hass.config_entries.subentries.async_abort(progress["flow_id"])
    await hass.async_block_till_done()
    (printer,) = hub.printers.values()
    assert printer.running
    assert len(entry.subentries) == 1
    await log_in()
    await hass.async_block_till_done()


async def test_a_key_for_uploads_without_certificates_is_made_and_shown(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[[], Any],
    choose: Callable[..., Any],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    hass.config.internal_url = "http://192.168.1.10:8123"
    form = await choose(await add(), "upload_key")
    assert form["type"] is FlowResultType.FORM
    configure = hass.config_entries.subentries.async_configure
    form = await configure(form["flow_id"], {"name": " "})
    assert form["errors"] == {"name": "invalid_name"}
    made = await configure(form["flow_id"], {"name": "Anna"})
    assert made["step_id"] == "upload_key_made"
    shown = made["description_placeholders"]
    assert (
        shown["url"] == "http://192.168.1.10:8123/api/bambu_virtual_printer/host/garage"
    )
    # Forms are shown by browsers that send no token for pictures.
    browser = await hass_client_no_auth()
    for name, kind in (
        ("orca_slicer", "image/svg+xml"),
        ("prusa_slicer", "image/png"),
        ("cura", "image/svg+xml"),
    ):
        picture = await browser.get(shown[name])
        assert (picture.status, picture.content_type) == (200, kind), name
    # Cura's field for the path takes 30 characters.
    assert len(shown["path"]) <= 30
    version = await browser.get(
        f"{shown['path']}/api/version", headers={"X-Api-Key": shown["key"]}
    )
    assert version.status == 200
    found = hub.door.keys.find(shown["key"])
    assert found is not None and found.name == "Anna"
    # A browser that looks at the page again sees the same key.
    again = await configure(made["flow_id"])
    assert unsigned(again["description_placeholders"]) == unsigned(shown)
    done = await choose(made, "finish")
    assert done["type"] is FlowResultType.ABORT
