"""Fixtures: a hub in a Home Assistant of the test's own, printers on addresses of their own, a slicer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import count
import json
import logging
from pathlib import Path
import re
import shutil
from threading import Lock
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

import custom_components.bambu_virtual_printer as integration
from custom_components.bambu_virtual_printer.activity.kinds import (
    SIGNAL_ACTIVITY,
    Activity,
    EventKind,
)
from custom_components.bambu_virtual_printer.const import (
    DOMAIN,
    SUBENTRY_VIRTUAL_PRINTER,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.pki import authority
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from scripts import slicer
from scripts.sliced_file import SlicedFileSpec
from tests.support.waiting import LIMIT_S, until

ACCESS_CODE = "12345678"
ISSUE_TEXTS = json.loads(
    (Path(integration.__file__).parent / "translations" / "en.json").read_text("utf-8")
)["issues"]
# What the fix flows add themselves.
LINKS = {"ca_link", "waiting"} | {
    f"{system}_{part}"
    for system in ("linux", "macos", "windows")
    for part in ("link", "command")
}


@pytest.fixture(autouse=True)
def custom_integration(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load the integration, where a test has one."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


# The harness has every statement told, which nobody reads.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

_keys: list[RSAPrivateKey] = []
# So is reading them: each is tested for primes. What the same bytes hold need not be found out again.
_load_pem_private_key = lru_cache(serialization.load_pem_private_key)


@pytest.fixture(autouse=True)
def known_keys(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test begin with the same keys: making them is slow. Within a test no key comes twice."""
    if "hass" not in request.fixturenames:
        return
    make = authority.new_key
    lock = Lock()
    used = count()

    def _new_key() -> RSAPrivateKey:
        with lock:
            if (number := next(used)) == len(_keys):
                _keys.append(make())
            return _keys[number]

    monkeypatch.setattr(authority, "new_key", _new_key)
    monkeypatch.setattr(serialization, "load_pem_private_key", _load_pem_private_key)


