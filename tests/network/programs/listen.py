"""Collects what is heard on UDP 2021 until its standard input ends, then prints it as JSON."""

import json
import select
import socket
import sys
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind(("0.0.0.0", 2021))
print("ready", flush=True)
heard = []
while True:
    readable, _, _ = select.select([sock, sys.stdin], [], [])
    if sock in readable:
        datagram, (peer, port) = sock.recvfrom(4096)
        at = time.monotonic()
        heard.append({"text": datagram.decode(), "peer": peer, "port": port, "at": at})
    elif sys.stdin in readable:
        break
print(json.dumps(heard))
