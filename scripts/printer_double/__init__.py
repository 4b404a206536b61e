"""A simulated real printer: MQTT, FTPS, a state machine that prints, and faults to order.

It does on the wire what firmware of each family was seen to do, as far as somebody who prints can tell. `PrinterDouble` is
all of it; it runs on the event loop (FTPS in threads) and needs an address with ports 8883 and 990.
`vsftpd.Vsftpd` is the server that printers run, for what only it shows.
"""

from .double import PrinterDouble
from .faults import Faults, FinalReply, LateCode, Refusal, StartScript

__all__ = [
    "Faults",
    "FinalReply",
    "LateCode",
    "PrinterDouble",
    "Refusal",
    "StartScript",
]
