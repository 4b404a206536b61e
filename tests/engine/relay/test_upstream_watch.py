"""The eye on the printer: away, back, moved, and never fooled."""

import asyncio
from collections.abc import Callable
from pathlib import Path
import socket
import ssl
from time import monotonic
from typing import Any, override

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.events import (
    TargetLost,
    TargetMoved,
    TargetReached,
    TargetUnverified,
)
from custom_components.bambu_virtual_printer.engine.net.printer_client import (
    VERIFIED_FOR_S,
    Dialler,
)
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterIdentity,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.protocol.ssdp import notify
from custom_components.bambu_virtual_printer.engine.relay import upstream_watch
from custom_components.bambu_virtual_printer.engine.relay.proxy_printer import (
    ProxyPrinter,
)
from custom_components.bambu_virtual_printer.engine.relay.shared import (
    Listener,
    NoSharedSession,
    Place,
)
from custom_components.bambu_virtual_printer.engine.relay.upstream import Upstream
from scripts.printer_double.certificate import PrinterCertificate
from tests.support import mqtt_wire as wire
from tests.support.mqtt_wire import RawClient
from tests.support.serials import SERIAL
from tests.support.simulated_printer import ACCESS_CODE, SimulatedPrinter
from tests.support.waiting import until

from .conftest import Stage

identify = Dialler.identify


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_watch, "MIN_INTERVAL_S", 0.05)
    monkeypatch.setattr(upstream_watch, "RETRY_INTERVAL_S", 0.2)
    monkeypatch.setattr(upstream_watch, "CHECK_INTERVAL_S", 0.3)


@pytest.fixture
def virtual(tmp_path: Path) -> PrinterCertificate:
    """The certificate of another virtual printer with the printer's serial."""
    return PrinterCertificate.make(tmp_path, SERIAL, "Virtual Printer CA")


def _announce(stage: Stage, address: str) -> None:
    """Have a printer announced as if it had been heard."""
    identity = Identity(
        name="Real one",
        model=MODELS["C12"],
        serial_suffix=SERIAL[-9:],
        access_code="12345678",
        bind_ip=address,
    )
    stage.services.found.handle_datagram(notify(identity), address)


async def test_a_printer_that_goes_away_and_comes_back_is_told(
    stage: Stage, real: SimulatedPrinter
) -> None:
    proxy = await stage.proxy(real.address)
    assert proxy.upstream
    since = proxy.upstream.since
    await real.stop()
    await until(lambda: stage.of(TargetLost))
    assert proxy.upstream.reachable is False
    assert proxy.upstream.last_error is not None
    assert str(proxy.upstream.last_error) == "the connection was refused"
    assert since
    assert proxy.upstream.since
    assert proxy.upstream.since > since
    stage.events.clear()
    await real.start()
    await until(lambda: stage.of(TargetReached))
    assert stage.of(TargetReached) == [TargetReached(address=real.address)]
    assert not stage.of(TargetMoved)


async def test_a_printer_with_a_new_address_is_followed_by_its_serial(
    stage: Stage,
    real: SimulatedPrinter,
    new_address: Callable[[], str],
    certificate: PrinterCertificate,
) -> None:
    proxy = await stage.proxy(real.address)
    await real.stop()
    await until(lambda: stage.of(TargetLost))
    async with SimulatedPrinter(new_address(), SERIAL, certificate) as moved:
        # Again and again, as printers do: test runs beside this one announce printers of the same serial.
        async with asyncio.timeout(30):
            while not stage.of(TargetMoved):
                _announce(stage, moved.address)
                await asyncio.sleep(0.1)
        assert stage.of(TargetMoved) == [TargetMoved(address=moved.address)]
        assert proxy.upstream
        assert proxy.upstream.address == moved.address
    await real.start()


