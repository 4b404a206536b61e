"""Keeps what subscribers follow, and tells them what became another: bounded in rate, and in what waits for the slow.

While somebody subscribes, it listens to the hub. What changed is looked at again at most twice a second, compared with
what was told, and only the differences are sent. A client that does not answer gets nothing more until it does, and then
everything once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
import logging
from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN
from ..hub import Hub
from ..operations.permissions import Viewer
from ..printers.machines import ManagedMachine
from ..printers.managed import ManagedPrinter
from .items import item_for
from .topics import (
    INBOX,
    LISTS,
    PRINTERS,
    QUEUE,
    TOPICS,
    UPLOADS,
    VALUES,
    Items,
    items_of,
    values_of,
)

_LOGGER = logging.getLogger(__name__)

INTERVAL_S = 0.5
"""Between two messages to a subscriber."""
ACK_EVERY = 16
MAX_BEHIND = 48
"""Messages to a subscriber that it has not answered for; more are not sent."""

PERSON = "person_id"
"""Whose an item is; only those who may see it are told of it."""

type Change = tuple[str, dict[str, Any]]
"""What changed, and the topic that one has to follow to be told."""

DATA_LIVE: HassKey[Live] = HassKey(f"{DOMAIN}_live")


@dataclass(slots=True, kw_only=True)
class Subscriber:
    """A client that follows topics. `revision` is that of the last message, `acknowledged` of the last one it answered."""

    connection: ActiveConnection
    msg_id: int
    topics: Collection[str]
    token: str = field(default_factory=ulid_now)
    revision: int = 0
    acknowledged: int = 0
    is_behind: bool = False

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message with the next revision."""
        self.revision += 1
        self.connection.send_event(self.msg_id, {"rev": self.revision, **message})


class Live:
    """What there is to follow, and who follows it. Everything is for the event loop."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without a hub and subscribers."""
        self._hass = hass
        self._hub: Hub | None = None
        self._subscribers: dict[str, Subscriber] = {}
        self._lists: dict[str, Items] = {}
        self._values: dict[str, Any] = {}
        self._changed: set[str] = set()
        self._detach: list[CALLBACK_TYPE] = []
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._is_resting = False

    @property
    def subscribers(self) -> Collection[Subscriber]:
        """Who follows now."""
        return self._subscribers.values()

    # --- the hub ---

    @callback
    def async_attach(self, hub: Hub) -> CALLBACK_TYPE:
        """Follow a hub that was loaded. Returns how to let go of it."""
        self._hub = hub
        if self._subscribers:
            self._begin(hub)
            self._send_snapshots()
        return self._let_go

    @callback
    def _let_go(self) -> None:
        self._end()
        self._hub = None
        self._send_snapshots()

    def _begin(self, hub: Hub) -> None:
        """Listen, and look at everything."""
        for topic in TOPICS:
            self._look(hub, topic)

        def all_changed() -> None:
            self.async_changed(*TOPICS)

        def follow_printer(printer: ManagedPrinter) -> None:
            self._follow(
                printer.async_add_listener(
                    lambda: self.async_changed(PRINTERS, UPLOADS)
                )
            )
            self.async_changed(*TOPICS)

        def follow_machine(machine: ManagedMachine) -> None:
            self._follow(
                machine.async_add_listener(lambda: self.async_changed(PRINTERS))
            )
            self.async_changed(*TOPICS)

        self._follow(hub.coordinator.async_add_listener(all_changed))
        self._follow(hub.printers.async_on_printer(follow_printer))
        self._follow(hub.machines.async_on_machine(follow_machine))
        self._follow(hub.people.async_add_listener(self._people_changed))
        self._follow(
            hub.browser_uploads.async_add_listener(lambda: self.async_changed(UPLOADS))
        )
        self._follow(
            self._hass.bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED, self._device_changed
            )
        )

    @callback
    def _people_changed(self) -> None:
        """Send everything to those who may not do everything: what they see and may do is another."""
        self._tell()
        for subscriber in self._subscribers.values():
            if not subscriber.connection.user.is_admin and not subscriber.is_behind:
                self._send_snapshot(subscriber)

    @callback
    def _device_changed(self, _event: Event[Any]) -> None:
        """Look again: people rename devices."""
        self.async_changed(PRINTERS, QUEUE)

    def _follow(self, stop: CALLBACK_TYPE) -> None:
        self._detach.append(stop)

    def _end(self) -> None:
        """Listen no more, and forget."""
        for stop in self._detach:
            stop()
        self._detach.clear()
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None
        self._is_resting = False
        self._changed.clear()
        self._lists.clear()
        self._values.clear()

    # --- subscribers ---

    @callback
    def async_subscribe(
        self, connection: ActiveConnection, msg_id: int, topics: Collection[str]
    ) -> CALLBACK_TYPE:
        """Send everything, then what becomes another. Returns how to end that."""
        subscriber = Subscriber(connection=connection, msg_id=msg_id, topics=topics)
        if self._hub and not self._subscribers:
            self._begin(self._hub)
        elif self._hub:
            # All subscribers are told the same from here on.
            self._tell()
        self._subscribers[subscriber.token] = subscriber
        self._send_snapshot(subscriber)

        @callback
        def unsubscribe() -> None:
            self._subscribers.pop(subscriber.token, None)
            if not self._subscribers:
                self._end()

        return unsubscribe

    @callback
    def async_acknowledge(
        self, connection: ActiveConnection, token: str, revision: int
    ) -> None:
        """Take note how far a subscriber has come; one that was behind gets everything."""
        subscriber = self._subscribers.get(token)
        if subscriber is None or subscriber.connection is not connection:
            return
        subscriber.acknowledged = min(
            max(subscriber.acknowledged, revision), subscriber.revision
        )
        if (
            subscriber.is_behind
            and subscriber.revision - subscriber.acknowledged < MAX_BEHIND
        ):
            subscriber.is_behind = False
            self._tell()
            self._send_snapshot(subscriber)

    def _send_snapshots(self) -> None:
        for subscriber in self._subscribers.values():
            self._send_snapshot(subscriber)

    def _send_snapshot(self, subscriber: Subscriber) -> None:
        message: dict[str, Any] = {
            "type": "snapshot",
            "subscription": subscriber.token,
            "available": self._hub is not None,
        }
        if self._hub:
            viewer = self._hub.permissions.viewer_of(subscriber.connection.user)
            message["viewer"] = {
                "rights": sorted(viewer.rights),
                "sends_to_archive": viewer.sends_to_archive,
            }
            for topic, items in self._lists.items():
                if topic in subscriber.topics:
                    message[topic] = [
                        shown
                        for item in items.values()
                        if (shown := _shown_to(viewer, topic, item))
                    ]
            message |= {
                name: value
                for name, value in self._values.items()
                if VALUES[name] in subscriber.topics
            }
        subscriber.send(message)

    # --- changes ---

    @callback
    def async_changed(self, *topics: str) -> None:
        """Look again at these soon."""
        self._changed.update(topics)
        if self._is_resting or self._cancel_timer or not self._subscribers:
            return
        # What changes in the same moment is told together.
        self._cancel_timer = async_call_later(
            self._hass, 0, HassJob(self._tell_now, cancel_on_shutdown=True)
        )

    @callback
    def _tell_now(self, _now: Any) -> None:
        self._cancel_timer = None
        try:
            self._tell()
        except Exception:
            _LOGGER.exception("Subscribers cannot be told of changes")
        self._is_resting = True
        self._cancel_timer = async_call_later(
            self._hass, INTERVAL_S, HassJob(self._rested, cancel_on_shutdown=True)
        )

    @callback
    def _rested(self, _now: Any) -> None:
        self._cancel_timer = None
        self._is_resting = False
        if self._changed:
            self.async_changed()

    def _tell(self) -> None:
        """Look at what may have changed, and tell subscribers what has."""
        if self._hub is None:
            return
        changed, self._changed = self._changed, set()
        changes = [
            change
            for topic in TOPICS
            if topic in changed
            for change in self._look(self._hub, topic)
        ]
        if not changes:
            return
        for subscriber in self._subscribers.values():
            viewer = self._hub.permissions.viewer_of(subscriber.connection.user)
            wanted = [
                shown
                for topic, each in changes
                if topic in subscriber.topics and (shown := _change_for(viewer, each))
            ]
            if wanted:
                _send(subscriber, wanted)

    def _look(self, hub: Hub, topic: str) -> list[Change]:
        """Keep a topic as it is now. Returns what differs from before."""
        changes: list[Change] = []
        if topic in LISTS:
            before = self._lists.get(topic, {})
            now = self._lists[topic] = items_of(hub, topic)
            changes += [(topic, each) for each in _differences(topic, before, now)]
        for name, value in values_of(hub, topic).items():
            if self._values.get(name) != value:
                self._values[name] = value
                changes.append((topic, {"topic": name, "op": "set", "value": value}))
        return changes


