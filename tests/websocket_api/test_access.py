"""Secrets over the websocket API. Who may give which command is tested in tests/test_permissions.py."""

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
