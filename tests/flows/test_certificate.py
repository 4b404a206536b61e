"""The CA in the UI: scripts, export, import, renewal, by flow and by action; nothing is replaced unasked."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
import re
import shutil
import subprocess
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.pki.transfer import (
    CaProblem,
    CaTransferError,
    export_pkcs12,
    read_ca,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.views.certificates import EXPORT_LASTS
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.util import dt as dt_util
from tests.support.home_assistant import AddPrinter, Send

PASSWORD = "correct horse"


class _Link(HTMLParser):
    """Reads a link as the frontend's Markdown does."""

    href = ""
    target = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "a"
        found = dict(attrs)
        self.href, self.target = found["href"] or "", found["target"] or ""


def _href(html: str) -> str:
    link = _Link()
    link.feed(html)
    assert link.target == "_blank"
    return link.href


@pytest.fixture
async def other(hass: HomeAssistant, tmp_path: Path) -> CertificateAuthority:
    """The CA of another installation, in a folder where Home Assistant may read."""
    folder = tmp_path / "config" / "media" / "certs"
    hass.config.allowlist_external_dirs = {str(folder.parent)}
    return await hass.async_add_executor_job(
        CertificateAuthority.load_or_create, folder
    )


@pytest.fixture
def open_menu(hass: HomeAssistant, entry: MockConfigEntry) -> Callable[..., Any]:
    """Open the hub's reconfiguration and choose from its menu."""

    async def _open(choice: str | None = None) -> Any:
        menu = await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
        )
        if choice is None:
            return menu
        assert menu["type"] is FlowResultType.MENU
        assert choice in menu["menu_options"]
        return await hass.config_entries.flow.async_configure(
            menu["flow_id"], {"next_step_id": choice}
        )

    return _open


@pytest.fixture
def answer(hass: HomeAssistant) -> Callable[..., Any]:
    """Submit a page."""

    async def _answer(page: Any, answers: dict[str, Any] | None = None) -> Any:
        result = await hass.config_entries.flow.async_configure(
            page["flow_id"], answers or {}
        )
        await hass.async_block_till_done()
        return result

    return _answer


@pytest.fixture
def call(hass: HomeAssistant) -> Callable[..., Any]:
    """Call an action."""

    async def _call(name: str, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN, name, data, blocking=True, return_response=True
        )

    return _call


# --- scripts


