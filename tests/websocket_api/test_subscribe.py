"""Following what there is: everything once, then only what became another, in order and in bounds."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.websocket_api.live import (
    ACK_EVERY,
    DATA_LIVE,
    MAX_BEHIND,
)
from homeassistant.core import HomeAssistant
from tests.support.home_assistant import Send
from tests.support.waiting import until

from .conftest import Client, NewClient


class Mirror:
    """Keeps what is told, as the panel does."""

    def __init__(self, client: Client, subscription: int) -> None:
        self._client = client
        self._subscription = subscription
        self.revision = 0
        self.token = ""
        self.known: dict[str, Any] = {}
        self.snapshots = 0
        self.messages = 0

    async def take(self) -> dict[str, Any]:
        """Take the next message in."""
        message = await self._client.event(self._subscription)
        self.messages += 1
        assert message["rev"] == self.revision + 1
        self.revision = message["rev"]
        if message["type"] == "snapshot":
            self.snapshots += 1
            self.token = message["subscription"]
            self.known = {
                key: {item["id"]: item for item in value}
                if key in ("inbox", "queue", "printers", "uploads")
                else value
                for key, value in message.items()
            }
        else:
            for change in message["changes"]:
                self._apply(change)
        return message

    def _apply(self, change: dict[str, Any]) -> None:
        topic = change["topic"]
        match change["op"]:
            case "upsert":
                self.known[topic][change["item"]["id"]] = change["item"]
            case "remove":
                del self.known[topic][change["id"]]
            case "order":
                self.known[topic] = {
                    item_id: self.known[topic][item_id] for item_id in change["ids"]
                }
            case "set":
                self.known[topic] = change["value"]


async def _follow(client: Client, **fields: Any) -> Mirror:
    mirror = Mirror(client, await client.follow("subscribe", **fields))
    await mirror.take()
    return mirror


async def test_a_snapshot_tells_everything(
    client: Client, pending: str, archived: str, hub: Hub
) -> None:
    await client.call("archive/queue", archive_id=archived)
    await hub.coordinator.async_refresh()
    known = (await _follow(client)).known
    assert known["available"]
    assert list(known["inbox"]) == [pending]
    upload = known["inbox"][pending]
    assert upload["name"] == "Gear and star"
    assert upload["picture"].startswith("/api/") and "authSig=" in upload["picture"]
    assert "w=256" in upload["picture_small"]
    job = next(iter(known["queue"].values()))
    assert job["archive_id"] == archived
    assert job["waiting"]["key"] == "staged"
    assert job["waiting"]["text_key"] == "waiting_on_hold"
    assert set(job["verbs"]) == {"start", "release", "complete", "fail", "cancel"}
    assert {each["name"] for each in known["printers"].values()} == {
        "Garage",
        "Review",
    }
    assert "access_code" not in str(known["printers"])
    assert known["stats"]["pending"] == 1
    assert known["options"]["pending_modes"]
    assert known["targets"][0]["kind"] == "model"


async def test_only_what_is_asked_for_is_told(client: Client, pending: str) -> None:
    mirror = await _follow(client, topics=["stats"])
    assert set(mirror.known) == {
        "type",
        "rev",
        "subscription",
        "available",
        "viewer",
        "stats",
    }


async def test_what_arrives_and_is_decided_is_told_to_every_client(
    client: Client,
    new_client: NewClient,
    reviewed: ManagedPrinter,
    send: Send,
) -> None:
    mirrors = [await _follow(client), await _follow(await new_client())]
    await send(reviewed)
    for mirror in mirrors:
        while not mirror.known["inbox"]:
            await mirror.take()
    (upload_id,) = mirrors[0].known["inbox"]
    await client.call("upload/decide", upload_ids=[upload_id], verb="queue")
    for mirror in mirrors:
        while mirror.known["inbox"] or not mirror.known["queue"]:
            await mirror.take()
        assert mirror.snapshots == 1


async def test_a_job_says_where_and_when_it_should_print(
    client: Client, archived: str
) -> None:
    await client.call("archive/queue", archive_id=archived, target="C12", hold=True)
    mirror = await _follow(client, topics=["queue"])
    while not mirror.known["queue"]:
        await mirror.take()
    (job,) = mirror.known["queue"].values()
    assert job["expected_on"] is None and job["expected_start"] is None
    await client.call("job/verb", job_ids=[job["id"]], verb="release")
    while (job := mirror.known["queue"][job["id"]])["expected_start"] is None:
        await mirror.take()
    assert job["expected_on"] == "C12"


async def test_the_order_of_the_queue_is_that_of_the_server(
    client: Client, archived: str
) -> None:
    for _ in range(3):
        await client.call("archive/queue", archive_id=archived)
    mirror = await _follow(client, topics=["queue"])
    while len(mirror.known["queue"]) < 3:
        await mirror.take()
    first, second, third = mirror.known["queue"]
    await client.call("job/move", job_id=third, after_id=None)
    while list(mirror.known["queue"]) != [third, first, second]:
        await mirror.take()
    await client.call("job/move", job_id=third, after_id=first)
    while list(mirror.known["queue"]) != [first, third, second]:
        await mirror.take()


async def test_many_changes_at_once_are_few_messages(
    hass: HomeAssistant, client: Client, archived: str, hub: Hub
) -> None:
    mirror = await _follow(client, topics=["queue"])
    for _ in range(20):
        await client.call("archive/queue", archive_id=archived)
    while len(mirror.known["queue"]) < 20:
        await mirror.take()
    assert mirror.messages < 20


async def test_nothing_is_told_while_nothing_changes(
    hass: HomeAssistant, client: Client, hub: Hub, pending: str
) -> None:
    mirror = await _follow(client, topics=["inbox", "queue", "printers"])
    await hub.coordinator.async_refresh()
    (subscriber,) = hass.data[DATA_LIVE].subscribers
    hass.data[DATA_LIVE]._tell()
    assert subscriber.revision == mirror.revision


async def test_after_a_gap_a_client_begins_anew(client: Client, pending: str) -> None:
    subscription = await client.follow("subscribe")
    await client.event(subscription)
    await client.unfollow(subscription)
    mirror = await _follow(client)
    assert mirror.revision == 1
    assert list(mirror.known["inbox"]) == [pending]


async def test_when_nobody_follows_nothing_is_kept(
    hass: HomeAssistant, client: Client, new_client: NewClient, hub: Hub
) -> None:
    live = hass.data[DATA_LIVE]
    listeners = len(hub.coordinator._listeners)
    subscription = await client.follow("subscribe")
    other = await new_client()
    await other.follow("subscribe")
    assert len(hub.coordinator._listeners) == listeners + 1
    await client.unfollow(subscription)
    await other.close()
    await until(lambda: not live.subscribers)
    assert len(hub.coordinator._listeners) == listeners
    assert not live._lists
    assert not live._values
    assert not live._detach


async def test_a_client_that_does_not_answer_gets_no_more_and_then_everything(
    hass: HomeAssistant, client: Client, archived: str, hub: Hub
) -> None:
    live = hass.data[DATA_LIVE]
    mirror = await _follow(client, topics=["queue"])
    (job,) = (await client.call("archive/queue", archive_id=archived))["jobs"]
    (subscriber,) = live.subscribers
    copies = 1
    while not subscriber.is_behind:
        copies += 1
        await hub.queue.edit(job["id"], copies=copies)
        await hub.coordinator.async_refresh()
        live.async_changed("queue")
        live._tell()
    assert subscriber.revision == MAX_BEHIND
    wanted = []
    while mirror.revision < MAX_BEHIND:
        if (await mirror.take()).get("ack"):
            wanted.append(mirror.revision)
    assert wanted == list(range(ACK_EVERY, MAX_BEHIND + 1, ACK_EVERY))
    assert mirror.known["queue"][job["id"]]["copies"] < copies
    await client.call("ack", subscription=mirror.token, rev=mirror.revision)
    await mirror.take()
    assert mirror.snapshots == 2
    assert mirror.known["queue"][job["id"]]["copies"] == copies


async def test_nobody_answers_for_another_client(
    hass: HomeAssistant, client: Client, new_client: NewClient, hub: Hub
) -> None:
    mirror = await _follow(client)
    await (await new_client()).call("ack", subscription=mirror.token, rev=1)
    (subscriber,) = hass.data[DATA_LIVE].subscribers
    assert subscriber.acknowledged == 0


async def test_a_reloaded_hub_is_shown_to_those_who_stayed(
    hass: HomeAssistant, client: Client, pending: str, entry: MockConfigEntry
) -> None:
    mirror = await _follow(client)
    assert await hass.config_entries.async_unload(entry.entry_id)
    while mirror.known["available"]:
        await mirror.take()
    assert "inbox" not in mirror.known
    assert (await client.error("job/history"))["code"] == "not_loaded"
    assert await hass.config_entries.async_setup(entry.entry_id)
    while not mirror.known["available"]:
        await mirror.take()
    assert list(mirror.known["inbox"]) == [pending]


async def test_a_client_may_come_before_the_hub(
    hass: HomeAssistant, client: Client, entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    mirror = await _follow(client)
    assert not mirror.known["available"]
    assert await hass.config_entries.async_setup(entry.entry_id)
    while not mirror.known["available"]:
        await mirror.take()


async def test_a_printer_that_comes_goes_or_changes_is_told(
    hass: HomeAssistant, client: Client, printer: ManagedPrinter, hub: Hub
) -> None:
    mirror = await _follow(client, topics=["printers"])
    assert mirror.known["printers"][printer.id]["status"] == "running"
    await hub.async_set_enabled(printer.id, enabled=False)
    while mirror.known["printers"][printer.id]["status"] != "off":
        await mirror.take()
    hass.config_entries.async_remove_subentry(hub.entry, printer.id)
    while mirror.known["printers"]:
        await mirror.take()
