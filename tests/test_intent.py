"""Spoken sentences, through Home Assistant's own conversation agent."""

from collections.abc import Callable
from datetime import timedelta
import re
from typing import Any

from freezegun import freeze_time
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)

from custom_components.bambu_virtual_printer.assist.installation import (
    SENTENCES,
    async_install,
)
from custom_components.bambu_virtual_printer.const import SUBENTRY_PRINTER
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.voice.confirmations import (
    VALID,
    Confirmations,
)
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, intent
from homeassistant.helpers.chat_session import async_get_chat_session
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    unsigned,
)

ENGLISH = SENTENCES / "en.yaml"

NOT_MEANT = intent.IntentResponseErrorCode.NO_VALID_TARGETS
FAILED = intent.IntentResponseErrorCode.FAILED_TO_HANDLE


@pytest.fixture
async def assist(hass: HomeAssistant, hub: Hub) -> None:
    """Assist, with the sentences."""
    await async_install(hass, ["de", "en"])
    assert await async_setup_component(hass, "conversation", {})
    await hass.async_block_till_done()


type Say = Callable[..., Any]


@pytest.fixture
def say(hass: HomeAssistant, assist: None, expose: Callable[..., None]) -> Say:
    """Say a sentence; returns what is answered."""
    expose(uploads=True, jobs=True)

    async def _say(
        text: str, *, conversation_id: str | None = "kitchen", **more: Any
    ) -> intent.IntentResponse:
        result = await conversation.async_converse(
            hass, text, conversation_id, more.pop("context", Context()), "en", **more
        )
        await hass.async_block_till_done()
        return result.response

    return _say


def speech(response: intent.IntentResponse) -> str:
    """Return what is said."""
    said: str = response.speech["plain"]["speech"]
    return said


@pytest.fixture
def expose(
    hass: HomeAssistant, hub: Hub, entity_id: Callable[..., str]
) -> Callable[..., None]:
    """Expose the lists to Assist, or not."""

    def _expose(*, uploads: bool, jobs: bool) -> None:
        for key, exposed in (("pending_uploads", uploads), ("print_queue", jobs)):
            async_expose_entity(
                hass, "conversation", entity_id("todo", hub, key), exposed
            )

    return _expose


@pytest.fixture
async def reviewed(add_printer: AddPrinter) -> ManagedPrinter:
    """A virtual printer whose uploads wait."""
    return await add_printer("Review", mode="review")


@pytest.fixture
async def pending(
    reviewed: ManagedPrinter, send: Send, sliced_file: Callable[..., SentFile]
) -> ManagedPrinter:
    """Three uploads that wait: a benchy, a gift box and its lid."""
    for number, title in enumerate(("3DBenchy", "Gift box", "Gift box lid")):
        await send(
            reviewed, sliced_file(f"{title}.gcode.3mf", title=title, seed=number)
        )
    return reviewed


@pytest.fixture
def add_machine(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry
) -> Callable[..., Any]:
    """Add real printers, which are off; returns their ids."""

    async def _add(name: str, model: str = "C12") -> str:
        number = len(entry.subentries)
        subentry = ConfigSubentry(
            data={
                "model": model,
                "host": "127.0.0.1",
                "serial": f"01P00A00000000{number}",
                "access_code": "12345678",
            },
            subentry_type=SUBENTRY_PRINTER,
            title=name,
            unique_id=f"01P00A00000000{number}",
        )
        hass.config_entries.async_add_subentry(entry, subentry)
        await hass.async_block_till_done()
        return subentry.subentry_id

    return _add


@pytest.fixture
def names(call: Call) -> Callable[..., Any]:
    """Tell the names of what is pending, and of what is in line."""

    async def _names() -> tuple[set[str], set[str]]:
        uploads = (await call("list_pending"))["uploads"]
        jobs = (await call("list_queue"))["jobs"]
        return {one["name"] for one in uploads}, {one["name"] for one in jobs}

    return _names


ALL = {"3DBenchy", "Gift box", "Gift box lid"}


# --- what is waiting


