from datetime import UTC, datetime

from custom_components.bambu_virtual_printer.emulator.correlation import (
    MAX_REMEMBERED,
    REQUEST_AFTER_UPLOAD_S,
    UPLOAD_AFTER_REQUEST_S,
    Correlator,
)
from custom_components.bambu_virtual_printer.model import PrintRequest

FILE = "Cube.gcode.3mf"


def _request(file: str = FILE, plate: int = 1) -> PrintRequest:
    return PrintRequest(
        file=file,
        subtask_name="Cube",
        plate=plate,
        peer="127.0.0.1",
        received_at=datetime.now(UTC),
    )


def test_a_request_after_the_upload_names_it() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, 0)
    assert correlator.upload_finished("u1", 5) is None
    assert correlator.requested(_request(), 5 + REQUEST_AFTER_UPLOAD_S) == "u1"


def test_a_request_long_after_the_upload_is_a_new_one() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, 0)
    correlator.upload_finished("u1", 5)
    late = 5 + REQUEST_AFTER_UPLOAD_S + 1
    request = _request()
    assert correlator.requested(request, late) is None
    correlator.upload_started("u2", FILE, late + 1)
    assert correlator.upload_finished("u2", late + 9) is request


def test_a_request_before_the_upload_comes_with_it_however_long_it_takes() -> None:
    correlator = Correlator()
    request = _request()
    assert correlator.requested(request, 0) is None
    correlator.upload_started("u1", FILE, UPLOAD_AFTER_REQUEST_S)
    assert correlator.upload_finished("u1", 5000) is request


def test_a_request_too_long_before_the_upload_does_not_belong_to_it() -> None:
    correlator = Correlator()
    correlator.requested(_request(), 0)
    correlator.upload_started("u1", FILE, UPLOAD_AFTER_REQUEST_S + 1)
    assert correlator.upload_finished("u1", 100) is None


def test_a_request_during_the_upload_comes_with_it() -> None:
    correlator = Correlator()
    request = _request()
    correlator.upload_started("u1", FILE, 0)
    assert correlator.requested(request, 1) is None
    assert correlator.upload_finished("u1", 2) is request


def test_other_names_are_not_mixed_up() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, 0)
    correlator.upload_started("u2", "Other.3mf", 0)
    assert correlator.requested(_request("Other.3mf"), 1) is None
    assert correlator.upload_finished("u1", 2) is None


def test_a_failed_upload_is_forgotten_and_its_retry_is_not_confused_with_it() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, 0)
    correlator.upload_started("u2", FILE, 1)
    correlator.upload_failed("u1", FILE)
    assert correlator.upload_finished("u2", 2) is None
    assert correlator.requested(_request(), 3) == "u2"
    correlator.upload_failed("u2", FILE)
    assert correlator.requested(_request(), 4) is None


def test_an_upload_that_was_overtaken_by_one_of_its_name_takes_no_request() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, 0)
    correlator.upload_started("u2", FILE, 1)
    correlator.requested(_request(), 2)
    assert correlator.upload_finished("u1", 3) is None


def test_a_request_bound_to_an_upload_stays_with_it_when_another_of_its_name_begins() -> (
    None
):
    correlator = Correlator()
    request = _request()
    correlator.requested(request, 0)
    correlator.upload_started("u1", FILE, 1)
    correlator.upload_started("u2", FILE, 2)
    assert correlator.upload_finished("u2", 3) is None
    assert correlator.upload_finished("u1", 4) is request


def test_of_two_prints_in_the_older_order_each_has_its_own_request() -> None:
    correlator = Correlator()
    first, second = _request(plate=1), _request(plate=2)
    correlator.requested(first, 0)
    correlator.upload_started("u1", FILE, 1)
    assert correlator.upload_finished("u1", 2) is first
    assert correlator.requested(second, 10) is None
    correlator.upload_started("u2", FILE, 11)
    assert correlator.upload_finished("u2", 12) is second


def test_a_file_sent_again_because_the_first_time_hangs_has_its_request() -> None:
    correlator = Correlator()
    first, second = _request(plate=1), _request(plate=2)
    correlator.requested(first, 0)
    correlator.upload_started("u1", FILE, 1)
    assert correlator.requested(second, 20) is None
    correlator.upload_started("u2", FILE, 21)
    correlator.upload_failed("u1", FILE)
    assert correlator.upload_finished("u2", 22) is second


def test_a_request_that_is_repeated_after_the_upload_names_it_again() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, 0)
    correlator.upload_finished("u1", 1)
    assert correlator.requested(_request(), 2) == "u1"
    assert correlator.requested(_request(), 3) == "u1"


def test_memory_is_bounded_and_the_newest_stay() -> None:
    correlator = Correlator()
    for number in range(MAX_REMEMBERED * 3):
        correlator.requested(_request(f"{number}.3mf"), 0)
    last = MAX_REMEMBERED * 3 - 1
    correlator.upload_started("first", "0.3mf", 1)
    correlator.upload_started("last", f"{last}.3mf", 1)
    assert correlator.upload_finished("first", 2) is None
    assert correlator.upload_finished("last", 2) is not None
