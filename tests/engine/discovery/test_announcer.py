import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
import errno
import socket

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.discovery import datagrams
from custom_components.bambu_virtual_printer.engine.discovery.announcer import (
    BURST_DELAYS_S,
    Discovery,
)
from custom_components.bambu_virtual_printer.engine.discovery.search_receiver import (
    SearchReceiver,
)
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.net.listener import ListenError
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.protocol.ssdp import (
    byebye,
    is_search,
    notify,
    search_response,
)
from tests.support.discovery import SEARCH
from tests.support.waiting import LIMIT_S


def _identity(
    address: str, name: str = "Garage Queue", advertise_ip: str | None = None
) -> Identity:
    return Identity(
        name=name,
        model=MODELS["C12"],
        serial_suffix="391800001",
        access_code="12345678",
        bind_ip=address,
        advertise_ip=advertise_ip,
    )


# --- the datagrams


def test_the_announcement_is_a_printer_s_word_for_word() -> None:
    assert notify(_identity("192.168.1.50")).decode().split("\r\n") == [
        "NOTIFY * HTTP/1.1",
        "Host: 239.255.255.250:1990",
        "Server: UPnP/1.0",
        "Location: 192.168.1.50",
        "NT: urn:bambulab-com:device:3dprinter:1",
        "NTS: ssdp:alive",
        "USN: 01P00A391800001",
        "Cache-Control: max-age=1800",
        "DevModel.bambu.com: C12",
        "DevName.bambu.com: Garage Queue",
        "DevSignal.bambu.com: -44",
        "DevConnect.bambu.com: lan",
        "DevBind.bambu.com: free",
        "Devseclink.bambu.com: secure",
        "DevInf.bambu.com: eth0",
        "DevVersion.bambu.com: 01.07.00.00",
        "DevCap.bambu.com: 1",
        "",
        "",
    ]


def test_the_answer_to_a_search_has_st_and_no_notify_headers() -> None:
    lines = search_response(_identity("192.168.1.50")).decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 200 OK"
    keys = [line.partition(":")[0] for line in lines[1:-2]]
    assert "ST" in keys
    assert not {"Host", "NT", "NTS"} & set(keys)
    announced = notify(_identity("192.168.1.50")).decode().split("\r\n")
    assert lines[-13:] == announced[-13:]


def test_the_farewell_names_the_serial_only() -> None:
    assert byebye(_identity("192.168.1.50")).decode().split("\r\n") == [
        "NOTIFY * HTTP/1.1",
        "Host: 239.255.255.250:1990",
        "NT: urn:bambulab-com:device:3dprinter:1",
        "NTS: ssdp:byebye",
        "USN: 01P00A391800001",
        "",
        "",
    ]


@given(name=st.text(max_size=100))
def test_no_name_can_become_a_header(name: str) -> None:
    datagram = notify(_identity("192.168.1.50", name)).decode()
    assert datagram.count("\r\n") == 18
    assert len(datagram.splitlines()) == 18


@pytest.mark.parametrize(
    ("datagram", "expected"),
    [
        (SEARCH, True),
        (SEARCH.replace(b"2021", b"1990"), True),
        (b"m-search * http/1.1\r\nst: ssdp:all\r\n\r\n", True),
        (b"M-SEARCH * HTTP/1.1\r\nST: upnp:rootdevice\r\n\r\n", False),
        (notify(_identity("192.168.1.50")), False),
        (b"", False),
    ],
)
def test_searches_are_recognised_loosely(datagram: bytes, expected: bool) -> None:
    assert is_search(datagram) is expected


@given(st.binary(max_size=200))
def test_arbitrary_datagrams_are_no_search(datagram: bytes) -> None:
    assert is_search(datagram) is False


# --- on the wire


class Ear:
    """A slicer's socket: bound to all addresses on UDP 2021, as the network plugin does it."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.sock.bind(("0.0.0.0", 2021))
        self.sock.setblocking(False)

    async def handle_datagram(self, address: str, containing: bytes = b"") -> bytes:
        """Wait for a datagram of this printer."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            while True:
                datagram, (peer, _port) = await loop.sock_recvfrom(self.sock, 4096)
                if peer == address and containing in datagram:
                    return datagram


@pytest.fixture
def ear(loopback: None) -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.sock.close()


@pytest.fixture
async def search_receiver(loopback: None) -> SearchReceiver:
    return SearchReceiver()


@pytest.fixture
async def discovery(
    address: str, search_receiver: SearchReceiver
) -> AsyncIterator[Discovery]:
    discovery = Discovery(_identity(address), search_receiver)
    yield discovery
    discovery.close()


