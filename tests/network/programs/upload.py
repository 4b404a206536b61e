"""Uploads a file of this size through a proxy: upload ADDRESS SIZE_BYTES SERIAL. Prints as JSON how it went."""

import hashlib
import io
import json
import random
import sys
import time

from scripts import slicer

address, size, serial = sys.argv[1], int(sys.argv[2]), sys.argv[3]
content = random.Random(1).randbytes(size)
print("ready", flush=True)
last_byte_at = 0.0
sent = 0


def _sent(count: int) -> None:
    global last_byte_at, sent  # noqa: PLW0603
    sent += count
    last_byte_at = time.monotonic()


started = time.monotonic()
try:
    reply = slicer.upload(
        address,
        "12345678",
        slicer.tls_context(serial, None),
        "file.3mf",
        io.BytesIO(content),
        on_block=_sent,
    )
except slicer.SlicerError as err:
    reply = str(err)
print(
    json.dumps(
        {
            "reply": reply,
            "seconds": time.monotonic() - started,
            "wait_for_226_s": time.monotonic() - last_byte_at,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    )
)