@pytest.fixture(autouse=True)
def complete_issues(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Make sure that every issue that is raised has a text, and everything that text names."""
    if "hass" not in request.fixturenames:
        return
    create = ir.async_create_issue

    def _create(hass: HomeAssistant, domain: str, issue_id: str, **facts: Any) -> None:
        if domain == DOMAIN:
            text = json.dumps(ISSUE_TEXTS[facts["translation_key"]])
            named = set(re.findall(r"{(\w+)}", text)) - LINKS
            assert named <= facts["translation_placeholders"].keys(), issue_id
            assert facts["is_fixable"] == ("fix_flow" in text), issue_id
        create(hass, domain, issue_id, **facts)

    monkeypatch.setattr(ir, "async_create_issue", _create)


@pytest.fixture(autouse=True)
def knocking(request: pytest.FixtureRequest) -> None:
    """Let simulated printers be knocked at: asyncio's servers complain of clients that go before the handshake."""
    if "hass" not in request.fixturenames:
        return
    loop = request.getfixturevalue("hass").loop
    report = loop.get_exception_handler()

    def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not context["message"].startswith("Error on transport creation"):
            report(loop, context)

    loop.set_exception_handler(_report)


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable entities that are off until a person enables them; to be asked for before the hub."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give every test a configuration folder of its own."""
    folder = tmp_path / "config"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def entry(hass: HomeAssistant, tmp_path: Path) -> MockConfigEntry:
    """The hub's entry, not set up yet."""
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    entry = MockConfigEntry(domain=DOMAIN, title="3D prints", data={})
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def hub(hass: HomeAssistant, entry: MockConfigEntry, loopback: None) -> Hub:
    """A hub that is set up, without printers."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hub: Hub = entry.runtime_data
    return hub


@pytest.fixture(autouse=True)
def on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant see the loopback interface, as it does outside its own harness, and no other."""

    async def _adapters(_hass: HomeAssistant) -> list[dict[str, Any]]:
        return [
            {
                "name": "lo",
                "index": 1,
                "auto": True,
                "default": True,
                "enabled": True,
                "ipv4": [{"address": "127.0.0.1", "network_prefix": 8}],
                "ipv6": [],
            }
        ]

    monkeypatch.setattr(
        "homeassistant.components.network.async_get_adapters", _adapters
    )


type AddPrinter = Callable[..., Awaitable[ManagedPrinter]]


@pytest.fixture
def add_printer(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    new_address: Callable[[], str],
) -> AddPrinter:
    """Add printers to the hub, each on an address of its own."""

    async def _add(name: str = "Garage", **overrides: Any) -> ManagedPrinter:
        count = len(entry.subentries)
        data = {
            "model": "C12",
            "mode": "immediate",
            "access_code": ACCESS_CODE,
            "bind_ip": overrides.pop("bind_ip", None) or new_address(),
            "serial_suffix": await hub.async_new_serial_suffix(),
            "slot": count,
            "enabled": True,
            "network": {},
        } | overrides
        subentry = ConfigSubentry(
            data=data,
            subentry_type=SUBENTRY_VIRTUAL_PRINTER,
            title=name,
            unique_id=data["serial_suffix"],
        )
        hass.config_entries.async_add_subentry(entry, subentry)
        await hass.async_block_till_done()
        return hub.printers[subentry.subentry_id]

    return _add


@pytest.fixture
async def printer(add_printer: AddPrinter) -> ManagedPrinter:
    """One running printer."""
    printer = await add_printer()
    assert printer.running
    return printer


@dataclass(frozen=True)
class SentFile:
    """A file that was sent, and what was put into it."""

    path: Path
    spec: SlicedFileSpec


@pytest.fixture
def sliced_file(
    tmp_path: Path, written: Callable[[SlicedFileSpec], Path]
) -> Callable[..., SentFile]:
    """Write sliced files."""

    def _write(name: str = "Gear and star.gcode.3mf", **spec: Any) -> SentFile:
        sent = SentFile(tmp_path / name, SlicedFileSpec(**spec))
        shutil.copyfile(written(sent.spec), sent.path)
        return sent

    return _write


type Send = Callable[..., Awaitable[SentFile]]


@pytest.fixture
def send(
    hass: HomeAssistant, hub: Hub, tmp_path: Path, sliced_file: Callable[..., SentFile]
) -> Send:
    """Send a file to a printer as a slicer does, verifying its certificate; returns when it has been dealt with."""

    async def _send(
        printer: ManagedPrinter,
        file: SentFile | None = None,
        *,
        print_options: slicer.PrintOptions | None = None,
        access_code: str | None = None,
    ) -> SentFile:
        file = file or sliced_file()
        ca = tmp_path / "ca.pem"
        ca.write_text(hub.certificates.authority.pem)
        await slicer.send(
            file.path,
            printer.config.bind_ip,
            access_code or printer.config.access_code,
            ca=ca,
            print_options=print_options,
            on_step=lambda _: None,
        )
        received = await hub.library.received_by(printer.id)
        assert received.last is not None
        async with asyncio.timeout(LIMIT_S):
            while True:
                upload = await hub.library.upload(received.last.id)
                if upload.state is not UploadState.RECEIVED:
                    break
                await asyncio.sleep(0.01)
        # What became of it is told after it is written down.
        await until(lambda: not hub.library._context.tasks)
        await hass.async_block_till_done()
        return file

    return _send


@pytest.fixture
def media(hass: HomeAssistant, hub: Hub) -> Path:
    """The local media folder."""
    folder = Path(hass.config.media_dirs["local"])
    folder.mkdir(exist_ok=True)
    hass.config.allowlist_external_dirs = {str(folder)}
    return folder


def picture(kind: str = "JPEG") -> bytes:
    """Return a small picture."""
    buffer = BytesIO()
    Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 50).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
