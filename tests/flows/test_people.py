"""The forms about people: added with a code, changed, given another code, removed."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.const import SUBENTRY_PEOPLE
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.operations import people
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType


@pytest.fixture
def begin(hass: HomeAssistant, hub: Hub, entry: MockConfigEntry) -> Callable[[], Any]:
    """Open the first page."""

    async def _begin() -> Any:
        return await hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_PEOPLE), context={"source": SOURCE_USER}
        )

    return _begin


@pytest.fixture
def go_on(hass: HomeAssistant) -> Callable[..., Any]:
    """Submit a page; returns the next one."""

    async def _go_on(page: Any, data: dict[str, Any]) -> Any:
        return await hass.config_entries.subentries.async_configure(
            page["flow_id"], data
        )

    return _go_on


def settings(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "reviewed": False, "approves": False} | more


async def test_without_a_virtual_printer_there_is_nobody_to_add(
    begin: Callable[[], Any],
) -> None:
    page = await begin()
    assert (page["type"], page["reason"]) == (
        FlowResultType.ABORT,
        "no_virtual_printer",
    )


async def test_nobody_is_added_while_the_hub_does_not_run(
    hass: HomeAssistant, entry: MockConfigEntry, begin: Callable[[], Any]
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    page = await begin()
    assert (page["type"], page["reason"]) == (FlowResultType.ABORT, "hub_not_loaded")


async def test_a_printer_has_no_more_people_than_can_be_kept(
    printer: ManagedPrinter,
    begin: Callable[[], Any],
    go_on: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(people, "MAX_PEOPLE", 1)
    await go_on(await begin(), settings("Anna", printer=printer.id))
    page = await go_on(await begin(), {"next_step_id": "add"})
    page = await go_on(page, settings("Ben", printer=printer.id))
    assert page["errors"] == {"base": "too_many_people"}


async def test_who_was_removed_meanwhile_or_has_anothers_name_is_not_changed(
    hub: Hub,
    printer: ManagedPrinter,
    begin: Callable[[], Any],
    go_on: Callable[..., Any],
) -> None:
    for name in ("Anna", "Ben"):
        await hub.people.async_add(printer.id, name=name)
    anna, ben = hub.people.of_printer(printer.id)
    page = await go_on(await begin(), {"next_step_id": "choose"})
    page = await go_on(page, {"person": anna.id})
    page = await go_on(page, {"next_step_id": "settings"})
    page = await go_on(page, settings(" "))
    assert page["errors"] == {"name": "invalid_name"}
    page = await go_on(page, settings("Ben"))
    assert page["errors"] == {"name": "name_taken"}

    page = await go_on(await begin(), {"next_step_id": "choose"})
    await hub.people.async_remove(ben)
    page = await go_on(page, {"person": ben.id})
    assert (page["type"], page["reason"]) == (FlowResultType.ABORT, "person_gone")


async def test_somebody_is_added_changed_and_removed(
    real_printer: str,
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    begin: Callable[[], Any],
    go_on: Callable[..., Any],
) -> None:
    user = await hass.auth.async_create_user("Anna", group_ids=[GROUP_ID_USER])
    subentries = dict(entry.subentries)
    page = await begin()
    assert page["step_id"] == "add"
    for wrong, error in (
        (settings("", printer=printer.id), {"name": "invalid_name"}),
        (
            settings("Anna", printer=printer.id, approves=True),
            {"user": "approver_without_user"},
        ),
        (
            settings("Anna", printer=printer.id, tags=["x" * 65]),
            {"tags": "invalid_tags"},
        ),
    ):
        page = await go_on(page, wrong)
        assert page["errors"] == error
    page = await go_on(
        page, settings("Anna", printer=printer.id, user=user.id, tags=["school"])
    )
    assert page["step_id"] == "code_made"
    (anna,) = hub.people.of_printer(printer.id)
    assert (anna.user_id, anna.tags, anna.has_code) == (user.id, ("school",), True)
    code = page["description_placeholders"]["access_code"]
    assert hub.people.by_code(printer.id, code.encode()) == anna
    page = await go_on(page, {"next_step_id": "finish"})
    assert (page["type"], page["reason"]) == (FlowResultType.ABORT, "person_added")

    page = await go_on(await begin(), {"next_step_id": "add"})
    page = await go_on(page, settings("anna", printer=printer.id))
    assert page["errors"] == {"name": "name_taken"}

    page = await go_on(await begin(), {"next_step_id": "choose"})
    page = await go_on(page, {"person": anna.id})
    assert page["step_id"] == "person"
    page = await go_on(page, {"next_step_id": "settings"})
    limited = settings("Anna B.", printers=[real_printer], grams_per_month=500)
    await go_on(page, limited)
    changed = hub.people.get(anna.id)
    assert changed is not None
    assert (changed.machines, changed.grams_per_month) == ((real_printer,), 500)
    page = await go_on(await begin(), {"next_step_id": "choose"})
    page = await go_on(page, {"person": anna.id})
    page = await go_on(page, {"next_step_id": "settings"})
    page = await go_on(page, settings("Anna B.", reviewed=True))
    assert page["reason"] == "person_changed"
    changed = hub.people.get(anna.id)
    assert changed is not None
    assert (changed.name, changed.is_reviewed, changed.user_id) == ("Anna B.", True, "")
    # What is left empty is no limit any more.
    assert (changed.machines, changed.grams_per_month) == ((), None)

    page = await go_on(await begin(), {"next_step_id": "choose"})
    page = await go_on(page, {"person": anna.id})
    page = await go_on(page, {"next_step_id": "renew"})
    assert page["description_placeholders"]["access_code"] != code
    assert hub.people.by_code(printer.id, code.encode()) is None

    page = await go_on(await begin(), {"next_step_id": "choose"})
    page = await go_on(page, {"person": anna.id})
    page = await go_on(page, {"next_step_id": "remove"})
    assert hub.people.get(anna.id)
    page = await go_on(page, {})
    assert page["reason"] == "person_removed"
    assert hub.people.of_printer() == []
    # None of it is a device.
    assert dict(entry.subentries) == subentries
