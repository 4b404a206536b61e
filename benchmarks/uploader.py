"""One upload over implicit FTPS or through the file tunnel, from memory, at a signal: prints what it took as a JSON line.

python -m benchmarks.uploader HOST PORT USER CODE FILE NAME [--clear | --tunnel] [--rate BYTES_PER_SECOND]
"""

import argparse
from contextlib import suppress
import ftplib
import hashlib
import json
import mmap
import os
from pathlib import Path
import socket
import ssl
import sys
import time

from scripts.slicer import FtpsClient

BLOCK_BYTES = 1024 * 1024
PACED_BLOCK_BYTES = 64 * 1024


def _connect(host: str, port: int, user: str, code: str, *, clear: bool) -> FtpsClient:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    client = FtpsClient(context)
    client.host = host
    client.sock = context.wrap_socket(socket.create_connection((host, port), 60))
    client.af = client.sock.family
    client.file = client.sock.makefile("r", encoding="utf-8")
    client.welcome = client.getresp()
    client.sendcmd(f"USER {user}")
    client.sendcmd(f"PASS {code}")
    client.voidcmd("PBSZ 0")
    client.voidcmd(f"PROT {'C' if clear else 'P'}")
    client.voidcmd("TYPE I")
    return client


def _data(client: FtpsClient, command: str, *, clear: bool) -> socket.socket:
    if clear:
        return ftplib.FTP.ntransfercmd(client, command)[0]
    return client.ntransfercmd(command)[0]


def _finish(data: socket.socket) -> None:
    if isinstance(data, ssl.SSLSocket):
        with suppress(OSError):
            data.unwrap()
    data.close()


def _pour(data: socket.socket, source: memoryview, rate: float) -> None:
    block = PACED_BLOCK_BYTES if rate else BLOCK_BYTES
    start = time.perf_counter()
    for offset in range(0, len(source), block):
        data.sendall(source[offset : offset + block])
        _keep_to(rate, start, offset + block)


def _keep_to(rate: float, start: float, sent_bytes: int) -> None:
    """Wait until so many bytes may have been sent at this rate; without one not at all."""
    if rate and (ahead := start + sent_bytes / rate - time.perf_counter()) > 0:
        time.sleep(ahead)


def _send_through_tunnel(
    host: str, port: int, code: str, path: Path, name: str, rate: float
) -> None:
    """Send a file whose checksum is known beforehand, so that it is not what is measured."""
    # Only here: they bring half of Home Assistant with them, which eight clients over FTPS need not wait for.
    from custom_components.bambu_virtual_printer.engine.protocol.file_tunnel import (  # noqa: PLC0415
        CHUNK_BYTES,
    )
    from scripts.tunnel import TunnelClient  # noqa: PLC0415

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        path.open("rb") as file,
        TunnelClient(host, code, context, port=port) as client,
    ):
        md5 = hashlib.file_digest(file, "md5").hexdigest()
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        source = memoryview(mapped)
        print("ready", flush=True)
        sys.stdin.readline()
        start = time.perf_counter()
        client.begin(name, len(source))
        for offset in range(0, len(source), CHUNK_BYTES):
            client.send_piece(source, offset, md5)
            _keep_to(rate, start, offset + CHUNK_BYTES)
        last_byte = time.perf_counter()
        client.finish(name)
        acknowledged, at = time.perf_counter(), time.monotonic()
    print(
        json.dumps(
            {
                "seconds": acknowledged - start,
                "last_byte_to_226_s": acknowledged - last_byte,
                "acknowledged_at": at,
                "quit_s": 0.0,
            }
        )
    )


def main() -> None:
    """Connect, wait for a line on standard input, send, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("user")
    parser.add_argument("code")
    parser.add_argument("file", type=Path)
    parser.add_argument("name")
    parser.add_argument("--clear", action="store_true")
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--tunnel", action="store_true")
    args = parser.parse_args()
    if args.tunnel:
        _send_through_tunnel(
            args.host, args.port, args.code, args.file, args.name, args.rate
        )
        return
    client = _connect(args.host, args.port, args.user, args.code, clear=args.clear)
    with args.file.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    source = memoryview(mapped)
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    data = _data(client, f"STOR {args.name}", clear=args.clear)
    _pour(data, source, args.rate)
    last_byte = time.perf_counter()
    _finish(data)
    client.voidresp()
    acknowledged, at = time.perf_counter(), time.monotonic()
    client.quit()
    print(
        json.dumps(
            {
                "seconds": acknowledged - start,
                "last_byte_to_226_s": acknowledged - last_byte,
                "acknowledged_at": at,
                "quit_s": time.perf_counter() - acknowledged,
            }
        )
    )


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # What has been imported takes long to be put away, and would be measured as if it were part of the upload.
    os._exit(0)
