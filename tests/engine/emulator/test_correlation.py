from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
import itertools
import random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.correlation import (
    MAX_REMEMBERED,
    REQUEST_AFTER_UPLOAD_S,
    UPLOAD_AFTER_REQUEST_S,
    Correlator,
)
from custom_components.bambu_virtual_printer.engine.values import PrintRequest

FILE = "Cube.gcode.3mf"
PEER = "127.0.0.1"
OTHER_PEER = "127.0.0.2"


def _request(
    file: str = FILE, plate: int = 1, *, peer: str = PEER, md5: str = ""
) -> PrintRequest:
    return PrintRequest(
        file=file,
        subtask_name="Cube",
        plate=plate,
        peer=peer,
        received_at=datetime.now(UTC),
        md5=md5,
    )


def test_a_request_after_the_upload_names_it() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, PEER, 0)
    assert correlator.upload_finished("u1", 5) is None
    assert correlator.requested(_request(), 5 + REQUEST_AFTER_UPLOAD_S) == "u1"


def test_a_request_long_after_the_upload_is_a_new_one() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, PEER, 0)
    correlator.upload_finished("u1", 5)
    late = 5 + REQUEST_AFTER_UPLOAD_S + 1
    request = _request()
    assert correlator.requested(request, late) is None
    correlator.upload_started("u2", FILE, PEER, late + 1)
    assert correlator.upload_finished("u2", late + 9) is request


def test_a_request_before_the_upload_comes_with_it_however_long_it_takes() -> None:
    correlator = Correlator()
    request = _request()
    assert correlator.requested(request, 0) is None
    correlator.upload_started("u1", FILE, PEER, UPLOAD_AFTER_REQUEST_S)
    assert correlator.upload_finished("u1", 5000) is request


def test_a_request_too_long_before_the_upload_does_not_belong_to_it() -> None:
    correlator = Correlator()
    correlator.requested(_request(), 0)
    correlator.upload_started("u1", FILE, PEER, UPLOAD_AFTER_REQUEST_S + 1)
    assert correlator.upload_finished("u1", 100) is None


def test_a_request_during_the_upload_comes_with_it() -> None:
    correlator = Correlator()
    request = _request()
    correlator.upload_started("u1", FILE, PEER, 0)
    assert correlator.requested(request, 1) is None
    assert correlator.upload_finished("u1", 2) is request


def test_other_names_are_not_mixed_up() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, PEER, 0)
    correlator.upload_started("u2", "Other.3mf", PEER, 0)
    assert correlator.requested(_request("Other.3mf"), 1) is None
    assert correlator.upload_finished("u1", 2) is None


def test_a_failed_upload_is_forgotten_and_its_retry_is_not_confused_with_it() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, PEER, 0)
    correlator.upload_started("u2", FILE, PEER, 1)
    correlator.upload_failed("u1")
    assert correlator.upload_finished("u2", 2) is None
    assert correlator.requested(_request(), 3) == "u2"
    correlator.upload_failed("u2")
    assert correlator.requested(_request(), 4) is None


def test_a_request_whose_upload_fails_comes_with_the_one_that_was_begun_again() -> None:
    correlator = Correlator()
    request = _request()
    correlator.upload_started("hangs", FILE, PEER, 0)
    correlator.upload_started("again", FILE, PEER, 1)
    correlator.requested(request, 2)
    assert correlator.upload_of(request) == "hangs"
    assert correlator.upload_failed("hangs") is None
    assert correlator.upload_of(request) == "again"
    assert correlator.upload_finished("again", 3) is request


def test_a_request_after_a_second_try_names_it_though_the_first_still_hangs() -> None:
    correlator = Correlator()
    correlator.upload_started("hangs", FILE, PEER, 0)
    correlator.upload_started("again", FILE, PEER, 1)
    assert correlator.upload_finished("again", 2) is None
    assert correlator.requested(_request(), 3) == "again"


