"""Says hello to a port and prints all that comes back: echo ADDRESS PORT."""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2])), 10) as sock:
    print("ready", flush=True)
    sock.sendall(b"hello")
    sock.shutdown(socket.SHUT_WR)
    print(sock.makefile("rb").read().decode())
