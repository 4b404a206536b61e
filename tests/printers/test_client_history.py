"""What is remembered of clients: bounded, by cause, forgiven by a login."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.events import (
    DetectRequested,
    LoginFailed,
    PrintRequested,
    SlicerConnected,
    TlsRefused,
    UploadFailed,
    UploadReceived,
    UploadStarted,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.values import (
    PrintRequest,
    ReceivedFile,
    Service,
)
from custom_components.bambu_virtual_printer.printers.client_history import (
    RECENT,
    REMEMBERED_FAILURES,
    REMEMBERED_PEERS,
    TRUST_ALERTS,
    Cause,
    ClientHistory,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("alert", sorted(TRUST_ALERTS))
def test_alerts_about_certificates_mean_that_we_are_not_trusted(alert: str) -> None:
    contacts = ClientHistory()
    contacts.note(TlsRefused(peer="a", service=Service.MQTT, alert=alert), NOW)
    contacts.note(TlsRefused(peer="a", service=Service.MQTT, alert=alert), NOW)
    (failure,) = contacts.failures(NOW)
    assert failure.cause is Cause.NOT_TRUSTED
    assert failure.count == 2
    assert str(failure.why) == alert


def test_a_login_forgives_all_but_failed_uploads_of_that_client() -> None:
    contacts = ClientHistory()
    for peer in ("a", "b"):
        for event in (
            TlsRefused(peer=peer, service=Service.MQTT, alert="unknown_ca"),
            LoginFailed(peer=peer, service=Service.MQTT, attempts=3),
            UploadFailed(
                name="x", peer=peer, reason=as_it_stands("cut off"), received_bytes=0
            ),
        ):
            contacts.note(event, NOW)
    contacts.note(SlicerConnected(peer="a", client_id="x"), NOW)
    left = [(failure.peer, failure.cause) for failure in contacts.failures(NOW)]
    assert left == [
        ("b", Cause.UPLOAD),
        ("b", Cause.WRONG_CODE),
        ("b", Cause.NOT_TRUSTED),
        ("a", Cause.UPLOAD),
    ]
    assert contacts.failures(NOW + RECENT + timedelta(seconds=1)) == []


def test_the_last_client_of_each_port_is_known() -> None:
    contacts = ClientHistory()
    file = ReceivedFile(
        id="1", name="x", size_bytes=1, sha256="", peer="f", received_at=NOW,
        encrypted=True,
    )  # fmt: skip
    request = PrintRequest(
        file="x", subtask_name="x", plate=1, peer="m", received_at=NOW
    )
    contacts.note(DetectRequested(peer="d", service=Service.BIND), NOW)
    contacts.note(UploadStarted(id="1", name="x", peer="u"), NOW)
    assert contacts.last[Service.FTPS].peer == "u"
    contacts.note(UploadReceived(file=file, request=None), NOW)
    contacts.note(PrintRequested(request=request, upload_id=None), NOW)
    assert {service: each.peer for service, each in contacts.last.items()} == {
        Service.BIND: "d",
        Service.FTPS: "f",
        Service.MQTT: "m",
    }
    assert contacts.detects == {"d": NOW}


@example(list(range(200)))
@given(st.lists(st.integers(0, 200), max_size=400))
def test_memory_is_bounded_and_the_newest_are_kept(peers: list[int]) -> None:
    contacts = ClientHistory()
    for peer in map(str, peers):
        contacts.note(LoginFailed(peer=peer, service=Service.MQTT, attempts=1), NOW)
        contacts.note(DetectRequested(peer=peer, service=Service.BIND), NOW)
    failures = contacts.failures(NOW)
    assert len(failures) <= REMEMBERED_FAILURES
    assert len(contacts.detects) <= REMEMBERED_PEERS
    newest = list(dict.fromkeys(map(str, reversed(peers))))
    assert [failure.peer for failure in failures] == newest[:REMEMBERED_FAILURES]
    assert list(reversed(contacts.detects)) == newest[:REMEMBERED_PEERS]
