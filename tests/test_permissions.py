"""Who may do what: everything that people and programs can ask for, found where it is registered, for every kind of user."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
import json
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.bambu_virtual_printer import llm as tools
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Upload,
    UploadState,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.intent import PrintsIntent
from custom_components.bambu_virtual_printer.operations.browser_uploads import (
    BrowserUpload,
)
from custom_components.bambu_virtual_printer.operations.context import acting
from custom_components.bambu_virtual_printer.operations.permissions import (
    NotPermittedError,
)
from custom_components.bambu_virtual_printer.operations.plans import NO_CHANGES
from custom_components.bambu_virtual_printer.presentation.urls import URL_HOST_SHORT
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
from homeassistant.setup import async_setup_component
from tests.support.home_assistant import AddPrinter, Call, DeviceOf, Send, SentFile

ADMIN, USER, READER, NOBODY = "administrator", "user", "read-only", "no user"
OWNER, APPROVER = "owner", "approver"


class Who(NamedTuple):
    """Who may: these kinds of users; and of what somebody sent who is reviewed, the owner and the approver."""

    kinds: frozenset[str]
    owner: bool = False
    approver: bool = False


_ALL = frozenset({ADMIN, USER, READER, NOBODY})
_TOP = frozenset({ADMIN, NOBODY})
EVERYBODY = Who(_ALL, owner=True, approver=True)
WORKERS = Who(_ALL - {READER}, owner=True, approver=True)
DECIDERS = Who(_ALL - {READER}, approver=True)
DELETERS = Who(_TOP, owner=True)
ADMINS = Who(_TOP)
WITH_A_KEY = Who(frozenset())
"""Of addresses that are for who knows a key or a code, whoever that is."""

UNKNOWN = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"
U = {"upload_id": UNKNOWN}
A = {"archive_id": UNKNOWN}
J = {"job_id": UNKNOWN}
P = {"printer_id": UNKNOWN}
NOWHERE = {"path": "/nowhere/at/all"}

type Row = tuple[str, dict[str, Any], Who]

ACTIONS: list[Row] = [
    ("list_archives", {}, EVERYBODY),
    ("get_archive", A, EVERYBODY),
    ("update_archive", A | {"notes": "x"}, WORKERS),
    ("delete_archive", A, DELETERS),
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
    ("archive_pending", U, DECIDERS),
    ("queue_pending", U, DECIDERS),
    ("discard_pending", U, WORKERS),
    ("send_back_pending", U | {"note": "x"}, DECIDERS),
    ("undo", {}, WORKERS),
    ("list_queue", {}, EVERYBODY),
    ("list_finished_jobs", {}, EVERYBODY),
    ("get_statistics", {}, EVERYBODY),
    ("get_job", J, EVERYBODY),
    ("queue_archive", A, DECIDERS),
    ("edit_job", J, DECIDERS),
    ("move_job", J | {"position": 1}, WORKERS),
    ("fail_job", J | {"reason": "x"}, WORKERS),
    ("hold_job", J, WORKERS),
    ("release_job", J, DECIDERS),
    ("complete_job", J, WORKERS),
    ("start_job", J, DECIDERS),
    ("copy_to_printer", J | {"device_id": UNKNOWN}, DECIDERS),
    ("cancel_job", J, WORKERS),
    ("stop_job", J, WORKERS),
    ("pause_job", J, WORKERS),
    ("resume_job", J, WORKERS),
    ("retry_job", J, DECIDERS),
    ("answer_job", J | {"answer": "finished"}, WORKERS),
    ("clear_plate", {"device_id": UNKNOWN}, WORKERS),
    ("judge_job", J | {"verdict": "good"}, WORKERS),
    ("judge_job", J | {"verdict": "failed", "reprint": True}, DECIDERS),
    ("reprint_job", J | {"reprint": False}, WORKERS),
    ("reprint_job", J, DECIDERS),
    ("check_setup", {"device_id": UNKNOWN}, WORKERS),
    ("export_ca", {}, ADMINS),
    ("import_ca", NOWHERE, ADMINS),
    ("renew_certificates", {"new_ca": True}, ADMINS),
    ("create_upload_key", {"device_id": UNKNOWN, "name": "x"}, ADMINS),
    ("list_upload_keys", {}, ADMINS),
    ("revoke_upload_key", {"key_id": UNKNOWN}, ADMINS),
    ("add_person", {"device_id": UNKNOWN, "name": "x"}, ADMINS),
    ("update_person", {"person_id": UNKNOWN}, ADMINS),
    ("renew_access_code", {"person_id": UNKNOWN}, ADMINS),
    ("remove_person", {"person_id": UNKNOWN}, ADMINS),
    ("list_people", {}, ADMINS),
    ("install_sentences", {}, ADMINS),
]
COMMANDS: list[Row] = [
    ("subscribe", {}, EVERYBODY),
    ("ack", {"subscription": "", "rev": 1}, EVERYBODY),
    ("upload/get", U, EVERYBODY),
    ("upload/edit", U | {"notes": "x"}, WORKERS),
    ("upload/decide", {"upload_ids": [UNKNOWN], "verb": "discard"}, WORKERS),
    *(
        ("upload/decide", {"upload_ids": [UNKNOWN], "verb": verb}, DECIDERS)
        for verb in ("archive", "queue", "send_back")
    ),
    ("undo", {"ids": [UNKNOWN]}, WORKERS),
    ("archive/list", {}, EVERYBODY),
    ("people/list", {}, EVERYBODY),
    ("people/change", {"person_id": UNKNOWN, "reviewed": False}, ADMINS),
    ("archive/export", {}, EVERYBODY),
    ("archive/get", A, EVERYBODY),
    ("plan/spools", A | {"target": "none"}, EVERYBODY),
    ("archive/update", {"archive_ids": [UNKNOWN], "notes": "x"}, WORKERS),
    ("archive/delete", {"archive_ids": [UNKNOWN]}, DELETERS),
    ("archive/delete", {"archive_ids": [UNKNOWN], "purge": True}, ADMINS),
    ("archive/restore", {"archive_ids": [UNKNOWN]}, DELETERS),
    ("archive/queue", A, DECIDERS),
    ("archive/add_photo", A | {"entity_id": "camera.garage"}, WORKERS),
    ("archive/remove_photo", A | {"photo_id": UNKNOWN}, WORKERS),
    ("job/get", J, EVERYBODY),
    ("job/history", {}, EVERYBODY),
    ("job/edit", J | {"copies": 2}, DECIDERS),
    ("job/move", J | {"position": 1}, WORKERS),
    ("job/verb", {"job_ids": [UNKNOWN], "verb": "hold"}, WORKERS),
    ("job/verb", {"job_ids": [UNKNOWN], "verb": "start"}, DECIDERS),
    ("job/copy_to_printer", J | P, DECIDERS),
    ("job/answer", J | {"answer": "finished"}, WORKERS),
    ("printer/connection", P, EVERYBODY),
    ("printer/secret", P, ADMINS),
    ("printer/check", P, WORKERS),
    ("printer/set", P | {"enabled": False}, ADMINS),
    ("printer/clear_plate", P, WORKERS),
    ("job/judge", J | {"verdict": "good"}, WORKERS),
    ("job/judge", J | {"verdict": "failed", "reprint": True}, DECIDERS),
    ("job/reprint", J | {"reprint": False}, WORKERS),
    ("job/reprint", J, DECIDERS),
    ("printer/connect", P, ADMINS),
    ("trust/commands", {}, ADMINS),
    ("stats", {}, EVERYBODY),
]
VIEWS: list[tuple[str, str, Who]] = [
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
    ("GET", f"{URL_HOST_SHORT}/{{printer}}", WITH_A_KEY),
    ("GET", f"{URL_HOST_SHORT}/{{printer}}/", WITH_A_KEY),
    ("GET", f"{URL_HOST_SHORT}/{{printer}}/api/{{path}}", WITH_A_KEY),
    ("POST", f"{URL_HOST_SHORT}/{{printer}}/api/{{path}}", WITH_A_KEY),
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
    ("ArchiveUpload", {"upload": "x"}, DECIDERS),
    ("QueueUpload", {"upload": "x"}, DECIDERS),
    ("DiscardUpload", {"upload": "x"}, WORKERS),
    ("ConfirmDiscard", {"confirmed": True}, WORKERS),
    ("StartJob", {"job": "x"}, DECIDERS),
    ("CompleteJob", {"job": "x"}, WORKERS),
    ("FailJob", {"job": "x"}, WORKERS),
    ("PrintAgain", {"archive": "x"}, DECIDERS),
]
TOOLS: list[Row] = [
    ("what_is_waiting", {}, EVERYBODY),
    ("approve_upload", {"name": "x", "destination": "archive"}, DECIDERS),
    ("discard_upload", {"name": "x"}, WORKERS),
    ("start_job", {"name": "x"}, DECIDERS),
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
    "Somebody else sent this",
    "Only those who approve for this virtual printer may decide about it",
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
            assert refused is (kind not in allowed.kinds), (name, fields, kind)


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
        assert await is_refused(undo) is (kind not in ADMINS.kinds), kind
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
            assert (code == "unauthorized") is (kind not in allowed.kinds), (name, kind)
            if code == "unauthorized":
                assert answer["error"]["message"] in REFUSALS


def registered_views(hass: HomeAssistant) -> set[tuple[str, str]]:
    """Return methods and addresses as they are registered, but for HEAD, which goes with GET, and OPTIONS."""
    found = set()
    prefix = f"/api/{DOMAIN}"
    for route in hass.http.app.router.routes():
        resource = route.resource
        if resource is None or not resource.canonical.startswith(
            (f"{prefix}/", f"{URL_HOST_SHORT}/")
        ):
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
            assert refused is (kind not in allowed.kinds), (path, kind)
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
            assert refused is (kind not in allowed.kinds), (name, kind, said)


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
            assert refused is (kind not in allowed.kinds), (name, kind)


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
            assert refused is (kind not in allowed.kinds), (action, kind)
    await hass.async_block_till_done()


# --- what somebody sent -----------------------------------------------------------------------------------------------


class Sent(NamedTuple):
    """What a person sent who is reviewed: a pending upload, an archive, and a job of it; and who wants to do something."""

    upload: str
    archive: str
    job: str
    users: dict[str, User]


@pytest.fixture
async def sent(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    sliced_file: Callable[..., SentFile],
    send: Send,
    call: Call,
    device_of: DeviceOf,
) -> Sent:
    """Send as somebody who is reviewed, to a printer that somebody else approves for."""
    # The first user there is would be the owner of Home Assistant.
    await hass.auth.async_create_user(ADMIN, group_ids=[GROUP_ID_ADMIN])
    users = {
        kind: await hass.auth.async_create_user(kind, group_ids=[GROUP_ID_USER])
        for kind in (USER, OWNER, APPROVER)
    }
    printer = await add_printer("Garage", mode="queue")
    device = device_of(printer.id)
    assert device
    added = await call(
        "add_person", device_id=device.id, name="Anna", user=OWNER, reviewed=True
    )
    await call(
        "add_person",
        device_id=device.id,
        name="Paul",
        user=APPROVER,
        approves=True,
        access_code=False,
    )
    ids = []
    for seed in (1, 2):
        await send(
            printer,
            sliced_file(f"Part {seed}.gcode.3mf", seed=seed),
            access_code=added["access_code"],
        )
        assert printer.last_upload
        ids.append(printer.last_upload.id)
    upload, archive = ids
    (decided,) = (await call("queue_pending", upload_id=archive))["uploads"]
    return Sent(upload, archive, decided["job_ids"][0], users)


def about(sent: Sent, fields: dict[str, Any]) -> dict[str, Any] | None:
    """Put the ids of what was sent into a row's fields; None if it is not about a thing."""
    put = {
        "upload_id": sent.upload,
        "archive_id": sent.archive,
        "job_id": sent.job,
        "upload_ids": [sent.upload],
        "archive_ids": [sent.archive],
        "job_ids": [sent.job],
        "ids": [sent.upload],
    }
    if not fields.keys() & put.keys():
        return None
    return {key: put.get(key, value) for key, value in fields.items()}


