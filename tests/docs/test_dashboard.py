"""The dashboard of docs/dashboard.md, as it stands there, beside a real hub and printer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
from scripts.recipes import recipes
from tests.support.dashboard import CARDS, PAGE, TEMPLATES, VIEW
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile
from tests.support.waiting import until

ACTIONS = [card["tap_action"] for card in CARDS if "tap_action" in card]
SCRIPTS = {slugify(script["alias"]): script for script in recipes(PAGE, "The scripts")}


def values(tree: Any, *keys: str) -> Iterator[Any]:
    """Find all values of some keys in a nested configuration."""
    if isinstance(tree, list):
        for item in tree:
            yield from values(item, *keys)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key in keys and not isinstance(value, dict):
                yield from value if isinstance(value, list) else [value]
            else:
                yield from values(value, *keys)


@pytest.fixture
async def scripts(hass: HomeAssistant, hub: Hub) -> None:
    """The page's scripts, named as Home Assistant names them."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})


@pytest.fixture
def press(hass: HomeAssistant) -> Callable[..., Any]:
    """Press the button that does an action, as its card does."""

    async def _press(action: str) -> None:
        (found,) = (one for one in ACTIONS if one["perform_action"] == action)
        domain, name = action.split(".")
        data = found.get("data", {})
        await hass.services.async_call(domain, name, data, blocking=True)
        await hass.async_block_till_done()

    return _press


@pytest.fixture
def shown(hass: HomeAssistant) -> Callable[[], str]:
    """Render the card about the next job."""

    def _shown() -> str:
        (content,) = TEMPLATES
        text: str = Template(content, hass).async_render(
            parse_result=False, strict=True
        )
        return text

    return _shown


async def test_every_entity_on_the_dashboard_exists(
    hass: HomeAssistant, add_printer: AddPrinter
) -> None:
    await add_printer("Garage")
    named = set(values(VIEW, "entity", "entities"))
    assert len(named) > 10
    assert {entity for entity in named if not hass.states.get(entity)} == set()


async def test_every_button_on_the_dashboard_has_an_action(
    hass: HomeAssistant, scripts: None
) -> None:
    named = {action["perform_action"] for action in ACTIONS}
    assert len(named) == len(ACTIONS) == 6
    assert all(hass.services.has_service(*name.split(".")) for name in named)


async def test_the_buttons_decide_about_all_that_is_pending(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    press: Callable[..., Any],
) -> None:
    printer = await add_printer("Garage", mode="review")
    await send(printer)
    await press("bambu_virtual_printer.archive_pending")
    assert (await call("list_archives"))["total"] == 1
    await send(printer, sliced_file("Box.gcode.3mf", title="Box", seed=2))
    await press("bambu_virtual_printer.queue_pending")
    assert [job["name"] for job in (await call("list_queue"))["jobs"]] == ["Box"]
    assert (await call("list_pending"))["uploads"] == []


async def test_the_buttons_decide_about_the_upload_in_the_picture(
    hub: Hub,
    scripts: None,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    state: Callable[..., Any],
    press: Callable[..., Any],
) -> None:
    for button in ("archive", "queue"):
        await press(f"script.{button}_next_upload")
    printer = await add_printer("Garage", mode="review")
    for number, title in enumerate(("Box", "Lid", "Clip")):
        await send(printer, sliced_file(f"{title}.gcode.3mf", title=title, seed=number))

    async def next_is(name: str | None) -> None:
        await until(
            lambda: (
                state("image", hub, "next_pending").attributes.get("upload_name")
                == name
            )
        )

    await next_is("Box")
    await press("script.archive_next_upload")
    await next_is("Lid")
    await press("script.queue_next_upload")
    await next_is("Clip")
    archives = (await call("list_archives", sort="name"))["archives"]
    assert [archive["name"] for archive in archives] == ["Box", "Lid"]
    assert [job["name"] for job in (await call("list_queue"))["jobs"]] == ["Lid"]


async def test_the_next_job_is_shown_and_goes_its_way_by_the_buttons(
    hass: HomeAssistant,
    hub: Hub,
    scripts: None,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    state: Callable[..., Any],
    press: Callable[..., Any],
    shown: Callable[[], str],
) -> None:
    def is_next(name: str) -> bool:
        return bool(state("sensor", hub, "next_job").state == name)

    assert "Nothing is in the queue." in shown()
    assert is_next("unknown")
    for button in ("start", "complete"):
        await press(f"script.{button}_next_print")

    printer = await add_printer("Garage", mode="queue")
    sent = sliced_file("Box.gcode.3mf", title="Box", plates=2, filaments=2)
    await send(printer, sent)
    await until(lambda: is_next("Box - Plate 1"))
    first, second = (await call("list_queue"))["jobs"]
    text = shown()
    assert "### Box - Plate 1" in text
    assert "On hold" in text
    print_time = hub.texts.duration(first["print_time_s"])
    assert text.endswith(
        f"{print_time}, {round(first['filament_g'])} g PLA, PETG, for any P1S"
    )

    await press("script.start_next_print")
    assert (await call("get_job", job_id=first["job_id"]))["state"] == "waiting"
    await press("script.complete_next_print")
    assert (await call("get_job", job_id=first["job_id"]))["state"] == "completed"
    await call("edit_job", job_id=second["job_id"], copies=3)
    await until(lambda: shown().endswith("PETG, 0 of 3 copies printed, for any P1S"))
    assert "### Box - Plate 2" in shown()
