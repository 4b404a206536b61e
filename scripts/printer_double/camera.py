"""The camera of the simulated printer, as A1 and P1 have it: TLS on port 6000, a login, and a picture now and then."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
import ssl
import struct
from typing import override

from PIL import Image, ImageDraw

from .camera_server import CameraServer
from .faults import Faults

PORT = 6000
LOGIN = struct.Struct("<IIII32s32s")
SIZE = (640, 360)


def drawn(percent: int, number: int, *, is_lit: bool) -> bytes:
    """Draw the chamber: a thing that grows with the print, and a nozzle that moves."""
    light = 1.0 if is_lit else 0.35

    def _shade(*color: int) -> tuple[int, ...]:
        return tuple(int(part * light) for part in color)

    width, height = SIZE
    image = Image.new("RGB", SIZE, _shade(70, 74, 80))
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 300, width - 60, 330), fill=_shade(30, 32, 36))
    top = 300 - percent * 2
    draw.rectangle((240, top, 400, 300), fill=_shade(0, 174, 66))
    x = 240 + (number * 23) % 160
    draw.polygon(
        [(x - 12, top - 40), (x + 12, top - 40), (x, top - 4)],
        fill=_shade(200, 180, 120),
    )
    draw.text((16, 14), f"{percent} %", fill=_shade(240, 240, 240), font_size=28)
    draw.text((16, height - 30), f"#{number}", fill=_shade(180, 180, 180), font_size=16)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


class PictureCamera(CameraServer):
    """Serves between `start` and `stop`. `picture` returns the next one."""

    def __init__(
        self,
        context: ssl.SSLContext,
        faults: Faults,
        access_code: Callable[[], str],
        picture: Callable[[int], bytes],
        interval_s: float,
    ) -> None:
        """Prepare."""
        self.logins: list[tuple[str, str]] = []
        """Users and codes of all that logged in or tried to."""
        self._left = asyncio.Condition()
        self._context = context
        self._faults = faults
        self._access_code = access_code
        self._picture = picture
        self._interval_s = interval_s
        # TLS begins only once there is a place.
        super().__init__(PORT, None)

    @override
    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            # No ServerHello until there is a place.
            async with self._left:
                await self._left.wait_for(
                    lambda: self.viewers < self._faults.camera_places
                )
                self.viewers += 1
            try:
                await writer.start_tls(self._context)
                await self._follow(reader, writer)
            finally:
                self.viewers -= 1
                async with self._left:
                    self._left.notify()

    async def _follow(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        *_numbers, user, code = LOGIN.unpack(await reader.readexactly(LOGIN.size))
        login = user.rstrip(b"\0").decode(), code.rstrip(b"\0").decode()
        self.logins.append(login)
        if login != ("bblp", self._access_code()):
            return
        number = 0
        while True:
            if self._faults.camera_stalls:
                await reader.read(1)
                return
            number += 1
            picture = self._picture(number)
            size = self._faults.camera_header_says or len(picture)
            writer.write(struct.pack("<IIII", size, 0, 1, 0))
            await writer.drain()
            writer.write(picture)
            await writer.drain()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval_s):
                    if not await reader.read(1):
                        return
