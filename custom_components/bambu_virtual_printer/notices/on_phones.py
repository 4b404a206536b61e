"""Notifications on phones, where the hub's options want them.

What stands is compared with what each phone was told: what is new is sent, what is settled is taken back, whoever settled it and
also while Home Assistant was off. What has only happened is sent once. A tapped button acts for the user of the phone, and only
where that phone was offered it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
import logging
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..activity.kinds import Activity, EventKind
from ..config.notifications import NotificationOptions, Topic
from ..const import DOMAIN
from ..engine.library.values.verdicts import Reprint, Verdict
from ..hub import Hub
from ..operations.context import acting
from ..operations.permissions import Right
from ..presentation import job_view, panel_url
from ..printers.machines import ManagedMachine
from .buttons import async_press
from .matters import (
    STANDING,
    Matter,
    failed_plate,
    matter_of,
    read_tag,
    standing_matters,
)
from .messages import Message, plain, read_action
from .pace import Pace
from .phones import Phone, async_clear, async_phones, async_send
from .records import Offer, PhoneRecord, Records
from .summary import SUMMARY_TAG, summary_of

_LOGGER = logging.getLogger(__name__)

EVENT_TAPPED = "mobile_app_notification_action"
MAX_HELD = 1000
MAX_MISSED = 50
"""How many prints that ended unseen are looked for when Home Assistant starts."""
ENDS = {
    "completed": EventKind.JOB_COMPLETED,
    "failed": EventKind.JOB_FAILED,
}


class PhoneNotices:
    """Tells phones, one round after the other: each when something has changed."""

    def __init__(self, hass: HomeAssistant, hub: Hub) -> None:
        """Tell nothing yet."""
        self._hass = hass
        self._hub = hub
        self._records = Records(hass)
        self._paces: dict[str, Pace] = {}
        self._news: list[Matter] = []
        self._wake = asyncio.Event()
        self._timer: CALLBACK_TYPE | None = None
        self._stops: list[CALLBACK_TYPE] = []

    async def async_start(self) -> None:
        """Follow what happens until the entry is unloaded; phones are told once Home Assistant has started."""
        await self._records.async_load()
        entry, hub = self._hub.entry, self._hub
        self._stops = [
            hub.publisher.async_add_listener(self._hear),
            hub.coordinator.async_add_listener(self._wake.set),
            hub.machines.async_on_machine(self._follow),
            self._hass.bus.async_listen(EVENT_TAPPED, self._tapped),
            async_at_started(self._hass, self._begin),
        ]
        entry.async_on_unload(self._stop)
        entry.async_on_unload(self._records.async_save)

    @callback
    def _stop(self) -> None:
        for stop in self._stops:
            stop()
        if self._timer:
            self._timer()

    @callback
    def _begin(self, _hass: HomeAssistant) -> None:
        self._wake.set()
        self._hub.entry.async_create_background_task(
            self._hass, self._async_run(), f"{DOMAIN} notifications"
        )

    @callback
    def _follow(self, machine: ManagedMachine) -> None:
        self._stops.append(machine.async_add_listener(self._wake.set))

    # --- what happens ---

    @callback
    def _hear(self, activity: Activity) -> None:
        if activity.kind in ENDS.values() and not self._records.async_note_end(
            activity.attributes["job_id"],
            datetime.fromisoformat(activity.attributes["finished_at"]),
        ):
            return
        if activity.kind is EventKind.JOB_JUDGED:
            self._note_verdict(activity)
        if matter := matter_of(self._hub, activity):
            self._news.append(matter)
            self._wake.set()

    def _note_verdict(self, activity: Activity) -> None:
        told = activity.attributes
        offer = Offer(
            name=told["name"],
            person_id=told["person_id"] or "",
            printer_id=activity.printer_id or "",
        )
        self._records.async_note_offer(
            told["job_id"], offer if told["reprint"] == Reprint.OFFERED else None
        )
        self._wake.set()

    async def _async_catch_up(self) -> None:
        """Tell of prints whose end was written down and could not be told any more."""
        if (since := self._records.ended_at) is None:
            self._records.ended_at = dt_util.utcnow()
            self._records.async_save_soon()
            return
        page = await self._hub.queue.history(limit=MAX_MISSED, cursor=None)
        for job in reversed(page.jobs):
            if (
                job.state.value in ENDS
                and job.finished_at is not None
                and job.finished_at > since
            ):
                self._hear(
                    Activity(
                        kind=ENDS[job.state.value],
                        printer_id=job.printer.id,
                        attributes=job_view(job, self._hub.wording),
                    )
                )

    # --- telling ---

    async def _async_run(self) -> None:
        try:
            await self._async_catch_up()
        except HomeAssistantError as err:
            _LOGGER.warning("What ended unseen cannot be told: %s", err)
        while True:
            await self._wake.wait()
            self._wake.clear()
            news, self._news = self._news, []
            try:
                await self._async_round(news)
            except Exception:
                # It begins anew with the next change.
                _LOGGER.exception("Phones could not be told")

    async def _async_round(self, news: list[Matter]) -> None:
        """Tell each phone what it does not know yet, and take back what is settled."""
        options = NotificationOptions.from_entry(self._hub.entry)
        phones = async_phones(self._hass)
        self._records.async_keep(dr.async_get(self._hass).async_get)
        await self._async_look_at_offers()
        standing = list(standing_matters(self._hub, self._records.offers))
        rounds = []
        for phone in phones.values():
            user = await self._hass.auth.async_get_user(phone.user_id)
            if user is None:
                continue
            wanted = {
                matter.tag: matter
                for matter in standing
                if self._is_for(matter, phone, user, options)
            }
            fresh = [
                matter for matter in news if self._is_for(matter, phone, user, options)
            ]
            if wanted or fresh or phone.device_id in self._records.by_phone:
                rounds.append(self._async_tell(phone, user, wanted, fresh))
        await asyncio.gather(*rounds)
        self._plan()

    async def _async_look_at_offers(self) -> None:
        """Drop the offers that were answered where this one hears nothing of it: at another Home Assistant, also while it was off."""
        offers = self._records.offers
        if not offers:
            return
        try:
            open_ones = await self._hub.verdicts.offered(tuple(offers))
        except HomeAssistantError as err:
            _LOGGER.debug("Offers are looked at with the next change: %s", err)
            return
        for job_id in offers.keys() - open_ones:
            self._records.async_note_offer(job_id, None)

    def _is_for(
        self, matter: Matter, phone: Phone, user: User, options: NotificationOptions
    ) -> bool:
        """Tell whether a phone is to hear of something, and its user may."""
        if not user.is_active or (matter.actor_id and matter.actor_id == user.id):
            return False
        permissions = self._hub.permissions
        if matter.topic is Topic.PLATE and not permissions.allows(user, Right.WORK):
            return False
        if not permissions.allows(user, Right.SEE, matter.thing):
            return False
        topic = Topic.PLATE if matter.topic is Topic.REPRINT else matter.topic
        return (
            phone.device_id in options.phones.get(topic, ())
            or (
                options.asks_approvers
                and matter.topic is Topic.PENDING
                and matter.thing is not None
                and self._approves(user, matter.thing.printer_id)
            )
            or (options.tells_senders and self._sent(user, matter.person_id))
        )

    def _approves(self, user: User, printer_id: str) -> bool:
        return any(
            person.approves and person.user_id == user.id
            for person in self._hub.people.of_printer(printer_id)
        )

    def _sent(self, user: User, person_id: str) -> bool:
        person = self._hub.people.get(person_id)
        return person is not None and person.user_id == user.id

    async def _async_tell(
        self, phone: Phone, user: User, wanted: Mapping[str, Matter], news: list[Matter]
    ) -> None:
        record = self._records.of(phone.device_id)
        await self._async_take_back(phone, record, wanted)
        for matter in [*wanted.values(), *news]:
            # That a job is late is told anew, in the place of what was told before.
            is_told = matter.tag in record.told and matter.topic is not Topic.LATE
            if is_told or matter.tag in record.summed or matter.tag in record.held:
                continue
            # Who waits already is told first, with the others.
            if record.held or not self._take(phone):
                record.held.append(matter.tag)
                continue
            message = self._for(user, matter)
            before = record.told.get(matter.tag)
            if matter.tag in wanted or matter.topic is Topic.LATE:
                # A phone shows it, and its buttons may be tapped, before it is known that it has arrived.
                record.told[matter.tag] = message.verbs
            if await async_send(self._hass, phone, message):
                continue
            # What stands is tried again with the next change.
            if before is not None:
                record.told[matter.tag] = before
            else:
                record.told.pop(matter.tag, None)
            if matter.tag not in wanted:
                record.held.append(matter.tag)
        record.held = record.held[-MAX_HELD:]
        if record.held and self._take(phone):
            told = [*record.summed, *record.held]
            if await async_send(self._hass, phone, summary_of(told, self._hub.texts)):
                record.summed = [tag for tag in told if read_tag(tag)[0] in STANDING]
                record.held = []
        self._records.async_save_soon()

    async def _async_take_back(
        self, phone: Phone, record: PhoneRecord, wanted: Mapping[str, Matter]
    ) -> None:
        for tag in record.told.keys() - wanted.keys():
            if self._waits_late(tag):
                continue
            if await async_clear(self._hass, phone, tag):
                record.settle(tag)
        record.held = [
            tag
            for tag in record.held
            if tag in wanted or read_tag(tag)[0] not in STANDING
        ]
        left = [tag for tag in record.summed if tag in wanted]
        if left or not record.summed:
            record.summed = left
        elif await async_clear(self._hass, phone, SUMMARY_TAG):
            record.summed = []

    def _waits_late(self, tag: str) -> bool:
        """Tell whether a job still waits of which it was told that it will be late."""
        topic, job_id = read_tag(tag)
        jobs = self._hub.coordinator.data.queued_jobs
        return topic is Topic.LATE and any(job.id == job_id for job in jobs)

    def _for(self, user: User, matter: Matter) -> Message:
        """Write the message, with the buttons that a user may use."""
        message = matter.write()
        return replace(
            message,
            buttons=tuple(
                button
                for button in message.buttons
                if self._hub.permissions.allows(user, button.right, matter.thing)
            ),
        )

    def _take(self, phone: Phone) -> bool:
        return self._pace(phone.device_id).take(self._hass.loop.time())

    def _pace(self, device_id: str) -> Pace:
        return self._paces.setdefault(device_id, Pace(seen_at=self._hass.loop.time()))

    def _plan(self) -> None:
        """Have the next round when the first phone may be told more."""
        now = self._hass.loop.time()
        waits = [
            self._pace(device_id).wait_s(now)
            for device_id, record in self._records.by_phone.items()
            if record.held
        ]
        if self._timer:
            self._timer()
            self._timer = None
        if waits:
            self._timer = async_call_later(self._hass, min(waits), self._go_on)

    @callback
    def _go_on(self, _now: Any) -> None:
        self._timer = None
        self._wake.set()

    # --- buttons ---

    @callback
    def _tapped(self, event: Event) -> None:
        """Take note of a tapped button. Whose phone it is Home Assistant says, and not the phone."""
        user_id = event.context.user_id
        tapped = read_action(event.data.get("action"))
        if user_id is None or tapped is None:
            return
        self._hub.entry.async_create_task(
            self._hass,
            self._async_press(event, user_id, *tapped),
            f"{DOMAIN} notification button",
        )

    async def _async_press(
        self, event: Event, user_id: str, verb: str, tag: str
    ) -> None:
        phones = [
            phone
            for phone in async_phones(self._hass).values()
            if phone.user_id == user_id and phone.device_id in self._records.by_phone
        ]
        if not phones:
            return
        records = [self._records.of(phone.device_id) for phone in phones]
        if not any(record.offers(verb, tag) for record in records):
            answer = self._hub.texts("notice_settled")
        elif verb == Verdict.FAILED and await self._async_ask_again(
            phones, user_id, tag
        ):
            return
        else:
            try:
                with acting(event.context):
                    answer = await async_press(self._hub, verb, tag)
            except HomeAssistantError as err:
                answer = self._hub.texts.error(err)
        if not answer:
            return
        message = Message(
            tag=f"{DOMAIN}.answer",
            title=self._hub.texts("panel_title"),
            text=plain(answer),
            url=panel_url(),
        )
        for phone in phones:
            if self._take(phone):
                await async_send(self._hass, phone, message)

    async def _async_ask_again(
        self, phones: list[Phone], user_id: str, tag: str
    ) -> bool:
        """Ask who may decide that whether a failed copy is printed again. Returns whether that is asked."""
        user = await self._hass.auth.async_get_user(user_id)
        message = failed_plate(self._hub, tag)
        if (
            user is None
            or message is None
            or not self._hub.permissions.allows(user, Right.DECIDE)
        ):
            return False
        is_asked = False
        for phone in phones:
            if await async_send(self._hass, phone, message):
                told = self._records.of(phone.device_id).told
                told[tag] = [*told.get(tag, ()), *message.verbs]
                is_asked = True
        self._records.async_save_soon()
        return is_asked


async def async_forget_phones(hass: HomeAssistant) -> None:
    """Take everything back from phones that stands there, and forget what they were told."""
    records = Records(hass)
    await records.async_load()
    for device_id, phone in async_phones(hass).items():
        if record := records.by_phone.get(device_id):
            tags = [*record.told, *([SUMMARY_TAG] if record.summed else [])]
            for tag in tags:
                await async_clear(hass, phone, tag)
    await records.async_remove()
