"""The check of a printer before it is relayed to: what is right, and which part is wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
import socket

import pytest

from custom_components.bambu_virtual_printer.engine.machines import check
from custom_components.bambu_virtual_printer.engine.machines.check import (
    Problem,
    check_printer,
)
from custom_components.bambu_virtual_printer.engine.net import printer_client
from custom_components.bambu_virtual_printer.engine.net.printer_client import Dialler
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterIdentity,
)
from scripts.printer_double.certificate import PrinterCertificate
from tests.support.serials import SERIAL
from tests.support.simulated_printer import ACCESS_CODE, SimulatedPrinter

pytestmark = pytest.mark.usefixtures("maker_cas")


async def test_a_printer_that_is_there_passes_and_tells_who_it_is(
    dialler: Dialler,
    real: SimulatedPrinter,
) -> None:
    found = await check_printer(
        dialler, real.address, PrinterIdentity(serial=SERIAL), ACCESS_CODE
    )
    assert found.ok
    assert found.bind.problem is None
    assert (found.address, found.serial, found.virtual) == (real.address, SERIAL, False)
    assert (found.model_code, found.name, found.firmware_version) == (
        "BL-P001",
        "Real one",
        "01.08.02.00",
    )
    assert real.logins == 1


async def test_a_wrong_code_is_named(dialler: Dialler, real: SimulatedPrinter) -> None:
    found = await check_printer(
        dialler, real.address, PrinterIdentity(serial=SERIAL), "00000000"
    )
    assert (found.mqtt.problem, found.ftps.problem) == (Problem.WRONG_CODE, None)
    assert not found.ok


async def test_another_printer_is_named_and_not_told_the_code(
    dialler: Dialler,
    real: SimulatedPrinter,
) -> None:
    found = await check_printer(
        dialler, real.address, PrinterIdentity(serial="01P00A000000000"), ACCESS_CODE
    )
    for part in (found.mqtt, found.ftps, found.bind):
        assert part.problem is Problem.WRONG_SERIAL
    assert SERIAL in found.mqtt.detail
    assert real.logins == 0


async def test_nobody_there(dialler: Dialler, address: str) -> None:
    found = await check_printer(
        dialler, address, PrinterIdentity(serial=SERIAL), ACCESS_CODE
    )
    for part in (found.mqtt, found.ftps, found.bind):
        assert (part.problem, part.detail) == (
            Problem.UNREACHABLE,
            "the connection was refused",
        )
    assert (found.ok, found.address, found.serial) == (False, address, "")


async def test_a_name_that_leads_nowhere(
    dialler: Dialler, loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _fail(*_args: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", _fail)
    found = await check_printer(
        dialler, "printer.invalid", PrinterIdentity(serial=SERIAL), ACCESS_CODE
    )
    assert (found.mqtt.problem, found.mqtt.detail) == (
        Problem.UNREACHABLE,
        "its name cannot be resolved",
    )
    assert found.address is None


async def test_each_part_that_is_missing_is_told_by_itself(
    dialler: Dialler, new_address: Callable[[], str], certificate: PrinterCertificate
) -> None:
    async with SimulatedPrinter(
        new_address(), SERIAL, certificate, services=frozenset({"mqtt"})
    ) as real:
        found = await check_printer(
            dialler, real.address, PrinterIdentity(serial=SERIAL), ACCESS_CODE
        )
    assert (found.mqtt.problem, found.ftps.problem, found.bind.problem) == (
        None,
        Problem.UNREACHABLE,
        Problem.UNREACHABLE,
    )


async def test_a_virtual_printer_is_told_from_a_real_one(
    dialler: Dialler,
    new_address: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    certificate = PrinterCertificate.make(
        tmp_path_factory.mktemp("virtual"), SERIAL, "Virtual Printer CA"
    )
    async with SimulatedPrinter(new_address(), SERIAL, certificate) as real:
        found = await check_printer(
            dialler, real.address, PrinterIdentity(serial=SERIAL), ACCESS_CODE
        )
    assert found.virtual
    assert found.mqtt.problem is Problem.UNVERIFIED


async def test_nobody_without_the_makers_word_is_told_the_code_before_a_person_has_confirmed_it(
    dialler: Dialler, new_address: Callable[[], str], tmp_path: Path
) -> None:
    own = PrinterCertificate.make(tmp_path, SERIAL, SERIAL)
    async with SimulatedPrinter(new_address(), SERIAL, own) as printer:
        expected = PrinterIdentity(serial=SERIAL)
        found = await check_printer(dialler, printer.address, expected, ACCESS_CODE)
        for part in (found.mqtt, found.ftps):
            assert part.problem is Problem.UNVERIFIED
        assert found.fingerprint == own.fingerprint
        assert printer.connects == 0
        assert "PASS" not in printer.ftps.log
        expected = replace(expected, pinned=found.fingerprint)
        assert (await check_printer(dialler, printer.address, expected, ACCESS_CODE)).ok
        assert printer.connects == printer.logins == 1
        expected = replace(expected, pinned="00" * 32)
        found = await check_printer(dialler, printer.address, expected, ACCESS_CODE)
        assert found.mqtt.problem is Problem.UNVERIFIED
        assert printer.connects == 1


@pytest.mark.parametrize(
    "answer", [b"220 hello\r\n" * 10, b"\x30\x02\x00\x00", b"\x20\x02\x00\x03", b""]
)
async def test_something_else_on_its_ports_is_no_printer(
    dialler: Dialler, address: str, certificate: PrinterCertificate, answer: bytes
) -> None:
    async def _serve(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(10)
        writer.write(answer)
        writer.close()

    tls = certificate.context()
    servers = [
        await asyncio.start_server(_serve, address, port, ssl=context)
        for port, context in ((8883, tls), (990, None), (3000, None))
    ]
    found = await check_printer(
        dialler, address, PrinterIdentity(serial=SERIAL), ACCESS_CODE
    )
    assert found.mqtt.problem is (
        Problem.REFUSED if answer[:1] == b"\x20" else Problem.NOT_A_PRINTER
    )
    assert found.ftps.problem is not None
    assert found.bind.problem is Problem.NOT_A_PRINTER
    for server in servers:
        server.close()
        server.close_clients()
        await server.wait_closed()


async def test_silence_is_not_waited_for_forever(
    dialler: Dialler, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer_client, "HANDSHAKE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(check, "ANSWER_TIMEOUT_S", 0.2)
    silent = [socket.create_server((address, port)) for port in (8883, 990, 3000, 3002)]
    found = await check_printer(
        dialler, address, PrinterIdentity(serial=SERIAL), ACCESS_CODE
    )
    for part in (found.mqtt, found.ftps, found.bind):
        assert part.problem is not None
    for sock in silent:
        sock.close()
