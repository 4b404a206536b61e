"""A bucket of a real object store: what is wrong with it is said, and cuts leave nothing half."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
import hashlib
import json
import os
from pathlib import Path
import socket
import subprocess
import sys
import threading
import traceback

import pytest

from custom_components.bambu_virtual_printer.engine.library import storing
from custom_components.bambu_virtual_printer.engine.library.store.backend import (
    bucket as bucket_module,
    bucket_faults,
    multipart_leftovers,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    MULTIPART_ABOVE_BYTES,
    PART_BYTES,
    BucketBackend,
    BucketSettings,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket_faults import (
    Doing,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.keys import (
    file_key,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreError,
    StoreFault,
)
from scripts.servers import object_store
from scripts.servers.object_store import MEMBER, READER, ObjectStore
from tests.support.not_found_proxy import not_found_proxy

type Make = Callable[..., BucketBackend]

BIG = MULTIPART_ABOVE_BYTES + 3_000_000


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checked(backend: BucketBackend) -> StoreFault:
    with pytest.raises(StoreError) as error:
        backend.check()
    text = "".join(traceback.format_exception_only(error.value))
    assert "secret-of" not in text + repr(backend._settings)
    return error.value.fault


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"access_key": "nobody"}, StoreFault.KEYS),
        ({"secret_key": "wrong"}, StoreFault.KEYS),
        ({"bucket": "none"}, StoreFault.NO_BUCKET),
        ({"identity": READER}, StoreFault.NOT_WRITTEN),
        ({"endpoint": "http://127.0.0.1:9"}, StoreFault.UNREACHABLE),
        ({"endpoint": "http://nowhere.invalid"}, StoreFault.UNREACHABLE),
    ],
)
def test_what_is_wrong_is_named(
    bucket: Make, changes: dict[str, str], fault: StoreFault
) -> None:
    assert checked(bucket(**changes)) is fault


def test_a_driver_that_is_missing_is_named_and_may_come_later(
    bucket: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        for name in ("obstore", "obstore.store"):
            patch.setitem(sys.modules, name, None)
        store = bucket()
        assert store.place
        assert checked(store) is StoreFault.NO_DRIVER
        for attempt in (store.marked_as, lambda: store.mark("id")):
            with pytest.raises(StoreError, match="not installed"):
                attempt()
    store.check()


def test_a_store_without_tls_is_named(bucket: Make, s3: ObjectStore) -> None:
    assert checked(bucket(endpoint=f"https://127.0.0.1:{s3.port}")) is StoreFault.TLS


@pytest.mark.parametrize(
    "endpoint",
    [
        *(
            "nonsense",
            "ftp://127.0.0.1",
            "http://",
            "http://user:word@127.0.0.1",
            "//x",
        ),
        # What Python's urlsplit raises for, and what obstore panics about.
        *("http://[abc", "http://[::g]:9", "http://ex℀mple.com", "http://exämple.com"),
        *("http://127.0.0.1:99999", "http://127.0.0.1:0", "http://127.0.0.1:port"),
        *("http://127.0.0.1/a b", "http://127.0.0.1\n/x", "http://a\x7fb"),
    ],
)
def test_what_is_no_address_is_refused(endpoint: str) -> None:
    settings = BucketSettings(
        bucket="prints", access_key="a", secret_key="b", endpoint=endpoint
    )
    with pytest.raises(StoreError) as error:
        BucketBackend(settings)
    assert error.value.fault is StoreFault.ADDRESS
    assert "word" not in str(error.value).replace("password", "")


@pytest.mark.parametrize(
    "endpoint", ["http://999.1.1.1:9", "http://1.2.3.4.5:9", "http://exa<mple.invalid"]
)
def test_what_obstore_finds_no_address_is_named_too(
    bucket: Make, endpoint: str
) -> None:
    assert checked(bucket(endpoint=endpoint)) is StoreFault.ADDRESS


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"access_key": "line\nbreak"}, StoreFault.KEYS),
        ({"access_key": "cléf"}, StoreFault.KEYS),
        ({"secret_key": "secret-of\nsomebody"}, StoreFault.KEYS),
        ({"secret_key": "secret-of\ud800"}, StoreFault.KEYS),
        ({"region": "eu\nwest"}, StoreFault.REGION),
        ({"region": "eu west", "endpoint": ""}, StoreFault.REGION),
        ({"region": "eu:99999/"}, StoreFault.REGION),
    ],
)
def test_what_cannot_be_sent_is_refused_where_it_was_entered(
    bucket: Make, changes: dict[str, str], fault: StoreFault
) -> None:
    with pytest.raises(StoreError) as error:
        bucket(**changes)
    assert error.value.fault is fault
    assert "secret-of" not in str(error.value)


def test_a_store_of_amazons_needs_no_address() -> None:
    settings = BucketSettings(
        bucket="prints", access_key="a", secret_key="b", region="eu-central-1"
    )
    place = BucketBackend(settings).place
    assert place == "s3.eu-central-1.amazonaws.com/prints"


@pytest.mark.parametrize("name", ["", "a b", "a/b", "\x00"])
def test_what_is_no_name_of_a_bucket_is_refused(bucket: Make, name: str) -> None:
    with pytest.raises(StoreError) as error:
        bucket(bucket=name)
    assert error.value.fault is StoreFault.NO_BUCKET


@pytest.mark.parametrize(
    ("actions", "fault"),
    [
        (["s3:GetObject"], StoreFault.NOT_READ),
        (["s3:ListBucket"], StoreFault.NOT_LISTED),
        (["s3:DeleteObject"], StoreFault.NOT_REMOVED),
        (["s3:PutObject"], StoreFault.NOT_WRITTEN),
    ],
)
def test_each_right_that_is_missing_is_named(
    bucket: Make, s3: ObjectStore, actions: list[str], fault: StoreFault
) -> None:
    client = s3.client()
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": ["arn:aws:s3:::others", "arn:aws:s3:::others/*"],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_bucket_policy(Bucket="others", Policy=policy)
    try:
        assert checked(bucket(bucket="others", identity=MEMBER)) is fault
    finally:
        client.delete_bucket_policy(Bucket="others")


def test_tls_with_a_certificate_authority_of_ones_own(
    loopback: None, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if reason := object_store.reason_to_skip():
        pytest.skip(reason)
    certificate, key, ca = (tmp_path / name for name in ("chain", "key", "ca"))
    new = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    leaf = ("-addext", "basicConstraints=critical,CA:FALSE")
    for command in (
        (*new, "-keyout", tmp_path / "ca.key", "-out", ca, "-subj", "/CN=home"),
        (
            *(*new, *leaf, "-CA", ca, "-CAkey", tmp_path / "ca.key"),
            *("-keyout", key, "-out", certificate, "-subj", "/CN=store"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ),
    ):
        subprocess.run(command, check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + ca.read_text())
    with object_store.server(
        tmp_path_factory.mktemp("s3"), (certificate, key)
    ) as server:
        assert checked(BucketBackend(server.settings())) is StoreFault.TLS
        trusted = BucketBackend(server.settings(certificates=ca.read_text()))
        trusted.check()
        trusted.sweep(timedelta())
        # Comments are in any letters.
        named = BucketBackend(
            server.settings(certificates=f"# Müllers Häuschen ✓\n{ca.read_text()}")
        )
        named.check()
        named.sweep(timedelta())


def test_the_store_verifies_what_it_is_sent(s3: ObjectStore) -> None:
    """So that the checksum that obstore sends is no decoration."""
    wrong = hashlib.sha256(b"other").digest()
    client = s3.client()
    with pytest.raises(client.exceptions.ClientError, match="BadDigest"):
        client.put_object(
            Bucket="prints",
            Key="verified",
            Body=b"content",
            ChecksumSHA256=base64.b64encode(wrong).decode(),
        )


def test_only_a_part_of_the_bucket_is_touched(
    bucket: Make, s3: ObjectStore, tmp_path: Path
) -> None:
    one, other = bucket(prefix="/homes/one/"), bucket(prefix="homes/other")
    source = tmp_path / "a"
    source.write_bytes(b"a")
    key = file_key("01KB9000000000000000000000", "a")
    for backend in (one, other):
        backend.put(key, source, hashlib.sha256(b"a").hexdigest())
        backend.mark(f"library of {backend._settings.root}")
    one.remove(key[:5])
    assert list(one.list("")) == []
    assert list(other.list("")) == [key]
    assert one.marked_as() == "library of homes/one/"


# --- cuts -----------------------------------------------------------------------------------------


class Cutter:
    """Passes connections on to a server until so many bytes were sent, then ends them."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.left = 0
        self.slow = b""
        """The method of requests that take longer to arrive, by `slow_s`."""
        self.slow_s = 0.0
        self._closing = threading.Event()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        self._closing.set()
        for end in (self._server, *self._ends):
            _end(end)
        for thread in self._threads:
            thread.join()
        for end in (self._server, *self._ends):
            end.close()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._ends += (client, server)
            self._start(self._pass, client, server, True)
            self._start(self._pass, server, client, False)

    def _pass(self, source: socket.socket, target: socket.socket, sent: bool) -> None:
        with suppress(OSError):
            while block := source.recv(65536):
                if sent:
                    if self.slow and block.startswith(self.slow):
                        self._closing.wait(self.slow_s)
                    self.left -= len(block)
                    if self.left < 0:
                        break
                target.sendall(block)
        _end(source)
        _end(target)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutter(server: ObjectStore) -> Iterator[Cutter]:
    cut = Cutter((server.address, server.port))
    try:
        yield cut
    finally:
        cut.close()


