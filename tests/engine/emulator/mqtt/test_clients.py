"""Clients that none of us wrote: mosquitto's and aiomqtt."""

import asyncio
import json
from pathlib import Path
import ssl
from typing import Any

import aiomqtt
import pytest

from custom_components.bambu_virtual_printer.engine.events import (
    PrintRequested,
    SlicerConnected,
    SlicerDisconnected,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from tests.support.mqtt_wire import ACCESS_CODE
from tests.support.serials import SERIAL
from tests.support.waiting import until

from .conftest import Printer

REPORT = f"device/{SERIAL}/report"
REQUEST = f"device/{SERIAL}/request"
TIMEOUT_S = 20.0


def project_file(name: str) -> str:
    return json.dumps({"print": {"command": "project_file", "file": name}})


@pytest.fixture
def ca_file(ca: CertificateAuthority) -> Path:
    return ca.folder / "bbl_ca.crt"


async def start(
    program: str,
    printer: Printer,
    ca_file: Path,
    *options: str,
    access_code: str = ACCESS_CODE,
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        program,
        *("-h", printer.address, "-p", "8883"),
        # The certificate names the serial, not the address.
        *("--cafile", str(ca_file), "--insecure"),
        *("-u", "bblp", "-P", access_code),
        *options,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def finish(process: asyncio.subprocess.Process) -> tuple[int, str, str]:
    """Wait for the end of a program. Returns its exit code and what it wrote."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def mosquitto(
    program: str,
    printer: Printer,
    ca_file: Path,
    *options: str,
    access_code: str = ACCESS_CODE,
) -> tuple[int, str, str]:
    """Run one of the programs to its end. Returns its exit code and what it wrote."""
    return await finish(
        await start(program, printer, ca_file, *options, access_code=access_code)
    )


@pytest.mark.parametrize("qos", ["0", "1", "2"])
@pytest.mark.parametrize("version", ["mqttv31", "mqttv311"])
async def test_mosquitto_pub_delivers_a_command_once(
    printer: Printer, ca_file: Path, qos: str, version: str
) -> None:
    code, _out, err = await mosquitto(
        "mosquitto_pub",
        printer,
        ca_file,
        *("-V", version, "-t", REQUEST, "-q", qos, "-m", project_file("a.3mf")),
        *("--will-topic", "gone", "--will-payload", "x", "--will-qos", "1"),
    )
    assert (code, err) == (0, "")
    await until(lambda: printer.of(SlicerDisconnected))
    assert [event.request.file for event in printer.of(PrintRequested)] == ["a.3mf"]


@pytest.mark.parametrize("qos", ["0", "1", "2"])
async def test_mosquitto_pub_delivers_more_messages_than_it_keeps_in_flight(
    printer: Printer, ca_file: Path, qos: str
) -> None:
    names = [f"{number}.3mf" for number in range(60)]
    process = await start(
        "mosquitto_pub", printer, ca_file, *("-t", REQUEST, "-q", qos, "-l")
    )
    assert process.stdin
    process.stdin.writelines(project_file(name).encode() + b"\n" for name in names)
    # It ends with its input, and resets the connection without having read the answers.
    await until(lambda: len(printer.of(PrintRequested)) == len(names))
    code, _out, err = await finish(process)
    assert (code, err) == (0, "")
    assert [event.request.file for event in printer.of(PrintRequested)] == names


@pytest.mark.parametrize(
    "topic", [REPORT, "#", "device/+/report"], ids=["own", "all", "any"]
)
async def test_mosquitto_sub_receives_reports(
    printer: Printer, ca_file: Path, topic: str
) -> None:
    code, out, err = await mosquitto(
        "mosquitto_sub",
        printer,
        ca_file,
        *("-t", topic, "-q", "1", "-C", "3", "-F", "%j"),
    )
    assert (code, err) == (0, "")
    messages = [json.loads(line) for line in out.splitlines()]
    assert {message["topic"] for message in messages} == {REPORT}
    assert {message["qos"] for message in messages} == {0}
    reports = [json.loads(message["payload"]) for message in messages]
    assert [report["print"]["command"] for report in reports] == ["push_status"] * 3


async def test_mosquitto_says_that_a_wrong_code_is_not_authorised(
    printer: Printer, ca_file: Path
) -> None:
    code, _out, err = await mosquitto(
        "mosquitto_pub",
        printer,
        ca_file,
        *("-t", REQUEST, "-m", "{}"),
        access_code="00000000",
    )
    assert code == 5
    assert "not authorised" in err
    assert printer.of(SlicerConnected) == []


async def test_a_client_of_mqtt_5_is_told_that_its_version_is_not_spoken(
    printer: Printer, ca_file: Path
) -> None:
    code, _out, err = await mosquitto(
        "mosquitto_pub", printer, ca_file, *("-V", "5", "-t", REQUEST, "-m", "{}")
    )
    assert code != 0
    assert err
    assert printer.events == []


async def _next(messages: Any, kind: str) -> dict[str, Any]:
    async for message in messages:
        report: dict[str, dict[str, Any]] = json.loads(message.payload)
        if kind in report:
            return report[kind]
    raise AssertionError("no more messages")


async def test_a_session_of_aiomqtt(printer: Printer, trust: ssl.SSLContext) -> None:
    trust.check_hostname = False
    async with (
        asyncio.timeout(TIMEOUT_S),
        aiomqtt.Client(
            printer.address,
            8883,
            username="bblp",
            password=ACCESS_CODE,
            identifier="ha-bambulab-1",
            keepalive=5,
            tls_context=trust,
        ) as client,
    ):
        await client.subscribe(REPORT, qos=2)
        assert (await _next(client.messages, "print"))["msg"] == 0
        for qos in (0, 1, 2):
            request = {"info": {"command": "get_version", "sequence_id": str(qos)}}
            await client.publish(REQUEST, json.dumps(request), qos=qos)
            version = await _next(client.messages, "info")
            assert version["sequence_id"] == str(qos)
            assert version["module"][0]["product_name"] == "Bambu Lab P1S"
        await client.unsubscribe(REPORT)
        (slicer,) = printer.server.connections
        assert slicer.client_id == "ha-bambulab-1"
    await until(lambda: printer.of(SlicerDisconnected))
    assert str(printer.of(SlicerDisconnected)[0].reason) == "the slicer said goodbye"


async def test_aiomqtt_is_refused_with_a_wrong_code(
    printer: Printer, trust: ssl.SSLContext
) -> None:
    trust.check_hostname = False
    client = aiomqtt.Client(
        printer.address, 8883, username="bblp", password="x", tls_context=trust
    )
    with pytest.raises(aiomqtt.MqttCodeError, match="Not authorized"):
        await client.__aenter__()
