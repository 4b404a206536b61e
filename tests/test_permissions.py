"""Who may do what: everything that people and programs can ask for, found where it is registered, for every kind of user."""

from collections.abc import Awaitable, Iterable
from typing import Any

from aiohttp import web
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.bambu_virtual_printer import llm as tools
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.intent import PrintsIntent
from custom_components.bambu_virtual_printer.operations.permissions import (
    NotPermittedError,
)
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
from homeassistant.setup import async_setup_component
from tests.support.home_assistant import Send

ADMIN, USER, READER, NOBODY = "administrator", "user", "read-only", "no user"
EVERYBODY = frozenset({ADMIN, USER, READER, NOBODY})
WORKERS = EVERYBODY - {READER}
ADMINS = frozenset({ADMIN, NOBODY})
WITH_A_KEY = frozenset[str]()
"""Of addresses that are for who knows a key or a code, whoever that is."""

UNKNOWN = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"
U = {"upload_id": UNKNOWN}
A = {"archive_id": UNKNOWN}
J = {"job_id": UNKNOWN}
P = {"printer_id": UNKNOWN}
NOWHERE = {"path": "/nowhere/at/all"}

type Row = tuple[str, dict[str, Any], frozenset[str]]

ACTIONS: list[Row] = [
    ("list_archives", {}, EVERYBODY),
    ("get_archive", A, EVERYBODY),
    ("update_archive", A | {"notes": "x"}, WORKERS),
    ("delete_archive", A, ADMINS),
    ("delete_archive", A | {"purge": True}, ADMINS),
    ("find_similar", A, EVERYBODY),
    ("list_tags", {}, EVERYBODY),
    ("rename_tag", {"tag": "x", "new_tag": "y"}, ADMINS),
    ("export_archives", NOWHERE, ADMINS),
    ("add_photo", A | {"media_content_id": "media-source://x"}, WORKERS),
    ("add_photo", A | NOWHERE, ADMINS),
    ("remove_photo", A | {"photo_id": UNKNOWN}, WORKERS),
    ("import_file", {"media_content_id": "media-source://x"}, WORKERS),
    ("import_file", {"url": "http://192.0.2.1/x.3mf"}, WORKERS),
    ("import_file", NOWHERE, ADMINS),
    ("list_pending", {}, EVERYBODY),
    ("get_upload", U, EVERYBODY),
    ("edit_pending", U | {"notes": "x"}, WORKERS),
    ("archive_pending", U, WORKERS),
    ("queue_pending", U, WORKERS),
    ("discard_pending", U, WORKERS),
    ("send_back_pending", U | {"note": "x"}, WORKERS),
    ("undo", {}, WORKERS),
    ("list_queue", {}, EVERYBODY),
    ("list_finished_jobs", {}, EVERYBODY),
    ("get_job", J, EVERYBODY),
    ("queue_archive", A, WORKERS),
    ("edit_job", J, WORKERS),
    ("move_job", J | {"position": 1}, WORKERS),
    ("fail_job", J | {"reason": "x"}, WORKERS),
    ("hold_job", J, WORKERS),
    ("release_job", J, WORKERS),
    ("complete_job", J, WORKERS),
    ("start_job", J, WORKERS),
    ("cancel_job", J, WORKERS),
    ("stop_job", J, WORKERS),
    ("pause_job", J, WORKERS),
    ("resume_job", J, WORKERS),
    ("retry_job", J, WORKERS),
    ("answer_job", J | {"answer": "finished"}, WORKERS),
    ("clear_plate", {"device_id": UNKNOWN}, WORKERS),
    ("check_setup", {"device_id": UNKNOWN}, WORKERS),
    ("export_ca", {}, ADMINS),
    ("import_ca", NOWHERE, ADMINS),
    ("renew_certificates", {"new_ca": True}, ADMINS),
    ("create_upload_key", {"device_id": UNKNOWN, "name": "x"}, ADMINS),
    ("list_upload_keys", {}, ADMINS),
    ("revoke_upload_key", {"key_id": UNKNOWN}, ADMINS),
]
COMMANDS: list[Row] = [
    ("subscribe", {}, EVERYBODY),
    ("ack", {"subscription": "", "rev": 1}, EVERYBODY),
    ("upload/get", U, EVERYBODY),
    ("upload/edit", U | {"notes": "x"}, WORKERS),
    *(
        ("upload/decide", {"upload_ids": [UNKNOWN], "verb": verb}, WORKERS)
        for verb in ("archive", "queue", "discard", "send_back")
    ),
    ("undo", {"ids": [UNKNOWN]}, WORKERS),
    ("archive/list", {}, EVERYBODY),
    ("archive/export", {}, EVERYBODY),
    ("archive/get", A, EVERYBODY),
    ("archive/update", {"archive_ids": [UNKNOWN], "notes": "x"}, WORKERS),
    ("archive/delete", {"archive_ids": [UNKNOWN]}, ADMINS),
    ("archive/delete", {"archive_ids": [UNKNOWN], "purge": True}, ADMINS),
    ("archive/restore", {"archive_ids": [UNKNOWN]}, ADMINS),
    ("archive/queue", A, WORKERS),
    ("archive/remove_photo", A | {"photo_id": UNKNOWN}, WORKERS),
    ("job/get", J, EVERYBODY),
    ("job/history", {}, EVERYBODY),
    ("job/edit", J | {"copies": 2}, WORKERS),
    ("job/move", J | {"position": 1}, WORKERS),
    ("job/verb", {"job_ids": [UNKNOWN], "verb": "hold"}, WORKERS),
    ("job/verb", {"job_ids": [UNKNOWN], "verb": "start"}, WORKERS),
    ("job/answer", J | {"answer": "finished"}, WORKERS),
    ("printer/connection", P, EVERYBODY),
    ("printer/secret", P, ADMINS),
    ("printer/check", P, WORKERS),
    ("printer/set", P | {"enabled": False}, ADMINS),
    ("printer/clear_plate", P, WORKERS),
    ("printer/connect", P, ADMINS),
    ("trust/commands", {}, ADMINS),
    ("stats", {}, EVERYBODY),
]
VIEWS: list[tuple[str, str, frozenset[str]]] = [
    ("GET", "/ca.pem", EVERYBODY),
    ("GET", "/archives/{archive_id}/file", EVERYBODY),
    ("GET", "/archives/{archive_id}/plates/{plate}", EVERYBODY),
    ("GET", "/archives/{archive_id}/photos/{photo_id}", EVERYBODY),
    ("POST", "/archives/{archive_id}/photos", WORKERS),
    ("POST", "/upload", WORKERS),
    ("GET", "/trust/{system}", EVERYBODY),
    ("GET", "/ca_export/{export_id}", ADMINS),
    ("GET", "/exports/{export_id}", ADMINS),
    ("GET", "/trust_code/{code}", WITH_A_KEY),
    ("GET", "/trust_code/{code}/{system}", WITH_A_KEY),
    ("GET", "/host/{printer}", WITH_A_KEY),
    ("GET", "/host/{printer}/", WITH_A_KEY),
    ("GET", "/host/{printer}/api/{path}", WITH_A_KEY),
    ("POST", "/host/{printer}/api/{path}", WITH_A_KEY),
]
IN_PLACES = {
    "archive_id": UNKNOWN,
    "plate": "1",
    "photo_id": UNKNOWN,
    "system": "linux",
    "export_id": UNKNOWN,
}
INTENTS: list[Row] = [
    ("WhatIsWaiting", {}, EVERYBODY),
    ("ArchiveUpload", {"upload": "x"}, WORKERS),
    ("QueueUpload", {"upload": "x"}, WORKERS),
    ("DiscardUpload", {"upload": "x"}, WORKERS),
    ("ConfirmDiscard", {"confirmed": True}, WORKERS),
    ("StartJob", {"job": "x"}, WORKERS),
    ("CompleteJob", {"job": "x"}, WORKERS),
    ("FailJob", {"job": "x"}, WORKERS),
    ("PrintAgain", {"archive": "x"}, WORKERS),
]
TOOLS: list[Row] = [
    ("what_is_waiting", {}, EVERYBODY),
    ("approve_upload", {"name": "x", "destination": "archive"}, WORKERS),
    ("discard_upload", {"name": "x"}, WORKERS),
    ("start_job", {"name": "x"}, WORKERS),
]
SETTINGS: list[Row] = [
    ("switch.turn_off", {"entity_id": "switch.garage_enabled"}, ADMINS),
    ("switch.turn_on", {"entity_id": "switch.garage_hold_jobs"}, ADMINS),
    (
        "select.select_option",
        {"entity_id": "select.garage_mode", "option": "review"},
        ADMINS,
    ),
]
REFUSALS = {
    "Only administrators may do this",
    "You may look, but not change anything",
}

