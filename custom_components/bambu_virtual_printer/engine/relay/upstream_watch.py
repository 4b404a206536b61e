"""Watches the printer behind a relay: whether it is reachable, verified, and at which address.

A printer is reachable while its certificate can be verified by a TLS connection, or Home Assistant has a session with it. An announcement is only a hint where to
connect. It is checked every CHECK_INTERVAL_S, not at all while a session is open, every RETRY_INTERVAL_S while it is
unreachable, and at once after a failed connection.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from time import monotonic
from typing import Self

from ..events import (
    RelayEvent,
    TargetLost,
    TargetMoved,
    TargetReached,
    TargetUnverified,
)
from ..explanations import Explanation
from ..net.log_bounds import LogRate
from ..net.printer_client import VERIFIED_FOR_S, Dialler, reason_of, resolve
from ..pki.printer_identity import Changed, NotThePrinterError, Unknown
from .shared import SharedSession
from .upstream import Upstream

_LOGGER = logging.getLogger(__name__)

CHECK_INTERVAL_S = 60.0
RETRY_INTERVAL_S = 5.0
# Failed connections cause checks, at least this far apart.
MIN_INTERVAL_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamStatus:
    """The state of the printer. `reachable` is None before the first check is done."""

    address: str | None
    reachable: bool | None
    since: datetime | None
    """Since when `reachable` has its value."""
    last_error: Explanation | None
    """The last error, even if the printer is reachable again."""


class UpstreamWatch:
    """Runs inside its `async with`; writes `upstream.address`."""

    def __init__(
        self,
        upstream: Upstream,
        dialler: Dialler,
        emit: Callable[[RelayEvent], None],
        *,
        in_use: Callable[[], bool],
        own_address: str,
        shared: SharedSession,
    ) -> None:
        """Watch `upstream`. `in_use` returns whether a session with it is open; `own_address` is never used for it.

        Where the `shared` session is open, nothing is connected to: the printer may have no room for that.
        """
        self._upstream = upstream
        self._dialler = dialler
        self._emit = emit
        self._in_use = in_use
        self._own_address = own_address
        self._shared = shared
        self._reachable: bool | None = None
        self._since: datetime | None = None
        self._last_error: Explanation | None = None
        # Where it was last, and where it announced itself.
        self._known_address: str | None = None
        self._announced_address: str | None = None
        self._wake = asyncio.Event()
        self._checking = asyncio.Lock()
        self._log_rate = LogRate()
        # The fingerprint that was reported.
        self._unverified: str | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start checking."""
        self._task = asyncio.create_task(
            self._run(), name=f"watch {self._upstream.host}"
        )
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stop checking."""
        assert self._task
        self._task.cancel()
        await asyncio.wait([self._task])

    @property
    def status(self) -> UpstreamStatus:
        """The current state."""
        return UpstreamStatus(
            address=self._known_address,
            reachable=self._reachable,
            since=self._since,
            last_error=self._last_error,
        )

    def failed(self, reason: Explanation) -> None:
        """Record a failed connection to the printer, and check it."""
        self._last_error = reason
        self._wake.set()

    async def verified_address(self) -> str | None:
        """Return the printer's address, verified again unless that was done lately; None while it is unreachable."""
        async with self._checking:
            if (
                self._upstream.address is not None
                and not self._upstream.verified_lately
            ):
                await self._check(even_in_use=True)
        return self._upstream.address

    def handle_announcement(self, address: str) -> None:
        """Handle an announcement of the printer at this address."""
        if address == self._own_address:
            return
        news = self._announced_address != address
        self._announced_address = address
        if self._reachable is False or (news and address != self._known_address):
            self._wake.set()

    async def _run(self) -> None:
        while True:
            async with self._checking:
                await self._check()
            interval = CHECK_INTERVAL_S if self._reachable else RETRY_INTERVAL_S
            await asyncio.sleep(MIN_INTERVAL_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(interval - MIN_INTERVAL_S):
                    await self._wake.wait()
            self._wake.clear()

    async def _check(self, *, even_in_use: bool = False) -> None:
        # Somebody else may have the address by now, and what is passed through goes there unseen.
        if not even_in_use or await self._shared.answers(within_s=VERIFIED_FOR_S):
            address, heard_at = self._shared.address, self._shared.heard_at
            if address not in (None, self._own_address) and heard_at is not None:
                self._reached(address, heard_at)
                return
        if self._reachable and self._in_use() and not even_in_use:
            return
        try:
            address = await self._find()
        except NotThePrinterError as err:
            self._lost(reason_of(err))
            self._report_unverified(err)
        except OSError as err:
            self._lost(reason_of(err))
        except Exception as err:
            if self._log_rate.allows("check"):
                _LOGGER.exception("The printer could not be checked")
            self._lost(reason_of(err))
        else:
            self._reached(address, monotonic())

    async def _find(self) -> str:
        """Return the address at which the printer answers. Raises OSError, NotThePrinterError."""
        identity = self._upstream.identity
        # Announcements may arrive during the checks.
        announced_address = self._announced_address
        expected, unknown = await self._likely_addresses()
        failure: Exception | None = None
        for address in expected:
            try:
                await self._dialler.identify(address, identity)
            except (OSError, NotThePrinterError) as err:
                # The first address is the likeliest, so its error is the one to report.
                failure = failure or err
            else:
                return address
        if announced_address and announced_address not in expected:
            # Announcements may be forged, so another device at that address is not reported.
            with suppress(OSError, NotThePrinterError):
                await self._dialler.identify(announced_address, identity)
                return announced_address
        failure = failure or unknown
        assert failure
        raise failure

    async def _likely_addresses(self) -> tuple[list[str], Exception | None]:
        """Return the likely addresses, the likeliest first, and the error if the name could not be resolved."""
        expected = [self._known_address] if self._known_address else []
        try:
            expected.append(await resolve(self._upstream.host))
        except OSError as err:
            return expected, err
        return list(dict.fromkeys(expected)), None

    def _reached(self, address: str, verified_at: float) -> None:
        self._unverified = None
        moved = self._known_address not in {None, address}
        # In this order: other threads read both.
        self._upstream.verified_at = min(self._upstream.verified_at, verified_at)
        self._known_address = self._upstream.address = address
        self._upstream.verified_at = verified_at
        if not self._reachable:
            self._set_reachable(reachable=True)
            self._emit(TargetReached(address=address))
        if moved:
            _LOGGER.info("%s is now at %s", self._upstream.serial, address)
            self._emit(TargetMoved(address=address))

    def _lost(self, reason: Explanation) -> None:
        self._last_error = reason
        self._upstream.address = None
        if self._reachable is not False:
            self._set_reachable(reachable=False)
            self._emit(TargetLost(reason=reason))

    def _report_unverified(self, err: NotThePrinterError) -> None:
        """Report a certificate that a person has to confirm, once."""
        match err.refusal:
            case Unknown(peer=peer) | Changed(peer=peer):
                if peer.fingerprint != self._unverified:
                    self._unverified = peer.fingerprint
                    self._emit(TargetUnverified(fingerprint=peer.fingerprint))

    def _set_reachable(self, *, reachable: bool) -> None:
        self._reachable = reachable
        self._since = datetime.now(UTC)