def may(kind: str, allowed: Who) -> bool:
    return {USER: False, OWNER: allowed.owner, APPROVER: allowed.approver}[kind]


def refused_first(rows: list[Row], kind: str) -> list[Row]:
    """Put first what is refused: what is done after that may leave nothing to be refused."""
    return sorted(rows, key=lambda row: may(kind, row[2]))


async def test_actions_on_what_somebody_sent(hass: HomeAssistant, sent: Sent) -> None:
    for kind, user in sent.users.items():
        for name, fields, allowed in refused_first(ACTIONS, kind):
            if (data := about(sent, fields)) is None:
                continue
            refused = await is_refused(
                hass.services.async_call(
                    DOMAIN,
                    name,
                    data,
                    blocking=True,
                    context=context_of(user),
                    return_response=True,
                )
            )
            assert refused is not may(kind, allowed), (name, fields, kind)


async def test_commands_on_what_somebody_sent(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, sent: Sent
) -> None:
    for kind, user in sent.users.items():
        token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
        client = await hass_ws_client(hass, hass.auth.async_create_access_token(token))
        for name, fields, allowed in refused_first(COMMANDS, kind):
            if (data := about(sent, fields)) is None:
                continue
            await client.send_json_auto_id({"type": f"{DOMAIN}/{name}", **data})
            while (answer := await client.receive_json())["type"] != "result":
                pass
            # Those on several things say of each what came of it.
            refused = '"unauthorized"' in json.dumps(answer)
            assert refused is not may(kind, allowed), (name, fields, kind, answer)


