"""Follows the entities that rules about time depend on, and tells what they say whenever the queue is planned."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
import logging
from typing import Any

from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
    ATTR_SERVICE,
    EVENT_SERVICE_REGISTERED,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import (
    TrackTemplate,
    TrackTemplateResult,
    TrackTemplateResultInfo,
    async_call_later,
    async_track_state_change_event,
    async_track_state_report_event,
    async_track_template_result,
)
from homeassistant.helpers.template import (
    Template,
    is_template_string,
    result_as_boolean,
)
from homeassistant.util import dt as dt_util

from ...config.when import WhenConfig
from ...engine.dispatch.when.quiet import Quiet
from ...engine.dispatch.when.sun import is_enough
from ...engine.dispatch.when.values import (
    NO_FACTS,
    NO_RULES,
    NOTHING_ASKED,
    Asked,
    Condition,
    Facts,
    Price,
    Prices,
    QuietHours,
    Rules,
    Span,
    Sun,
)
from ...engine.library.values.timing import OwnQuiet, OwnSun, Scope, Unknown
from ..spawning import Spawn
from .prices import read_prices
from .states import is_met, power_w
from .windows import daily_spans, known_until, next_moments, weekly_spans

_LOGGER = logging.getLogger(__name__)

# Entities change in groups.
SETTLED_S = 1.0
# What a sensor of power shows is told so often, where it changes nothing.
REFRESHED_S = 60.0
SCHEDULE_DOMAIN = "schedule"
GET_SCHEDULE = "get_schedule"
_MAX_LABEL_CHARS = 60

type Week = Mapping[str, Any]


class House:
    """What rules about time depend on. `wake` is called when it has changed; works until `async_stop`."""

    def __init__(self, hass: HomeAssistant, spawn: Spawn, wake: CALLBACK_TYPE) -> None:
        """Prepare; `spawn` runs what takes time."""
        self._hass = hass
        self._spawn = spawn
        self._wake = wake
        self._configs: Mapping[str, WhenConfig] = {}
        self._asked = NOTHING_ASKED
        self._unfollow: list[CALLBACK_TYPE] = []
        self._followed: frozenset[str] = frozenset()
        # Those of them that only rules about the sun name.
        self._only_suns: frozenset[str] = frozenset()
        self._templates: dict[str, _FollowedTemplate] = {}
        self._weeks: dict[str, Week | None] = {}
        self._prices: dict[str, tuple[State, list[Price]]] = {}
        # By what they are made of, as of the day of the household's clock.
        self._spans: dict[object, tuple[Span, ...]] = {}
        self._spans_of: object = None
        # By the printer, or by what jobs ask for.
        self._was_enough: dict[str | OwnSun, bool | None] = {}
        self._look: CALLBACK_TYPE | None = None
        self._is_look_soon = False
        self._told: Facts | None = None
        self._quiet_told: dict[tuple[str, OwnQuiet | None], Quiet] = {}
        self._is_stopped = False

    @callback
    def async_sync(self, configs: Mapping[str, WhenConfig]) -> None:
        """Apply the rules of printers, by their ids."""
        self._configs = dict(configs)
        self._was_enough = {
            of: before
            for of, before in self._was_enough.items()
            if of in configs or of in self._asked.suns
        }
        sensors = {one for config in configs.values() for one in config.price_sensors}
        self._prices = {
            id_: known for id_, known in self._prices.items() if id_ in sensors
        }
        self._follow()

    @callback
    def async_stop(self) -> None:
        """Follow nothing any more."""
        self._is_stopped = True
        self._unfollow_all()
        for followed in self._templates.values():
            followed.stop()
        self._templates.clear()
        if self._look:
            self._look()
            self._look = None

    @callback
    def facts(self, now: datetime, asked: Asked) -> Facts:
        """Return what is known now: of every printer, and of what jobs ask for."""
        if asked != self._asked:
            for sun in self._asked.suns - asked.suns:
                self._was_enough.pop(sun, None)
            self._asked = asked
            self._follow()
        self._told = self._facts(now)
        self._quiet_told.clear()
        return self._told

    @callback
    def quiet(self, machine_id: str, own: OwnQuiet | None = None) -> Quiet:
        """Return the quiet hours of a printer and of a job, as they were told last."""
        key = (machine_id, own)
        if key not in self._quiet_told:
            told = self._told or NO_FACTS
            hours = told.rules.get(machine_id, NO_RULES).quiet
            if own is not None:
                hours += told.quiet.get(own, ())
            self._quiet_told[key] = Quiet(hours)
        return self._quiet_told[key]

    # --- what is known ---

    def _facts(self, now: datetime) -> Facts:
        return Facts(
            rules={
                id_: self._rules(id_, one, now) for id_, one in self._configs.items()
            },
            conditions={
                text: Condition(source=self.label(text), is_met=self._holds(text))
                for text in self._asked.only_while
            },
            quiet={
                own: self._quiet(
                    own.schedule, own.begin, own.end, own.scope, own.unknown, now
                )
                for own in self._asked.quiet
            },
            suns={own: self._sun_asked(own) for own in self._asked.suns},
        )

    def _rules(self, machine_id: str, config: WhenConfig, now: datetime) -> Rules:
        conditions = [*config.only_while]
        if config.only_while_template:
            conditions.append(config.only_while_template)
        return Rules(
            quiet=self._quiet(
                config.quiet_schedule,
                config.quiet_from,
                config.quiet_to,
                config.quiet_scope,
                config.quiet_unknown,
                now,
            ),
            conditions=tuple(
                Condition(
                    source=self.label(text),
                    is_met=self._holds(text),
                    unknown=config.only_while_unknown,
                )
                for text in conditions
            ),
            sun=self._sun_of(machine_id, config),
            prices=self._prices_of(config) if config.price_sensors else None,
            prices_unknown=config.prices_unknown,
            cheapest_before=(
                next_moments(config.cheapest_before, now, _zone())
                if config.cheapest_before
                else ()
            ),
            ready_by=(
                next_moments(config.ready_by, now, _zone()) if config.ready_by else ()
            ),
            circuit=config.circuit,
            stagger=timedelta(minutes=config.stagger_minutes),
        )

    def _quiet(
        self,
        schedule: str,
        begin: time | None,
        end: time | None,
        scope: Scope,
        unknown: Unknown,
        now: datetime,
    ) -> tuple[QuietHours, ...]:
        zone = _zone()
        today = (now.astimezone(zone).date(), zone)
        if self._spans_of != today:
            self._spans_of = today
            self._spans.clear()
        found: list[tuple[tuple[Span, ...] | None, str]] = []
        if schedule:
            week = self._weeks.get(schedule)
            if week is not None and schedule not in self._spans:
                self._spans[schedule] = weekly_spans(week, now, zone)
            found.append((self._spans.get(schedule), self.label(schedule)))
        if begin and end:
            times = (begin, end)
            if times not in self._spans:
                self._spans[times] = daily_spans(*times, now, zone)
            found.append((self._spans[times], ""))
        return tuple(
            QuietHours(
                spans=spans,
                known_until=known_until(now, zone),
                scope=scope,
                source=source,
                unknown=unknown,
            )
            for spans, source in found
        )

    def _sun_of(self, machine_id: str, config: WhenConfig) -> Sun | None:
        if not config.sun_sensor:
            return None
        return self._sun(
            machine_id,
            config.sun_sensor,
            config.sun_limit_w,
            config.sun_hysteresis_w,
            config.sun_unknown,
        )

    def _sun_asked(self, own: OwnSun) -> Sun:
        return self._sun(own, own.sensor, own.limit_w, own.hysteresis_w, own.unknown)

    def _sun(
        self,
        of: str | OwnSun,
        sensor: str,
        limit_w: float,
        hysteresis_w: float,
        unknown: Unknown,
    ) -> Sun:
        power = power_w(self._hass.states.get(sensor))
        enough = None
        if power is not None:
            enough = is_enough(
                power,
                limit_w=limit_w,
                hysteresis_w=hysteresis_w,
                before=self._was_enough.get(of),
            )
        self._was_enough[of] = enough
        return Sun(
            source=self.label(sensor),
            limit_w=float(limit_w),
            power_w=power,
            is_enough=enough,
            unknown=unknown,
        )

    def _prices_of(self, config: WhenConfig) -> Prices:
        prices: list[Price] = []
        for entity_id in config.price_sensors:
            state = self._hass.states.get(entity_id)
            if state is None:
                continue
            known = self._prices.get(entity_id)
            if known is None or known[0] is not state:
                known = (state, read_prices(state.attributes, _zone()))
                self._prices[entity_id] = known
            prices += known[1]
        return Prices(
            prices, source=", ".join(self.label(one) for one in config.price_sensors)
        )

    def label(self, text: str) -> str:
        """Return what people call an entity; a template is shown as it stands, cut short."""
        if _is_template(text):
            shown = " ".join(text.split())
            if len(shown) > _MAX_LABEL_CHARS:
                shown = f"{shown[: _MAX_LABEL_CHARS - 1]}…"
            return shown
        state = self._hass.states.get(text)
        return state.name if state else text

    def _holds(self, text: str) -> bool | None:
        if _is_template(text):
            followed = self._templates.get(text)
            return followed.is_met if followed else None
        return is_met(self._hass.states.get(text))

    # --- following ---

    def _follow(self) -> None:
        configs = self._configs.values()
        named = set(self._asked.only_while)
        for config in configs:
            named |= {*config.only_while, config.only_while_template}
        templates = {text for text in named if _is_template(text)}
        for text in self._templates.keys() - templates:
            self._templates.pop(text).stop()
        for text in templates - self._templates.keys():
            self._templates[text] = _FollowedTemplate(
                self._hass, text, lambda: self._look_in(SETTLED_S)
            )
        schedules = {config.quiet_schedule for config in configs}
        schedules |= {own.schedule for own in self._asked.quiet}
        schedules.discard("")
        others = (named - templates) | schedules
        suns = {own.sensor for own in self._asked.suns}
        for config in configs:
            others |= {*config.price_sensors}
            suns.add(config.sun_sensor)
        self._only_suns = frozenset(suns - others)
        entities = (others | suns) - {""}
        if entities == self._followed:
            return
        self._unfollow_all()
        self._followed = frozenset(entities)
        if entities:
            self._unfollow.append(
                async_track_state_change_event(
                    self._hass, entities, self._handle_change
                )
            )
        if schedules:
            # Home Assistant starts in any order.
            self._unfollow.append(
                self._hass.bus.async_listen(
                    EVENT_SERVICE_REGISTERED, self._handle_service
                )
            )
            # Another week may leave the state of now as it is.
            self._unfollow.append(
                async_track_state_report_event(
                    self._hass, schedules, self._handle_change
                )
            )
        for entity_id in self._weeks.keys() - schedules:
            del self._weeks[entity_id]
        for entity_id in schedules - self._weeks.keys():
            self._weeks[entity_id] = None
            self._read_week(entity_id)
        self._look_in(SETTLED_S)

    def _unfollow_all(self) -> None:
        for unfollow in self._unfollow:
            unfollow()
        self._unfollow.clear()

    @callback
    def _handle_change(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        entity_id = event.data[ATTR_ENTITY_ID]
        if entity_id in self._weeks:
            self._read_week(entity_id)
        self._look_in(SETTLED_S if self._changes_something(entity_id) else REFRESHED_S)

    @callback
    def _handle_service(self, event: Event) -> None:
        if (event.data[ATTR_DOMAIN], event.data[ATTR_SERVICE]) == (
            SCHEDULE_DOMAIN,
            GET_SCHEDULE,
        ):
            for entity_id in self._weeks:
                self._read_week(entity_id)

    def _changes_something(self, entity_id: str) -> bool:
        """Return whether an entity may change more than a figure that is told."""
        if entity_id not in self._only_suns:
            return True
        configs = {
            id_: config
            for id_, config in self._configs.items()
            if config.sun_sensor == entity_id
        }
        wishes = [own for own in self._asked.suns if own.sensor == entity_id]
        before = [
            *(self._was_enough.get(id_) for id_ in configs),
            *(self._was_enough.get(own) for own in wishes),
        ]
        now = [
            *(self._sun_of(*one) for one in configs.items()),
            *(self._sun_asked(own) for own in wishes),
        ]
        return before != [sun and sun.is_enough for sun in now]

    def _look_in(self, seconds: float) -> None:
        is_soon = seconds <= SETTLED_S
        if self._is_stopped or (self._look and (self._is_look_soon or not is_soon)):
            return
        if self._look:
            self._look()
        self._is_look_soon = is_soon
        self._look = async_call_later(self._hass, seconds, self._look_now)

    @callback
    def _look_now(self, _now: datetime) -> None:
        self._look = None
        if self._told is None or self._facts(dt_util.utcnow()) != self._told:
            self._wake()

    def _read_week(self, entity_id: str) -> None:
        self._spawn(self._async_read_week(entity_id), f"read {entity_id}")

    async def _async_read_week(self, entity_id: str) -> None:
        """Ask for the whole week: the state tells only the next change."""
        week: Week | None = None
        try:
            if self._hass.services.has_service(SCHEDULE_DOMAIN, GET_SCHEDULE):
                answer = await self._hass.services.async_call(
                    SCHEDULE_DOMAIN,
                    GET_SCHEDULE,
                    target={ATTR_ENTITY_ID: entity_id},
                    blocking=True,
                    return_response=True,
                )
                found = (answer or {}).get(entity_id)
                week = found if isinstance(found, Mapping) else None
        except HomeAssistantError as err:
            _LOGGER.debug("%s cannot be read: %s", entity_id, err)
        if entity_id in self._weeks and self._weeks[entity_id] != week:
            self._weeks[entity_id] = week
            self._spans.pop(entity_id, None)
            self._look_in(SETTLED_S)


class _FollowedTemplate:
    """A template and whether it is true; None where it cannot be rendered."""

    def __init__(self, hass: HomeAssistant, text: str, changed: CALLBACK_TYPE) -> None:
        self.is_met: bool | None = None
        self._changed = changed
        self._info: TrackTemplateResultInfo | None = None
        try:
            self._info = async_track_template_result(
                hass, [TrackTemplate(Template(text, hass), None)], self._handle
            )
        except HomeAssistantError as err:
            _LOGGER.debug("A template cannot be followed: %s", err)
            return
        self._info.async_refresh()

    @callback
    def _handle(self, _event: object, updates: list[TrackTemplateResult]) -> None:
        result = updates[-1].result
        self.is_met = (
            None
            if isinstance(result, HomeAssistantError) or result in ("", None, "unknown")
            else result_as_boolean(result)
        )
        self._changed()

    def stop(self) -> None:
        """Follow it no more."""
        if self._info:
            self._info.async_remove()


def _is_template(text: str) -> bool:
    return is_template_string(text)


def _zone() -> Any:
    return dt_util.get_default_time_zone()