type Users = dict[str, User | None]


@pytest.fixture
async def users(hass: HomeAssistant, hub: Hub) -> Users:
    """One user of every kind."""
    return {
        kind: await hass.auth.async_create_user(kind, group_ids=[group])
        for kind, group in (
            (ADMIN, GROUP_ID_ADMIN),
            (USER, GROUP_ID_USER),
            (READER, GROUP_ID_READ_ONLY),
        )
    } | {NOBODY: None}


def context_of(user: User | None) -> Context:
    return Context(user_id=user.id if user else None)


@pytest.fixture
async def tokens(hass: HomeAssistant, users: Users) -> dict[str, str]:
    """How those log in that are users."""
    return {
        kind: hass.auth.async_create_access_token(
            await hass.auth.async_create_refresh_token(user, "https://example.com/")
        )
        for kind, user in users.items()
        if user
    }


async def is_refused(act: Awaitable[object]) -> bool:
    """Tell whether somebody was not permitted something; that it cannot be done is another matter."""
    try:
        await act
    except HomeAssistantError as err:
        return isinstance(err, NotPermittedError) and str(err) in REFUSALS
    return False


def assert_rows_for(rows: Iterable[tuple[str, Any, Any]], registered: set[str]) -> None:
    assert {name for name, _, _ in rows} == registered


