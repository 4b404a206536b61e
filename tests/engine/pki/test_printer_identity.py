"""Who is the printer: whom the maker vouches for, whom a person has confirmed, and nobody else."""

from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    Changed,
    PrinterIdentity,
    PrinterTrust,
    Trusted,
    Unknown,
    WrongSerial,
    read_peer,
)
from scripts.printer_double.certificate import MakerCa, PrinterCertificate, maker_ca
from tests.support.serials import SERIAL

EXPECTED = PrinterIdentity(serial=SERIAL)


@pytest.fixture
def trust() -> PrinterTrust:
    return PrinterTrust([maker_ca().der])


def test_a_v1_certificate_of_the_makers_ca_with_the_serial_is_the_printers(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    leaf = PrinterCertificate.make(tmp_path, SERIAL)
    verdict = trust.verify([leaf.der], EXPECTED)
    assert verdict == Trusted(peer=read_peer([leaf.der]), by_pin=False)
    assert verdict.peer.serial == SERIAL
    assert verdict.peer.issuer == "BBL Device CA TEST"
    assert verdict.peer.fingerprint == leaf.fingerprint


def test_an_intermediate_that_the_printer_sends_along_is_used(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    between = MakerCa.make("BBL Device CA NEW", maker_ca())
    leaf = PrinterCertificate.make(tmp_path, SERIAL, signer=lambda: between)
    assert isinstance(trust.verify([leaf.der, between.der], EXPECTED), Trusted)
    assert isinstance(trust.verify([leaf.der], EXPECTED), Unknown)


def test_another_printer_of_the_maker_is_not_the_one(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    leaf = PrinterCertificate.make(tmp_path, "01P00A000000000")
    verdict = trust.verify([leaf.der], EXPECTED)
    assert isinstance(verdict, WrongSerial)
    assert verdict.peer.serial == "01P00A000000000"
    # Not even when its fingerprint was confirmed for this one.
    pinned = PrinterIdentity(serial=SERIAL, pinned=leaf.fingerprint)
    assert isinstance(trust.verify([leaf.der], pinned), WrongSerial)


def test_who_signed_the_certificate_himself_in_the_makers_name_is_unknown(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    leaf = PrinterCertificate.make(tmp_path, SERIAL, "BBL Device CA TEST")
    assert isinstance(trust.verify([leaf.der], EXPECTED), Unknown)
    # To send the real CA along does not help.
    assert isinstance(trust.verify([leaf.der, maker_ca().der], EXPECTED), Unknown)


def test_a_ca_of_ones_own_is_not_trusted_because_it_is_sent_along(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    own = MakerCa.make("BBL Device CA TEST")
    leaf = PrinterCertificate.make(tmp_path, SERIAL, signer=lambda: own)
    assert isinstance(trust.verify([leaf.der, own.der], EXPECTED), Unknown)


def test_a_printer_cannot_vouch_for_another(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    printer = PrinterCertificate.make(tmp_path, "01P00A000000000")
    leaf = PrinterCertificate.make(tmp_path, SERIAL, signer=lambda: printer)
    verdict = trust.verify([leaf.der, printer.der, maker_ca().der], EXPECTED)
    assert isinstance(verdict, Unknown)


def test_a_confirmed_certificate_is_the_printers_and_no_other(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    leaf, other = (PrinterCertificate.make(tmp_path, SERIAL, SERIAL) for _ in range(2))
    expected = PrinterIdentity(serial=SERIAL, pinned=leaf.fingerprint)
    assert trust.verify([leaf.der], expected) == Trusted(
        peer=read_peer([leaf.der]), by_pin=True
    )
    assert trust.verify([other.der], expected) == Changed(
        peer=read_peer([other.der]), pinned=leaf.fingerprint
    )


def test_the_makers_word_counts_although_another_certificate_was_confirmed(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    leaf = PrinterCertificate.make(tmp_path, SERIAL)
    expected = PrinterIdentity(serial=SERIAL, pinned="00:11")
    verdict = trust.verify([leaf.der], expected)
    assert isinstance(verdict, Trusted)
    assert not verdict.by_pin


@pytest.mark.parametrize("valid_days", [(-20, -10), (10, 20)])
def test_a_clock_that_is_wrong_takes_no_printer_away(
    trust: PrinterTrust, tmp_path: Path, valid_days: tuple[int, int]
) -> None:
    leaf = PrinterCertificate.make(tmp_path, SERIAL, valid_days=valid_days)
    assert isinstance(trust.verify([leaf.der], EXPECTED), Trusted)


@pytest.mark.parametrize(
    "chain", [[], [b""], [b"no certificate"], [b"\x30\x03abc"] * 9]
)
def test_what_is_no_certificate_is_no_printer(
    trust: PrinterTrust, chain: list[bytes]
) -> None:
    verdict = trust.verify(chain, EXPECTED)
    assert isinstance(verdict, WrongSerial)
    assert verdict.peer.serial == ""
    assert isinstance(trust.verify(chain, PrinterIdentity(serial="")), WrongSerial)


def test_names_that_would_break_a_line_or_fill_a_log_are_no_names(
    trust: PrinterTrust, tmp_path: Path
) -> None:
    for name in ("A\nWARNING forged", "A" * 60 + "\u202e"):
        leaf = PrinterCertificate.make(tmp_path, name, "any")
        assert read_peer([leaf.der]).serial == ""