async def camera(hass: HomeAssistant, tmp_path: Path) -> Path:
    """The picture that `camera.garage` takes."""
    path = tmp_path / "garage.jpg"
    path.write_bytes(picture())
    entry = MockConfigEntry(
        domain="local_file", title="Garage", options={"file_path": str(path)}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("camera.garage")
    return path


@pytest.fixture
def entity_id(hass: HomeAssistant) -> Callable[..., str]:
    """Find an entity by its owner and key."""
    registry = er.async_get(hass)

    def _find(
        platform: str, owner: ManagedPrinter | ManagedMachine | Hub, key: str
    ) -> str:
        prefix = owner.entry.entry_id if isinstance(owner, Hub) else owner.id
        found = registry.async_get_entity_id(platform, DOMAIN, f"{prefix}_{key}")
        assert found, f"no {platform} {key}"
        return found

    return _find


@pytest.fixture
def state(hass: HomeAssistant, entity_id: Callable[..., str]) -> Callable[..., Any]:
    """Read an entity's state by its owner and key."""

    def _state(platform: str, owner: ManagedPrinter | Hub, key: str) -> Any:
        state = hass.states.get(entity_id(platform, owner, key))
        assert state
        return state

    return _state


@pytest.fixture
def all_entities_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable what people enable themselves; name it before what sets up the integration."""
    monkeypatch.setattr(
        Entity, "entity_registry_enabled_default", property(lambda _self: True)
    )


type DeviceOf = Callable[[str], dr.DeviceEntry | None]


@pytest.fixture
async def real_printer(hass: HomeAssistant, entry: MockConfigEntry, hub: Hub) -> str:
    """A real printer the hub knows; returns its id."""
    subentry = ConfigSubentry(
        data=MappingProxyType(
            {
                "model": "N2S",
                "host": "192.0.2.7",
                "serial": "039000000000001",
                "access_code": "87654321",
            }
        ),
        subentry_type="printer",
        title="Cellar",
        unique_id="039000000000001",
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await hass.async_block_till_done()
    return subentry.subentry_id


@pytest.fixture
def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> DeviceOf:
    """Find the device of a printer, or of the hub, by its id."""

    def _device(owner_id: str) -> dr.DeviceEntry | None:
        return dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, owner_id), entry.entry_id
        )

    return _device


type Call = Callable[..., Any]


@pytest.fixture
def call(hass: HomeAssistant) -> Call:
    """Call one of the integration's actions."""

    async def _call(name: str, /, **data: Any) -> Any:
        answer = await hass.services.async_call(
            DOMAIN, name, data, blocking=True, return_response=True
        )
        await hass.async_block_till_done()
        return answer

    return _call


def unsigned(answer: Any) -> Any:
    """Return an answer with its links as they are before they are signed: a signature names the second it is from."""
    match answer:
        case str():
            return re.sub(r"authSig=[\w.-]+", "authSig=", answer)
        case dict():
            return {key: unsigned(value) for key, value in answer.items()}
        case list() | tuple():
            return [unsigned(value) for value in answer]
        case _:
            return answer


class Told:
    """Everything that is told of, from the beginning of the test."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.activities: list[Activity] = []

    @callback
    def hear(self, activity: Activity) -> None:
        """Remember."""
        self.activities.append(activity)

    @property
    def kinds(self) -> list[EventKind]:
        """Return the kinds, oldest first."""
        return [activity.kind for activity in self.activities]

    def of(self, kind: EventKind) -> list[dict[str, Any]]:
        """Return the attributes of one kind, oldest first."""
        return [
            dict(activity.attributes)
            for activity in self.activities
            if activity.kind is kind
        ]

    def last(self, kind: EventKind) -> dict[str, Any]:
        """Return the attributes of the newest of a kind."""
        return self.of(kind)[-1]


@pytest.fixture
def told(hass: HomeAssistant) -> Told:
    """Listen to everything that happens, through reloads too."""
    told = Told()
    async_dispatcher_connect(hass, SIGNAL_ACTIVITY, told.hear)
    return told


@pytest.fixture
def on_adapters(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let this host have network adapters with addresses; every port is free but on those that are named."""

    def _have(*adapters: dict[str, Any], busy: tuple[str, ...] = ()) -> None:
        async def _adapters(_hass: HomeAssistant) -> list[dict[str, Any]]:
            return list(adapters)

        monkeypatch.setattr(
            "homeassistant.components.network.async_get_adapters", _adapters
        )
        monkeypatch.setattr(
            "custom_components.bambu_virtual_printer.flows.forms.tcp_ports_free",
            lambda address: address not in busy,
        )

    return _have


class Repairs:
    """Answers repairs as the frontend does."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def open(self, issue_id: str) -> Any:
        """Press an issue's button; returns its first page."""
        return await self._post("", handler=DOMAIN, issue_id=issue_id)

    async def answer(self, page: Any, **data: Any) -> Any:
        """Submit a page; returns what came of it."""
        return await self._post(f"/{page['flow_id']}", **data)

    async def _post(self, path: str, **data: Any) -> Any:
        response = await self._client.post(f"/api/repairs/issues/fix{path}", json=data)
        return await response.json()


@pytest.fixture
async def repairs(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Repairs:
    """The repairs of Home Assistant."""
    assert await async_setup_component(hass, "repairs", {})
    return Repairs(await hass_client())