@pytest.mark.parametrize("size", [1_000_000, BIG])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.4, 0.7, 0.999, 1.0])
def test_a_cut_at_any_moment_leaves_nothing_half(
    bucket: Make, s3: ObjectStore, tmp_path: Path, size: int, share: float
) -> None:
    source = tmp_path / "a"
    source.write_bytes(content := os.urandom(size))
    sha256 = hashlib.sha256(content).hexdigest()
    direct = bucket()
    with cutter(s3) as cut:
        cut.left = int(size * share)
        through = bucket(endpoint=f"http://127.0.0.1:{cut.port}")
        with pytest.raises(StoreError) as error:
            through.put("2026/11/x/a", source, sha256)
        assert error.value.fault is StoreFault.UNREACHABLE
        if list(direct.list("2026/11/x/")):
            # Only what was there whole when the answer was cut.
            direct.fetch("2026/11/x/a", tmp_path / "whole", sha256)
        cut.left = 1 << 40
        through.put("2026/11/x/a", source, sha256)
        direct.fetch("2026/11/x/a", tmp_path / "back", sha256)


def test_a_download_that_is_cut_leaves_nothing(
    bucket: Make, s3: ObjectStore, tmp_path: Path
) -> None:
    source = tmp_path / "a"
    source.write_bytes(content := os.urandom(BIG))
    sha256 = hashlib.sha256(content).hexdigest()
    direct = bucket()
    direct.put("2026/11/x/a", source, sha256)
    with cutter(s3) as cut:
        cut.left = 1 << 40
        through = bucket(endpoint=f"http://127.0.0.1:{cut.port}")
        through.fetch("2026/11/x/a", tmp_path / "whole", sha256)
        cut.left = 0
        with pytest.raises(StoreError):
            through.fetch("2026/11/x/a", tmp_path / "cut", sha256)
    assert not (tmp_path / "cut").exists()


