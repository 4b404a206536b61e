"""An S3-compatible object store of our own: SeaweedFS, where its wheel is installed.

A real store: it keeps what it acknowledged when it is killed, verifies signatures and checksums, has identities with
fewer rights, and keeps multipart uploads until somebody ends them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
import importlib.util
import json
from pathlib import Path
import shutil
import socket
import subprocess
import sys
import time
from typing import Any

import boto3  # type: ignore[import-not-found,import-untyped,unused-ignore]
from botocore.config import Config  # type: ignore[import-not-found,import-untyped,unused-ignore]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-not-found,import-untyped,unused-ignore]

from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    BucketSettings,
)

DRIVER = "obstore"
BUCKETS = ("prints", "others")
READY_WITHIN_S = 60.0
# Its services add this to their ports for another one.
GRPC_OFFSET = 10_000
FULL, READER, MEMBER = "full", "reader", "member"
_ACTIONS = {
    FULL: ["Admin", "Read", "Write", "List", "Tagging"],
    READER: ["Read", "List"],
    # What else it may is decided by the bucket's policy.
    MEMBER: ["Read", "Write", "List"],
}


def program() -> str | None:
    """Return where the server is."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


def reason_to_skip() -> str | None:
    """Return why there can be no server here."""
    if program() is None:
        return "SeaweedFS is not installed"
    if importlib.util.find_spec(DRIVER) is None:
        return f"{DRIVER} is not installed"
    return None


@dataclass(kw_only=True)
class ObjectStore:
    """A running server. `kill` and `start` may be called at any time."""

    folder: Path
    ports: Sequence[int]
    certificate: tuple[Path, Path] | None = None
    """The certificate and its key, for TLS."""
    address: str = "127.0.0.1"
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Return its address."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{self.address}:{self.port}"

    @property
    def port(self) -> int:
        """Return the port of the S3 API."""
        return self.ports[0]

    def settings(
        self, bucket: str = "prints", identity: str = FULL, **changes: str
    ) -> BucketSettings:
        """Return the settings of one of its buckets."""
        values = {
            "endpoint": self.url,
            "bucket": bucket,
            "access_key": f"key-of-{identity}",
            "secret_key": f"secret-of-{identity}",
        }
        return BucketSettings(**values | changes)

    def start(self) -> None:
        """Start it with what is in its folder, and wait until it answers."""
        name = program()
        assert name is not None
        assert self._process is None
        identities = [
            {
                "name": identity,
                "credentials": [
                    {
                        "accessKey": f"key-of-{identity}",
                        "secretKey": f"secret-of-{identity}",
                    }
                ],
                "actions": actions,
            }
            for identity, actions in _ACTIONS.items()
        ]
        config = self.folder / "s3.json"
        config.write_text(json.dumps({"identities": identities}))
        s3, master, volume, filer = self.ports
        options = [
            f"-dir={self.folder}",
            f"-ip={self.address}",
            "-filer",
            "-s3",
            f"-s3.config={config}",
            f"-s3.port={s3}",
            f"-master.port={master}",
            f"-volume.port={volume}",
            f"-filer.port={filer}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.autoCreateBucket=false",
            f"-s3.localSocket={self.folder}/s3.sock",
            f"-filer.localSocket={self.folder}/filer.sock",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-master.electionTimeout=1s",
            "-volume.max=500",
            "-volume.readMode=local",
        ]
        if self.certificate:
            certificate, key = self.certificate
            options += [f"-s3.cert.file={certificate}", f"-s3.key.file={key}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [name, "-logtostderr", "server", *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self, identity: str = FULL) -> Any:
        """Return another client of it: Amazon's own."""
        ca = str(self.certificate[0]) if self.certificate else None
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=f"key-of-{identity}",
            aws_secret_access_key=f"secret-of-{identity}",
            region_name="us-east-1",
            verify=ca,
            config=Config(
                retries={"max_attempts": 1}, connect_timeout=2, read_timeout=20
            ),
        )

    def _wait(self) -> None:
        """Wait until files can be stored."""
        client = self.client()
        deadline = time.monotonic() + READY_WITHIN_S
        for bucket in BUCKETS:
            while True:
                try:
                    with suppress(
                        client.exceptions.BucketAlreadyExists,
                        client.exceptions.BucketAlreadyOwnedByYou,
                    ):
                        client.create_bucket(Bucket=bucket)
                    client.put_object(Bucket=bucket, Key=".ready", Body=b"yes")
                    client.delete_object(Bucket=bucket, Key=".ready")
                    break
                except BotoCoreError, ClientError:
                    self._check_deadline(deadline)

    def _check_deadline(self, deadline: float) -> None:
        assert self._process is not None
        if self._process.poll() is not None or time.monotonic() > deadline:
            log = (self.folder / "log").read_text(errors="replace")
            raise RuntimeError(f"the object store did not start: {log[-2000:]}")
        time.sleep(0.05)


@contextmanager
def server(
    folder: Path,
    certificate: tuple[Path, Path] | None = None,
    *,
    address: str = "127.0.0.1",
) -> Iterator[ObjectStore]:
    """Run a server whose data are in `folder`; those that are started at the same time need addresses of their own."""
    store = ObjectStore(
        folder=folder,
        ports=_free_ports(4, address),
        certificate=certificate,
        address=address,
    )
    store.start()
    try:
        yield store
    finally:
        store.kill()


def _free_ports(count: int, address: str) -> Sequence[int]:
    """Return ports that are free, as well as those that the server derives from them.

    All are below those that systems give to clients (from 32,768 on), which would take them while the server is killed.
    """
    found: list[int] = []
    candidate = 10_000 + (time.monotonic_ns() // 1000) % 12_000
    while len(found) < count:
        candidate += 1
        with suppress(OSError):
            for port in (candidate, candidate + GRPC_OFFSET):
                socket.create_server((address, port)).close()
            found.append(candidate)
    return found