async def test_what_is_waiting_tells_uploads_and_jobs(
    pending: ManagedPrinter, say: Say
) -> None:
    for text in (
        "what is waiting",
        "What's waiting to be printed?",
        "which 3D prints are waiting",
        "Are there any prints pending?",
    ):
        answer = await say(text)
        assert answer.response_type is intent.IntentResponseType.QUERY_ANSWER, text
        assert speech(answer) == (
            "3 uploads wait for approval: Gift box lid, Gift box and 3DBenchy."
            " The print queue is empty."
        )


async def test_pending_uploads_alone_are_told(
    pending: ManagedPrinter, say: Say
) -> None:
    await say("archive the benchy")
    await say("archive gift box lid")
    for text in (
        "what is waiting for approval",
        "What needs to be approved?",
        "which uploads are pending",
        "what prints need approval",
    ):
        said = speech(await say(text))
        assert said == "One upload waits for approval: Gift box.", text
    assert speech(await say("archive the dinosaur")) == (
        "No upload called dinosaur waits for approval. There is Gift box."
    )


async def test_the_queue_alone_is_told_with_the_reason_it_waits(
    pending: ManagedPrinter, say: Say
) -> None:
    texts = (
        "What's in the print queue?",
        "what is next in the printing queue",
        "what's queued for printing",
        "what is next to be printed",
        "Which prints are in the queue?",
    )
    await say("queue the benchy")
    for text in texts:
        assert speech(await say(text)) == (
            "One job is in the print queue: 3DBenchy. On hold."
        ), text
    await say("queue the lid")
    assert speech(await say(texts[0])) == (
        "2 jobs are in the print queue: 3DBenchy and Gift box lid."
        " 3DBenchy is next. On hold."
    )


async def test_no_more_is_told_than_can_be_remembered(
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    say: Say,
) -> None:
    assert speech(await say("what is waiting")) == (
        "No upload waits for approval. The print queue is empty."
    )
    for number in range(7):
        title = f"Part {number}"
        await send(
            reviewed, sliced_file(f"{title}.gcode.3mf", title=title, seed=number)
        )
    assert speech(await say("what is waiting for approval")) == (
        "7 uploads wait for approval: Part 6, Part 5, Part 4, Part 3, Part 2 and 2 more."
    )
    assert speech(await say("queue the dinosaur")) == (
        "No upload called dinosaur waits for approval."
        " There are Part 0, Part 1, Part 2, Part 3, Part 4 and 2 more."
    )


async def test_answers_are_in_the_language_that_is_spoken(
    hass: HomeAssistant, pending: ManagedPrinter, say: Say
) -> None:
    async def _say(text: str) -> str:
        result = await conversation.async_converse(hass, text, None, Context(), "de")
        return speech(result.response)

    assert await _say("Was wartet auf Freigabe?") == (
        "3 Uploads warten auf eine Entscheidung: Gift box lid, Gift box und 3DBenchy."
    )
    assert await _say("Reihe den Benchy ein") == (
        "3DBenchy ist in der Warteschlange. Zurückgestellt."
    )
    assert "Dinosaurier" in await _say("Archiviere den Dinosaurier")


# --- approve


async def test_uploads_are_archived_by_what_people_call_them(
    pending: ManagedPrinter, say: Say, names: Callable[..., Any]
) -> None:
    answer = await say("approve three d benchi")
    assert answer.response_type is intent.IntentResponseType.ACTION_DONE
    assert speech(answer) == "3DBenchy is in the archive."
    # The very name wins over a longer one.
    assert speech(await say("Archive gift box.")) == "Gift box is in the archive."
    assert await names() == ({"Gift box lid"}, set())
    await say("put my lid into the archive")
    assert await names() == (set(), set())


