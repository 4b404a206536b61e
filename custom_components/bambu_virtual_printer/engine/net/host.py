"""The host's addresses, and which process holds a TCP port (Linux only: /proc, see proc(5))."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
import socket
import sys

_LISTEN = "0A"
_ANY_V6 = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A process that listens on a port."""

    pid: int
    name: str


def has_address(address: str) -> bool:
    """Return whether this host has an IPv4 address, on any interface. Does not block.

    True if the process has no file descriptor left to find out, so that printers keep running.
    """
    try:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    except OSError:
        return True
    with sock:
        try:
            sock.bind((address, 0))
        except OSError:
            return False
    return True


def port_holder(address: str, port: int, proc: Path = Path("/proc")) -> Holder | None:
    """Find the process that listens on a TCP port of this address, or on that port of every address.

    None where that is unknown: on other systems than Linux, for processes of other users or outside the container.
    Blocks (reads /proc).
    """
    inodes = set(_listening(address, port, proc))
    if not inodes:
        return None
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for folder in proc.iterdir():
        if folder.name.isdigit() and _holds(folder, wanted):
            try:
                name = (folder / "comm").read_text().strip()
            except OSError:
                continue
            return Holder(pid=int(folder.name), name=name)
    return None


def _listening(address: str, port: int, proc: Path) -> Iterator[str]:
    """Yield the inodes of the sockets that listen on the address."""
    ours = {_as_proc(address), _as_proc("0.0.0.0"), _ANY_V6}
    for table in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            local, local_port = fields[1].split(":")
            if (
                fields[3] == _LISTEN
                and int(local_port, 16) == port
                and (local in ours or local.endswith(_as_proc(address)))
            ):
                yield fields[9]


def _as_proc(address: str) -> str:
    """Format an address as /proc/net/tcp does: as a number in the byte order of the machine."""
    number = int.from_bytes(IPv4Address(address).packed, sys.byteorder)
    return f"{number:08X}"


def _holds(folder: Path, wanted: set[str]) -> bool:
    try:
        return any(
            str(descriptor.readlink()) in wanted
            for descriptor in (folder / "fd").iterdir()
        )
    except OSError:
        return False
