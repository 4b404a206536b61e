"""How a real printer is reached, and how long to wait for what."""

from dataclasses import dataclass, field

from ..pki.printer_identity import PrinterIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSettings:
    """One real printer. `host` is an IPv4 address or a name; `pinned` the fingerprint that a person confirmed, if any."""

    host: str
    serial: str
    model: str
    access_code: str = field(repr=False)
    pinned: str | None = None

    @property
    def identity(self) -> PrinterIdentity:
        """Whose certificate it has to show. Topics are case-sensitive, serial numbers upper case."""
        return PrinterIdentity(serial=self.serial.upper(), pinned=self.pinned)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimes:
    """How long a session waits, in seconds; measured habits of SnapCon, Bambuddy and Bambu Studio."""

    connect_s: float = 5.0
    handshake_s: float = 10.0
    answer_s: float = 10.0
    keep_alive_s: int = 30
    first_report_s: float = 60.0
    """After this long without any report a printer that took the login counts as silent."""
    nudge_s: float = 60.0
    """How long it may be silent before it is asked for a report."""
    silence_s: float = 150.0
    """How long it may be silent before the session is made anew (Bambuddy #2732: nine hours offline)."""
    retry_s: float = 1.0
    retry_max_s: float = 60.0
    wrong_code_retry_s: float = 300.0
    """Printers that are asked with a wrong code again and again lock out for a while."""
    poll_s: float = 300.0
    """How often a full report is asked for, as Bambu Studio does."""