async def test_uploads_are_queued_as_often_as_is_said(
    pending: ManagedPrinter, say: Say, call: Call
) -> None:
    held = "On hold."
    for text, said in (
        ("put the benchy into the print queue", "3DBenchy is in the print queue."),
        (
            "print two copies of gift box",
            "Gift box is in the print queue: 2 copies.",
        ),
        ("queue my lid 12 times", "Gift box lid is in the print queue: 12 copies."),
    ):
        answer = await say(text)
        assert answer.response_type is intent.IntentResponseType.ACTION_DONE, text
        assert speech(answer) == f"{said} {held}"
    jobs = (await call("list_queue"))["jobs"]
    assert {job["name"]: job["copies"] for job in jobs} == {
        "3DBenchy": 1,
        "Gift box": 2,
        "Gift box lid": 12,
    }


async def test_plates_of_a_file_are_counted(
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    say: Say,
) -> None:
    await send(reviewed, sliced_file("Box.gcode.3mf", title="Box", plates=2))
    assert speech(await say("queue the box twice")).startswith(
        "Box is in the print queue: 2 plates, 2 copies. "
    )


@pytest.mark.parametrize(
    "spoken",
    [
        {
            "queue the benchy on the garage printer": "Garage",
            "print gift box on garaage": "Garage",
            "queue the lid for any P1S": "any P1S",
        },
        {
            "queue two copies of the benchy with my garage printer": "Garage",
            "print gift box twice on the P1S": "P1S",
            "queue the lid 3 times for the garage": "Garage",
        },
        {
            "queue the benchy on the X1 carbon": "any X1C",
            "print gift box on X 1 C": "any X1C",
            "queue the lid on any printer": "any printer of its model",
        },
    ],
    ids=["names", "copies", "models"],
)
async def test_uploads_are_queued_for_the_printer_that_is_said(
    pending: ManagedPrinter,
    add_machine: Callable[..., Any],
    say: Say,
    call: Call,
    spoken: dict[str, str],
) -> None:
    targets = {
        "Garage": await add_machine("Garage"),
        "P1S": await add_machine("P1S"),
        "any P1S": "C12",
        "any X1C": "BL-P001",
        # The virtual printer's own.
        "any printer of its model": "C12",
    }
    for text, named in spoken.items():
        assert f"for {named}." in speech(await say(text)), text
    jobs = (await call("list_queue"))["jobs"]
    assert {job["name"] for job in jobs} == ALL
    assert [job["target"] for job in jobs] == [
        targets[named] for named in spoken.values()
    ]


async def test_a_printer_is_called_as_its_device_was_renamed(
    hass: HomeAssistant,
    pending: ManagedPrinter,
    add_machine: Callable[..., Any],
    device_of: DeviceOf,
    say: Say,
    call: Call,
) -> None:
    printer_id = await add_machine("Garage")
    device = device_of(printer_id)
    assert device
    dr.async_get(hass).async_update_device(device.id, name_by_user="Lighthouse")
    answer = speech(await say("queue the benchy on the lighthouse"))
    assert "for Lighthouse." in answer
    (job,) = (await call("list_queue"))["jobs"]
    assert job["target"] == printer_id


async def test_a_printer_that_is_not_clear_is_asked_back(
    pending: ManagedPrinter,
    add_machine: Callable[..., Any],
    say: Say,
    names: Callable[..., Any],
) -> None:
    await add_machine("Left garage")
    await add_machine("Right garage")
    answer = await say("queue the benchy on the garage printer")
    assert answer.error_code is NOT_MEANT
    assert speech(answer) == "Which one do you mean: Left garage or Right garage?"
    answer = await say("queue the benchy on the submarine")
    assert answer.error_code is NOT_MEANT
    assert speech(answer) == (
        "There is no printer called submarine."
        " There are Left garage, Right garage, X1C, X1, X1E and 12 more."
    )
    # However much it is like an upload, a printer was asked for.
    answer = await say("queue the gift box lid on the submarine")
    assert answer.error_code is NOT_MEANT
    assert await names() == (ALL, set())


async def test_a_name_with_a_preposition_names_no_printer(
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    say: Say,
    call: Call,
) -> None:
    title = "Stand for phone"
    await send(reviewed, sliced_file(f"{title}.gcode.3mf", title=title))
    await say("print the stand for my phone")
    [job] = (await call("list_queue"))["jobs"]
    assert (job["name"], job["target"]) == (title, "C12")


