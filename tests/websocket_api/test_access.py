"""Secrets over the websocket API. Who may give which command is tested in tests/test_permissions.py."""

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from tests.support.home_assistant import ACCESS_CODE

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