def test_a_request_bound_to_an_upload_stays_with_it_when_another_of_its_name_begins() -> (
    None
):
    correlator = Correlator()
    request = _request()
    correlator.requested(request, 0)
    correlator.upload_started("u1", FILE, PEER, 1)
    correlator.upload_started("u2", FILE, PEER, 2)
    assert correlator.upload_finished("u2", 3) is None
    assert correlator.upload_finished("u1", 4) is request


def test_of_two_prints_in_the_older_order_each_has_its_own_request() -> None:
    correlator = Correlator()
    first, second = _request(plate=1), _request(plate=2)
    correlator.requested(first, 0)
    correlator.upload_started("u1", FILE, PEER, 1)
    assert correlator.upload_finished("u1", 2) is first
    assert correlator.requested(second, 10) is None
    correlator.upload_started("u2", FILE, PEER, 11)
    assert correlator.upload_finished("u2", 12) is second


def test_a_file_sent_again_because_the_first_time_hangs_has_its_request() -> None:
    correlator = Correlator()
    first, second = _request(plate=1), _request(plate=2)
    correlator.requested(first, 0)
    correlator.upload_started("u1", FILE, PEER, 1)
    assert correlator.requested(second, 20) is None
    correlator.upload_started("u2", FILE, PEER, 21)
    correlator.upload_failed("u1")
    assert correlator.upload_finished("u2", 22) is second


def test_a_request_that_is_repeated_after_the_upload_names_it_again() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", FILE, PEER, 0)
    correlator.upload_finished("u1", 1)
    assert correlator.requested(_request(), 2) == "u1"
    assert correlator.requested(_request(), 3) == "u1"


def test_a_file_that_is_printed_twice_at_once_has_each_request_with_its_own_upload() -> (
    None
):
    correlator = Correlator()
    first = _request(md5="A" * 32)
    second = replace(first, ams_mapping=(3,))
    for upload_id, request, now in (("u1", first, 0), ("u2", second, 10)):
        assert not correlator.wants_md5(FILE, now)
        correlator.upload_started(upload_id, FILE, PEER, now)
        correlator.upload_finished(upload_id, now + 1)
        while unproven := correlator.unproven(request, now + 3):
            assert unproven == upload_id
            correlator.proven(unproven, "A" * 32)
        assert correlator.requested(request, now + 3) == upload_id
    # What is repeated now is the second one.
    assert correlator.unproven(second, 20) is None
    assert correlator.requested(second, 20) == "u2"


@pytest.mark.parametrize("is_known_first", [True, False])
def test_a_repeated_request_stays_with_its_upload_whatever_else_was_sent_under_its_name(
    is_known_first: bool,
) -> None:
    correlator = Correlator()
    request = _request(md5="A" * 32)
    md5s = {"printed": "A" * 32, "sent": "B" * 32}
    for now, upload_id in enumerate(sorted(md5s, reverse=not is_known_first)):
        correlator.upload_started(upload_id, FILE, PEER, now)
        correlator.upload_finished(upload_id, now)
    for now in (2, 3, 4):
        while unproven := correlator.unproven(request, now):
            correlator.proven(unproven, md5s[unproven])
        assert correlator.requested(request, now) == "printed"


def test_an_upload_whose_file_cannot_be_read_goes_to_who_prints_right_after_it() -> (
    None
):
    correlator = Correlator()
    request = _request(md5="A" * 32)
    for upload_id, md5 in (("u1", "A" * 32), ("u2", "")):
        correlator.upload_started(upload_id, FILE, PEER, 0)
        correlator.upload_finished(upload_id, 1)
        assert correlator.unproven(request, 2) == upload_id
        correlator.proven(upload_id, md5)
        assert correlator.unproven(request, 2) is None
        assert correlator.requested(request, 2) == upload_id


