"""Names that strangers chose never lie to who reads them, wherever they are shown."""

from collections.abc import Callable
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import (
    EVENT_ACTIVITY,
    EventKind,
)
from custom_components.bambu_virtual_printer.activity.mapping import printer_activity
from custom_components.bambu_virtual_printer.engine.events import (
    PrintRequested,
    UploadFailed,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.values import PrintRequest
from custom_components.bambu_virtual_printer.flows.forms import is_name
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.language.texts import Texts
from custom_components.bambu_virtual_printer.presentation import file_url
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.json import JSONEncoder
from homeassistant.util import dt as dt_util
from scripts import slicer
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile, Told
from tests.support.texts import DIRECTIONS
from tests.support.waiting import until

NAME = "bill\u202efm3 می\u200cخواهم.gcode.3mf"


def lies(value: Any) -> list[str]:
    """Return the controls of direction that are in anything."""
    written = json.dumps(value, cls=JSONEncoder, ensure_ascii=False)
    return [control for control in DIRECTIONS if control in written]


async def test_no_state_event_or_response_has_controls_of_direction(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    hass_client: ClientSessionGenerator,
) -> None:
    fired: list[Event] = []
    hass.bus.async_listen(EVENT_ACTIVITY, fired.append)
    printer = await add_printer("Review", mode="review")
    sent = sliced_file(NAME, title="Lamp \u2067shade\u2069")
    await send(printer, sent, print_options=slicer.PrintOptions())
    await until(lambda: hub.coordinator.data.pending)
    (upload,) = (await call("list_pending"))["uploads"]
    assert upload["file_name"] == "billfm3 می\u200cخواهم.gcode.3mf"
    assert upload["name"] == "Lamp shade"
    shown = await call("get_upload", upload_id=upload["upload_id"])
    await call("queue_pending", upload_id=upload["upload_id"])
    archive = await call("get_archive", archive_id=upload["upload_id"])
    responses = [
        upload,
        shown,
        archive,
        await call("list_archives"),
        await call("list_queue"),
    ]
    assert EventKind.PRINT_REQUESTED in told.kinds
    assert fired
    assert not lies(responses)
    assert not lies([dict(activity.attributes) for activity in told.activities])
    assert not lies([event.data for event in fired])
    assert not lies([state.as_dict() for state in hass.states.async_all()])
    client = await hass_client()
    response = await client.get(file_url(upload["upload_id"]))
    assert response.content_disposition
    assert not lies(response.content_disposition.filename)


@pytest.mark.parametrize(
    "event",
    [
        UploadFailed(
            name=NAME + "x" * 4000, peer="", reason=as_it_stands(""), received_bytes=0
        ),
        PrintRequested(
            request=PrintRequest(
                file=NAME,
                subtask_name=NAME,
                plate=1,
                peer="192.0.2.7",
                received_at=dt_util.utcnow(),
            ),
            upload_id=None,
        ),
    ],
    ids=["failed", "requested"],
)
async def test_what_a_slicer_called_a_file_is_told_without_controls(
    hass: HomeAssistant, event: UploadFailed | PrintRequested
) -> None:
    activity = printer_activity("id", "Garage", event, Texts(hass))
    assert activity
    assert not lies(dict(activity.attributes))
    assert "می\u200cخواهم" in json.dumps(dict(activity.attributes), ensure_ascii=False)
    assert len(json.dumps(dict(activity.attributes))) < 3000


def test_names_with_joiners_can_be_given_to_printers() -> None:
    assert is_name("چاپگر می\u200cخواهم")
    assert not is_name("Garage\u200e")
