"""Checks user name and access code, without a lock-out.

Slicers repeat a stale code every second, so a ban would turn one typo into a locked-out printer
(docs/protocol.md, MQTT). A wrong code is refused after a delay that grows with the number of different ones a client
tries (`net.guesses`), and the right one is always accepted at once.
"""

from collections.abc import Callable
import hmac
from typing import Protocol, override

from ..events import LoginFailed
from ..net.failed_logins import FailedLogins
from ..net.guesses import GuessTracker
from ..protocol.ports import USER_NAME
from ..values import UNNAMED, Sender, Service


class Senders(Protocol):
    """The people who have access codes of their own."""

    def by_code(self, access_code: bytes) -> Sender | None:
        """Return whose code it is, in a time that does not depend on whether and whose it is."""

    def logged_in(self, sender: Sender, peer: str) -> None:
        """Note that somebody logged in from an address."""


class Nobody(Senders):
    """No people."""

    @override
    def by_code(self, access_code: bytes) -> Sender | None:
        return None

    @override
    def logged_in(self, sender: Sender, peer: str) -> None:
        pass


class Logins:
    """Checks user and access code for MQTT and FTPS alike, and reports failures without flooding."""

    def __init__(
        self,
        access_code: str,
        on_failure: Callable[[LoginFailed], None],
        guesses: GuessTracker | None = None,
        senders: Senders | None = None,
    ) -> None:
        """Set the access codes: the printer's own, and those of `senders`.

        `on_failure` is called as FailedLogins does; `guesses` is shared by all printers.
        """
        self._access_code = access_code.encode()
        self._failures = FailedLogins(on_failure)
        self._guesses = guesses or GuessTracker()
        self._senders = senders or Nobody()

    def check(
        self, user: bytes, access_code: bytes, peer: str, service: Service
    ) -> Sender | None:
        """Return who logs in, None if the login is wrong, in constant time over all codes. Wrong ones are counted."""
        right_code = hmac.compare_digest(access_code, self._access_code)
        sender = self._senders.by_code(access_code)
        right_user = hmac.compare_digest(user.lower(), USER_NAME.encode())
        if right_user and (right_code or sender):
            self._failures.forget(peer, service)
            self._guesses.right(peer)
            if right_code or sender is None:
                return UNNAMED
            self._senders.logged_in(sender, peer)
            return sender
        self._failures.count(peer, service, self._guesses.wrong(peer, access_code))
        return None

    def refusal_delay_s(self, peer: str) -> float:
        """Return how long the refusal of a wrong code is delayed."""
        return self._guesses.refusal_delay_s(peer)