def test_an_upload_of_another_client_is_not_what_a_request_is_repeated_for() -> None:
    correlator = Correlator(is_connected=lambda peer: peer == PEER)
    request = _request(md5="A" * 32)
    for upload_id, peer in (("own", PEER), ("other", OTHER_PEER)):
        correlator.upload_started(upload_id, FILE, peer, 0)
        correlator.upload_finished(upload_id, 1)
    correlator.proven("own", "A" * 32)
    for now in (2, 3):
        assert correlator.unproven(request, now) is None
        assert correlator.requested(request, now) == "own"


def test_of_requests_for_one_file_whose_upload_did_not_come_the_newest_counts() -> None:
    correlator = Correlator()
    first = _request(md5="A" * 32)
    others = [
        _request(md5="A" * 32, peer=OTHER_PEER),
        replace(first, person="somebody"),
        _request(md5="B" * 32),
    ]
    newest = replace(first, ams_mapping=(3,))
    for now, request in enumerate((first, *others, newest)):
        assert correlator.requested(request, now) is None
    for upload_id, peer, person, md5, expected in (
        ("other", OTHER_PEER, "", "A" * 32, others[0]),
        ("somebody's", PEER, "somebody", "A" * 32, others[1]),
        ("changed", PEER, "", "B" * 32, others[2]),
        ("again", PEER, "", "A" * 32, newest),
        ("sent only", PEER, "", "A" * 32, None),
    ):
        correlator.upload_started(upload_id, FILE, peer, 20, person)
        assert correlator.upload_finished(upload_id, 21, md5) is expected


def test_a_request_does_not_wait_any_more_once_its_upload_is_refused() -> None:
    correlator = Correlator()
    first, second = _request(), _request(plate=2)
    other = _request(peer=OTHER_PEER)
    correlator.requested(first, 0)
    correlator.requested(other, 1)
    assert correlator.upload_refused("Other.3mf", PEER, 2) is None
    assert correlator.upload_refused(FILE, PEER, 2, "somebody") is None
    assert correlator.upload_refused(FILE, PEER, 2) is first
    assert correlator.upload_refused(FILE, PEER, 2) is None
    correlator.requested(second, 3)
    correlator.upload_started("again", FILE, PEER, 4)
    assert correlator.upload_finished("again", 5) is second
    late = 1 + UPLOAD_AFTER_REQUEST_S + 1
    assert correlator.upload_refused(FILE, OTHER_PEER, late) is None


def test_memory_is_bounded_and_the_newest_stay() -> None:
    correlator = Correlator()
    for number in range(MAX_REMEMBERED * 3):
        correlator.requested(_request(f"{number}.3mf"), 0)
    last = MAX_REMEMBERED * 3 - 1
    correlator.upload_started("first", "0.3mf", PEER, 1)
    correlator.upload_started("last", f"{last}.3mf", PEER, 1)
    assert correlator.upload_finished("first", 2) is None
    assert correlator.upload_finished("last", 2) is not None


# --- several uploads of one name

EVENTS = {"newer": ("start", "end", "ask"), "older": ("ask", "start", "end")}


def _interleavings(
    first: tuple[str, ...], second: tuple[str, ...]
) -> Iterator[list[tuple[int, str]]]:
    """Every order in which the steps of two slicers can fall, each keeping its own."""
    steps = len(first) + len(second)
    for places in itertools.combinations(range(steps), len(first)):
        left, right = iter(first), iter(second)
        yield [
            (0, next(left)) if place in places else (1, next(right))
            for place in range(steps)
        ]


def _joined(
    order: list[tuple[int, str]], peers: tuple[str, str], md5s: tuple[str, str]
) -> dict[int, int]:
    """Play two slicers that use one name. Returns whose request was joined to whose upload."""
    correlator = Correlator()
    requests = [
        _request(peer=peer, md5=md5) for peer, md5 in zip(peers, md5s, strict=True)
    ]
    taken: set[int] = set()
    joined = {}
    for now, (who, what) in enumerate(order):
        match what:
            case "start":
                if correlator.wants_md5(FILE, now):
                    taken.add(who)
                correlator.upload_started(f"{who}", FILE, peers[who], now)
            case "end":
                md5 = md5s[who] if who in taken else ""
                request = correlator.upload_finished(f"{who}", now, md5)
                for number, each in enumerate(requests):
                    if request is each:
                        joined[number] = who
            case "ask":
                if upload_id := correlator.requested(requests[who], now):
                    joined[who] = int(upload_id)
    return joined