async def test_views_of_what_somebody_sent(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, sent: Sent
) -> None:
    client = await hass_client_no_auth()
    for kind, user in sent.users.items():
        token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
        bearer = f"Bearer {hass.auth.async_create_access_token(token)}"
        for method, path, allowed in VIEWS:
            if "{archive_id}" not in path:
                continue
            url = path.format(**(IN_PLACES | {"archive_id": sent.archive}))
            answer = await client.request(
                method,
                f"/api/{DOMAIN}{url}",
                headers={"Authorization": bearer},
                data=b"no picture",
            )
            refused = answer.status == web.HTTPForbidden.status_code
            assert refused is not may(kind, allowed), (path, kind, answer.status)


async def test_lists_voice_media_and_the_panel_leave_out_what_others_sent(
    hass: HomeAssistant, hub: Hub, hass_ws_client: WebSocketGenerator, sent: Sent
) -> None:
    assert await async_setup_component(hass, "llm", {})
    for kind, user in sent.users.items():
        count = 0 if kind == USER else 1
        context = context_of(user)

        async def ask(name: str, context: Context = context) -> Any:
            return await hass.services.async_call(
                DOMAIN, name, {}, blocking=True, context=context, return_response=True
            )

        assert len((await ask("list_pending"))["uploads"]) == count
        archives = await ask("list_archives")
        assert (len(archives["archives"]), archives["total"]) == (count, count)
        assert len((await ask("list_queue"))["jobs"]) == count
        with acting(context):
            facets = await hub.archives.facets()
            assert len(facets.printers) == count
            assert len(await hub.archives.months()) == count
        llm_context = llm.LLMContext("test", context, "en", None, None)
        found = tools.async_get_tools(hass, llm_context, llm.LLM_API_ASSIST)
        assert found
        waiting = next(tool for tool in found.tools if "waiting" in tool.name)
        answer = await waiting.async_call(
            hass, llm.ToolInput(waiting.name, {}), llm_context
        )
        assert isinstance(answer, llm.ToolResult)
        assert str(answer.data).count("Gear and star") == 2 * count
        token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
        client = await hass_ws_client(hass, hass.auth.async_create_access_token(token))
        await client.send_json_auto_id(
            {
                "type": "media_source/browse_media",
                "media_content_id": f"media-source://{DOMAIN}/pending",
            }
        )
        answer = await client.receive_json()
        assert len(answer["result"]["children"]) == count, answer
        await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
        await client.receive_json()
        shown = (await client.receive_json())["event"]
        assert (len(shown["inbox"]), len(shown["queue"])) == (count, count)
        (printer,) = shown["printers"]
        assert (printer["last_upload"] is not None) is bool(count)


