"""What all sessions of one printer share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ...events import PrinterEvent
from ...net.log_bounds import LogRate
from ...reception.reception import Reception
from ...reception.transfer_thread import TransferThread
from ...storage import PrinterStorage
from ..logins import Logins
from .data_connections import DataConnections


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContext:
    """The printer's storage, logins and data connections, and the uploads under way."""

    pasv_address: str | None
    """The IPv4 address in PASV replies; None for that of the control connection."""
    storage: PrinterStorage
    transfer_thread: TransferThread
    data_connections: DataConnections
    logins: Logins
    emit: Callable[[PrinterEvent], None]
    wants_md5: Callable[[str], bool]
    """Returns whether the MD5 of an upload of this name that begins now is needed."""
    uploads: set[Reception] = field(default_factory=set)
    log_rate: LogRate = field(default_factory=LogRate)