async def test_signed_links_serve_a_script_for_each_system(
    hub: Hub,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    page = await open_menu("trust")
    shown = page["description_placeholders"]
    assert shown["sha256"] == hub.certificates.authority.sha256_fingerprint
    assert shown["sha1"] == hub.certificates.authority.sha1_fingerprint
    assert shown["pem"] == hub.certificates.authority.pem
    client = await hass_client_no_auth()
    body = re.sub(r"\s", "", hub.certificates.authority.pem.split("-----")[2])
    for system, extension in (("windows", "ps1"), ("macos", "sh"), ("linux", "sh")):
        href = _href(shown[f"{system}_link"])
        response = await client.get(href)
        assert response.status == 200
        assert response.content_disposition.filename.endswith(f"{system}.{extension}")
        script = await response.text()
        assert body in re.sub(r"\s", "", script)
        assert "PRIVATE KEY" not in script
        assert (await client.get(href.partition("?")[0])).status == 401
    response = await client.get(_href(shown["ca_link"]))
    assert await response.text() == hub.certificates.authority.pem
    result = await answer(page)
    assert result["reason"] == "trust_shown"


async def test_the_served_script_makes_a_slicer_trust_the_printers(
    hub: Hub, hass_client: ClientSessionGenerator, tmp_path: Path, hass: HomeAssistant
) -> None:
    client = await hass_client()
    response = await client.get(f"/api/{DOMAIN}/trust/linux")
    script = tmp_path / "trust.sh"
    script.write_bytes(await response.read())
    bundle = tmp_path / "printer.cer"
    bundle.write_text("")

    def _run() -> None:
        subprocess.run(["sh", script, bundle], check=True, capture_output=True)

    await hass.async_add_executor_job(_run)
    assert hub.certificates.authority.pem.strip() in bundle.read_text()


async def test_there_are_no_other_systems_and_exports(
    hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    assert (await client.get(f"/api/{DOMAIN}/trust/beos")).status == 404
    assert (await client.get(f"/api/{DOMAIN}/ca_export/1")).status == 404


# --- export


async def test_the_export_is_encrypted_offered_by_a_link_and_then_forgotten(
    hass: HomeAssistant,
    hub: Hub,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    page = await open_menu("export_ca")
    page = await answer(page, {"password": PASSWORD, "password_again": "other"})
    assert page["errors"] == {"password_again": "passwords_differ"}
    page = await answer(page, {"password": "short", "password_again": "short"})
    assert page["errors"] == {"password": "ca_refused"}
    assert "8 characters" in page["description_placeholders"]["reason"]
    page = await answer(page, {"password": PASSWORD, "password_again": PASSWORD})
    assert page["step_id"] == "exported"
    assert PASSWORD not in str(page)
    href = _href(page["description_placeholders"]["export_link"])
    client = await hass_client_no_auth()
    assert (await client.get(href.partition("?")[0])).status == 401
    response = await client.get(href)
    assert response.content_disposition.filename.endswith(".p12")
    exported = await response.read()
    assert (
        read_ca([exported], PASSWORD).certificate
        == hub.certificates.authority.certificate
    )
    result = await answer(page)
    assert result["reason"] == "ca_exported"
    async_fire_time_changed(hass, dt_util.utcnow() + EXPORT_LASTS)
    await hass.async_block_till_done()
    assert (await client.get(href)).status == 404


@pytest.mark.parametrize("data", [{}, {"password": PASSWORD}])
async def test_the_action_names_the_flow_that_exports_and_takes_no_password(
    hass: HomeAssistant, hub: Hub, call: Callable[..., Any], data: dict[str, str]
) -> None:
    """The recorder keeps what actions are called with, in clear text."""
    recorded = async_capture_events(hass, EVENT_CALL_SERVICE)
    with pytest.raises(ServiceValidationError) as error:
        await call("export_ca", **data)
    assert error.value.translation_key == "ca_password_in_flow"
    await hass.async_block_till_done()
    assert PASSWORD not in str([event.data for event in recorded])


async def test_only_administrators_may_call_the_actions_on_the_ca(
    hass: HomeAssistant, hub: Hub, hass_read_only_user: MockUser
) -> None:
    for action, data in (
        ("export_ca", {}),
        ("import_ca", {"path": "/media"}),
        ("renew_certificates", {}),
    ):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN,
                action,
                data,
                blocking=True,
                return_response=True,
                context=Context(user_id=hass_read_only_user.id),
            )


async def test_the_page_about_trust_ends_with_what_comes_next(
    hub: Hub, open_menu: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    result = await answer(await open_menu("trust"), {})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "trust_shown"


# --- import


async def test_a_ca_is_imported_from_a_folder_only_after_both_were_shown(
    printer: ManagedPrinter,
    hub: Hub,
    other: CertificateAuthority,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    send: Send,
) -> None:
    before = hub.certificates.authority
    page = await open_menu("import_ca")
    page = await answer(page, {"folder": str(other.folder)})
    assert page["step_id"] == "confirm_ca"
    shown = page["description_placeholders"]
    assert shown["sha256"] == before.sha256_fingerprint
    assert shown["offered_sha256"] == other.sha256_fingerprint
    assert hub.certificates.authority is before
    result = await answer(page)
    assert result["reason"] == "ca_replaced"
    assert hub.certificates.authority.certificate == other.certificate
    assert printer.running
    # Verifies with the new CA.
    await send(printer)


async def test_a_ca_is_imported_from_uploaded_files(
    hass: HomeAssistant,
    hub: Hub,
    other: CertificateAuthority,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()

    async def _upload(path: Path) -> str:
        with path.open("rb") as file:
            response = await client.post("/api/file_upload", data={"file": file})
            return str((await response.json())["file_id"])

    page = await open_menu("import_ca")
    certificate = await _upload(other.folder / "bbl_ca.crt")
    page = await answer(page, {"file": certificate})
    assert page["errors"] == {"base": "ca_refused"}
    assert "no private key" in page["description_placeholders"]["reason"]
    page = await answer(
        page,
        {
            "file": await _upload(other.folder / "bbl_ca.crt"),
            "key_file": await _upload(other.folder / "bbl_ca.key"),
        },
    )
    assert page["step_id"] == "confirm_ca"
    # Uploaded keys do not stay behind.
    page = await answer(page)
    assert hub.certificates.authority.certificate == other.certificate


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({}, "file_or_folder"),
        ({"folder": "/etc"}, "ca_refused"),
        ({"folder": "{media}/nothing"}, "ca_refused"),
    ],
)
async def test_what_cannot_be_imported_is_refused_with_the_reason(
    hub: Hub,
    other: CertificateAuthority,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    answers: dict[str, str],
    error: str,
) -> None:
    before = hub.certificates.authority
    media = str(other.folder.parent)
    filled = {key: value.format(media=media) for key, value in answers.items()}
    page = await answer(await open_menu("import_ca"), filled)
    assert page["errors"] == {"base": error}
    assert hub.certificates.authority is before


async def test_the_ca_in_use_need_not_be_imported(
    hub: Hub,
    other: CertificateAuthority,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    hass: HomeAssistant,
) -> None:
    copy = other.folder.parent / "copy"
    await hass.async_add_executor_job(
        shutil.copytree, hub.certificates.authority.folder, copy
    )
    page = await open_menu("import_ca")
    result = await answer(page, {"folder": str(copy)})
    assert result["reason"] == "ca_same"


async def test_the_action_imports_only_when_asked_to_replace(
    hub: Hub, other: CertificateAuthority, call: Callable[..., Any]
) -> None:
    before = hub.certificates.authority
    told = await call("import_ca", path=str(other.folder))
    assert told["replaced"] is False
    assert told["current"]["sha256_fingerprint"] == before.sha256_fingerprint
    assert told["offered"]["sha256_fingerprint"] == other.sha256_fingerprint
    assert hub.certificates.authority is before
    told = await call("import_ca", path=str(other.folder), replace=True)
    assert told["replaced"] is True
    assert hub.certificates.authority.certificate == other.certificate
    with pytest.raises(ServiceValidationError):
        await call("import_ca", path="/etc/passwd")
    nothing = other.folder.parent / "nothing"
    with pytest.raises(ServiceValidationError, match="it is not there"):
        await call("import_ca", path=str(nothing))
    key_only = other.folder / "bbl_ca.key"
    with pytest.raises(ServiceValidationError, match="no certificate"):
        await call("import_ca", path=str(key_only))


async def test_the_action_imports_nothing_that_needs_a_password(
    hass: HomeAssistant,
    hub: Hub,
    other: CertificateAuthority,
    call: Callable[..., Any],
) -> None:
    recorded = async_capture_events(hass, EVENT_CALL_SERVICE)
    exported = other.folder.parent / "exported.p12"
    exported.write_bytes(export_pkcs12(other, PASSWORD))
    before = hub.certificates.authority
    for data in ({}, {"password": PASSWORD}):
        with pytest.raises(ServiceValidationError) as error:
            await call("import_ca", path=str(exported), replace=True, **data)
        assert error.value.translation_key == "ca_password_in_flow"
    await hass.async_block_till_done()
    assert hub.certificates.authority is before
    assert PASSWORD not in str([event.data for event in recorded])


# --- renewal


async def test_printers_get_new_certificates_of_the_same_ca(
    add_printer: AddPrinter,
    hub: Hub,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    call: Callable[..., Any],
    send: Send,
) -> None:
    printer = await add_printer()
    leaf = hub.certificates.authority.stored(
        printer.config.identity.serial
    ).certificate_path
    seen = {leaf.read_text()}
    authority = hub.certificates.authority
    result = await answer(await open_menu("renew_certificates"))
    assert result["reason"] == "certificates_renewed"
    seen.add(leaf.read_text())
    assert await call("renew_certificates") == {"renewed": 1}
    seen.add(leaf.read_text())
    assert len(seen) == 3
    assert hub.certificates.authority is authority
    await send(printer)


async def test_a_new_ca_is_made_only_after_a_yes(
    hub: Hub,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    call: Callable[..., Any],
) -> None:
    first = hub.certificates.authority.sha256_fingerprint
    page = await open_menu("new_ca")
    assert page["step_id"] == "confirm_ca"
    assert hub.certificates.authority.sha256_fingerprint == first
    offered = page["description_placeholders"]["offered_sha256"]
    result = await answer(page)
    assert result["reason"] == "ca_replaced"
    assert hub.certificates.authority.sha256_fingerprint == offered
    with pytest.raises(ServiceValidationError, match=offered):
        await call("renew_certificates", new_ca=True)
    assert hub.certificates.authority.sha256_fingerprint == offered
    told = await call("renew_certificates", new_ca=True, replace=True)
    assert told["replaced"] is True
    assert hub.certificates.authority.sha256_fingerprint not in {first, offered}


async def test_a_disk_that_cannot_be_written_is_told_and_can_be_tried_again(
    hub: Hub,
    open_menu: Callable[..., Any],
    answer: Callable[..., Any],
    call: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def _full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    module = "custom_components.bambu_virtual_printer.health.certificates"
    with monkeypatch.context() as patched:
        patched.setattr(f"{module}.install", _full)
        patched.setattr(f"{module}.discard_device_certificates", _full)
        page = await answer(await open_menu("new_ca"))
        assert page["errors"] == {"base": "ca_not_written"}
        renewal = await answer(await open_menu("renew_certificates"))
        assert renewal["errors"] == {"base": "ca_not_written"}
        assert "no room left" in renewal["description_placeholders"]["reason"]
        with pytest.raises(HomeAssistantError, match="no room left"):
            await call("renew_certificates")
        with pytest.raises(HomeAssistantError, match="no room left"):
            await call("renew_certificates", new_ca=True, replace=True)
    assert (await answer(page))["reason"] == "ca_replaced"
    assert (await answer(renewal))["reason"] == "certificates_renewed"


async def test_a_hub_that_does_not_run_cannot_be_reconfigured(
    hass: HomeAssistant, entry: MockConfigEntry, open_menu: Callable[..., Any]
) -> None:
    result = await open_menu()
    assert result["reason"] == "hub_not_loaded"


@pytest.mark.parametrize("problem", CaProblem)
async def test_why_a_ca_cannot_be_used_is_said_in_the_households_language(
    hub: Hub, problem: CaProblem
) -> None:
    reason = hub.texts.explained(CaTransferError(problem).explanation)
    assert " " in reason, "a key without a text"
    assert "{" not in reason


@pytest.mark.parametrize(
    "path",
    [
        "archives/%5C..%5C/file",
        "archives/a%00b/plates/first",
        "archives/..%2F..%2Fetc/photos/%5C",
        "trust/%5C",
        "trust_code/%5C%00/linux",
        "ca_export/%5C",
    ],
)
async def test_odd_characters_in_a_path_are_not_found_and_no_traceback(
    hub: Hub,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    client = await hass_client()
    answer = await client.get(URL(f"/api/{DOMAIN}/{path}", encoded=True))
    assert answer.status in {400, 404}
    assert "Traceback" not in caplog.text
