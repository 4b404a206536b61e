"""Checks user name and access code, without a lock-out.

Slicers repeat a stale code once a second for ever, so a ban would turn one typo into a locked-out printer
(docs/protocol.md, MQTT). A wrong code is refused after a delay that grows with the number of different ones a client
tries (`net.guesses`), and the right one always gets in at once.
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
        """Remember the code; `on_failure` hears of failures as FailedLogins tells them; `guesses` are all printers'."""
        self._access_code = access_code.encode()
        self._failures = FailedLogins(on_failure)
        self._guesses = guesses or GuessTracker()

    def check(
        self, user: bytes, access_code: bytes, peer: str, service: Service
    ) -> bool:
        """Tell whether this login is right; takes the same time wherever the codes differ."""
        right_code = hmac.compare_digest(access_code, self._access_code)
        right_user = hmac.compare_digest(user.lower(), USER_NAME.encode())
        if right_code and right_user:
            self._failures.forget(peer, service)
            self._guesses.right(peer)
            return True
        self._failures.count(peer, service, self._guesses.wrong(peer, access_code))
        return False

    def refusal_delay_s(self, peer: str) -> float:
        """How long the refusal of a wrong code waits."""
        return self._guesses.refusal_delay_s(peer)
