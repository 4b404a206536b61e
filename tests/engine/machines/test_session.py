import asyncio
from collections.abc import Callable
from dataclasses import replace
import gc
from pathlib import Path
import socket
import ssl
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.machines.check import check_printer
from custom_components.bambu_virtual_printer.engine.machines.errors import (
    NotConnectedError,
)
from custom_components.bambu_virtual_printer.engine.machines.settings import (
    SessionTimes,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    DeveloperMode,
    Phase,
)
from custom_components.bambu_virtual_printer.engine.net.printer_client import Dialler
from scripts.printer_double import Faults, PrinterDouble, Refusal
from scripts.printer_double.certificate import PrinterCertificate
from scripts.printer_double.double import ACCESS_CODE
from tests.support.machine_stage import QUICK, TIMEOUT_S, Stage
from tests.support.serials import SERIAL
from tests.support.waiting import until


@pytest.mark.parametrize("model", ["C12", "N2S", "BL-P001", "N7", "O1D"])
async def test_a_printer_of_each_family_is_on_the_line_with_its_state(
    stage: Stage, model: str
) -> None:
    double = await stage.printer(model)
    machine = await stage.machine(double)
    await until(lambda: machine.state.firmware.version)
    assert machine.state.phase is Phase.IDLE
    assert machine.state.firmware.product_name == double.model.product_name
    assert len(machine.state.nozzles) == double.model.nozzles
    assert machine.report_age_s is not None
    assert double.broker.most_sessions == 1
    # get_version, and then a full report.
    assert [next(iter(command)) for command in double.commands] == ["info", "pushing"]