def test_what_is_sent_slowly_gets_there_while_questions_are_answered_soon(
    bucket: Make, s3: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a"
    source.write_bytes(content := os.urandom(100_000))
    sha256 = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(bucket_module, "ANSWER_WITHIN", timedelta(seconds=0.5))
    with cutter(s3) as cut:
        cut.left = 1 << 40
        through = bucket(endpoint=f"http://127.0.0.1:{cut.port}")
        cut.slow, cut.slow_s = b"PUT", 1.5
        through.put("2026/11/x/a", source, sha256)
        cut.slow = b"GET"
        with pytest.raises(StoreError) as error:
            through.marked_as()
        assert error.value.fault is StoreFault.UNREACHABLE
    bucket().fetch("2026/11/x/a", tmp_path / "back", sha256)


def test_an_uplink_of_half_a_megabit_is_enough(
    bucket: Make, s3: ObjectStore, tmp_path: Path
) -> None:
    size = 2 * PART_BYTES + 1
    source = tmp_path / "a"
    source.write_bytes(content := os.urandom(size))
    backend = bucket()
    backend.put("2026/11/x/a", source, hashlib.sha256(content).hexdigest())
    key = f"{backend._settings.root}2026/11/x/a"
    client = s3.client()
    parts = [
        client.head_object(Bucket="prints", Key=key, PartNumber=number)["ContentLength"]
        for number in (1, 2, 3)
    ]
    assert parts == [PART_BYTES, PART_BYTES, 1]
    largest = max(PART_BYTES, MULTIPART_ABOVE_BYTES) * storing.AT_ONCE
    assert largest * 8 / bucket_module.SENT_WITHIN.total_seconds() < 500_000


def uploads_of(s3: ObjectStore, prefix: str) -> int:
    found = s3.client().list_multipart_uploads(Bucket="prints", Prefix=prefix)
    return len(found.get("Uploads", ()))


def test_what_a_killed_process_left_of_an_upload_is_swept(
    bucket: Make, s3: ObjectStore, tmp_path: Path
) -> None:
    backend = bucket()
    root = backend._settings.root
    client = s3.client()
    for name in ("one", "two ü+&=?/%", "three"):
        key = f"{root}2026/11/x/{name}"
        upload = client.create_multipart_upload(Bucket="prints", Key=key)
        client.upload_part(
            Bucket="prints",
            Key=key,
            UploadId=upload["UploadId"],
            PartNumber=1,
            Body=os.urandom(5 << 20),
        )
    other = client.create_multipart_upload(Bucket="prints", Key="another/thing")
    backend.sweep(timedelta(hours=1))
    assert uploads_of(s3, root) == 3
    backend.sweep(timedelta(seconds=-60))
    assert uploads_of(s3, root) == 0
    # What is not the library's stays.
    assert uploads_of(s3, "another/") == 1
    client.abort_multipart_upload(
        Bucket="prints", Key="another/thing", UploadId=other["UploadId"]
    )


def test_a_sweep_of_a_store_that_is_away_says_so(bucket: Make) -> None:
    with pytest.raises(StoreError) as error:
        bucket(endpoint="http://127.0.0.1:9").sweep(timedelta())
    assert error.value.fault is StoreFault.UNREACHABLE


def test_a_sweep_with_what_cannot_be_sent_says_so(
    bucket: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise TypeError

    monkeypatch.setattr(multipart_leftovers, "_ask", refuse)
    with pytest.raises(StoreError, match="TypeError"):
        bucket().sweep(timedelta())


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a><Upload/></a>"],
)
def test_a_store_that_lists_no_leftovers_has_none(
    monkeypatch: pytest.MonkeyPatch, bucket: Make, answer: bytes
) -> None:
    asked: list[str] = []

    def ask(_: object, method: str, *__: object) -> tuple[int, bytes]:
        asked.append(method)
        return (200, answer)

    monkeypatch.setattr(multipart_leftovers, "_ask", ask)
    bucket().sweep(timedelta())
    assert "DELETE" not in asked


def test_what_was_acknowledged_outlives_a_killed_store(
    bucket: Make, s3: ObjectStore, tmp_path: Path
) -> None:
    source = tmp_path / "a"
    source.write_bytes(content := os.urandom(BIG))
    sha256 = hashlib.sha256(content).hexdigest()
    backend = bucket()
    backend.put("2026/11/x/a", source, sha256)
    s3.kill()
    try:
        assert checked(backend) is StoreFault.UNREACHABLE
        with pytest.raises(StoreError):
            list(backend.list(""))
    finally:
        s3.start()
    backend.fetch("2026/11/x/a", tmp_path / "back", sha256)


# --- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda store, _: store.marked_as(),
        lambda store, _: store.mark("library"),
        lambda store, _: store.check(),
        lambda store, path: store.fetch("2026/11/x/a", path.with_name("b"), ""),
        lambda store, _: [*store.list("2026/")],
        lambda store, _: store.sizes("2026/11/x/"),
        lambda store, _: store.holds("2026/11/x/a"),
        lambda store, _: store.remove("2026/11/x/"),
        lambda store, path: store.put("2026/11/x/a", path, sha256_of(path)),
    ],
    ids=["marked", "mark", "check", "fetch", "list", "sizes", "holds", "remove", "put"],
)
@pytest.mark.parametrize("size", [1, BIG])
def test_a_proxy_that_finds_no_store_is_not_taken_for_a_store_without_the_file(
    loopback: None,
    tmp_path: Path,
    ask: Callable[[BucketBackend, Path], object],
    size: int,
) -> None:
    source = tmp_path / "a"
    source.write_bytes(bytes(size))
    with not_found_proxy() as proxy, pytest.raises(StoreError) as error:
        ask(BucketBackend(proxy.settings), source)
    assert error.value.fault is StoreFault.UNREACHABLE
    assert not (tmp_path / "b").exists()


