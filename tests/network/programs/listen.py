"""Prints as JSON, a line each, what is heard on UDP 2021 until its standard input ends."""

import json
import select
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind(("0.0.0.0", 2021))
print("ready", flush=True)
while True:
    readable, _, _ = select.select([sock, sys.stdin], [], [])
    if sock in readable:
        datagram, (peer, port) = sock.recvfrom(4096)
        heard = {"text": datagram.decode(), "peer": peer, "port": port}
        print(json.dumps(heard), flush=True)
    elif sys.stdin in readable:
        break
