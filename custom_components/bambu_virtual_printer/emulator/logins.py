"""Who may log in: one user name, one access code, no lock-out.

Slicers repeat a stale code once a second for ever, so a ban would turn one typo into a locked-out printer
(slicer-client 5.2, 18). A wrong code costs a short fixed delay, and the right one always gets in at once.
"""

from collections.abc import Callable
import hmac

from ..model import LoginFailed, Service
from ..net.failed_logins import FailedLogins
from .identity import USER_NAME

WRONG_CODE_DELAY_S = 0.5


class Logins:
    """Checks user and access code for MQTT and FTPS alike, and reports failures without flooding."""

    def __init__(
        self, access_code: str, on_failure: Callable[[LoginFailed], None]
    ) -> None:
        """Remember the code; `on_failure` hears of a peer's first failure and then at most once a minute."""
        self._access_code = access_code.encode()
        self._failures = FailedLogins(on_failure)

    def check(
        self, user: bytes, access_code: bytes, peer: str, service: Service
    ) -> bool:
        """Tell whether this login is right; takes the same time wherever the codes differ."""
        right_code = hmac.compare_digest(access_code, self._access_code)
        if right_code and user.lower() == USER_NAME.encode():
            self._failures.forget(peer, service)
            return True
        self._failures.count(peer, service)
        return False