async def test_an_upload_that_is_not_clear_is_asked_back(
    pending: ManagedPrinter, say: Say, names: Callable[..., Any]
) -> None:
    answer = await say("archive the gift")
    assert answer.error_code is NOT_MEANT
    assert speech(answer) == "Which one do you mean: Gift box or Gift box lid?"
    answer = await say("archive the dinosaur")
    assert answer.error_code is NOT_MEANT
    assert speech(answer) == (
        "No upload called dinosaur waits for approval."
        " There are 3DBenchy, Gift box and Gift box lid."
    )
    assert await names() == (ALL, set())
    for name in ALL:
        await say(f"archive {name}")
    assert speech(await say("archive the dinosaur")) == "No upload waits for approval."


async def test_a_language_model_gets_what_fits_nothing_that_is_there(
    hass: HomeAssistant, pending: ManagedPrinter, say: Say
) -> None:
    async def answered_locally(text: str) -> bool:
        said = conversation.ConversationInput(
            text=text,
            context=Context(),
            conversation_id=None,
            device_id=None,
            satellite_id=None,
            language="en",
            agent_id="conversation.model",
        )
        with (
            async_get_chat_session(hass, context=said.context) as session,
            conversation.async_get_chat_log(hass, session, said) as chat_log,
        ):
            answer = await conversation.async_handle_intents(hass, said, chat_log)
        return answer is not None

    assert not await answered_locally("print my letter to the bank")
    # The question was the model's own.
    assert not await answered_locally("yes, delete it")
    assert await answered_locally("what is waiting for approval")


