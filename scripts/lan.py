"""A network as in a home, for walks through the user interface: Home Assistant at one end of a cable, a computer at the other.

Both ends are network namespaces, joined by a veth pair: this process is the computer with the slicer and the browser, and
programs that are started with `enter` are in Home Assistant's place. Where that may not be, everything is on loopback.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import subprocess

OWN_NAMESPACE = "BVP_OWN_NETWORK"
"""Set where this process has a network namespace to itself, in which it may do what it likes."""

BITS = 24
COMPUTER = "192.168.1.50"
REAL_PRINTER = "192.168.1.40"
HOME_ASSISTANT = "192.168.1.10"
FREE = ("192.168.1.61", "192.168.1.62", "192.168.1.63", "192.168.1.64")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lan:
    """Who is where."""

    home_assistant: str
    """Where Home Assistant's web server listens."""
    printers: tuple[str, ...]
    """Further addresses of Home Assistant."""
    real_printer: str
    """An address of this computer that is another one's, as far as Home Assistant can tell."""
    computer: str | None
    """Where slicers are; None on loopback, where they have the address they connect to."""
    enter: tuple[str, ...] = ()
    """Begins a command that runs in Home Assistant's place."""

    @property
    def is_real(self) -> bool:
        """Whether Home Assistant has addresses that its forms can offer."""
        return self.computer is not None


LOOPBACK = Lan(
    home_assistant="127.0.0.1",
    printers=("127.0.0.61", "127.0.0.62", "127.0.0.63", "127.0.0.64"),
    real_printer="127.0.0.40",
    computer=None,
)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


@contextmanager
def lan() -> Iterator[Lan]:
    """Lay the cable, if this process has a namespace to itself; it is gone afterwards. Raises CalledProcessError."""
    if not os.environ.get(OWN_NAMESPACE):
        yield LOOPBACK
        return
    with subprocess.Popen(("unshare", "--net", "sleep", "infinity")) as holder:
        try:
            own = Path("/proc/self/ns/net").readlink()
            theirs = Path(f"/proc/{holder.pid}/ns/net")
            while theirs.readlink() == own and holder.poll() is None:
                pass
            enter = ("nsenter", f"--net={theirs}")
            _run("ip", "link", "set", "lo", "up")
            _run(
                *("ip", "link", "add", "lan0", "type", "veth"),
                *("peer", "name", "eth0", "netns", str(holder.pid)),
            )
            for address in (COMPUTER, REAL_PRINTER):
                _run("ip", "address", "add", f"{address}/{BITS}", "dev", "lan0")
            _run("ip", "link", "set", "lan0", "up")
            _run(*enter, "ip", "link", "set", "lo", "up")
            for address in (HOME_ASSISTANT, *FREE):
                _run(
                    *enter,
                    *("ip", "address", "add"),
                    f"{address}/{BITS}",
                    "dev",
                    "eth0",
                )
            _run(*enter, "ip", "link", "set", "eth0", "up")
            yield Lan(
                home_assistant=HOME_ASSISTANT,
                printers=FREE,
                real_printer=REAL_PRINTER,
                computer=COMPUTER,
                enter=enter,
            )
        finally:
            holder.kill()
