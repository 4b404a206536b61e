"""What print requests are for where only the checksum of a finished upload tells, which takes its time."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
import hashlib
from pathlib import Path
import random
from typing import cast

import pytest

from custom_components.bambu_virtual_printer.engine.emulator import proofs as module
from custom_components.bambu_virtual_printer.engine.emulator.correlation import (
    MAX_REMEMBERED,
    Correlator,
)
from custom_components.bambu_virtual_printer.engine.emulator.proofs import Proofs
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.reception.sources import SUM_BYTES
from custom_components.bambu_virtual_printer.engine.reception.transfer_thread import (
    TransferThread,
)
from custom_components.bambu_virtual_printer.engine.storage import (
    PrinterStorage,
    StorageError,
)
from custom_components.bambu_virtual_printer.engine.values import PrintRequest

FILE = "Cube.gcode.3mf"
PEER = "127.0.0.1"


def _request(md5: str, *, peer: str = PEER, file: str = FILE) -> PrintRequest:
    return PrintRequest(
        file=file,
        subtask_name="Cube",
        plate=1,
        peer=peer,
        received_at=datetime.now(UTC),
        md5=md5,
    )


def _md5(upload_id: str) -> str:
    return hashlib.md5(upload_id.encode(), usedforsecurity=False).hexdigest().upper()


@dataclass
class Disk:
    """Where uploads lie under their ids, and who sums them up, when a test lets it."""

    asked: list[str] = field(default_factory=list)
    may: dict[str, asyncio.Future[str]] = field(default_factory=dict)

    async def content(self, upload_id: str) -> Path | None:
        return Path(upload_id)

    async def md5_of(self, path: Path) -> str:
        self.asked.append(path.name)
        self.may[path.name] = asyncio.get_running_loop().create_future()
        return await self.may[path.name]

    def answer(self, upload_id: str) -> None:
        self.may.pop(upload_id).set_result(_md5(upload_id))


class Stage:
    """A correlator and what it joined; the clock is a count of steps."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.correlator = Correlator()
        self.joined: dict[str, PrintRequest] = {}
        self.undecided: list[PrintRequest] = []
        self.proofs = Proofs(
            self.correlator,
            cast(PrinterStorage, self.disk),
            cast(TransferThread, self.disk),
            decide=self.decide,
        )
        self.now = 0.0
        self._taken: set[str] = set()

    def decide(self, request: PrintRequest, at: float) -> None:
        if upload_id := self.correlator.requested(request, at):
            assert upload_id not in self.joined
            self.joined[upload_id] = request
        else:
            self.undecided.append(request)

    def ask(self, request: PrintRequest) -> bool:
        """Return whether it is held back."""
        if self.proofs.hold(request, self.now):
            return True
        self.decide(request, self.now)
        return False

    def start(self, upload_id: str, peer: str = PEER) -> None:
        if self.correlator.wants_md5(FILE, self.now):
            self._taken.add(upload_id)
        self.correlator.upload_started(upload_id, FILE, peer, self.now)

    def end(self, upload_id: str) -> None:
        md5 = _md5(upload_id) if upload_id in self._taken else ""
        if request := self.correlator.upload_finished(upload_id, self.now, md5):
            assert upload_id not in self.joined
            self.joined[upload_id] = request

    def send(self, upload_id: str, peer: str = PEER) -> None:
        self.start(upload_id, peer)
        self.end(upload_id)


