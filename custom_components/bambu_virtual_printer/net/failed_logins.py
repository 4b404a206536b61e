"""Counts failed logins of each client and reports them without flooding."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from ..model import LoginFailed, Service

REPORT_INTERVAL_S = 60.0
_REMEMBERED_PEERS = 256


class FailedLogins:
    """Slicers repeat a stale code once a second for ever; nobody wants to hear of each."""

    def __init__(self, on_failure: Callable[[LoginFailed], None]) -> None:
        """Tell `on_failure` of a peer's first failure and then at most once a minute."""
        self._on_failure = on_failure
        self._failures: OrderedDict[tuple[str, Service], tuple[int, float]] = (
            OrderedDict()
        )

    def forget(self, peer: str, service: Service) -> None:
        """Take note that a peer got in."""
        self._failures.pop((peer, service), None)

    def count(self, peer: str, service: Service) -> None:
        """Take note that a peer did not get in."""
        attempts, reported_at = self._failures.pop((peer, service), (0, float("-inf")))
        attempts += 1
        now = monotonic()
        if now - reported_at >= REPORT_INTERVAL_S:
            self._on_failure(LoginFailed(peer=peer, service=service, attempts=attempts))
            reported_at = now
        self._failures[peer, service] = (attempts, reported_at)
        if len(self._failures) > _REMEMBERED_PEERS:
            self._failures.popitem(last=False)