async def test_a_slicer_hears_a_burst_at_start_and_then_every_three_to_four_seconds(
    discovery: Discovery, ear: Ear, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays: list[float] = []
    later = discovery._later

    def _sooner(delay: float, action: Callable[[], None]) -> None:
        delays.append(delay)
        later(delay / 20, action)

    monkeypatch.setattr(discovery, "_later", _sooner)
    discovery.start()
    for _ in range(len(BURST_DELAYS_S) + 2):
        assert await ear.handle_datagram(address) == notify(discovery.identity)
    assert discovery.announcements >= len(BURST_DELAYS_S) + 2
    burst = [delay for delay in delays if delay < 1]
    assert burst == [0.0, 0.3, 0.6]
    assert all(3 <= delay <= 4 for delay in delays if delay not in burst)
    assert len(delays) > len(burst) + 1


async def test_a_detect_request_is_followed_by_a_burst_also_sent_to_the_asker(
    discovery: Discovery, ear: Ear, address: str, new_address: Callable[[], str]
) -> None:
    asker = new_address()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((asker, 2021))
    sock.setblocking(False)
    discovery.announce(also_to=asker)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(LIMIT_S):
        for _ in BURST_DELAYS_S:
            assert await loop.sock_recv(sock, 4096) == notify(discovery.identity)
    sock.close()
    await ear.handle_datagram(address)


async def test_stopping_says_goodbye_and_frees_the_sockets(
    discovery: Discovery, ear: Ear, address: str, search_receiver: SearchReceiver
) -> None:
    discovery.start()
    await ear.handle_datagram(address)
    discovery.close()
    assert not discovery.bound
    assert await ear.handle_datagram(address, b"byebye") == byebye(discovery.identity)
    assert search_receiver._sockets == []


@pytest.mark.parametrize("port", [2021, 1990])
async def test_a_multicast_search_is_answered_from_the_printer_s_own_address(
    discovery: Discovery, address: str, port: int
) -> None:
    discovery.start()
    await _search_and_expect(discovery, ("239.255.255.250", port), address)


@pytest.mark.parametrize("host", ["255.255.255.255", None])
async def test_broadcast_and_unicast_searches_are_answered(
    discovery: Discovery, address: str, host: str | None
) -> None:
    discovery.start()
    await _search_and_expect(discovery, (host or address, 2021), address)


async def _search_and_expect(
    discovery: Discovery, target: tuple[str, int], address: str
) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setsockopt(
            socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1")
        )
        sock.bind(("127.0.0.1", 0))
        sock.sendto(b"noise", target)
        sock.sendto(SEARCH, target)
        # Printers of test runs beside this one answer as well.
        async with asyncio.timeout(LIMIT_S):
            peer = None
            while peer != (address, 2021):
                datagram, peer = await loop.sock_recvfrom(sock, 4096)
    assert datagram == search_response(discovery.identity)


async def test_two_printers_on_one_host_are_both_announced_and_both_answer(
    new_address: Callable[[], str], search_receiver: SearchReceiver, ear: Ear
) -> None:
    addresses = {new_address(), new_address()}
    printers = [Discovery(_identity(address), search_receiver) for address in addresses]
    for printer in printers:
        printer.start()
    for address in addresses:
        assert f"Location: {address}".encode() in await ear.handle_datagram(address)
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.bind(("127.0.0.1", 0))
        sock.sendto(SEARCH, ("255.255.255.255", 2021))
        waited_for = set(addresses)
        async with asyncio.timeout(LIMIT_S):
            while waited_for:
                waited_for.discard((await loop.sock_recvfrom(sock, 4096))[1][0])
    printers[0].close()
    # The other one still hears.
    await _search_and_expect(
        printers[1], ("255.255.255.255", 2021), printers[1].identity.bind_ip
    )
    printers[1].close()


async def test_the_advertised_address_is_announced_on_its_own_network_too(
    new_address: Callable[[], str], search_receiver: SearchReceiver, ear: Ear
) -> None:
    bind_ip, advertise_ip = new_address(), new_address()
    printer = Discovery(_identity(bind_ip, advertise_ip=advertise_ip), search_receiver)
    printer.start()
    for address in (bind_ip, advertise_ip):
        assert f"Location: {advertise_ip}".encode() in await ear.handle_datagram(
            address
        )
    printer.close()


async def test_an_advertised_address_of_somebody_else_is_only_named(
    address: str, search_receiver: SearchReceiver, ear: Ear
) -> None:
    printer = Discovery(
        _identity(address, advertise_ip="198.51.100.7"), search_receiver
    )
    printer.start()
    assert b"Location: 198.51.100.7" in await ear.handle_datagram(address)
    printer.close()


async def test_a_loopback_printer_does_not_answer_the_lan(
    discovery: Discovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(
        discovery, "_send", lambda _sock, _message, host, _port: sent.append(host)
    )
    discovery.answer("192.168.1.7", 50000)
    assert sent == []
    discovery.answer("127.0.0.1", 50000)
    assert sent == ["127.0.0.1"]


async def test_a_port_that_somebody_holds_alone_is_named(
    address: str, search_receiver: SearchReceiver
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        # Sockets of all addresses may be open beside us; those after us may not.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, 2021))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        with pytest.raises(ListenError) as raised:
            Discovery(_identity(address), search_receiver)
    assert raised.value.errno == errno.EADDRINUSE
    assert "discovery cannot listen" in str(raised.value)
    assert search_receiver._sockets == []


async def test_an_interface_that_goes_down_is_logged_once_and_once_when_back(
    discovery: Discovery,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    broken = "255.255.255.255"
    send = discovery._send

    def _send(sock: socket.socket, message: bytes, host: str, port: int) -> object:
        if host == broken:
            return OSError(errno.ENETUNREACH, "Network is unreachable")
        return send(sock, message, host, port)

    monkeypatch.setattr(discovery, "_send", _send)
    discovery._broadcast(notify(discovery.identity))
    discovery._broadcast(notify(discovery.identity))
    broken = ""
    discovery._broadcast(notify(discovery.identity))
    discovery._broadcast(notify(discovery.identity))
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    assert "cannot be announced" in messages[0]
    assert "is announced again" in messages[1]


async def test_a_flood_of_datagrams_does_not_hold_the_loop(
    discovery: Discovery, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    discovery.start()
    turns: list[int] = []
    counted = 0

    def _received(_datagram: bytes, _peer: str, _port: int) -> None:
        nonlocal counted
        counted += 1

    monkeypatch.setattr(datagrams, "DATAGRAMS_PER_TURN", 4)
    discovery._loop.remove_reader(discovery._senders[0])
    datagrams.on_datagram(discovery._senders[0], _received)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(20):
            sock.sendto(b"x", (address, 2021))
    while counted < 20:
        before = counted
        await asyncio.sleep(0)
        turns.append(counted - before)
    assert max(turns) == 4
