"""Send and Print by the file tunnel, with MQTT of the same printer, in both orders."""

import asyncio
from functools import partial
from pathlib import Path
import ssl
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.events import (
    PrintRequested,
    UploadReceived,
)
from custom_components.bambu_virtual_printer.engine.values import Service
from scripts.slicer import (
    PrintOptions,
    SlicerError,
    Step,
    project_file,
    send,
    session,
    tls_context,
)
from scripts.tunnel import TunnelClient, upload_file_by_tunnel
from tests.support.ftps_clients import ACCESS_CODE, sliced_file
from tests.support.tunnel_client import TunnelClient as RawClient
from tests.support.waiting import until

from .conftest import Rig

NAME = "Cube.gcode.3mf"
CONTENT = sliced_file(600_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize("options", [None, PrintOptions()], ids=["send", "print"])
async def test_a_slicer_sends_and_prints_by_the_tunnel(
    rig: Rig, path: Path, options: PrintOptions | None
) -> None:
    steps: list[Step] = []
    sent: list[int] = []
    await send(
        path,
        rig.address,
        ACCESS_CODE,
        print_options=options,
        on_step=steps.append,
        by_tunnel=partial(upload_file_by_tunnel, on_block=sent.append),
    )
    assert rig.kept(NAME) == CONTENT
    assert sum(sent) == len(CONTENT)
    await until(lambda: len(rig.received) == 1)
    [received] = rig.received
    assert received.service is Service.TUNNEL
    requests = rig.of(PrintRequested)
    assert [event.upload_id for event in requests] == (
        [received.file.id] if options else []
    )


async def test_a_print_that_is_asked_for_first_gets_its_file(
    rig: Rig, path: Path
) -> None:
    """Older slicers publish first."""
    serial = rig.printer.identity.serial
    context = await asyncio.to_thread(tls_context, serial, None)
    async with session(rig.address, ACCESS_CODE, serial, context) as mqtt:
        fields = project_file(path, PrintOptions(), url="brtc://emmc/")
        assert fields["url"] == f"brtc://emmc/{NAME}"
        del fields["file"]
        await mqtt.reply_to(
            "print", await mqtt.request("print", "project_file", **fields)
        )
        await rig.do(
            lambda: upload_file_by_tunnel(rig.address, ACCESS_CODE, context, path)
        )
        await mqtt.status("FINISH", subtask_name="Cube")
    await until(lambda: len(rig.received) == 1)
    request = rig.received[0].request
    assert request is not None and request.file == NAME
    kinds = [type(e) for e in rig.events if isinstance(e, PrintRequested | UploadReceived)]  # fmt: skip
    assert kinds == [PrintRequested, UploadReceived]


async def test_slicers_see_that_there_is_a_tunnel(rig: Rig) -> None:
    serial = rig.printer.identity.serial
    context = await asyncio.to_thread(tls_context, serial, None)
    async with session(rig.address, ACCESS_CODE, serial, context) as mqtt:
        await mqtt.request("pushing", "pushall")
        status = await mqtt.status()
    assert status["ipcam"]["file"]["local"] == "local"

    def scenario() -> None:
        with TunnelClient(rig.address, ACCESS_CODE, context) as client:
            assert client.storages() == ["emmc", "udisk"]
            assert client.files() == []

    await rig.do(scenario)


async def test_a_slicer_goes_on_after_its_connection_was_lost(
    rig: Rig, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = await asyncio.to_thread(tls_context, rig.printer.identity.serial, None)
    cut = threading.Event()

    def cut_once(_bytes: int) -> None:
        if not cut.is_set():
            cut.set()
            raise ConnectionResetError

    monkeypatch.setattr("scripts.tunnel.RETRY_PAUSE_S", 0.0)
    await rig.do(
        lambda: upload_file_by_tunnel(
            rig.address, ACCESS_CODE, context, path, on_block=cut_once
        )
    )
    assert rig.kept(NAME) == CONTENT


async def test_a_slicer_is_told_why_it_cannot_send(rig: Rig, tmp_path: Path) -> None:
    context: ssl.SSLContext = await asyncio.to_thread(
        tls_context, rig.printer.identity.serial, None
    )
    other = tmp_path / "Cube.stl"
    other.write_bytes(b"solid")

    def scenario() -> None:
        with pytest.raises(SlicerError, match="such files are not taken .result 16"):
            upload_file_by_tunnel(rig.address, ACCESS_CODE, context, other)
        with pytest.raises(SlicerError, match="access code"):
            upload_file_by_tunnel(rig.address, "00000000", context, other)
        with RawClient(rig.address) as client:
            assert client.upload(NAME, CONTENT)["result"] == 0

    await rig.do(scenario)