async def test_actions(hass: HomeAssistant, users: Users) -> None:
    assert_rows_for(ACTIONS, set(hass.services.async_services_for_domain(DOMAIN)))
    for name, fields, allowed in ACTIONS:
        for kind, user in users.items():
            refused = await is_refused(
                hass.services.async_call(
                    DOMAIN,
                    name,
                    dict(fields),
                    blocking=True,
                    context=context_of(user),
                    return_response=True,
                )
            )
            assert refused is (kind not in allowed), (name, fields, kind)


async def test_a_deleted_archive_is_had_back_by_those_who_may_delete(
    hass: HomeAssistant, hub: Hub, printer: ManagedPrinter, send: Send, users: Users
) -> None:
    await send(printer)
    assert printer.last_upload
    archive_id = printer.last_upload.id
    for kind, user in users.items():
        await hub.archives.delete(archive_id, purge=False)
        undo = hass.services.async_call(
            DOMAIN, "undo", {}, blocking=True, context=context_of(user)
        )
        assert await is_refused(undo) is (kind not in ADMINS), kind
        await hub.archives.restore(archive_id)


async def test_commands(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, tokens: dict[str, str]
) -> None:
    prefix = f"{DOMAIN}/"
    registered = hass.data[websocket_api.DOMAIN]
    assert_rows_for(
        COMMANDS,
        {name.removeprefix(prefix) for name in registered if name.startswith(prefix)},
    )
    for kind, token in tokens.items():
        client = await hass_ws_client(hass, token)
        for name, fields, allowed in COMMANDS:
            await client.send_json_auto_id({"type": prefix + name, **fields})
            while (answer := await client.receive_json())["type"] != "result":
                pass
            code = answer["error"]["code"] if "error" in answer else ""
            assert code != "invalid_format", answer
            assert (code == "unauthorized") is (kind not in allowed), (name, kind)
            if code == "unauthorized":
                assert answer["error"]["message"] in REFUSALS


