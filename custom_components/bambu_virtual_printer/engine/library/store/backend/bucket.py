"""A bucket of an S3-compatible object store as the store of a shared library.

Through obstore's synchronous API, in our own threads: its asynchronous one aborted the interpreter at exit. A file that
is put is verified by the store, part by part, by SHA-256 (x-amz-checksum-sha256), and by us while it is read; objects
appear whole or not at all. Everything here blocks.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
import hashlib
import json
from pathlib import Path
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...values.errors import unreadable
from ...values.space import Space
from ...values.store_faults import StoreFault, store_error
from ..disk import explained
from . import bucket_faults, multipart_leftovers, probe
from .bucket_faults import Doing
from .keys import MARKER, PROBES, item_of
from .local_copy import write_copy

if TYPE_CHECKING:
    from obstore.store import S3Store

PART_BYTES = 5 * 1024 * 1024
"""As small as S3 allows, so that each is sent in time by a slow uplink."""
MULTIPART_ABOVE_BYTES = PART_BYTES
READ_BLOCK_BYTES = 1024 * 1024
MAX_MARKER_BYTES = 4096
CONNECT_WITHIN = timedelta(seconds=5)
ANSWER_WITHIN = timedelta(seconds=120)
"""Within so long a question must be answered, and the next bytes of a file come."""
SENT_WITHIN = timedelta(seconds=300)
"""Within so long a part must be sent and answered: obstore counts from its first byte, however steadily the others follow."""
FILE_WITHIN = timedelta(hours=6)
RETRIES = 2
RETRY_WITHIN = timedelta(seconds=20)
DEFAULT_REGION = "us-east-1"
_SCHEMES = {"http", "https"}
# A name that can be part of an address; which are allowed is the store's business.
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_REGION = re.compile(r"[A-Za-z0-9._-]{0,255}")
_URL = re.compile(r"[!-~]+")
"""Names with other letters have another form in the network, which people are to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSettings:
    """Where a bucket is, and with which keys."""

    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    endpoint: str = ""
    """The address of the object store, http or https; without one it is Amazon's."""
    prefix: str = ""
    """What the keys begin with, for a bucket that has other things as well."""
    region: str = ""
    certificates: str = field(default="", repr=False)
    """Certificates of a certificate authority that is trusted beside the public ones, as PEM."""

    @property
    def url(self) -> str:
        """Return the address of the store, without a bucket."""
        region = self.region or DEFAULT_REGION
        return self.endpoint.rstrip("/") or f"https://s3.{region}.amazonaws.com"

    @property
    def root(self) -> str:
        """Return what the keys of the library begin with."""
        prefix = self.prefix.strip("/")
        return f"{prefix}/" if prefix else ""


