"""FTPS that ends here: both sides are served as they want to be, and the order of ends is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
import gc
import socket
import threading
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.events import (
    LoginFailed,
    TargetLost,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.relay.ftps import replies, session
from custom_components.bambu_virtual_printer.engine.relay.ftps.transfer import (
    RelayedTransfer,
)
from custom_components.bambu_virtual_printer.engine.relay.proxy_printer import (
    ProxyPrinter,
)
from custom_components.bambu_virtual_printer.engine.values import Service
from scripts.printer_double import ftps_server
from scripts.printer_double.certificate import PrinterCertificate
from tests.support.ftps_clients import (
    RawClient,
    plain_fin,
    reset,
    sliced_file,
    trusting,
)
from tests.support.serials import SERIAL
from tests.support.simulated_printer import SimulatedPrinter
from tests.support.waiting import until

from ..conftest import TIMEOUT_S, Stage, in_thread

SMALL = b"a few bytes"


@pytest.fixture
async def proxy(stage: Stage, real: SimulatedPrinter) -> ProxyPrinter:
    return await stage.proxy(real.address, terminate_ftps=True)


@pytest.fixture
async def client(
    stage: Stage, proxy: ProxyPrinter, ca: CertificateAuthority
) -> AsyncIterator[RawClient]:
    """A slicer that is logged in through the proxy."""
    client = await in_thread(RawClient, stage.address, trusting(ca))
    await in_thread(client.log_in)
    yield client
    client.close()


@pytest.mark.parametrize("levels", ["P", "C", "PC"])
@pytest.mark.parametrize("asked", ["P", "C"])
@pytest.mark.parametrize("passive", ["EPSV", "PASV"])
async def test_each_side_is_encrypted_as_it_wants_to_be(
    stage: Stage,
    new_address: Callable[[], str],
    certificate: PrinterCertificate,
    ca: CertificateAuthority,
    levels: str,
    asked: str,
    passive: str,
) -> None:
    content = sliced_file(300_000)

    def _store(address: str) -> tuple[bytes, bytes]:
        with RawClient(address, trusting(ca)) as client:
            client.log_in()
            assert client.command(f"PROT {asked}").startswith("200")
            if passive == "EPSV":
                port = client.epsv()
            else:
                host, port = client.pasv()
                assert host == address
            with client.connect(port) as sock:
                assert client.command("STOR /a.gcode.3mf").startswith("150")
                if asked == "P":
                    with client.encrypt(sock) as data:
                        assert data.session_reused
                        data.sendall(content)
                        plain_fin(data)
                else:
                    sock.sendall(content)
                    sock.shutdown(socket.SHUT_WR)
                assert client.reply().startswith("226")
            private = asked == "P"
            listing = client.fetch("LIST", encrypted=private)
            assert client.command("SIZE a.gcode.3mf") == f"213 {len(content)}"
            return listing, client.fetch("RETR a.gcode.3mf", encrypted=private)

    async with SimulatedPrinter(
        new_address(), SERIAL, certificate, prot_levels=levels
    ) as real:
        await stage.proxy(real.address, terminate_ftps=True)
        listing, fetched = await in_thread(_store, stage.address)
        assert b"a.gcode.3mf" in listing
        assert fetched == content == real.ftps.files["a.gcode.3mf"]
        assert not [line for line in real.ftps.log if line.startswith("data:")]


async def test_clear_data_after_prot_p_is_taken(
    client: RawClient, real: SimulatedPrinter
) -> None:
    def _store() -> None:
        port = client.epsv()
        with client.connect(port) as sock:
            assert client.command("STOR a.3mf").startswith("150")
            sock.sendall(SMALL)
            sock.shutdown(socket.SHUT_WR)
            assert client.reply().startswith("226")

    await in_thread(_store)
    assert real.ftps.files["a.3mf"] == SMALL


async def test_an_empty_file_is_a_file(
    client: RawClient, real: SimulatedPrinter
) -> None:
    await in_thread(client.store, "verify_job", b"")
    assert real.ftps.files["verify_job"] == b""


async def test_the_226_comes_before_the_end_of_the_data_connection(
    client: RawClient, real: SimulatedPrinter
) -> None:
    hold = threading.Event()
    real.ftps.on_file = lambda name, content: hold.wait(TIMEOUT_S) and None

    def _store() -> None:
        port = client.epsv()
        with client.connect(port) as sock:
            assert client.command("STOR a.3mf").startswith("150")
            sock.sendall(SMALL)
            sock.shutdown(socket.SHUT_WR)
            sock.settimeout(0.5)
            with pytest.raises(TimeoutError):
                sock.recv(1)
            hold.set()
            assert client.reply().startswith("226")
            sock.settimeout(TIMEOUT_S)
            assert sock.recv(1) == b""

    await in_thread(_store)


async def test_an_upload_that_breaks_off_breaks_off_at_the_printer_too(
    client: RawClient, real: SimulatedPrinter
) -> None:
    def _break_off() -> None:
        port = client.epsv()
        sock = client.connect(port)
        assert client.command("STOR a.3mf").startswith("150")
        data = client.encrypt(sock)
        data.sendall(bytes(100_000))
        reset(data)
        assert client.reply().startswith("426")

    await in_thread(_break_off)
    assert "a.3mf" not in real.ftps.files
    # And the session goes on.
    assert (await in_thread(client.store, "a.3mf", SMALL)).startswith("226")


async def test_an_upload_is_shown_while_it_passes(
    client: RawClient, stage: Stage, proxy: ProxyPrinter
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def _store() -> None:
        with client.storing("cube.3mf") as data:
            data.sendall(bytes(300_000))
            began.set()
            go_on.wait(TIMEOUT_S)
            plain_fin(data)
        assert client.reply().startswith("226")

    storing = asyncio.create_task(in_thread(_store))
    await in_thread(began.wait, TIMEOUT_S)
    await until(lambda: proxy.uploads and proxy.uploads[0].sent_bytes == 300_000)
    [upload] = proxy.uploads
    assert (upload.name, upload.peer) == ("cube.3mf", "127.0.0.1")
    go_on.set()
    await storing
    await until(lambda: not proxy.uploads)
    counted = {reading.service: reading for reading in proxy.traffic}
    assert counted[Service.FTPS_DATA].up_bytes == 300_000
    assert counted[Service.FTPS].connections == 1


async def test_no_reply_tells_where_the_printer_is(
    stage: Stage, client: RawClient, real: SimulatedPrinter
) -> None:
    assert real.address not in client.banner
    assert stage.address in client.banner


async def test_a_wrong_code_is_the_printers_to_refuse(
    stage: Stage, proxy: ProxyPrinter, ca: CertificateAuthority
) -> None:
    def _log_in() -> str:
        with RawClient(stage.address, trusting(ca)) as client:
            client.command("USER bblp")
            return client.command("PASS 00000000")

    assert (await in_thread(_log_in)).startswith("530")
    assert stage.of(LoginFailed) == [
        LoginFailed(peer="127.0.0.1", service=Service.FTPS, attempts=1)
    ]


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("PORT 127,0,0,1,4,4", "502"),
        ("EPRT |1|127.0.0.1|1028|", "502"),
        ("PROT S", "504"),
        ("STOR a.3mf", "425"),
        ("FEAT", "211"),
        ("NOOP", "502"),
        ("RETR nothing", "425"),
    ],
)
async def test_what_is_answered_without_a_transfer(
    client: RawClient, line: str, reply: str
) -> None:
    assert (await in_thread(client.command, line)).startswith(reply)


async def test_a_file_that_is_not_there_gives_the_data_connection_up(
    client: RawClient,
) -> None:
    def _fetch() -> None:
        port = client.epsv()
        with client.connect(port) as sock:
            assert client.command("RETR nothing").startswith("550")
            assert sock.recv(1) == b""
        assert client.fetch("LIST") == b""

    await in_thread(_fetch)


async def test_nobody_else_gets_into_a_data_connection(
    client: RawClient, new_address: Callable[[], str]
) -> None:
    source = new_address()

    def _store() -> None:
        port = client.epsv()
        stranger = socket.create_connection(
            (client.address, port), TIMEOUT_S, source_address=(source, 0)
        )
        with stranger, client.connect(port) as sock:
            assert stranger.recv(1) == b""
            assert client.command("STOR a.3mf").startswith("150")
            sock.sendall(SMALL)
            sock.shutdown(socket.SHUT_WR)
            assert client.reply().startswith("226")

    await in_thread(_store)


async def test_a_data_connection_that_never_comes_is_the_printers_to_report(
    client: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "ACCEPT_TIMEOUT_S", 0.2)
    monkeypatch.setattr(ftps_server, "TIMEOUT_S", 0.5)

    def _store() -> None:
        client.epsv()
        assert client.command("STOR a.3mf").startswith("425")
        assert client.command("PWD").startswith("257")

    await in_thread(_store)


async def test_a_data_port_that_another_one_replaces_at_once_is_closed(
    client: RawClient,
) -> None:
    """Both commands come together, so that the first port is given up before anything waits on it."""
    await in_thread(client.send, "EPSV", "EPSV")
    ports = []
    for _ in range(2):
        reply = await in_thread(client.reply)
        assert reply.startswith("229")
        ports.append(int(reply.split("|")[3]))
    assert await in_thread(_is_open, client.address, ports[1])
    assert ports[0] == ports[1] or not await in_thread(
        _is_open, client.address, ports[0]
    )
    # A socket that is left to the collector is an error of the test.
    gc.collect()


def _is_open(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), TIMEOUT_S).close()
    except ConnectionRefusedError:
        return False
    return True


async def test_the_printers_port_number_is_kept_where_it_is_free(
    client: RawClient, real: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _ports() -> tuple[int, int, str]:
        assert client.epsv() == 50000
        with socket.create_server((client.address, 50007)):
            taken = client.epsv()
        monkeypatch.setattr(session, "FTPS_DATA_PORTS", range(50014, 50015))
        with socket.create_server((client.address, 50014)):
            return 50007, taken, client.command("EPSV")

    busy, other, refused = await in_thread(_ports)
    assert other != busy
    assert refused.startswith("425")


async def test_strangers_who_do_not_log_in_keep_no_slicer_out(
    client: RawClient, stage: Stage, ca: CertificateAuthority
) -> None:
    """There was room for 16 sessions, whoever they were, for ten minutes each."""
    unauthenticated = [
        await in_thread(RawClient, stage.address, trusting(ca)) for _ in range(18)
    ]
    slicer = await in_thread(RawClient, stage.address, trusting(ca))
    await in_thread(slicer.log_in)
    assert (await in_thread(slicer.command, "PWD")).startswith("257")
    # Nor do they displace one who is logged in.
    assert (await in_thread(client.command, "PWD")).startswith("257")
    for each in (*unauthenticated, slicer):
        each.close()


@pytest.mark.parametrize(
    "reply",
    [
        b"229 Entering Extended Passive Mode (|||" + b"9" * 5000 + b"|)",
        b"229 Entering Extended Passive Mode (|||99999|)",
        b"229 Entering Extended Passive Mode (|||0|)",
        b"227 Entering Passive Mode (1,2,3,4,999,999)",
        b"227 at your service",
    ],
)
def test_a_passive_port_that_cannot_be_one_ends_the_session(reply: bytes) -> None:
    with pytest.raises(replies.EndedError):
        replies.passive_port(reply)


def banner_of(address: str, ca: CertificateAuthority) -> str:
    """Return what a slicer is told when it connects."""
    client = RawClient(address, trusting(ca))
    client.close()
    return client.banner


async def test_a_printer_that_is_away_is_refused_at_once(
    stage: Stage, proxy: ProxyPrinter, real: SimulatedPrinter, ca: CertificateAuthority
) -> None:
    await real.stop()
    for _ in range(2):
        banner = await in_thread(banner_of, stage.address, ca)
        assert banner.startswith("421 The printer cannot be reached")
    await until(lambda: stage.of(TargetLost))
    await real.start()


async def test_another_printer_never_hears_the_code(
    stage: Stage,
    proxy: ProxyPrinter,
    new_address: Callable[[], str],
    ca: CertificateAuthority,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    serial = "01P00A000000000"
    other = PrinterCertificate.make(tmp_path_factory.mktemp("other"), serial)
    async with SimulatedPrinter(new_address(), serial, other) as stranger:
        proxy._relay._watch._upstream.address = stranger.address  # type: ignore[union-attr]
        banner = await in_thread(banner_of, stage.address, ca)
        assert banner.startswith("421 The printer cannot be reached")
        assert not [line for line in stranger.ftps.log if "control:" not in line]


async def test_stopping_cuts_an_upload_so_that_it_does_not_look_whole(
    client: RawClient, proxy: ProxyPrinter, real: SimulatedPrinter
) -> None:
    def _begin() -> Any:
        storing = client.storing("a.3mf")
        data = storing.__enter__()
        data.sendall(bytes(100_000))
        return storing, data

    _storing, data = await in_thread(_begin)
    await until(lambda: real.ftps.received)
    async with asyncio.timeout(TIMEOUT_S):
        await proxy.__aexit__(None, None, None)
    assert not [each for each in threading.enumerate() if "ftps-relay" in each.name]
    reset(data)
    await until(lambda: any(line.startswith("data:") for line in real.ftps.log))
    assert "a.3mf" not in real.ftps.files


async def test_a_fault_in_a_transfer_is_a_failed_transfer(
    client: RawClient, real: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _store() -> None:
        port = client.epsv()
        with monkeypatch.context() as context, client.connect(port) as sock:
            context.setattr(RelayedTransfer, "_copy", lambda *args: 1 / 0)
            assert client.command("STOR a.3mf").startswith("150")
            sock.sendall(SMALL)
            assert client.reply().startswith("426")

    await in_thread(_store)
    assert "a.3mf" not in real.ftps.files
    assert (await in_thread(client.store, "a.3mf", SMALL)).startswith("226")


async def test_quit_ends_both_sides(client: RawClient, real: SimulatedPrinter) -> None:
    assert (await in_thread(client.command, "QUIT")).startswith("221")
    assert (await in_thread(client.reply)) == ""


async def test_a_slicer_that_leaves_leaves_nothing_behind(
    client: RawClient, stage: Stage, proxy: ProxyPrinter
) -> None:
    await in_thread(client.epsv)
    client.close()
    await until(lambda: not any(each.connections for each in proxy.traffic))