def registered_views(hass: HomeAssistant) -> set[tuple[str, str]]:
    """Return methods and addresses as they are registered, but for HEAD, which goes with GET, and OPTIONS."""
    found = set()
    prefix = f"/api/{DOMAIN}"
    for route in hass.http.app.router.routes():
        resource = route.resource
        if resource is None or not resource.canonical.startswith(f"{prefix}/"):
            continue
        if route.method in {"GET", "POST", "PUT", "DELETE", "PATCH", "*"}:
            found.add((route.method, resource.canonical.removeprefix(prefix)))
    return found


async def test_views(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    tokens: dict[str, str],
) -> None:
    assert {(method, path) for method, path, _ in VIEWS} == registered_views(hass)
    client = await hass_client_no_auth()
    for method, path, allowed in VIEWS:
        if allowed is WITH_A_KEY:
            continue
        url = f"/api/{DOMAIN}{path.format(**IN_PLACES)}"
        nobody = await client.request(method, url)
        assert nobody.status == web.HTTPUnauthorized.status_code, path
        for kind, token in tokens.items():
            answer = await client.request(
                method, url, headers={"Authorization": f"Bearer {token}"}
            )
            refused = answer.status == web.HTTPForbidden.status_code
            assert refused is (kind not in allowed), (path, kind)
            # Which would count as a wrong login.
            assert answer.status != web.HTTPUnauthorized.status_code
            if refused:
                assert (await answer.json())["message"] in REFUSALS


async def test_intents(hass: HomeAssistant, users: Users) -> None:
    prefix = "BambuVirtualPrinter"
    assert await async_setup_component(hass, "intent", {})
    await hass.async_block_till_done()
    handlers = [
        handler
        for handler in intent.async_get(hass)
        if isinstance(handler, PrintsIntent)
    ]
    assert_rows_for(
        INTENTS, {handler.intent_type.removeprefix(prefix) for handler in handlers}
    )
    for name, slots, allowed in INTENTS:
        for kind, user in users.items():
            response = await intent.async_handle(
                hass,
                "test",
                prefix + name,
                {slot: {"value": value} for slot, value in slots.items()},
                context=context_of(user),
            )
            said = response.speech.get("plain", {}).get("speech", "")
            refused = said.rstrip(".") in REFUSALS
            assert refused is (kind not in allowed), (name, kind, said)


async def test_tools_of_language_models(hass: HomeAssistant, users: Users) -> None:
    assert await async_setup_component(hass, "llm", {})
    for kind, user in users.items():
        context = llm.LLMContext("test", context_of(user), "en", None, None)
        found = tools.async_get_tools(hass, context, llm.LLM_API_ASSIST)
        assert found
        by_name = {tool.name.removeprefix(f"{DOMAIN}__"): tool for tool in found.tools}
        assert_rows_for(TOOLS, set(by_name))
        for name, args, allowed in TOOLS:
            tool = by_name[name]
            answer = await tool.async_call(
                hass, llm.ToolInput(tool.name, dict(args)), context
            )
            assert isinstance(answer, llm.ToolResult)
            assert isinstance(answer.data, dict)
            refused = answer.data.get("error") in REFUSALS
            assert refused is (kind not in allowed), (name, kind)


async def test_settings_that_are_entities(
    hass: HomeAssistant, printer: ManagedPrinter, users: Users
) -> None:
    for action, fields, allowed in SETTINGS:
        domain, _, name = action.partition(".")
        assert hass.states.get(fields["entity_id"]), fields
        for kind in (USER, NOBODY, ADMIN):
            refused = await is_refused(
                hass.services.async_call(
                    domain,
                    name,
                    dict(fields),
                    blocking=True,
                    context=context_of(users[kind]),
                )
            )
            assert refused is (kind not in allowed), (action, kind)
    await hass.async_block_till_done()