def test_a_proxy_that_loses_the_store_after_a_file_was_put_is_not_taken_for_a_loss(
    loopback: None, tmp_path: Path
) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"a")
    with not_found_proxy(takes={"PUT"}) as proxy, pytest.raises(StoreError) as error:
        BucketBackend(proxy.settings).put("2026/11/x/a", source, sha256_of(source))
    assert error.value.fault is StoreFault.UNREACHABLE
    assert proxy.asked == ["PUT", "HEAD", "GET"]


def test_what_is_really_not_there_is_told_from_a_store_that_is_not(
    bucket: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"a")
    backend = bucket()
    assert backend.marked_as() is None
    assert [*backend.list("2026/11/x/")] == []
    assert backend.sizes("2026/11/x/") == {}
    backend.remove("2026/11/x/")
    with pytest.raises(StoreError) as error:
        backend.fetch("2026/11/x/a", tmp_path / "b", "")
    assert error.value.fault is StoreFault.MISSING
    # Gone between the answer that it is stored and the question how large it is.
    monkeypatch.setattr("obstore.put", lambda *_args, **_options: None)
    with pytest.raises(StoreError, match="2026/11/x/a is not in") as error:
        backend.put("2026/11/x/a", source, sha256_of(source))
    assert error.value.fault is StoreFault.MISSING
    # Gone between the list and the removal.
    monkeypatch.setattr(backend, "list", lambda _: ["2026/11/x/a"])
    backend.remove("2026/11/x/")


