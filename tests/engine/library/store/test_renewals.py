"""Sidecars that wait for the store: the newest stays until it is there, whoever comes meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
import threading

import pytest
from ulid_transform import ulid_now

from custom_components.bambu_virtual_printer.engine.library.store.renewals import (
    Renewals,
)
from custom_components.bambu_virtual_printer.engine.library.store.sidecar import Sidecar
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
)
from custom_components.bambu_virtual_printer.engine.values import ReceivedFile
from tests.support.library import IMMEDIATE


@pytest.fixture
def sidecar() -> Sidecar:
    return Sidecar(
        file=ReceivedFile(
            id=ulid_now(),
            name="a.gcode.3mf",
            size_bytes=1,
            sha256="",
            peer="192.0.2.7",
            received_at=datetime(2026, 11, 22, tzinfo=UTC),
            encrypted=False,
        ),
        file_name="a.gcode.3mf",
        printer=IMMEDIATE,
    )


def test_the_newest_waits_until_it_is_done(tmp_path: Path, sidecar: Sidecar) -> None:
    renewals, item_id = Renewals(tmp_path), sidecar.file.id
    assert renewals.waiting() == []
    assert renewals.find(item_id) is None
    renewals.add(sidecar)
    newer = replace(sidecar, annotations=Annotations(notes="newer"))
    renewals.add(newer)
    renewals.done(item_id, sidecar.encode())
    assert renewals.waiting() == [item_id]
    assert renewals.find(item_id) == newer
    renewals.done(item_id, renewals.content(item_id))
    assert renewals.waiting() == []


def test_a_file_that_is_put_is_apart_and_does_not_stay(
    tmp_path: Path, sidecar: Sidecar
) -> None:
    renewals = Renewals(tmp_path)
    renewals.add(sidecar)
    part = renewals.begin(b"content")
    renewals.add(sidecar)
    assert part.read_bytes() == b"content"
    assert renewals.waiting() == [sidecar.file.id]
    assert not part.exists()


def test_one_that_comes_while_another_is_done_stays(
    tmp_path: Path, sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewals, item_id = Renewals(tmp_path), sidecar.file.id
    renewals.add(sidecar)
    newer = replace(sidecar, annotations=Annotations(notes="newer"))
    reached, go_on = threading.Event(), threading.Event()
    unlink = Path.unlink

    def slow(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".json":
            reached.set()
            go_on.wait(10)
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", slow)
    done = threading.Thread(target=renewals.done, args=(item_id, sidecar.encode()))
    done.start()
    assert reached.wait(10)
    added = threading.Thread(target=renewals.add, args=(newer,))
    added.start()
    # Whether it waits or not, it comes to its end only after this.
    added.join(0.1)
    go_on.set()
    done.join()
    added.join()
    assert renewals.find(item_id) == newer
