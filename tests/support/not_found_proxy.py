"""A reverse proxy in front of an object store that is just started again: it answers, and finds nothing to pass requests on to."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import threading

from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    BucketSettings,
)

# As Traefik says it.
_NOT_FOUND = b"404 page not found\n"


@dataclass(frozen=True, kw_only=True)
class NotFoundProxy:
    """One that runs."""

    settings: BucketSettings
    """Those of a bucket behind it."""
    asked: list[str] = field(default_factory=list)
    """The methods of all requests, in their order."""


@contextmanager
def not_found_proxy(takes: Collection[str] = ()) -> Iterator[NotFoundProxy]:
    """Run one, on a port of its own; requests with the methods in `takes` find the store, which agrees."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(self.command)
            is_found = self.command in takes
            content = b"" if is_found else _NOT_FOUND
            self.send_response(HTTPStatus.OK if is_found else HTTPStatus.NOT_FOUND)
            if is_found:
                self.send_header("ETag", '"0"')
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        # So that each is waited for; its connection ends with its answer.
        server.daemon_threads = False
        running = threading.Thread(target=server.serve_forever, args=(0.05,))
        running.start()
        try:
            settings = BucketSettings(
                bucket="prints",
                access_key="key",
                secret_key="secret",
                endpoint=f"http://127.0.0.1:{server.server_port}",
            )
            yield NotFoundProxy(settings=settings, asked=asked)
        finally:
            server.shutdown()
            running.join()
