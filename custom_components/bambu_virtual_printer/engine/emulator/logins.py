"""Checks user name and access code, without a lock-out.

Slicers repeat a stale code every second, so a ban would turn one typo into a locked-out printer
(docs/protocol.md, MQTT). A wrong code is refused after a delay that grows with the number of different ones a client
tries (`net.guesses`), and the right one is always accepted at once.
"""

from collections.abc import Callable
import hmac

from ..events import LoginFailed
from ..net.failed_logins import FailedLogins
from ..net.guesses import GuessTracker
from ..protocol.ports import USER_NAME
from ..values import Service


class Logins:
    """Checks user and access code for MQTT and FTPS alike, and reports failures without flooding."""

    def __init__(
        self,
        access_code: str,
        on_failure: Callable[[LoginFailed], None],
        guesses: GuessTracker | None = None,
    ) -> None:
        """Set the access code. `on_failure` is called as FailedLogins does; `guesses` is shared by all printers."""
        self._access_code = access_code.encode()
        self._failures = FailedLogins(on_failure)
        self._guesses = guesses or GuessTracker()

    def check(
        self, user: bytes, access_code: bytes, peer: str, service: Service
    ) -> bool:
        """Return whether a login is right, in constant time. Wrong ones are counted."""
        right_code = hmac.compare_digest(access_code, self._access_code)
        right_user = hmac.compare_digest(user.lower(), USER_NAME.encode())
        if right_code and right_user:
            self._failures.forget(peer, service)
            self._guesses.right(peer)
            return True
        self._failures.count(peer, service, self._guesses.wrong(peer, access_code))
        return False

    def refusal_delay_s(self, peer: str) -> float:
        """Return how long the refusal of a wrong code is delayed."""
        return self._guesses.refusal_delay_s(peer)