async def follow(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, user: User
) -> tuple[Any, dict[str, Any]]:
    """Subscribe as a user. Returns the client, and everything that there is."""
    token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
    client = await hass_ws_client(hass, hass.auth.async_create_access_token(token))
    await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
    await client.receive_json()
    return client, (await client.receive_json())["event"]


async def test_the_panel_is_told_what_somebody_may_do_with_each_thing(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, sent: Sent
) -> None:
    rights = {
        "see": EVERYBODY,
        "work": WORKERS,
        "decide": DECIDERS,
        "delete": DELETERS,
    }
    verbs = {
        OWNER: ["complete", "fail", "cancel"],
        APPROVER: ["start", "release", "complete", "fail", "cancel"],
    }
    for kind in (OWNER, APPROVER):
        client, shown = await follow(hass, hass_ws_client, sent.users[kind])
        expected = [name for name, allowed in rights.items() if may(kind, allowed)]
        await client.send_json_auto_id({"type": f"{DOMAIN}/archive/list"})
        archives = (await client.receive_json())["result"]["archives"]
        for (item,) in (shown["inbox"], shown["queue"], archives):
            assert item["rights"] == sorted(expected), (kind, item)
        assert shown["queue"][0]["verbs"] == verbs[kind]
        assert shown["viewer"]["sends_to_archive"] is (kind == APPROVER)
    _, shown = await follow(hass, hass_ws_client, sent.users[USER])
    assert shown["viewer"] == {
        "rights": ["decide", "see", "work"],
        "sends_to_archive": True,
    }