def _send(subscriber: Subscriber, changes: list[dict[str, Any]]) -> None:
    if subscriber.is_behind:
        return
    if subscriber.revision - subscriber.acknowledged >= MAX_BEHIND:
        subscriber.is_behind = True
        return
    message: dict[str, Any] = {"type": "delta", "changes": changes}
    if (subscriber.revision + 1) % ACK_EVERY == 0:
        message["ack"] = True
    subscriber.send(message)


def _shown_to(
    viewer: Viewer, topic: str, item: dict[str, Any]
) -> dict[str, Any] | None:
    """Return an item for somebody who looks; None if it is hidden from them."""
    if item.get(PERSON) in viewer.hidden:
        return None
    if topic in (INBOX, QUEUE):
        return item_for(viewer, item)
    last = item.get("last_upload")
    if last and last.get(PERSON) in viewer.hidden:
        return item | {"last_upload": None}
    return item


def _change_for(viewer: Viewer, change: dict[str, Any]) -> dict[str, Any] | None:
    if "item" not in change:
        return change
    if item := _shown_to(viewer, change["topic"], change["item"]):
        return change | {"item": item}
    return None


def _differences(topic: str, before: Items, now: Items) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = [
        {"topic": topic, "op": "remove", "id": item_id}
        for item_id in before
        if item_id not in now
    ]
    changes += [
        {"topic": topic, "op": "upsert", "item": item}
        for item_id, item in now.items()
        if before.get(item_id) != item
    ]
    left = [item_id for item_id in before if item_id in now]
    added = [item_id for item_id in now if item_id not in before]
    # New ones are taken to come last, unless it is said otherwise.
    if left + added != list(now):
        changes.append({"topic": topic, "op": "order", "ids": list(now)})
    return changes
