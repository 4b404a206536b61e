"""What all sessions of one printer share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ...events import PrinterEvent
from ...reception.reception import Reception
from ...reception.transfer_thread import TransferThread
from ...storage import PrinterStorage
from .interrupted import Interrupted


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelContext:
    """The printer's storage, and the uploads under way."""

    storage: PrinterStorage
    transfer_thread: TransferThread
    emit: Callable[[PrinterEvent], None]
    interrupted: Interrupted
    uploads: set[Reception] = field(default_factory=set)