async def _settled() -> None:
    """Let everything happen that needs nobody's answer."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.proofs.close()


async def test_a_print_of_the_file_that_was_sent_is_for_it_as_soon_as_that_is_known(
    stage: Stage,
) -> None:
    stage.send("sent")
    request = _request(_md5("sent"))
    assert stage.ask(request)
    assert stage.proofs.upload_of(request) == "sent"
    assert stage.joined == {}
    await _settled()
    stage.disk.answer("sent")
    await _settled()
    assert stage.joined == {"sent": request}
    assert stage.proofs.upload_of(request) is None


@pytest.mark.parametrize("begins", ["after", "before"])
async def test_a_print_of_another_file_waits_for_it_though_it_begins_before_that_is_known(
    stage: Stage, begins: str
) -> None:
    stage.send("sent")
    request = _request(_md5("changed"))
    assert stage.ask(request)
    await _settled()
    if begins == "before":
        stage.send("changed")
    stage.disk.answer("sent")
    await _settled()
    if begins == "after":
        assert stage.undecided == [request]
        stage.send("changed")
    assert stage.joined == {"changed": request}


async def test_the_checksum_of_a_file_is_taken_once(stage: Stage) -> None:
    stage.send("sent")
    others = [_request(_md5(name)) for name in ("one", "two")]
    for request in others:
        assert stage.ask(request)
    await _settled()
    stage.disk.answer("sent")
    await _settled()
    assert stage.undecided == others
    assert not stage.ask(_request(_md5("three")))
    assert stage.disk.asked == ["sent"]


async def test_a_request_without_checksum_is_not_held_back(stage: Stage) -> None:
    stage.send("sent")
    request = _request("")
    assert not stage.ask(request)
    assert stage.joined == {"sent": request}


async def test_what_comes_behind_a_request_of_its_name_is_decided_behind_it(
    stage: Stage,
) -> None:
    stage.send("sent")
    first, second = _request(_md5("sent")), _request("")
    assert stage.ask(first)
    assert stage.ask(second)
    assert not stage.ask(_request("", file="Other.3mf"))
    await _settled()
    stage.disk.answer("sent")
    await _settled()
    assert stage.joined == {"sent": first}
    assert stage.undecided[-1] is second


@pytest.mark.parametrize(
    "error", [StorageError(as_it_stands("gone")), OSError("broken")]
)
async def test_of_a_file_that_cannot_be_read_the_name_decides(
    stage: Stage, error: Exception
) -> None:
    stage.send("sent")
    request = _request(_md5("changed"))
    assert stage.ask(request)
    await _settled()
    stage.disk.may["sent"].set_exception(error)
    await _settled()
    assert stage.joined == {"sent": request}


async def test_a_file_that_is_moved_meanwhile_is_read_where_it_is_then(
    stage: Stage,
) -> None:
    stage.send("sent")
    request = _request(_md5("changed"))
    assert stage.ask(request)
    await _settled()
    stage.disk.may["sent"].set_exception(FileNotFoundError())
    await _settled()
    stage.disk.answer("sent")
    await _settled()
    assert stage.undecided == [request]


async def test_a_disk_that_hangs_holds_nothing_back_for_long(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT_S", 0.0)
    stage.send("sent")
    request = _request(_md5("changed"))
    assert stage.ask(request)
    task = stage.proofs._task
    assert task
    await task
    assert stage.joined == {"sent": request}


async def test_no_more_are_held_back_than_are_remembered_and_closing_ends_them(
    stage: Stage,
) -> None:
    stage.send("sent")
    for _ in range(MAX_REMEMBERED):
        assert stage.ask(_request(_md5("changed")))
    last = _request(_md5("changed"))
    assert not stage.ask(last)
    await stage.proofs.close()
    await _settled()
    assert stage.disk.asked == []
    assert (stage.undecided, stage.joined) == ([], {"sent": last})


async def test_the_checksum_is_that_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    content = random.Random(1).randbytes(SUM_BYTES + 3)
    await asyncio.to_thread(path.write_bytes, content)
    async with TransferThread() as thread:
        md5 = await thread.md5_of(path)
        with pytest.raises(FileNotFoundError):
            await thread.md5_of(tmp_path / "none")
    assert md5 == hashlib.md5(content, usedforsecurity=False).hexdigest().upper()


async def test_a_thousand_times_older_slicers_send_and_print_one_name_and_each_print_has_its_own_file() -> (
    None
):
    """Each does one thing after another; checksums become known at any time between."""
    rng = random.Random(31)
    for number in range(1000):
        stage = Stage()
        wanted: dict[str, PrintRequest] = {}

        def steps(
            peer: str, stage: Stage, wanted: dict[str, PrintRequest]
        ) -> deque[Callable[[], object]]:
            found: list[Callable[[], object]] = []
            is_older = rng.random() < 0.7
            for nth in range(rng.randint(1, 3)):
                upload_id = f"{peer} {nth}"
                upload: list[Callable[[], object]] = [
                    lambda id=upload_id: stage.start(id, peer),  # type: ignore[misc]
                    lambda id=upload_id: stage.end(id),  # type: ignore[misc]
                ]
                if rng.random() < 0.5:
                    found += upload
                    continue
                request = wanted[upload_id] = _request(_md5(upload_id), peer=peer)
                asking = [lambda request=request: stage.ask(request)]  # type: ignore[misc]
                found += [*asking, *upload] if is_older else [*upload, *asking]
            return deque(found)

        left = [steps(peer, stage, wanted) for peer in (PEER, "127.0.0.2")]
        while any(left):
            rng.choice([each for each in left if each]).popleft()()
            stage.now += 0.1
            await _settled()
            if stage.disk.may and rng.random() < 0.4:
                stage.disk.answer(rng.choice([*stage.disk.may]))
                await _settled()
        while stage.disk.may:
            stage.disk.answer(next(iter(stage.disk.may)))
            await _settled()
        assert stage.joined == wanted, number
        assert stage.proofs._task is None