async def test_what_somebody_else_decided_meanwhile_is_told(
    pending: ManagedPrinter, say: Say, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve = hub.review.approve

    async def _too_late(upload_id: str, **more: Any) -> Any:
        await approve(upload_id, to_queue=True)
        return await approve(upload_id, **more)

    monkeypatch.setattr(hub.review, "approve", _too_late)
    assert speech(await say("archive the benchy")) == "3DBenchy was queued already."
    assert speech(await say("queue the lid")) == "Gift box lid was queued already."


# --- discard


@pytest.mark.parametrize(
    ("ask", "confirm"),
    [
        ("discard the gift box", "yes, discard it"),
        ("delete the upload gift box", "Yes, delete the gift box!"),
        ("Remove gift box from the pending uploads.", "confirm the deletion"),
    ],
)
async def test_an_upload_is_discarded_when_that_is_confirmed(
    pending: ManagedPrinter,
    say: Say,
    names: Callable[..., Any],
    ask: str,
    confirm: str,
) -> None:
    answer = await say(ask)
    assert answer.response_type is intent.IntentResponseType.QUERY_ANSWER
    assert re.fullmatch(
        r"Discard Gift box, received at \d{1,2}:\d\d [AP]M\? Then say: yes, discard it\.",
        speech(answer),
    )
    assert (await names())[0] == ALL
    assert speech(await say(confirm)) == "Gift box is discarded."
    assert (await names())[0] == ALL - {"Gift box"}
    # Once.
    answer = await say(confirm)
    assert answer.error_code is NOT_MEANT
    assert speech(answer).startswith("Nothing waits for your confirmation.")


async def test_what_is_to_be_kept_is_kept(
    pending: ManagedPrinter, say: Say, names: Callable[..., Any]
) -> None:
    for text in ("no, keep it", "Don't delete the upload", "keep it"):
        await say("discard the benchy")
        assert speech(await say(text)) == "3DBenchy is kept."
        assert (await say("yes, discard it")).error_code is NOT_MEANT
    assert (await names())[0] == ALL


async def test_only_what_was_asked_about_is_discarded(
    pending: ManagedPrinter,
    say: Say,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    await say("discard the benchy")
    answer = await say("yes, discard the gift box")
    assert answer.error_code is NOT_MEANT
    assert speech(answer) == ("The question was about 3DBenchy. Nothing was discarded.")
    # A new question takes the place of the old one; another file of the name is another file.
    await say("discard the lid")
    await say("discard the benchy")
    [asked] = [
        upload["upload_id"]
        for upload in (await call("list_pending"))["uploads"]
        if upload["name"] == "3DBenchy"
    ]
    await send(pending, sliced_file("other.gcode.3mf", title="3DBenchy", seed=9))
    assert speech(await say("yes, discard it")) == "3DBenchy is discarded."
    left = (await call("list_pending"))["uploads"]
    assert {upload["name"] for upload in left} == ALL
    assert asked not in {upload["upload_id"] for upload in left}


async def test_what_was_approved_since_the_question_stays(
    pending: ManagedPrinter, say: Say, call: Call
) -> None:
    await say("discard the benchy")
    await say("queue the benchy")
    assert speech(await say("yes, discard it")) == "3DBenchy was queued already."
    assert (await call("list_archives"))["total"] == 1


async def test_a_confirmation_that_comes_late_counts_no_more(
    pending: ManagedPrinter, say: Say, names: Callable[..., Any]
) -> None:
    asked_at = dt_util.utcnow()
    await say("discard the benchy")
    with freeze_time(asked_at + VALID + timedelta(seconds=30)):
        assert (await say("yes, discard it")).error_code is NOT_MEANT
    assert (await names())[0] == ALL


async def test_questions_that_are_not_answered_are_forgotten(
    hass: HomeAssistant,
) -> None:
    def heard_at(device_id: str) -> intent.Intent:
        return intent.Intent(
            hass, "test", "", {}, None, Context(), "en", device_id=device_id
        )

    confirmations = Confirmations()
    confirmations.ask(heard_at("one"), upload_id="1", name="old")
    with freeze_time(dt_util.utcnow() + VALID):
        confirmations.ask(heard_at("two"), upload_id="2", name="new")
        assert len(confirmations._open) == 1


@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [
        ({"conversation_id": "kitchen"}, {"conversation_id": "hall"}),
        ({"device_id": "speaker"}, {"device_id": "tablet"}),
        (
            {"satellite_id": "assist_satellite.kitchen"},
            {"satellite_id": "assist_satellite.hall"},
        ),
    ],
    ids=["conversation", "device", "satellite"],
)
async def test_only_where_the_question_was_heard_can_it_be_answered(
    pending: ManagedPrinter,
    say: Say,
    names: Callable[..., Any],
    here: dict[str, Any],
    elsewhere: dict[str, Any],
) -> None:
    # Satellites begin new conversations as they please.
    anywhere = {"conversation_id": None}
    await say("discard the benchy", **anywhere | here)
    answer = await say("yes, discard it", **anywhere | elsewhere)
    assert answer.error_code is NOT_MEANT
    assert (await names())[0] == ALL
    answer = await say("yes, discard it", **anywhere | here)
    assert speech(answer) == "3DBenchy is discarded."


async def test_outside_conversations_only_the_person_who_asked_can_answer(
    hass: HomeAssistant,
    pending: ManagedPrinter,
    assist: None,
    names: Callable[..., Any],
) -> None:
    async def handle(name: str, user_id: str | None, **slots: Any) -> str:
        response = await intent.async_handle(
            hass,
            "test",
            f"BambuVirtualPrinter{name}",
            {slot: {"value": value} for slot, value in slots.items()},
            context=Context(user_id=user_id),
        )
        await hass.async_block_till_done()
        return speech(response)

    paul, paula = [
        (await hass.auth.async_create_user(name, group_ids=[GROUP_ID_USER])).id
        for name in ("Paul", "Paula")
    ]
    await handle("DiscardUpload", paul, upload="benchy")
    for other in (paula, None):
        said = await handle("ConfirmDiscard", other, confirmed=True)
        assert said.startswith("Nothing waits")
    said = await handle("ConfirmDiscard", paul, confirmed=True)
    assert said == "3DBenchy is discarded."
    await handle("DiscardUpload", None, upload="lid")
    assert await handle("ConfirmDiscard", None, confirmed=True) == (
        "Gift box lid is discarded."
    )
    assert (await names())[0] == {"Gift box"}


async def test_an_upload_of_another_day_is_told_with_its_date(
    pending: ManagedPrinter, say: Say, hub: Hub
) -> None:
    received = dt_util.now()
    with freeze_time(received + timedelta(days=3)):
        answer = await say("discard the benchy")
        expected = hub.texts.date(received)
    assert f"3DBenchy, received on {expected}?" in speech(answer)


async def test_answers_are_in_the_household_s_language(
    pending: ManagedPrinter, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = {
        "voice_kept": "{name} bleibt.",
        "voice_which": "Welche: {names}?",
        "voice_or": "{names} oder {last}",
    }
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.language.texts.async_get_cached_translations",
        lambda *_: {
            f"component.bambu_virtual_printer.common.{key}": text
            for key, text in german.items()
        },
    )
    answer = await say("archive the gift")
    assert speech(answer) == "Welche: Gift box oder Gift box lid?"
    await say("discard the benchy")
    assert speech(await say("no, keep it")) == "3DBenchy bleibt."


# --- start


async def test_jobs_are_started_by_their_names(
    pending: ManagedPrinter, say: Say, call: Call
) -> None:
    for name in ALL:
        await say(f"queue {name}")
    for text, name in (
        ("start printing the benchi", "3DBenchy"),
        ("begin the job lid", "Gift box lid"),
        ("start gift box in the queue", "Gift box"),
    ):
        answer = await say(text)
        assert answer.response_type is intent.IntentResponseType.ACTION_DONE, text
        assert speech(answer) == (
            f"{name} begins as soon as its printer can. Started. Print it yourself, then mark it as printed."
        )
        jobs = (await call("list_queue"))["jobs"]
        states = {job["name"]: job["state"] for job in jobs}
        assert states[name] == "waiting"
    assert set(states.values()) == {"waiting"}


async def test_jobs_are_marked_and_printed_again_by_their_names(
    pending: ManagedPrinter, say: Say, call: Call
) -> None:
    for name in ALL:
        await say(f"queue {name}")
    for text, said in (
        ("mark the benchi as printed", "3DBenchy is printed."),
        ("the lid has been printed", "Gift box lid is printed."),
        ("mark gift box as failed", "Gift box is marked as failed."),
        ("print the benchy again", "3DBenchy is in the print queue. On hold."),
        ("queue my lid once more", "Gift box lid is in the print queue. On hold."),
    ):
        answer = await say(text)
        assert answer.response_type is intent.IntentResponseType.ACTION_DONE, text
        assert speech(answer) == said
    finished = (await call("list_finished_jobs"))["jobs"]
    assert {job["name"]: job["state"] for job in finished} == {
        "3DBenchy": "completed",
        "Gift box lid": "completed",
        "Gift box": "failed",
    }
    queued = (await call("list_queue"))["jobs"]
    assert [job["name"] for job in queued] == ["3DBenchy", "Gift box lid"]


async def test_a_file_for_another_model_is_queued_with_a_warning(
    pending: ManagedPrinter, say: Say
) -> None:
    answer = await say("queue the benchy on the A1 mini")
    assert speech(answer) == (
        "3DBenchy is in the print queue: for any A1 mini."
        " On hold. Sliced for Bambu Lab P1S, to be printed on Bambu Lab A1 mini."
    )


async def test_a_job_that_is_not_clear_is_asked_back(
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    say: Say,
    call: Call,
) -> None:
    assert speech(await say("start printing the box")) == "The print queue is empty."
    await send(reviewed, sliced_file("Box.gcode.3mf", title="Box", plates=2))
    await say("queue the box")
    answer = await say("start printing the box")
    assert answer.error_code is NOT_MEANT
    assert speech(answer) == "Which one do you mean: Box - Plate 1 or Box - Plate 2?"
    answer = await say("start printing the dinosaur")
    assert speech(answer) == (
        "No job called dinosaur is in the print queue."
        " There are Box - Plate 1 and Box - Plate 2."
    )
    assert speech(await say("start printing box plate two")).startswith(
        "Box - Plate 2 begins"
    )
    [first, second] = (await call("list_queue"))["jobs"]
    assert (first["state"], second["state"]) == ("staged", "waiting")


# --- who, and what they may


SENTENCES_ABOUT_UPLOADS = (
    "archive the benchy",
    "queue the benchy",
    "discard the benchy",
    "yes, discard it",
    "what is waiting for approval",
)
SENTENCES_ABOUT_JOBS = ("start printing the benchy", "what is in the print queue")


@pytest.mark.parametrize(
    ("uploads", "jobs", "told"),
    [
        (True, False, "One upload waits for approval: 3DBenchy."),
        (False, True, "One job is in the print queue"),
        (False, False, "The to-do list of Bambu Virtual Printer"),
    ],
)
async def test_only_what_is_exposed_is_told_and_done(
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    say: Say,
    expose: Callable[..., None],
    call: Call,
    uploads: bool,
    jobs: bool,
    told: str,
) -> None:
    for number, title in enumerate(("3DBenchy", "Box")):
        await send(
            reviewed, sliced_file(f"{title}.gcode.3mf", title=title, seed=number)
        )
    await say("queue the box")
    before = await call("list_pending"), await call("list_queue")
    expose(uploads=uploads, jobs=jobs)
    assert speech(await say("what is waiting")).startswith(told)
    refused = (() if uploads else SENTENCES_ABOUT_UPLOADS) + (
        () if jobs else SENTENCES_ABOUT_JOBS
    )
    for text in refused:
        answer = await say(text)
        assert answer.error_code is NOT_MEANT
        assert "not exposed" in speech(answer), text
    after = await call("list_pending"), await call("list_queue")
    assert unsigned(after) == unsigned(before)


async def test_what_comes_of_a_sentence_says_who_said_it(
    hass: HomeAssistant, pending: ManagedPrinter, say: Say, hass_admin_user: MockUser
) -> None:
    events = async_capture_events(hass, "bambu_virtual_printer_activity")
    context = Context(user_id=hass_admin_user.id)
    for text in (
        "queue the benchy",
        "start printing the benchy",
        "archive the lid",
        "discard the gift box",
        "yes, discard it",
    ):
        await say(text, context=context)
    assert {event.data["type"] for event in events} >= {
        "approved",
        "job_added",
        "job_started",
        "archived",
        "discarded",
    }
    assert {event.context.user_id for event in events} == {hass_admin_user.id}


async def test_sentences_outlive_reloads_and_say_when_nothing_runs(
    hass: HomeAssistant, pending: ManagedPrinter, say: Say, entry: MockConfigEntry
) -> None:
    await say("discard the benchy")
    await hass.config_entries.async_reload(entry.entry_id)
    assert speech(await say("yes, discard it")) == "3DBenchy is discarded."
    await hass.config_entries.async_unload(entry.entry_id)
    answer = await say("what is waiting")
    assert answer.error_code is FAILED
    assert speech(answer) == "Bambu Virtual Printer is not running."


async def test_intents_are_there_whichever_starts_first(
    hass: HomeAssistant, entry: MockConfigEntry, loopback: None
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "intent", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    response = await intent.async_handle(
        hass, "test", "BambuVirtualPrinterWhatIsWaiting"
    )
    assert speech(response) == "No upload waits for approval. The print queue is empty."


async def test_what_the_library_refuses_is_said(
    pending: ManagedPrinter, hass: HomeAssistant, assist: None
) -> None:
    response = await intent.async_handle(
        hass,
        "test",
        "BambuVirtualPrinterQueueUpload",
        {"upload": {"value": "benchy"}, "copies": {"value": 1000}},
    )
    assert response.error_code is FAILED
    assert speech(response) == "There can be 1 to 999 copies."


async def test_every_sentence_leads_to_an_intent_that_is_there(
    hass: HomeAssistant, assist: None
) -> None:
    named = load_yaml_dict(str(ENGLISH))
    handlers = {
        handler.intent_type: handler
        for handler in intent.async_get(hass)
        if handler.intent_type.startswith("BambuVirtualPrinter")
    }
    assert named["intents"].keys() == handlers.keys()
    assert all(handler.description for handler in handlers.values())