async def test_files_under_way_are_told_to_those_who_may_see_what_becomes_of_them(
    hass: HomeAssistant, hub: Hub, hass_ws_client: WebSocketGenerator, sent: Sent
) -> None:
    (printer,) = hub.printers.values()
    anna = hub.people.named(printer.id, "Anna")
    assert anna
    coming = BrowserUpload(
        name="Secret.gcode.3mf",
        peer="192.0.2.1",
        printer_id=printer.id,
        printer=printer.config.name,
        total_bytes=None,
        person_id=anna.id,
    )
    with hub.browser_uploads.under_way(coming):
        for kind, user in sent.users.items():
            _, shown = await follow(hass, hass_ws_client, user)
            assert len(shown["uploads"]) == (0 if kind == USER else 1)


async def test_the_panel_is_told_anew_when_somebody_may_do_something_else(
    hass: HomeAssistant, hub: Hub, hass_ws_client: WebSocketGenerator, sent: Sent
) -> None:
    client, shown = await follow(hass, hass_ws_client, sent.users[OWNER])
    assert "decide" not in shown["inbox"][0]["rights"]
    anna = hub.people.named(shown["inbox"][0]["printer_id"], "Anna")
    assert anna
    await hub.people.async_change(anna, is_reviewed=False)
    shown = (await client.receive_json())["event"]
    assert "decide" in shown["inbox"][0]["rights"]
    assert shown["viewer"]["sends_to_archive"] is True
    await hub.people.async_change(anna, user_id=sent.users[USER].id)
    shown = (await client.receive_json())["event"]
    assert shown["inbox"] == shown["queue"] == []