async def test_the_session_ends_with_disconnect(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await machine.__aexit__()
    await until(lambda: double.broker.disconnects == 1)
    await until(lambda: not double.broker.sessions)


async def test_each_connection_has_a_client_id_of_its_own_and_publishes_at_most_once(
    stage: Stage,
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    for _ in range(2):
        double.broker.drop()
        await until(lambda: not machine.state.is_available)
        await until(lambda: machine.state.is_available)
    assert len(set(double.broker.client_ids)) == len(double.broker.client_ids) == 3
    assert machine.sessions == 3
    assert double.broker.qos == {0}


async def test_qos_1_pubacks_with_wrong_ids_stop_no_commands(stage: Stage) -> None:
    double = await stage.printer(faults=Faults(wrong_puback=True))
    machine = await stage.machine(double)
    for _ in range(30):
        await machine.set_light(on=True)
    assert len(double.received("ledctrl")) == 30


async def test_a_session_that_would_be_killed_by_a_request_subscription_lives(
    stage: Stage,
) -> None:
    double = await stage.printer(faults=Faults(kills_request_subscribers=True))
    machine = await stage.machine(double)
    await machine.set_light(on=True)
    assert double.broker.logins == 1


@pytest.mark.parametrize("written", [SERIAL, SERIAL.lower()], ids=["upper", "lower"])
async def test_a_serial_number_may_be_typed_in_lower_case(
    stage: Stage, written: str
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double, settings={"serial": written})
    assert machine.state.is_available


async def test_wrong_code_is_told_and_not_tried_again_at_once(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(
        double, wait=False, settings={"access_code": "87654321"}
    )
    await until(lambda: machine.state.availability is Availability.WRONG_CODE)
    assert "87654321" not in machine.last_failure
    # It was right after all, and a person says so.
    double.access_code = "87654321"
    machine.retry()
    await until(lambda: machine.state.is_available)
    assert double.broker.logins == 1
    assert len(double.broker.client_ids) == 2


async def test_a_code_that_changes_is_noticed_when_the_session_ends(
    stage: Stage,
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    double.access_code = "00000000"
    double.broker.drop()
    await until(lambda: machine.state.availability is Availability.WRONG_CODE)


async def test_another_printer_at_the_address_gets_no_code(
    stage: Stage, tmp_path: Path
) -> None:
    double = await stage.printer(on=False)
    double = await stage.stack.enter_async_context(
        PrinterDouble(
            double.address,
            "01P00A000000009",
            PrinterCertificate.make(tmp_path, "01P00A000000009"),
        )
    )
    machine = await stage.machine(double, wait=False)
    await until(lambda: machine.state.availability is Availability.WRONG_SERIAL)
    assert double.broker.client_ids == []


async def test_a_certificate_that_nobody_vouches_for_gets_no_code_until_a_person_has_confirmed_it(
    stage: Stage, tmp_path: Path
) -> None:
    made = PrinterCertificate.make(tmp_path, SERIAL, issuer="Nobody")
    double = await stage.stack.enter_async_context(
        PrinterDouble(stage.new_address(), SERIAL, made)
    )
    machine = await stage.machine(double, wait=False)
    await until(lambda: machine.state.availability is Availability.UNTRUSTED)
    changed = await stage.machine(
        double, wait=False, settings={"pinned": ":".join(["00"] * 32)}
    )
    await until(lambda: changed.state.availability is Availability.CERTIFICATE_CHANGED)
    assert double.broker.client_ids == []
    pinned = await stage.machine(double, settings={"pinned": made.fingerprint})
    assert pinned.state.is_available


async def test_a_printer_that_is_off_is_offline_and_comes_back(stage: Stage) -> None:
    double = await stage.printer(on=False)
    machine = await stage.machine(double, wait=False)
    await until(lambda: machine.state.availability is Availability.LAN_ACCESS_OFF)
    with pytest.raises(NotConnectedError):
        await machine.stop()
    await double.power_on()
    await until(lambda: machine.state.is_available)


async def test_a_host_that_nobody_knows_is_offline(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = await stage.printer(on=False)

    def _unknown(*_args: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", _unknown)
    machine = await stage.machine(
        double, wait=False, settings={"host": "printer.invalid"}
    )
    await until(lambda: machine.state.availability is Availability.OFFLINE)
    assert machine.last_failure == "its name is unknown"


async def test_a_printer_whose_slots_are_all_taken_says_so(stage: Stage) -> None:
    double = await stage.printer(faults=Faults(tls_stalls=True))
    machine = await stage.machine(
        double, wait=False, session_times=replace(QUICK, handshake_s=0.2)
    )
    await until(lambda: machine.state.availability is Availability.TOO_MANY_CLIENTS)


async def test_a_printer_that_reports_nothing_is_silent_and_not_offline(
    stage: Stage,
) -> None:
    double = await stage.printer(faults=Faults(silent=True))
    machine = await stage.machine(
        double, wait=False, session_times=replace(QUICK, first_report_s=0.2)
    )
    await until(lambda: machine.state.availability is Availability.SILENT)
    double.faults.silent = False
    await until(lambda: machine.state.is_available)


async def test_a_printer_that_ends_each_session_at_once_is_redialled_ever_more_rarely(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a report makes the pauses short again, not a login."""
    from custom_components.bambu_virtual_printer.engine.machines import session

    monkeypatch.setattr(session.random, "uniform", lambda _low, _high: 1.0)
    double = await stage.printer(faults=Faults(silent=True))
    machine = await stage.machine(
        double,
        wait=False,
        session_times=replace(
            QUICK, first_report_s=0.05, retry_s=0.001, retry_max_s=4.0
        ),
    )
    await until(lambda: double.broker.logins >= 4)
    assert machine._session._delay_s() >= 0.004
    double.faults.silent = False
    machine.retry()
    await until(lambda: machine.state.is_available)
    assert machine._session._failures == 0


async def test_a_session_without_reports_is_nudged_and_then_made_anew(
    stage: Stage,
) -> None:
    times = replace(QUICK, nudge_s=0.1, silence_s=2.0)
    double = await stage.printer()
    machine = await stage.machine(double, session_times=times)
    asked = len(double.received("pushall"))
    await until(lambda: len(double.received("pushall")) > asked)
    assert double.broker.logins == 1
    double.faults.silent = True
    await until(lambda: double.broker.logins >= 2)
    double.faults.silent = False
    await until(lambda: machine.state.is_available)


async def test_what_was_known_stays_while_the_printer_is_away_and_is_marked_as_old(
    stage: Stage,
) -> None:
    double = await stage.printer()
    double.status |= {"gcode_state": "FINISH", "subtask_name": "Benchy"}
    machine = await stage.machine(double)
    await double.power_off()
    await until(lambda: not machine.state.is_available)
    assert (machine.state.job.name, machine.state.phase, machine.state.is_current) == (
        "Benchy",
        Phase.FINISH,
        False,
    )


async def test_nothing_is_current_until_the_printer_has_said_what_it_does(
    stage: Stage,
) -> None:
    double = await stage.printer("N2S", faults=Faults(ignores={"pushall"}))
    machine = await stage.machine(double, wait=False)
    await until(lambda: double.broker.sessions)
    await until(lambda: double.received("pushall"))
    double.report(nozzle_temper=30.0)
    await until(lambda: machine.state.is_available)
    assert not machine.state.is_current
    double.report(gcode_state="RUNNING")
    await until(lambda: machine.state.is_current)


async def test_a_printer_with_a_new_address_is_found_when_it_is_heard_there(
    stage: Stage,
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await double.power_off()
    await until(lambda: not machine.state.is_available)
    await double.power_on(stage.new_address())
    machine.seen_at(double.address)
    await until(lambda: machine.state.is_available)
    assert machine.address == double.address


async def test_somebody_else_who_is_heard_gets_no_code(
    stage: Stage, tmp_path: Path
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await double.power_off()
    made = PrinterCertificate.make(tmp_path, SERIAL, issuer="Nobody")
    impostor = await stage.stack.enter_async_context(
        PrinterDouble(stage.new_address(), SERIAL, made)
    )
    machine.seen_at(impostor.address)
    await until(lambda: impostor.broker.attempts)
    await double.power_on()
    await until(lambda: machine.state.is_available)
    assert impostor.broker.client_ids == []
    assert machine.address == double.address


async def test_a_reconnect_by_hand_makes_a_new_session(stage: Stage) -> None:
    double = await stage.printer(faults=Faults(refusal=Refusal.SILENCE))
    machine = await stage.machine(double)
    machine._authorization.accepted()
    machine.reconnect()
    await until(lambda: double.broker.logins == 2)
    await until(lambda: machine.state.is_available)
    assert machine.state.developer_mode is DeveloperMode.UNKNOWN


async def test_a_session_that_is_just_ending_may_be_ended_again(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    for _ in range(10):
        # Its end takes some turns of the event loop.
        machine.reconnect()
        await asyncio.sleep(0)
    await until(lambda: machine.sessions >= 2 and machine.state.is_available)


@pytest.mark.parametrize("stall", ["tls", "connack"])
async def test_leaving_while_connecting_leaves_nothing_behind(
    stage: Stage, new_address: Callable[[], str], stall: str
) -> None:
    address = new_address()
    reached = asyncio.Event()
    ended = asyncio.Event()

    async def _serve(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not await reader.read(1):
            # Somebody who only looked whether anybody is here.
            writer.close()
            return
        reached.set()
        while await reader.read(1000):
            pass
        ended.set()
        writer.close()

    context: ssl.SSLContext | None = (
        stage.certificate.context() if stall == "connack" else None
    )
    server = await asyncio.start_server(_serve, address, 8883, ssl=context)
    double = await stage.printer(on=False)
    machine = await stage.machine(
        double, wait=False, settings={"host": address}, session_times=SessionTimes()
    )
    await until(reached.is_set)
    await machine.__aexit__()
    await until(ended.is_set)
    server.close()
    await server.wait_closed()
    gc.collect()


async def test_a_listener_that_fails_harms_nobody(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)

    def _fail(_state: object) -> None:
        raise RuntimeError("no")

    unsubscribe = machine.subscribe(_fail)
    double.report(mc_percent=7)
    await until(lambda: machine.state.job.percent == 7)
    unsubscribe()
    unsubscribe()
    assert "A listener failed" in caplog.text
    caplog.clear()
    double.report(mc_percent=8)
    await until(lambda: machine.state.job.percent == 8)
    assert not caplog.records


async def test_changes_give_the_state_now_and_then_the_newest(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    seen = []
    async with asyncio.timeout(20):
        async for state in machine.changes():
            seen.append(state)
            if state.job.percent == 9:
                break
            double.report(mc_percent=8)
            double.report(mc_percent=9)
            await until(lambda: machine.state.job.percent == 9)
    assert len(seen) == 2
    assert seen[0].is_available


async def test_odd_bytes_and_foreign_replies_are_everyday_life(stage: Stage) -> None:
    double = await stage.printer(
        "N7",
        faults=Faults(stray_byte=True, foreign_replies=True, anonymous_replies=True),
    )
    machine = await stage.machine(double)
    await machine.set_light(on=True)
    double.report(mc_percent=5)
    await until(lambda: machine.state.job.percent == 5)
    assert double.broker.logins == 1


async def test_an_ams_that_is_unplugged_is_gone(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    assert machine.state.ams
    double.report(ams={"ams_exist_bits": "0", "tray_exist_bits": "0"})
    await until(lambda: not machine.state.ams)


async def test_a_name_that_is_unknown_for_a_while_does_not_lose_the_printer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = await stage.printer()
    resolve = socket.getaddrinfo
    known = True

    def _resolve(host: str, *args: Any, **options: Any) -> Any:
        if host != "printer.test":
            return resolve(host, *args, **options)
        if known:
            return resolve(double.address, *args, **options)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", _resolve)
    machine = await stage.machine(double, settings={"host": "printer.test"})
    known = False
    double.broker.drop()
    await until(lambda: double.broker.logins == 2)
    await until(lambda: machine.state.is_available)


async def test_a_session_that_fails_for_no_known_reason_is_made_anew(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    handle = machine._session._handle

    def _fail(_payload: bytes) -> bool:
        machine._session._handle = handle
        raise RuntimeError("no")

    machine._session._handle = _fail
    double.report(mc_percent=1)
    await until(lambda: double.broker.logins == 2)
    await until(lambda: machine.state.is_available)
    assert "failed" in caplog.text


async def test_a_paused_machine_leaves_its_place_to_another_session(
    stage: Stage,
) -> None:
    double = await stage.printer("N2S")
    machine = await stage.machine(double)
    dialler = Dialler(stage.services.trust)
    async with machine.paused():
        await until(lambda: not double.broker.sessions)
        found = await check_printer(
            dialler, double.address, machine.settings.identity, ACCESS_CODE
        )
        assert found.mqtt.problem is None
    await until(lambda: machine.state.is_available and machine.state.is_current)
    assert double.broker.most_sessions == 1
    logins = double.broker.logins
    # Without a code nobody logs in.
    found = await check_printer(
        dialler, double.address, machine.settings.identity, None
    )
    assert found.mqtt.problem is None
    assert double.broker.logins == logins


@pytest.mark.parametrize("turns", [1, 3, 10, 30, 100])
async def test_a_machine_is_paused_while_its_session_is_being_made(
    stage: Stage, turns: int
) -> None:
    double = await stage.printer("N2S")
    machine = await stage.machine(double, wait=False)
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(TIMEOUT_S):
        async with machine.paused():
            await until(lambda: not double.broker.sessions)
            assert not machine.state.is_available
        await until(lambda: machine.state.is_available and machine.state.is_current)


async def test_a_machine_is_paused_while_its_printer_reports_without_a_break(
    stage: Stage,
) -> None:
    """A report that comes right after the pause was asked for does not keep the session."""
    double = await stage.printer("N2S")
    machine = await stage.machine(double)

    async def report() -> None:
        while True:
            double.report(nozzle_temper=200)
            await asyncio.sleep(0)

    reporting = asyncio.create_task(report())
    try:
        for _ in range(5):
            async with asyncio.timeout(TIMEOUT_S):
                async with machine.paused():
                    await until(lambda: not double.broker.sessions)
                await until(lambda: machine.state.is_available)
    finally:
        reporting.cancel()


async def test_a_connection_that_breaks_while_something_is_sent_troubles_nobody(
    stage: Stage,
) -> None:
    troubles: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, told: troubles.append(told["message"]))
    double = await stage.printer()
    machine = await stage.machine(double)
    client = machine._session._client
    assert client
    paho = client._client
    sock = paho.socket()
    # paho asks for the socket to be watched, and closes it before the loop has got to that.
    client._on_socket_register_write(paho, None, sock)
    client._on_socket_open(paho, None, sock)
    paho._sock_close()
    client._on_socket_register_write(paho, None, sock)
    client._on_socket_unregister_write(paho, None, sock)
    await asyncio.sleep(0)
    machine.reconnect()
    await until(lambda: machine.sessions == 2 and machine.state.is_current)
    gc.collect()
    # The simulated printer's own server does not like to be knocked at.
    assert [one for one in troubles if "incoming connection" not in one] == []
