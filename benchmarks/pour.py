"""Pours a file into a TLS server at a signal.

python -m benchmarks.pour HOST PORT FILE
"""

import mmap
from pathlib import Path
import socket
import ssl
import sys

BLOCK_BYTES = 1024 * 1024


def main() -> None:
    """Connect, wait for a line on standard input, send."""
    host, port, path = sys.argv[1:]
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    sock = context.wrap_socket(socket.create_connection((host, int(port))))
    with Path(path).open("rb") as file:
        source = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    print("ready", flush=True)
    sys.stdin.readline()
    for offset in range(0, len(source), BLOCK_BYTES):
        sock.sendall(source[offset : offset + BLOCK_BYTES])
    sock.close()


if __name__ == "__main__":
    main()
