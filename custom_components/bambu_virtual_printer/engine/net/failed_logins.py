"""Counts failed logins of each client and reports them without flooding."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from ..events import LoginFailed
from ..values import Service
from .guesses import GUESSES

REPORT_INTERVAL_S = 60.0
_REMEMBERED_PEERS = 256


@dataclass(slots=True)
class _Failures:
    attempts: int = 0
    codes: int = 0
    reported_at: float = float("-inf")


class FailedLogins:
    """Counts failures of each client and service. Slicers repeat a stale code every second, so reports are rate-limited."""

    def __init__(self, on_failure: Callable[[LoginFailed], None]) -> None:
        """Call `on_failure` for a peer's first failure, when it begins to guess, and else at most once a minute."""
        self._on_failure = on_failure
        self._failures: OrderedDict[tuple[str, Service], _Failures] = OrderedDict()

    def forget(self, peer: str, service: Service) -> None:
        """Record a successful login."""
        self._failures.pop((peer, service), None)

    def count(self, peer: str, service: Service, codes: int = 0) -> None:
        """Record a failed login. `codes` is how many different ones the peer has tried, 0 where that is unknown."""
        failures = self._failures.pop((peer, service), None) or _Failures()
        self._failures[peer, service] = failures
        if len(self._failures) > _REMEMBERED_PEERS:
            self._failures.popitem(last=False)
        failures.attempts += 1
        began_to_guess = failures.codes < GUESSES <= codes
        failures.codes = codes
        now = monotonic()
        if began_to_guess or now - failures.reported_at >= REPORT_INTERVAL_S:
            failures.reported_at = now
            self._on_failure(
                LoginFailed(
                    peer=peer, service=service, attempts=failures.attempts, codes=codes
                )
            )
