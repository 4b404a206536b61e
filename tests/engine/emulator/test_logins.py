from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.logins import Logins
from custom_components.bambu_virtual_printer.engine.events import LoginFailed
from custom_components.bambu_virtual_printer.engine.net import failed_logins
from custom_components.bambu_virtual_printer.engine.values import Service

PEER = "192.168.1.7"


@pytest.fixture
def reports() -> list[LoginFailed]:
    return []


@pytest.fixture
def logins(reports: list[LoginFailed]) -> Logins:
    return Logins("12345678", reports.append)


def test_the_right_code_gets_in_whatever_the_case_of_the_user(logins: Logins) -> None:
    assert logins.check(b"bblp", b"12345678", PEER, Service.MQTT)
    assert logins.check(b"BBLP", b"12345678", PEER, Service.FTPS)


@given(user=st.binary(max_size=20), code=st.binary(max_size=40))
def test_anything_else_is_refused_and_never_raises(user: bytes, code: bytes) -> None:
    logins = Logins("12345678", lambda _: None)
    expected = user.lower() == b"bblp" and code == b"12345678"
    found = logins.check(user, code, PEER, Service.MQTT)
    assert (found is not None) is expected


def test_the_right_code_gets_in_after_any_number_of_wrong_ones(logins: Logins) -> None:
    for _ in range(1000):
        assert not logins.check(b"bblp", b"87654321", PEER, Service.MQTT)
    assert logins.check(b"bblp", b"12345678", PEER, Service.MQTT)


def test_a_slicer_that_repeats_a_stale_code_is_reported_once_a_minute(
    logins: Logins, reports: list[LoginFailed], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(failed_logins, "monotonic", lambda: now)
    for _ in range(120):
        logins.check(b"bblp", b"87654321", PEER, Service.MQTT)
        now += 1
    assert [report.attempts for report in reports] == [1, 61]


def test_services_and_peers_are_counted_apart_and_success_starts_anew(
    logins: Logins, reports: list[LoginFailed]
) -> None:
    logins.check(b"bblp", b"no", PEER, Service.MQTT)
    logins.check(b"bblp", b"no", PEER, Service.FTPS)
    logins.check(b"bblp", b"no", "192.168.1.8", Service.MQTT)
    logins.check(b"bblp", b"12345678", PEER, Service.MQTT)
    logins.check(b"bblp", b"no", PEER, Service.MQTT)
    assert [(r.peer, r.service, r.attempts) for r in reports] == [
        (PEER, Service.MQTT, 1),
        (PEER, Service.FTPS, 1),
        ("192.168.1.8", Service.MQTT, 1),
        (PEER, Service.MQTT, 1),
    ]


def test_memory_of_failures_is_bounded(logins: Logins) -> None:
    for number in range(2000):
        logins.check(
            b"bblp", b"no", f"10.0.{number // 250}.{number % 250}", Service.MQTT
        )
    assert len(logins._failures._failures) <= 256