class BucketBackend:
    """A bucket, or a part of one. Raises StoreError."""

    def __init__(self, settings: BucketSettings) -> None:
        """Remember the place; nothing is asked. Raises StoreError when there can be none such, which obstore would panic about."""
        self._settings = settings
        if settings.endpoint and not _is_address(settings.url):
            raise store_error(StoreFault.ADDRESS, settings.bucket)
        if not _REGION.fullmatch(settings.region):
            place = settings.endpoint and self.place
            raise store_error(StoreFault.REGION, place or settings.bucket)
        if not _BUCKET.fullmatch(settings.bucket):
            raise store_error(StoreFault.NO_BUCKET, self.place, settings.bucket)
        if not (settings.access_key.isascii() and settings.access_key.isprintable()):
            raise store_error(StoreFault.KEYS, self.place)
        if not settings.secret_key.isprintable():
            raise store_error(StoreFault.KEYS, self.place)

    @property
    def place(self) -> str:
        """What people call it."""
        return f"{urlsplit(self._settings.url).netloc}/{self._settings.bucket}"

    @cached_property
    def _store(self) -> S3Store:
        """The bucket, by its driver, which may come later than this. Raises StoreError while it is missing."""
        with self._failing(Doing.READING):
            return _store(self._settings, ANSWER_WITHIN)

    @cached_property
    def _sending(self) -> S3Store:
        """The same, for what takes long to send. Raises StoreError."""
        with self._failing(Doing.WRITING):
            return _store(self._settings, SENT_WITHIN)

    # --- being there ------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Write, read back, list and delete a file."""
        probe.probe(self)

    def marked_as(self) -> str | None:
        """Return the id of the library whose files are here; None without any."""
        store = self._store
        import obstore  # noqa: PLC0415 - fetched for those who chose it, which has raised by now where it is missing

        with self._failing(Doing.READING):
            try:
                result = obstore.get(store, self._settings.root + MARKER)
            except FileNotFoundError as err:
                if bucket_faults.code_of(str(err)) != bucket_faults.NO_SUCH_KEY:
                    raise
                return None
            if result.meta["size"] > MAX_MARKER_BYTES:
                return None
            content = result.bytes().to_bytes()
        try:
            library_id = json.loads(content)["id"]
        except ValueError, LookupError, TypeError:
            return None
        return library_id if isinstance(library_id, str) and library_id else None

    def look(self) -> None:
        """Make sure that the store answers."""
        self.marked_as()

    def mark(self, library_id: str) -> None:
        """Say whose files are here. Raises StoreError when it is another library's."""
        store = self._store
        import obstore  # noqa: PLC0415

        found = self.marked_as()
        if found is None:
            content = json.dumps({"id": library_id}).encode()
            with self._failing(Doing.WRITING):
                obstore.put(store, self._settings.root + MARKER, content)
        elif found != library_id:
            raise store_error(StoreFault.OTHER_LIBRARY, self.place)

    def space(self) -> Space | None:
        """Return None: object stores do not tell."""
        return None

    # --- files ------------------------------------------------------------------------------------------------------

    def put(self, key: str, path: Path, sha256: str) -> None:
        """Store a file; it is there whole or not at all, and the store has verified it."""
        store = self._sending
        import obstore  # noqa: PLC0415

        with explained(unreadable(path.name)):
            size_bytes = path.stat().st_size
        blocks = _blocks(path, sha256, self.place)
        with self._failing(Doing.WRITING):
            if size_bytes > MULTIPART_ABOVE_BYTES:
                obstore.put(
                    store,
                    self._settings.root + key,
                    blocks,
                    use_multipart=True,
                    chunk_size=PART_BYTES,
                    max_concurrency=1,
                )
            else:
                content = b"".join(blocks)
                obstore.put(
                    store,
                    self._settings.root + key,
                    content,
                    use_multipart=False,
                )
        with self._failing(Doing.READING, key):
            stored_bytes = self._size(self._settings.root + key)
        if stored_bytes != size_bytes:
            raise store_error(StoreFault.DIFFERS, self.place, key)

    def _size(self, key: str) -> int:
        store = self._store
        import obstore  # noqa: PLC0415

        try:
            return obstore.head(store, key)["size"]
        except FileNotFoundError:
            # An answer to HEAD has no words: those of this one say whether the file is not there, or the store.
            return obstore.get(store, key).meta["size"]

    def fetch(self, key: str, path: Path, sha256: str) -> None:
        """Copy a stored file to a new path and verify it; without a SHA-256 it is only copied."""
        store = self._store
        import obstore  # noqa: PLC0415

        def blocks() -> Iterator[bytes]:
            with self._failing(Doing.READING, key):
                result = obstore.get(store, self._settings.root + key)
                yield from result.stream(min_chunk_size=READ_BLOCK_BYTES)

        write_copy(blocks(), path, sha256, key=key, place=self.place)

    def holds(self, key: str) -> bool:
        """Return whether a file is there, by the list."""
        return any(found == key for found in self.list(key))

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that begin with `prefix`, in their order; without one those of all items."""
        for key, _ in self._listed(prefix):
            yield key

    def sizes(self, prefix: str) -> Mapping[str, int]:
        """Return the sizes of the few files whose keys begin with `prefix`, in bytes."""
        return dict(self._listed(prefix))

    def _listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        store = self._store
        import obstore  # noqa: PLC0415

        root = self._settings.root
        # obstore lists by whole parts of keys.
        folder, _, _ = (root + prefix).rpartition("/")
        with self._failing(Doing.LISTING):
            for page in obstore.list(store, folder or None):
                for found in page:
                    if not found["path"].startswith(root + prefix):
                        continue
                    key = found["path"][len(root) :]
                    if prefix or item_of(key):
                        yield key, found["size"]

    def remove(self, prefix: str) -> None:
        """Remove everything whose key begins with `prefix`; what is not there is no error."""
        store = self._store
        import obstore  # noqa: PLC0415

        keys = [self._settings.root + key for key in self.list(prefix)]
        if keys:
            with self._failing(Doing.REMOVING):
                obstore.delete(store, keys)

    def sweep(self, older_than: timedelta) -> None:
        """Remove the parts of uploads that were cut, and probes."""
        multipart_leftovers.sweep(
            multipart_leftovers.Bucket(
                url=self._settings.url,
                name=self._settings.bucket,
                root=self._settings.root,
                region=self._settings.region or DEFAULT_REGION,
                access_key=self._settings.access_key,
                secret_key=self._settings.secret_key,
                certificates=self._settings.certificates,
            ),
            older_than,
            place=self.place,
        )
        for key in [*self.list(PROBES)]:
            if probe.is_older(key, older_than):
                self.remove(key)

    @contextmanager
    def _failing(self, doing: Doing, key: str = "") -> Iterator[None]:
        """Turn obstore's errors into StoreError."""
        try:
            yield
        except ImportError as err:
            raise store_error(StoreFault.NO_DRIVER, self.place) from err
        except BaseException as err:
            error = bucket_faults.explained(
                err, doing, place=self.place, bucket=self._settings.bucket, key=key
            )
            if error is None:
                raise
            raise error from err


def _is_address(url: str) -> bool:
    """Return whether this is an address of a server, without user and password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in _SCHEMES
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and port != 0
        and _URL.fullmatch(url) is not None
    )


def _store(settings: BucketSettings, answer_within: timedelta) -> S3Store:
    from obstore.store import S3Store  # noqa: PLC0415

    options: dict[str, object] = {
        "allow_http": settings.url.startswith("http://"),
        "connect_timeout": CONNECT_WITHIN,
        "read_timeout": answer_within,
        "timeout": FILE_WITHIN,
    }
    if settings.certificates:
        options["root_certificate"] = settings.certificates
    return S3Store(
        settings.bucket,
        endpoint=settings.url,
        region=settings.region or DEFAULT_REGION,
        access_key_id=settings.access_key,
        secret_access_key=settings.secret_key,
        virtual_hosted_style_request=False,
        checksum_algorithm="SHA256",
        client_options=options,  # type: ignore[arg-type]
        retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_WITHIN},
    )


def _blocks(path: Path, sha256: str, place: str) -> Iterator[bytes]:
    """Give a file block by block; at its end it must have this SHA-256, or what is put of it is withdrawn."""
    digest = hashlib.sha256()
    with explained(unreadable(path.name)), path.open("rb") as file:
        while block := file.read(PART_BYTES):
            digest.update(block)
            yield block
    if digest.hexdigest() != sha256:
        raise store_error(StoreFault.DIFFERS, place, path.name)
