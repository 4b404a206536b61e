"""The printer that a proxy relays to."""

from dataclasses import dataclass
import errno
from time import monotonic

from ..net.printer_client import VERIFIED_FOR_S
from ..pki.printer_identity import PrinterIdentity


@dataclass(slots=True, kw_only=True, eq=False)
class Upstream:
    """The state of the printer. `host` is configured: an IPv4 address or a name.

    `address` is its IPv4 address while it is reachable and verified there, otherwise None. It is written by the event
    loop and may be read by any thread.
    """

    host: str
    identity: PrinterIdentity
    address: str | None = None
    verified_at: float = float("-inf")
    """When it was last verified at `address`, on the monotonic clock."""

    def reachable_address(self) -> str:
        """Return `address`. Raises ConnectionRefusedError while it is None."""
        if self.address is None:
            raise ConnectionRefusedError(
                errno.ECONNREFUSED, "the printer cannot be reached"
            )
        return self.address

    def heard_at(self, address: str) -> None:
        """Note that the printer has just said something over a verified connection to this address."""
        if address == self.address:
            self.verified_at = monotonic()

    @property
    def verified_lately(self) -> bool:
        """Whether a connection to `address` needs no new verification."""
        return monotonic() - self.verified_at <= VERIFIED_FOR_S

    @property
    def serial(self) -> str:
        """The printer's serial number."""
        return self.identity.serial