@pytest.mark.parametrize("first", EVENTS)
@pytest.mark.parametrize("second", EVENTS)
def test_two_clients_with_one_name_each_get_their_own_in_every_order(
    first: str, second: str
) -> None:
    for order in _interleavings(EVENTS[first], EVENTS[second]):
        joined = _joined(order, (PEER, OTHER_PEER), ("", ""))
        assert joined == {0: 0, 1: 1}, order


@pytest.mark.parametrize("kind", EVENTS)
def test_two_files_of_one_client_with_one_name_are_told_apart_in_every_order(
    kind: str,
) -> None:
    for order in _interleavings(EVENTS[kind], EVENTS[kind]):
        joined = _joined(order, (PEER, PEER), ("A" * 32, "B" * 32))
        assert joined == {0: 0, 1: 1}, order


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One file that a slicer sends; `order` is None for Send."""

    upload_id: str
    peer: str
    order: str | None

    @property
    def md5(self) -> str:
        return self.upload_id.rjust(32, "0").upper()

    @property
    def steps(self) -> tuple[str, ...]:
        return ("start", "end") if self.order is None else EVENTS[self.order]


def _runs(rng: random.Random, peer: str) -> list[_Run]:
    """What a slicer does, one thing after the other."""
    order = rng.choice(["older", "newer"])
    return [
        _Run(
            upload_id=f"{peer}-{number}",
            peer=peer,
            order=rng.choice([None, order]),
        )
        for number in range(rng.randint(1, 3))
    ]


def test_a_thousand_interleaved_runs_of_two_slicers_join_prints_only_and_each_with_its_own() -> (
    None
):
    rng = random.Random(15)
    for number in range(1000):
        left = [
            deque((run, step) for run in _runs(rng, peer) for step in run.steps)
            for peer in (PEER, OTHER_PEER)
        ]
        order = []
        while any(left):
            order.append(rng.choice([steps for steps in left if steps]).popleft())
        correlator = Correlator()
        requests = {
            run.upload_id: _request(peer=run.peer, md5=run.md5)
            for run, step in order
            if step == "ask"
        }
        taken: set[str] = set()
        joined: dict[str, PrintRequest] = {}
        for now, (run, step) in enumerate(order):
            match step:
                case "start":
                    if correlator.wants_md5(FILE, now):
                        taken.add(run.upload_id)
                    correlator.upload_started(run.upload_id, FILE, run.peer, now)
                case "end":
                    md5 = run.md5 if run.upload_id in taken else ""
                    if found := correlator.upload_finished(run.upload_id, now, md5):
                        joined[run.upload_id] = found
                case "ask":
                    request = requests[run.upload_id]
                    while unproven := correlator.unproven(request, now):
                        correlator.proven(unproven, unproven.rjust(32, "0").upper())
                    if upload_id := correlator.requested(request, now):
                        joined[upload_id] = request
        assert joined == requests, (number, order)


def test_twenty_people_behind_one_address_who_print_one_name_each_get_their_own() -> (
    None
):
    rng = random.Random(20)
    for number in range(100):
        people = [f"person {each}" for each in range(20)]
        left = [
            deque((person, step) for step in EVENTS[rng.choice(["older", "newer"])])
            for person in people
        ]
        requests = {
            person: replace(_request(plate=plate), person=person)
            for plate, person in enumerate(people, 1)
        }
        correlator = Correlator()
        joined: dict[str, PrintRequest] = {}
        now = 0.0
        while any(left):
            person, step = rng.choice([steps for steps in left if steps]).popleft()
            now += 0.1
            match step:
                case "start":
                    correlator.upload_started(person, FILE, PEER, now, person)
                case "end":
                    if found := correlator.upload_finished(person, now):
                        joined[person] = found
                case "ask":
                    if upload_id := correlator.requested(requests[person], now):
                        joined[upload_id] = requests[person]
        assert joined == requests, number


def test_without_checksums_the_first_request_goes_to_the_first_upload() -> None:
    correlator = Correlator()
    for upload_id in ("u1", "u2"):
        correlator.upload_started(upload_id, FILE, PEER, 0)
        correlator.upload_finished(upload_id, 1)
    assert correlator.requested(_request(), 2) == "u1"
    assert correlator.requested(_request(), 3) == "u2"


def test_a_file_that_was_sent_before_it_was_printed_is_not_printed_instead() -> None:
    correlator = Correlator()
    correlator.upload_started("sent", FILE, PEER, 0)
    correlator.upload_finished("sent", 1)
    assert correlator.wants_md5(FILE, 10)
    correlator.upload_started("printed", FILE, PEER, 10)
    correlator.upload_finished("printed", 11, "B" * 32)
    assert correlator.requested(_request(md5="B" * 32), 12) == "printed"


def test_one_upload_alone_needs_no_checksum() -> None:
    correlator = Correlator()
    assert not correlator.wants_md5(FILE, 0)
    correlator.upload_started("u1", FILE, PEER, 0)
    assert not correlator.wants_md5("Other.3mf", 0)
    correlator.upload_finished("u1", 1)
    correlator.requested(_request(md5="A" * 32), 2)
    assert not correlator.wants_md5(FILE, 3)


def test_a_client_that_only_uploads_leaves_the_request_to_another() -> None:
    correlator = Correlator(is_connected=lambda peer: peer == PEER)
    correlator.upload_started("u1", FILE, OTHER_PEER, 0)
    correlator.upload_finished("u1", 1)
    assert correlator.requested(_request(), 2) == "u1"
    request = _request()
    correlator.requested(request, 40)
    correlator.upload_started("u2", FILE, OTHER_PEER, 41)
    assert correlator.upload_finished("u2", 42) is request


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["start", "end", "fail", "ask"]),
            st.integers(0, 5),
            st.sampled_from([PEER, OTHER_PEER]),
            st.sampled_from(["", "A" * 32, "B" * 32]),
            st.floats(0, 40),
        ),
        max_size=40,
    )
)
def test_no_request_is_ever_joined_to_two_uploads(
    steps: list[tuple[str, int, str, str, float]],
) -> None:
    correlator = Correlator()
    now = 0.0
    owners: dict[int, str] = {}
    requests = []
    for number, (what, which, peer, md5, seconds) in enumerate(steps):
        now += seconds
        match what:
            case "start":
                correlator.upload_started(f"{which}.{number}", FILE, peer, now)
            case "end" | "fail":
                upload_id = next(
                    (
                        each
                        for each in correlator._uploads
                        if each.startswith(f"{which}.")
                    ),
                    "",
                )
                if what == "fail":
                    correlator.upload_failed(upload_id)
                elif request := correlator.upload_finished(upload_id, now, md5):
                    assert request.md5 in ("", md5) or not md5
                    assert owners.setdefault(id(request), upload_id) == upload_id
            case "ask":
                request = _request(peer=peer, md5=md5)
                requests.append(request)
                if upload_id := correlator.requested(request, now) or "":
                    owners[id(request)] = upload_id
                    assert correlator.upload_of(request) is None


def test_a_renamed_upload_is_found_by_its_new_name() -> None:
    correlator = Correlator()
    correlator.upload_started("u1", "temporary.3mf", PEER, 0)
    correlator.upload_finished("u1", 1)
    correlator.upload_renamed("u1", "Cube.3mf")
    correlator.upload_renamed("unknown", "Cube.3mf")
    assert correlator.requested(_request("temporary.3mf"), 2) is None
    assert correlator.requested(_request("Cube.3mf"), 2) == "u1"