# --- sending from the browser -----------------------------------------------------------------------------------------

type Post = Callable[..., Awaitable[Any]]


@pytest.fixture
def post(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    sliced_file: Callable[..., SentFile],
    sent: Sent,
) -> Post:
    """Send a file from the browser, as one of the users; returns the answer."""

    async def _post(kind: str, seed: int, **params: str) -> Any:
        client = await hass_client_no_auth()
        token = await hass.auth.async_create_refresh_token(
            sent.users[kind], "https://example.com/"
        )
        bearer = f"Bearer {hass.auth.async_create_access_token(token)}"
        answer = await client.post(
            f"/api/{DOMAIN}/upload",
            headers={"Authorization": bearer},
            params={"name": "Cube.gcode.3mf", **params},
            data=sliced_file(seed=seed).path.read_bytes(),
        )
        await hass.async_block_till_done()
        return answer

    return _post


async def decided(hub: Hub, upload_id: str) -> Upload:
    """Wait until it is clear what becomes of an upload."""

    async def is_decided() -> bool:
        upload = await hub.library.upload(upload_id)
        return upload.state is not UploadState.RECEIVED

    async with asyncio.timeout(10):
        while not await is_decided():
            await asyncio.sleep(0.01)
    return await hub.library.upload(upload_id)


async def test_who_is_reviewed_does_not_send_straight_into_the_archive(
    hub: Hub, sent: Sent, post: Post
) -> None:
    answer = await post(OWNER, 3)
    assert answer.status == web.HTTPForbidden.status_code
    assert (await answer.json())["translation_key"] == "only_approvers"
    with acting(context_of(sent.users[OWNER])), pytest.raises(NotPermittedError):
        await hub.archives.import_file(
            Path("nowhere.3mf"), name="nowhere.3mf", printer=None
        )


async def test_what_a_person_sends_into_the_archive_is_theirs(
    hub: Hub, sent: Sent, post: Post
) -> None:
    for seed, (kind, sender) in enumerate(((APPROVER, "Paul"), (USER, "")), 3):
        answer = await post(kind, seed)
        assert answer.status == web.HTTPCreated.status_code
        upload = await decided(hub, (await answer.json())["upload_id"])
        assert upload.state is UploadState.ARCHIVED
        assert upload.file.sender == sender
        assert bool(upload.file.person) is (kind == APPROVER)
        with acting(context_of(sent.users[kind])):
            assert (await hub.archives.details(upload.id)).archive.id == upload.id


async def test_what_somebody_reviewed_sends_waits_at_printers_of_others_too(
    hub: Hub, add_printer: AddPrinter, sent: Sent, post: Post
) -> None:
    for seed, mode in enumerate(("immediate", "queue"), 3):
        printer = await add_printer(f"Other {mode}", mode=mode)
        answer = await post(OWNER, seed, printer_id=printer.id)
        assert answer.status == web.HTTPCreated.status_code
        upload = await decided(hub, (await answer.json())["upload_id"])
        assert upload.state is UploadState.PENDING
        assert upload.file.sender == "Anna"
        with acting(context_of(sent.users[OWNER])):
            assert await is_refused(hub.review.approve(upload.id, to_queue=True))


async def test_who_is_reviewed_decides_nothing_about_what_is_the_households(
    hub: Hub, call: Call, sent: Sent, post: Post
) -> None:
    answer = await post(USER, 3)
    upload = await decided(hub, (await answer.json())["upload_id"])
    (job, *_) = (await call("queue_archive", archive_id=upload.id))["jobs"]
    for kind in (OWNER, USER):
        with acting(context_of(sent.users[kind])):
            is_reviewed = kind == OWNER
            queued = hub.queue.add(upload.id, NO_CHANGES)
            assert await is_refused(queued) is is_reviewed, kind
            started = hub.orders.start(job["job_id"])
            assert await is_refused(started) is is_reviewed, kind