async def test_a_printer_that_still_answers_is_not_left_for_an_announcement(
    stage: Stage,
    real: SimulatedPrinter,
    new_address: Callable[[], str],
    certificate: PrinterCertificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = await stage.proxy(real.address)
    checked: list[str] = []

    async def _identify(dialler: Dialler, address: str, *args: Any) -> None:
        await identify(dialler, address, *args)
        checked.append(address)

    monkeypatch.setattr(Dialler, "identify", _identify)
    async with SimulatedPrinter(new_address(), SERIAL, certificate) as twin:
        _announce(stage, twin.address)
        await until(lambda: len(checked) >= 2)
        assert set(checked) == {real.address}
    assert proxy.upstream
    assert proxy.upstream.address == real.address
    assert not stage.of(TargetMoved)


async def test_neither_our_own_announcement_nor_another_relays_is_followed(
    stage: Stage,
    real: SimulatedPrinter,
    new_address: Callable[[], str],
    virtual: PrinterCertificate,
) -> None:
    proxy = await stage.proxy(real.address)
    await real.stop()
    await until(lambda: stage.of(TargetLost))
    async with SimulatedPrinter(new_address(), SERIAL, virtual) as other_relay:
        _announce(stage, stage.address)
        _announce(stage, other_relay.address)
        proxy._relay.handle_announcement(stage.address)  # type: ignore[union-attr]
        stage.events.clear()
        await real.start()
        await until(lambda: stage.of(TargetReached))
    assert stage.of(TargetReached) == [TargetReached(address=real.address)]
    assert not stage.of(TargetMoved)


async def test_another_relay_is_not_followed_although_news_come_while_it_is_asked(
    stage: Stage,
    real: SimulatedPrinter,
    new_address: Callable[[], str],
    virtual: PrinterCertificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = await stage.proxy(real.address)
    await real.stop()
    await until(lambda: stage.of(TargetLost))
    asked: list[str] = []

    async def _identify(dialler: Dialler, address: str, *args: Any) -> None:
        try:
            await identify(dialler, address, *args)
        finally:
            if address == other_relay.address:
                asked.append(address)
            _announce(stage, new_address())

    async with SimulatedPrinter(new_address(), SERIAL, virtual) as other_relay:
        monkeypatch.setattr(Dialler, "identify", _identify)
        async with asyncio.timeout(30):
            while not asked:
                _announce(stage, other_relay.address)
                await asyncio.sleep(0.1)
        asked.clear()
        stage.events.clear()
        await real.start()
        await until(lambda: stage.of(TargetReached))
    assert proxy.upstream
    assert proxy.upstream.address == real.address
    assert stage.of(TargetReached) == [TargetReached(address=real.address)]


async def test_a_virtual_printer_that_was_asked_for_is_relayed_though_it_announces_itself(
    stage: Stage,
    new_address: Callable[[], str],
    virtual: PrinterCertificate,
) -> None:
    address = new_address()
    await stage.proxy(address, wait=False, pinned=virtual.fingerprint)
    await until(lambda: stage.of(TargetLost))
    _announce(stage, address)
    async with SimulatedPrinter(address, SERIAL, virtual):
        await until(lambda: stage.of(TargetReached))


async def test_another_printer_at_the_address_is_not_the_one(
    stage: Stage,
    new_address: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    serial = "01P00A000000000"
    other = PrinterCertificate.make(tmp_path_factory.mktemp("other"), serial)
    async with SimulatedPrinter(new_address(), serial, other) as stranger:
        await stage.proxy(stranger.address, wait=False)
        await until(lambda: stage.of(TargetLost))
    assert (
        str(stage.of(TargetLost)[0].reason)
        == f"the printer {serial} answers instead of {SERIAL}"
    )


async def test_a_printer_is_found_by_name_and_its_name_may_be_unknown_for_a_while(
    stage: Stage, real: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[str] = []

    def _lookup(
        host: str, *_args: object, **_options: object
    ) -> list[tuple[object, ...]]:
        if host == "printer.lan" and not known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (real.address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", _lookup)
    await stage.proxy("printer.lan", wait=False)
    await until(lambda: stage.of(TargetLost))
    assert str(stage.of(TargetLost)[0].reason) == "its name cannot be resolved"
    known.append(real.address)
    await until(lambda: stage.of(TargetReached))


async def test_a_fault_in_a_check_does_not_end_the_watch(
    stage: Stage,
    real: SimulatedPrinter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as context:
        context.setattr(Dialler, "identify", lambda *args: 1 / 0)
        await stage.proxy(real.address, wait=False)
        await until(lambda: stage.of(TargetLost))
    assert "could not be checked" in caplog.text
    await until(lambda: stage.of(TargetReached))


async def test_an_announcement_never_moves_a_proxy_to_who_only_has_the_name(
    stage: Stage,
    real: SimulatedPrinter,
    new_address: Callable[[], str],
    our_trust: ssl.SSLContext,
    tmp_path: Path,
) -> None:
    proxy = await stage.proxy(real.address)
    await real.stop()
    await until(lambda: stage.of(TargetLost))
    own = PrinterCertificate.make(tmp_path, SERIAL, "BBL Device CA N7-V2")
    async with SimulatedPrinter(new_address(), SERIAL, own) as impostor:
        async with asyncio.timeout(30):
            while not impostor.handshakes:
                _announce(stage, impostor.address)
                await asyncio.sleep(0.1)
        async with await RawClient.open(stage.address, our_trust) as client:
            client.send(wire.connect(ACCESS_CODE))
            await client.closed()
        stage.events.clear()
        await real.start()
        await until(lambda: stage.of(TargetReached))
        assert impostor.connects == 0
    assert proxy.upstream
    assert proxy.upstream.address == real.address
    # What is only announced is not put before a person either.
    assert not stage.of(TargetUnverified)
    assert not stage.of(TargetMoved)


async def test_who_takes_the_printers_address_is_told_nothing_and_a_person_is_asked_once(
    stage: Stage,
    real: SimulatedPrinter,
    our_trust: ssl.SSLContext,
    tmp_path: Path,
) -> None:
    await stage.proxy(real.address)
    await real.stop()
    await until(lambda: stage.of(TargetLost))
    own = PrinterCertificate.make(tmp_path, SERIAL, "BBL Device CA N7-V2")
    async with SimulatedPrinter(real.address, SERIAL, own) as impostor:
        await until(lambda: stage.of(TargetUnverified))
        async with await RawClient.open(stage.address, our_trust) as client:
            client.send(wire.connect(ACCESS_CODE))
            await client.closed()
        seen = impostor.handshakes
        await until(lambda: impostor.handshakes > seen)
        assert impostor.connects == 0
    assert stage.of(TargetUnverified) == [TargetUnverified(fingerprint=own.fingerprint)]
    await real.start()
    await until(lambda: len(stage.of(TargetReached)) == 2)


async def test_a_pinned_certificate_is_the_printer_and_another_one_is_not(
    stage: Stage, new_address: Callable[[], str], tmp_path: Path
) -> None:
    own = PrinterCertificate.make(tmp_path, SERIAL, SERIAL)
    async with SimulatedPrinter(new_address(), SERIAL, own) as printer:
        await stage.proxy(printer.address, pinned=own.fingerprint)
    await until(lambda: stage.of(TargetLost))
    other = PrinterCertificate.make(tmp_path, SERIAL, SERIAL)
    async with SimulatedPrinter(printer.address, SERIAL, other):
        await until(lambda: stage.of(TargetUnverified))
    assert stage.of(TargetUnverified)[0].fingerprint == other.fingerprint
    assert len(stage.of(TargetReached)) == 1


class _Place:
    """A place in a session in which nothing happens."""

    async def send(self, payload: bytes) -> None:
        """Drop it."""

    def full_report(self) -> bytes | None:
        return None

    def leave(self) -> None:
        """Do nothing."""


class _Shared(NoSharedSession):
    """A session whose printer says nothing any more."""

    asked = 0

    @override
    async def answers(self, *, within_s: float) -> bool:
        self.asked += 1
        return False

    @override
    async def join(self, user: str, code: bytes, listener: Listener) -> Place:
        return _Place()


def _upstream(proxy: ProxyPrinter) -> Upstream:
    assert proxy._relay
    return proxy._relay._watch._upstream


async def test_who_joins_a_session_that_is_elsewhere_makes_no_address_count_as_verified(
    stage: Stage,
    real: SimulatedPrinter,
    our_trust: ssl.SSLContext,
    new_address: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upstream_watch, "CHECK_INTERVAL_S", 3600.0)
    shared = _Shared()
    proxy = await stage.proxy(real.address, shared=shared)
    upstream = _upstream(proxy)
    upstream.verified_at = float("-inf")
    shared.address, shared.heard_at = new_address(), monotonic()
    client = await stage.stack.enter_async_context(
        await RawClient.open(stage.address, our_trust)
    )
    await client.log_in(ACCESS_CODE)
    assert (upstream.address, upstream.verified_lately) == (real.address, False)


@pytest.mark.parametrize("age_s", [0.0, VERIFIED_FOR_S + 1])
async def test_the_address_of_a_session_is_verified_when_the_printer_last_spoke_there(
    stage: Stage, real: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch, age_s: float
) -> None:
    monkeypatch.setattr(upstream_watch, "CHECK_INTERVAL_S", 3600.0)
    shared = _Shared()
    shared.address, shared.heard_at = real.address, monotonic() - age_s
    proxy = await stage.proxy(real.address, shared=shared)
    upstream = _upstream(proxy)
    assert upstream.address == real.address
    assert upstream.verified_lately is (age_s == 0.0)
    assert not shared.asked
    # Before anything is passed through, the printer is asked, and connected to where the session is silent.
    assert proxy._relay
    assert await proxy._relay._watch.verified_address() == real.address
    assert shared.asked == (age_s > 0)
    assert upstream.verified_lately


def test_only_what_is_heard_at_the_address_verifies_it() -> None:
    upstream = Upstream(
        host="printer", identity=PrinterIdentity(serial=SERIAL), address="192.0.2.1"
    )
    upstream.heard_at("192.0.2.2")
    assert not upstream.verified_lately
    upstream.heard_at("192.0.2.1")
    assert upstream.verified_lately
