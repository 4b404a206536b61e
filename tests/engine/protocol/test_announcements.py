"""What real printers announce."""

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.discovery import found
from custom_components.bambu_virtual_printer.engine.discovery.found import FoundPrinters
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.protocol.announcements import (
    Announcement,
    read_announcement,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.protocol.ssdp import (
    byebye,
    notify,
    search_response,
)


def _identity(
    address: str = "192.168.1.50", suffix: str = "391812345", name: str = "Garage"
) -> Identity:
    return Identity(
        name=name,
        model=MODELS["C12"],
        serial_suffix=suffix,
        access_code="12345678",
        bind_ip=address,
    )


@pytest.mark.parametrize("render", [notify, search_response])
def test_a_printer_is_read_from_its_announcement_and_from_its_answer(render) -> None:
    assert read_announcement(render(_identity()), "192.168.1.50") == Announcement(
        serial="01P00A391812345",
        address="192.168.1.50",
        source="192.168.1.50",
        model_code="C12",
        name="Garage",
        firmware_version="01.07.00.00",
        goodbye=False,
    )


def test_without_a_location_the_sender_is_where_the_printer_is() -> None:
    datagram = notify(_identity()).replace(b"Location: 192.168.1.50\r\n", b"")
    found = read_announcement(datagram, "192.168.1.77")
    assert found
    assert found.address == "192.168.1.77"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"NOTIFY *", b"M-SEARCH *"),
        (b"USN: 01P00A391812345", b"USN: ../../x"),
        (b"USN: 01P00A391812345", b"X: y"),
        (b"DevModel.bambu.com: C12", b"X: y"),
        (b"Location: 192.168.1.50", b"Location: http://192.168.1.50/"),
    ],
)
def test_what_is_no_announcement_of_a_printer_is_ignored(
    old: bytes, new: bytes
) -> None:
    datagram = notify(_identity())
    assert old in datagram
    assert read_announcement(datagram.replace(old, new), "192.168.1.50") is None


@given(st.binary(max_size=600) | st.text().map(lambda text: b"NOTIFY " + text.encode()))
def test_no_datagram_does_harm(datagram: bytes) -> None:
    read_announcement(datagram, "192.168.1.50")


class _Ear:
    def __init__(self, *own: str) -> None:
        self.told: list[Announcement] = []
        self.found = FoundPrinters(lambda: own, self.told.append)

    def handle_datagram(self, datagram: bytes, source: str) -> None:
        self.found.handle_datagram(datagram, source)


def test_found_printers_are_offered_by_name_until_they_say_goodbye() -> None:
    ear = _Ear()
    garage, attic = _identity(), _identity("192.168.1.51", "391812346", "Attic")
    for identity in (garage, attic, garage):
        ear.handle_datagram(notify(identity), identity.address)
    assert [each.name for each in ear.found.printers] == ["Attic", "Garage"]
    ear.handle_datagram(byebye(garage), garage.address)
    assert [each.name for each in ear.found.printers] == ["Attic"]
    assert len(ear.told) == 3


def test_our_own_printers_are_neither_found_nor_followed() -> None:
    ear = _Ear("10.0.0.7")
    ear.handle_datagram(notify(_identity("10.0.0.7")), "192.168.1.50")
    ear.handle_datagram(notify(_identity("192.168.1.50")), "10.0.0.7")
    assert not ear.found.printers
    assert not ear.told


def test_who_is_silent_is_forgotten_and_a_flood_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(found, "MAX_PRINTERS", 3)
    ear = _Ear()
    for number in range(5):
        ear.handle_datagram(
            notify(_identity(suffix=f"39180000{number}")), "192.168.1.50"
        )
    assert [each.serial[-1] for each in ear.found.printers] == ["2", "3", "4"]
    monkeypatch.setattr(found, "FORGET_AFTER_S", -1.0)
    assert not ear.found.printers
