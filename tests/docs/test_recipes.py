"""The recipes of docs/automations.md, as they stand there, with real uploads."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun import freeze_time
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from scripts.recipes import recipes
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.real_printers import AddReal
from tests.support.waiting import until, until_it


def recipe(heading: str, number: int = 0) -> dict[str, Any]:
    """Return a block of YAML below a heading."""
    return recipes("automations.md", heading)[number]


@pytest.fixture
def automate(hass: HomeAssistant, hub: Hub) -> Callable[..., Any]:
    """Set up a recipe as an automation, or as a script when nothing triggers it."""

    async def _automate(recipe: dict[str, Any]) -> None:
        if "triggers" in recipe:
            config = {"automation": [{"alias": "Recipe", **recipe}]}
        else:
            config = {"script": {"recipe": {"sequence": [recipe]}}}
        (domain,) = config
        assert await async_setup_component(hass, domain, config)
        assert hass.states.get(f"{domain}.recipe")

    return _automate


@pytest.fixture
def phone(hass: HomeAssistant) -> list[ServiceCall]:
    """What the phone gets."""
    return async_mock_service(hass, "notify", "mobile_app_phone")


async def run_script(hass: HomeAssistant) -> None:
    await hass.services.async_call("script", "recipe", blocking=True)
    await hass.async_block_till_done()


async def test_an_archive_of_everything_and_the_weekly_message(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    phone: list[ServiceCall],
) -> None:
    printer = await add_printer("Everything")
    for number, title in enumerate(("Vase", "Box")):
        await send(printer, sliced_file(f"{title}.3mf", title=title, seed=number))
    await automate(recipe("Keep an archive of everything you slice"))
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": "automation.recipe"}, blocking=True
    )
    await hass.async_block_till_done()
    (message,) = phone
    assert message.data["title"] == "2 files this week"
    assert message.data["message"] == "Box, Vase"
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.recipe"}, blocking=True
    )


async def test_a_queue_before_the_printer_is_there(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    call: Call,
) -> None:
    printer = await add_printer("Later", mode="queue")
    await send(printer, sliced_file(plates=2))
    first, second = (await call("list_queue"))["jobs"]
    await until(lambda: hub.coordinator.data.statistics.next_job)
    await hass.async_block_till_done()
    await automate(recipe("Build a queue before the printer is there"))
    await run_script(hass)
    assert (await call("get_job", job_id=first["job_id"]))["state"] == "completed"
    assert (await call("get_job", job_id=second["job_id"]))["state"] == "staged"


async def test_a_photo_of_what_was_printed(
    add_printer: AddPrinter,
    send: Send,
    automate: Callable[..., Any],
    call: Call,
    camera: Path,
) -> None:
    await automate(recipe("Keep a photo of what was printed"))
    await send(await add_printer("Later", mode="queue"))
    (job,) = (await call("list_queue"))["jobs"]
    await call("complete_job", job_id=job["job_id"])
    (photo,) = (await call("get_archive", archive_id=job["archive_id"]))["photos"]
    assert photo["size_bytes"] == camera.stat().st_size


async def test_what_is_urgent_goes_to_the_front_of_the_farm(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    call: Call,
) -> None:
    await automate(recipe("Prepare a farm"))
    printer = await add_printer("Farm", mode="queue")
    await send(printer, sliced_file("a.3mf", title="Vase", seed=1))
    await send(printer, sliced_file("b.3mf", title="URGENT clip", seed=2))
    jobs = (await call("list_queue"))["jobs"]
    assert [job["name"] for job in jobs] == ["URGENT clip", "Vase"]
    assert [job["target"] for job in jobs] == ["C12", "C12"]


async def test_copies_from_the_archive_at_night(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    automate: Callable[..., Any],
    call: Call,
) -> None:
    await send(await add_printer("Farm"))
    (archive,) = (await call("list_archives"))["archives"]
    action = recipe("Prepare a farm", 1)
    action["data"]["archive_id"] = archive["archive_id"]
    await automate(action)
    await run_script(hass)
    (job,) = (await call("list_queue"))["jobs"]
    assert job["copies"] == 4
    assert job["not_before"]


@pytest.mark.parametrize("hour", [0, 21, 22, 23])
async def test_the_night_of_a_recipe_is_never_over(
    hass: HomeAssistant, hour: int
) -> None:
    template = Template(recipe("Prepare a farm", 1)["data"]["not_before"], hass)
    now = dt_util.start_of_local_day() + timedelta(hours=hour)
    with freeze_time(now):
        night = dt_util.parse_datetime(str(template.async_render()))
    assert night is not None
    assert timedelta() < night - now <= timedelta(days=1)
    assert night.hour == 22


async def test_jobs_begin_when_there_is_sun_enough(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    call: Call,
) -> None:
    hass.states.async_set("sensor.solar_power", "300")
    await automate(recipe("Let jobs begin on conditions of your own"))
    await send(await add_printer("Farm", mode="queue"), sliced_file(plates=2))
    assert await states(call) == ["staged", "staged"]
    hass.states.async_set("sensor.solar_power", "2500")
    await hass.async_block_till_done()
    assert await states(call) == ["pending", "pending"]


async def test_jobs_for_a_printer_wait_when_one_has_failed(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    call: Call,
) -> None:
    await automate(recipe("Let jobs begin on conditions of your own", 1))
    await send(await add_printer("Farm", mode="queue"), sliced_file(plates=4))
    failing, pending, started, elsewhere = (
        job["job_id"] for job in (await call("list_queue"))["jobs"]
    )
    await call("release_job", job_id=pending)
    await call("start_job", job_id=started)
    await call("edit_job", job_id=elsewhere, target_printer="A1")
    await call("release_job", job_id=elsewhere)
    await call("fail_job", job_id=failing, reason="spaghetti")
    await hass.async_block_till_done()
    assert await states(call) == ["staged", "staged", "pending"]


async def states(call: Call) -> list[str]:
    return [job["state"] for job in (await call("list_queue"))["jobs"]]


async def test_house_rules_decide_about_what_was_sliced_somewhere_else(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    call: Call,
) -> None:
    await automate(recipe("Slice somewhere else, decide at home"))
    printer = await add_printer("Remote", mode="review")
    small = await send(printer, sliced_file("a.3mf", title="Clip", seed=1))
    assert small.spec.filament_g < 50
    await until_async(call, "list_queue", "jobs", 1)
    (archive,) = (await call("list_archives", tags="small"))["archives"]
    assert archive["name"] == "Clip"


async def until_async(call: Call, action: str, key: str, count: int) -> None:
    """Wait until an action lists so many."""

    async def are_listed() -> bool:
        return len((await call(action))[key]) == count

    await until_it(are_listed, f"{action} lists {count}")


async def test_whoever_sent_it_hears_why_it_came_back(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    automate: Callable[..., Any],
    call: Call,
) -> None:
    kids = async_mock_service(hass, "notify", "mobile_app_kids_phone")
    await automate(recipe("Let others send prints"))
    printer = await add_printer("Kids", mode="review", filing={"tags": ["kids"]})
    await send(printer)
    await call("send_back_pending", all=True, note="Too much infill")
    await until(lambda: kids)
    assert kids[0].data == {"title": "Gear and star", "message": "Too much infill"}


async def test_a_file_in_a_media_folder_goes_the_way_of_a_print(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    call: Call,
    device_of: DeviceOf,
) -> None:
    printer = await add_printer("Import", mode="queue")
    device = device_of(printer.id)
    assert device
    folder = Path(hass.config.media_dirs["local"]) / "sliced"
    folder.mkdir(parents=True)
    sliced_file("vase.gcode.3mf", title="Vase").path.rename(folder / "vase.gcode.3mf")
    action = recipe("Print from other sources")
    action["data"]["device_id"] = device.id
    await automate(action)
    await run_script(hass)
    await until_async(call, "list_queue", "jobs", 1)


@pytest.mark.parametrize(
    ("number", "verdict", "prints"), [(0, "good", 1), (1, "failed", 2)]
)
async def test_a_tag_or_a_button_clears_the_plate_and_says_how_the_print_came_out(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
    automate: Callable[..., Any],
    number: int,
    verdict: str,
    prints: int,
) -> None:
    double, machine = await add_real("Garage")
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await hass.async_block_till_done()
    hass.states.async_set("input_button.garage_failed", "2026-11-29T12:00:00+00:00")
    await automate(recipe("Clear a plate with a tag or a button", number))
    filing = {"hold": False, "target": machine.id}
    await send(await add_printer(mode="queue", filing=filing))
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds)
    await until(lambda: machine.share.plate.job_id)
    job_id = machine.share.plate.job_id

    if number:
        hass.states.async_set("input_button.garage_failed", "2026-11-29T12:05:00+00:00")
    else:
        hass.bus.async_fire("tag_scanned", {"tag_id": "garage-plate"})

    await until(lambda: told.kinds.count(EventKind.JOB_COMPLETED) == prints)
    await until(lambda: EventKind.JOB_JUDGED in told.kinds)
    assert (await call("get_job", job_id=job_id))["verdict"] == verdict
    assert len(double.prints) == prints
