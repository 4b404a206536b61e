"""Why a job waits for a time, or for another Home Assistant, in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobState,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.language.sentences import sentence
from custom_components.bambu_virtual_printer.language.texts import Texts
from custom_components.bambu_virtual_printer.operations.plans import ShownTarget
from custom_components.bambu_virtual_printer.presentation.jobs import waiting_sentence
from custom_components.bambu_virtual_printer.presentation.machines import (
    reason_sentence,
)
from custom_components.bambu_virtual_printer.presentation.wording import Wording
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from tests.support.jobs import job

UNTIL = datetime(2020, 11, 29, 21, 40, tzinfo=UTC)
BEFORE = datetime(2020, 11, 30, 7, 0, tzinfo=UTC)
GARAGE = Target(kind=TargetKind.PRINTER, id="p")
TARGETS = {
    id_: ShownTarget(
        name=name, said=sentence("as_it_stands", text=name), profile_name=""
    )
    for id_, name in (("p", "Garage"), ("q", "Attic"))
}


@pytest.fixture
async def texts(hass: HomeAssistant) -> Texts:
    """The texts, in UTC."""
    await hass.config.async_set_time_zone("UTC")
    await async_get_translations(hass, "en", "common", [DOMAIN])
    return Texts(hass)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            Reason(key=ReasonKey.QUIET_HOURS, until=UNTIL, before=UNTIL),
            "Planned for {until}: Garage has quiet hours",
        ),
        (
            Reason(
                key=ReasonKey.ENDS_IN_QUIET_HOURS,
                until=UNTIL,
                before=BEFORE,
                length=timedelta(hours=5, minutes=10),
            ),
            "Planned for {until}: 5 h 10 min would end after {before}",
        ),
        (
            Reason(
                key=ReasonKey.ENDS_IN_QUIET_HOURS,
                until=UNTIL,
                before=BEFORE,
                length=timedelta(minutes=40),
            ),
            "Planned for {until}: 40 min would end after {before}",
        ),
        (
            Reason(key=ReasonKey.NO_TIME_LEFT, length=timedelta(hours=20)),
            "The quiet hours of Garage leave no time that is long enough",
        ),
        (
            Reason(key=ReasonKey.CONDITION_NOT_MET, source="Somebody home"),
            "Begins only while Somebody home is on",
        ),
        (
            Reason(key=ReasonKey.CONDITION_UNKNOWN, source="Somebody home"),
            "Waiting for Somebody home, which is not available",
        ),
        (
            Reason(key=ReasonKey.SUN_UNKNOWN, source="Roof", limit_w=300.0),
            "Waiting for Roof, which is not available",
        ),
        (
            Reason(key=ReasonKey.CHEAPEST_LATER, until=UNTIL, before=BEFORE),
            "Planned for {until}, the cheapest time to be ready by {before}",
        ),
        (
            Reason(key=ReasonKey.PRICES_UNKNOWN, source="Nord Pool", until=UNTIL),
            "Waiting for prices of Nord Pool. Begins at {until} at the latest",
        ),
        (
            Reason(key=ReasonKey.PRICES_UNKNOWN, until=UNTIL),
            "No price sensor is set for Garage. Begins at {until} at the latest",
        ),
        (
            Reason(key=ReasonKey.NO_SUN, source="Roof", power_w=120.4, limit_w=300.0),
            "Roof shows 120 W. Begins from 300 W",
        ),
        (
            Reason(
                key=ReasonKey.NO_SUN,
                source="Roof",
                power_w=120.4,
                limit_w=300.0,
                until=UNTIL,
            ),
            "Roof shows 120 W. Begins from 300 W, at the latest at {until}",
        ),
        (
            Reason(key=ReasonKey.CIRCUIT, other_machine_id="q"),
            "Waiting for Attic, which is about to heat up on the same circuit",
        ),
        (
            Reason(key=ReasonKey.CIRCUIT, other_machine_id="gone", until=UNTIL),
            "Planned for {until}: gone is heating up on the same circuit",
        ),
        (
            Reason(key=ReasonKey.READY_FIRST, before=BEFORE, other_job_id="j"),
            "Another job has to be ready by {before} and goes first on Garage",
        ),
        (
            Reason(key=ReasonKey.DRIVEN_ELSEWHERE, instance="Cabin"),
            "Garage is driven by Cabin",
        ),
        (
            Reason(key=ReasonKey.DRIVER_UNKNOWN),
            "It is not known yet which Home Assistant drives Garage",
        ),
        (
            Reason(key=ReasonKey.AT_OTHER_INSTANCE, instance="Cabin", wanted="C12"),
            "Cabin prints this",
        ),
        (
            Reason(key=ReasonKey.AT_OTHER_INSTANCE, instance="Cabin", since=UNTIL),
            "Cabin prints this, and was last seen {until}",
        ),
    ],
)
def test_a_reason_reads_well(texts: Texts, reason: Reason, said: str) -> None:
    shown = reason_sentence(replace(reason, machine_id="p"), TARGETS).text(texts)
    assert shown == said.format(
        until=texts.date_time(UNTIL), before=texts.date_time(BEFORE)
    )


async def test_a_job_that_the_queue_prints_is_about_to_be_planned_and_not_for_a_person(
    texts: Texts,
) -> None:
    by_hand = Wording(texts=texts, targets=TARGETS)
    planned = replace(by_hand, targets={"p": replace(TARGETS["p"], prints=True)})
    for state, said in (
        (JobState.PENDING, "Ready. Start it, print it yourself"),
        (JobState.WAITING, "Started. Print it yourself"),
    ):
        waiting = job("a", target=GARAGE, state=state)
        shown = waiting_sentence(waiting, by_hand)
        assert shown
        assert shown.text(texts).startswith(said)
        shown = waiting_sentence(waiting, planned)
        assert shown
        assert shown.key == "waiting_for_plan"
    held = waiting_sentence(job("a", target=GARAGE, state=JobState.STAGED), planned)
    assert held
    assert held.key == "waiting_on_hold"
