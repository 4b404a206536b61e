"""The numbers that long-term statistics are made of."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile
from tests.support.waiting import until

SUMS = {
    "archived_ever": None,
    "printed": None,
    "filament_archived": "g",
    "filament_printed": "g",
    "print_time_archived": "h",
    "print_time_printed": "h",
    "cost_archived": "EUR",
    "cost_printed": "EUR",
}


async def test_sums_are_totals_that_home_assistant_has_no_complaint_about(
    hub: Hub,
    printer: ManagedPrinter,
    state: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for key, unit in SUMS.items():
        shown = state("sensor", hub, key)
        assert float(shown.state) == 0
        # Purging takes numbers back: as an ever increasing total that would be counted as a new beginning.
        assert shown.attributes["state_class"] == "total"
        assert shown.attributes.get("unit_of_measurement") == unit
    for key in ("pending_uploads", "queued_jobs", "archives", "storage_used"):
        assert state("sensor", hub, key).attributes["state_class"] == "measurement"
    assert (
        state("sensor", printer, "uploads_received").attributes["state_class"]
        == "total"
    )
    assert "state class" not in caplog.text
    assert "is using native unit" not in caplog.text


async def test_archived_and_printed_are_counted_apart_and_deleting_keeps_both(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    state: Callable[..., Any],
) -> None:
    printer = await add_printer("Farm", mode="queue")
    sent = await send(printer, sliced_file(plates=2))
    first, _ = (await call("list_queue"))["jobs"]
    await call("complete_job", job_id=first["job_id"])

    def value(key: str) -> float:
        return float(state("sensor", hub, key).state)

    await until(lambda: value("printed") == 1)
    grams, seconds = sent.spec.filament_g, sent.spec.print_time_s

    def check() -> None:
        assert value("archived_ever") == 1
        assert value("filament_archived") == pytest.approx(grams)
        assert value("print_time_archived") == pytest.approx(seconds / 3600, abs=0.01)
        assert value("cost_archived") == pytest.approx(grams * 25 / 1000, abs=0.01)
        assert value("filament_printed") == pytest.approx(first["filament_g"])
        assert value("print_time_printed") == pytest.approx(
            first["print_time_s"] / 3600, abs=0.01
        )
        assert value("cost_printed") == pytest.approx(first["cost"], abs=0.01)

    check()
    await call("delete_archive", archive_id=first["archive_id"])
    await until(lambda: value("archives") == 0)
    check()


async def test_a_purge_takes_the_numbers_back(
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    call: Call,
    state: Callable[..., Any],
) -> None:
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    await until(lambda: state("sensor", hub, "archived_ever").state == "1")
    await call("delete_archive", archive_id=archive["archive_id"], purge=True)
    await until(lambda: state("sensor", hub, "archived_ever").state == "0")
    assert float(state("sensor", hub, "filament_archived").state) == 0


async def test_another_price_counts_from_then_on(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    hass.config_entries.async_update_entry(hub.entry, options={"filament_price": 100})
    await hass.async_block_till_done()
    sent = await send(printer, sliced_file())
    (archive,) = (await call("list_archives"))["archives"]
    assert archive["cost"] == pytest.approx(sent.spec.filament_g / 10)


@pytest.fixture
def last_uploads(
    hass: HomeAssistant, printer_in_review: ManagedPrinter, state: Callable[..., Any]
) -> list[str]:
    """What the sensor *Last upload* said, one after the other."""
    seen: list[str] = []
    entity_id = state("sensor", printer_in_review, "last_upload").entity_id

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new and (not seen or seen[-1] != new.state):
            seen.append(new.state)

    async_track_state_change_event(hass, entity_id, note)
    return seen


@pytest.fixture
async def printer_in_review(add_printer: AddPrinter) -> ManagedPrinter:
    """A virtual printer whose uploads wait."""
    return await add_printer("Review", mode="review")


async def test_the_last_upload_changes_once_for_each_file_and_is_back_after_it_is_restored(
    hass: HomeAssistant,
    printer_in_review: ManagedPrinter,
    last_uploads: list[str],
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    for number, title in enumerate(("One", "Two")):
        await send(
            printer_in_review,
            sliced_file(f"{number}.gcode.3mf", title=title, seed=number),
        )
    assert last_uploads == ["One", "Two"]
    # Without a moment of nothing in between.
    await call("discard_pending", upload_id="Two")
    await until(lambda: last_uploads[-1] == "One")
    await call("undo")
    await until(lambda: last_uploads[-1] == "Two")
    await call("archive_pending", upload_id="Two")
    await call("undo", upload_id=printer_in_review.last_upload.id)
    await call("archive_pending", upload_id="Two")
    await call("delete_archive", archive_id="Two")
    await until(lambda: last_uploads[-1] == "One")
    await call("undo")
    await until(lambda: last_uploads[-1] == "Two")
    assert last_uploads == ["One", "Two", "One", "Two", "One", "Two"]
