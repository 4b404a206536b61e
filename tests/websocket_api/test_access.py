"""Secrets over the websocket API. Who may give which command is tested in tests/test_permissions.py."""

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from tests.support.home_assistant import ACCESS_CODE
from tests.support.real_printers import AddReal

from .conftest import Client


async def test_only_administrators_are_told_the_access_code(
    client: Client, user_client: Client, printer: ManagedPrinter
) -> None:
    assert await client.call("printer/secret", printer_id=printer.id) == {
        "access_code": ACCESS_CODE
    }
    error = await user_client.error("printer/secret", printer_id=printer.id)
    assert error["code"] == "unauthorized"
    for told in (
        await user_client.call("printer/connection", printer_id=printer.id),
        await user_client.event(await user_client.follow("subscribe")),
    ):
        assert ACCESS_CODE not in str(told)


async def test_everybody_is_told_of_their_own_limits_and_administrators_of_all(
    client: Client, user_client: Client, hub: Hub, printer: ManagedPrinter
) -> None:
    for name, hours in (("Anna", 1.5), ("Ben", None)):
        await hub.people.async_add(printer.id, name, hours_per_month=hours)
    told = await client.call("people/list")
    assert [(one["name"], one["limit_s"]) for one in told["people"]] == [
        ("Anna", 5400),
        ("Ben", None),
    ]
    assert told["people"][0]["printer"] == printer.config.name
    assert (await user_client.call("people/list"))["people"] == []


async def test_what_holds_for_somebody_is_changed(
    add_real: AddReal, client: Client, hub: Hub, printer: ManagedPrinter
) -> None:
    _double, machine = await add_real()
    anna = await hub.people.async_add(printer.id, "Anna", hours_per_month=1.5)
    changed = await client.call(
        "people/change",
        person_id=anna.id,
        reviewed=True,
        tags=["gift", "Gift"],
        machine_ids=[machine.id],
        grams_per_month=500,
        hours_per_month=None,
    )
    assert (changed["reviewed"], changed["tags"], changed["machine_ids"]) == (
        True,
        ["gift"],
        [machine.id],
    )
    assert (changed["limit_g"], changed["limit_s"]) == (500, None)
    kept = hub.people.get(anna.id)
    assert kept
    assert (kept.name, kept.is_reviewed, kept.machines) == ("Anna", True, (machine.id,))
    # What is not named stays.
    again = await client.call("people/change", person_id=anna.id, machine_ids=[])
    assert (again["reviewed"], again["machine_ids"]) == (True, [])
    for fields, code in (
        ({"machine_ids": ["gone"]}, "not_a_real_printer"),
        ({"tags": ["x" * 1000]}, "tag_too_long"),
        ({"person_id": "gone"}, "no_such_person"),
    ):
        error = await client.error("people/change", **{"person_id": anna.id, **fields})
        assert code in (error["code"], error.get("translation_key"))