@pytest.mark.parametrize(
    "ask",
    [
        lambda store, _: store.marked_as(),
        lambda store, path: store.fetch("2026/11/x/a", path.with_name("b"), ""),
        lambda store, path: store.put("2026/11/x/a", path, sha256_of(path)),
        lambda store, _: store._size("2026/11/x/a"),
        lambda store, _: [*store.list("2026/")],
        lambda store, _: store.remove("2026/"),
    ],
    ids=["marked", "fetch", "put", "head", "list", "remove"],
)
def test_a_bucket_that_is_not_there_is_told_from_a_store_that_is_not(
    bucket: Make, tmp_path: Path, ask: Callable[[BucketBackend, Path], object]
) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"a")
    backend = bucket(bucket="none")
    with pytest.raises(StoreError) as error, backend._failing(Doing.READING):
        ask(backend, source)
    assert error.value.fault is StoreFault.NO_BUCKET


# --- what errors mean -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<Code>RequestTimeTooSkewed</Code>", StoreFault.CLOCK),
        ("<Code>AuthorizationHeaderMalformed</Code>", StoreFault.REGION),
        ("<Code>XMinioStorageFull</Code>", StoreFault.FULL),
        ("non-2xx status code: 507 Insufficient Storage", StoreFault.FULL),
        ("non-2xx status code: 503 Service Unavailable", StoreFault.UNREACHABLE),
        ("non-2xx status code: 403 Forbidden", StoreFault.NOT_WRITTEN),
        ("404 Not Found: <Code>NoSuchKey</Code>", StoreFault.MISSING),
        ("404 Not Found: <Code>NoSuchBucket</Code>", StoreFault.NO_BUCKET),
        (
            "non-2xx status code: 404 Not Found: <Code>NoSuchUpload</Code>",
            StoreFault.FAILED,
        ),
        (
            "non-2xx status code: 404 Not Found: 404 page not found",
            StoreFault.UNREACHABLE,
        ),
        ("non-2xx status code: 418 I'm a teapot", StoreFault.FAILED),
        ("something nobody has seen", StoreFault.FAILED),
    ],
)
def test_what_stores_say_is_told_apart(text: str, fault: StoreFault) -> None:
    assert bucket_faults.fault_of(text, Doing.WRITING) is fault
    error = bucket_faults.explained(
        ValueError(text), Doing.WRITING, place="here", bucket="prints", key="key"
    )
    assert error is not None
    assert error.fault is fault
    assert "here" in str(error)


def test_errors_of_others_are_left_alone() -> None:
    assert (
        bucket_faults.explained(
            RuntimeError("no"), Doing.READING, place="", bucket="", key=""
        )
        is None
    )
