from collections.abc import Callable, Iterator
import resource
import socket
import threading
from time import monotonic

import pytest

from custom_components.bambu_virtual_printer.engine.net.admission import (
    LOGIN_LIMIT_S,
    Admission,
    Displacement,
    Limits,
    OpenConnection,
    limits_of_process,
)

PRINTER = "192.0.2.10"
LIMITS = Limits(
    total=12,
    unauthenticated=8,
    unauthenticated_per_printer=6,
    unauthenticated_per_peer=3,
    authenticated_per_peer=2,
)


class Gate:
    """An admission whose connections are real sockets that close when they are told to."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.admission = Admission(limits)
        self.sockets: list[socket.socket] = []
        self.displaced: list[tuple[OpenConnection, Displacement]] = []

    def come(self, peer: str, printer: str = PRINTER) -> OpenConnection | None:
        sock = socket.socket()
        self.sockets.append(sock)
        connection = self.admission.admit(printer, peer, sock)
        if connection is None:
            return None

        def _close(why: Displacement) -> None:
            self.displaced.append((connection, why))
            sock.close()

        connection.when_displaced(_close)
        return connection

    def stranger(self, peer: str, printer: str = PRINTER) -> OpenConnection:
        connection = self.come(peer, printer)
        assert connection
        return connection

    def authenticated(self, peer: str, printer: str = PRINTER) -> OpenConnection:
        connection = self.stranger(peer, printer)
        assert connection.log_in()
        return connection


@pytest.fixture
def make_gate(loopback: None) -> Iterator[Callable[..., Gate]]:
    gates: list[Gate] = []

    def _make(limits: Limits = LIMITS) -> Gate:
        gates.append(Gate(limits))
        return gates[-1]

    yield _make
    for gate in gates:
        for sock in gate.sockets:
            sock.close()


@pytest.fixture
def gate(make_gate: Callable[..., Gate]) -> Gate:
    return make_gate()


def test_a_clients_newest_stranger_displaces_its_oldest(gate: Gate) -> None:
    oldest, second, third = (gate.stranger("a") for _ in range(3))
    newest = gate.stranger("a")
    assert gate.displaced == [(oldest, Displacement.NO_ROOM)]
    assert second.open
    assert third.open
    assert newest.open


def test_room_is_made_by_the_client_that_holds_the_most(gate: Gate) -> None:
    alone = gate.stranger("slicer")
    crowd = [gate.stranger("flood") for _ in range(3)]
    gate.stranger("b")
    gate.stranger("c")
    gate.stranger("d")
    assert gate.displaced == [(crowd[0], Displacement.NO_ROOM)]
    assert alone.open


def test_one_printers_strangers_do_not_cost_another_printer_its_own(gate: Gate) -> None:
    there = gate.stranger("a", "192.0.2.11")
    for peer in "abcdefgh":
        gate.stranger(peer)
    assert there.open


def test_all_strangers_together_are_bounded(gate: Gate) -> None:
    for number in range(20):
        gate.stranger(f"peer {number}", f"printer {number}")
    assert sum(connection.open for connection in gate.admission._open) == 8


def test_a_refused_login_makes_room_before_one_that_may_still_succeed(
    gate: Gate,
) -> None:
    waiting = gate.stranger("a")
    guesser = gate.stranger("a")
    guesser.refused()
    gate.stranger("a")
    gate.stranger("a")
    assert [who for who, _why in gate.displaced] == [guesser]
    assert waiting.open


def test_a_member_is_never_displaced_and_a_full_house_turns_newcomers_away(
    gate: Gate,
) -> None:
    members = [gate.authenticated(f"peer {number}") for number in range(LIMITS.total)]
    assert gate.come("late") is None
    assert gate.displaced == []
    gate.sockets[0].close()
    assert gate.come("late")
    assert all(member.open for member in members[1:])


def test_a_full_house_with_a_stranger_in_it_lets_a_newcomer_in(gate: Gate) -> None:
    stranger = gate.stranger("stranger")
    for number in range(LIMITS.total - 1):
        gate.authenticated(f"peer {number}")
    assert gate.come("late")
    assert gate.displaced == [(stranger, Displacement.NO_ROOM)]


def test_one_client_may_log_in_so_often_only(gate: Gate) -> None:
    first = gate.authenticated("a")
    gate.authenticated("a")
    third = gate.stranger("a")
    assert not third.log_in()
    assert first.log_in()
    assert gate.authenticated("b")
    assert gate.authenticated("a", "192.0.2.11")


def test_whoever_does_not_log_in_in_time_is_closed(gate: Gate) -> None:
    began = monotonic()
    stranger = gate.stranger("a")
    authenticated = gate.authenticated("a")
    assert gate.admission.expire(PRINTER, began) == stranger.deadline
    assert gate.displaced == []
    assert gate.admission.expire("192.0.2.11", began + 2 * LOGIN_LIMIT_S) is None
    assert gate.admission.expire(PRINTER, began + 2 * LOGIN_LIMIT_S) is None
    assert gate.displaced == [(stranger, Displacement.LATE)]
    assert authenticated.open


def test_a_closed_socket_takes_no_place(gate: Gate) -> None:
    for _ in range(20):
        gate.stranger("a")
        gate.sockets[-1].close()
    assert gate.displaced == []


def test_who_is_displaced_before_it_can_be_told_is_told_then(gate: Gate) -> None:
    sock = socket.socket()
    gate.sockets.append(sock)
    connection = gate.admission.admit(PRINTER, "a", sock)
    assert connection
    for _ in range(3):
        gate.stranger("a")
    told: list[Displacement] = []
    connection.when_displaced(told.append)
    connection.displace(Displacement.LATE)
    assert told == [Displacement.NO_ROOM]


def test_threads_may_admit_at_the_same_time(make_gate: Callable[..., Gate]) -> None:
    gate = make_gate()

    def _flood(peer: str) -> None:
        for _ in range(200):
            gate.come(peer)

    threads = [threading.Thread(target=_flood, args=(peer,)) for peer in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sock.fileno() >= 0 for sock in gate.sockets) <= 6


def test_half_of_what_the_process_may_open_is_left_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for soft, total in ((256, 128), (2048, 1024), (1 << 20, 1024), (-1, 1024)):
        monkeypatch.setattr(resource, "getrlimit", lambda _what, soft=soft: (soft, -1))
        limits = limits_of_process()
        assert limits.total == total
        assert limits.unauthenticated == min(256, total // 2)
