"""PrusaSlicer itself, on a virtual screen: it slices a small model and sends it to a print host, as a person does with the keyboard.

    python -m scripts.prusa_slicer --door URL --key KEY [--print]

Needs the Debian packages prusa-slicer, xvfb, openbox and xdotool, and the locale en_US.UTF-8.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import os
from pathlib import Path
import shutil
import struct
import tempfile

PROGRAMS = ("prusa-slicer", "Xvfb", "openbox", "xdotool")
NAME = "Bracket"
START_S = 60.0
DIALOG = "Send G-Code to printer host"

_SETTINGS = """
version = 2.5.0
background_processing = 0
show_splash_screen = 0
notify_release = none
preset_update = 0
version_check = 0
version_system_info_sent = 2.9.9
single_instance = 0
show_hints = 0

[presets]
filament = PLA
physical_printer = Garage * Garage
print = Draft
printer = Garage
"""
_PRESETS = {
    "printer/Garage": """
printer_technology = FFF
gcode_flavor = marlin2
nozzle_diameter = 0.4
bed_shape = 0x0,200x0,200x200,0x200
max_print_height = 200
thumbnails = 160x120
inherits =
printer_settings_id = Garage
""",
    "print/Draft": """
layer_height = 0.3
first_layer_height = 0.3
inherits =
print_settings_id = Draft
""",
    "filament/PLA": """
filament_type = PLA
filament_diameter = 1.75
filament_density = 1.24
inherits =
filament_settings_id = PLA
""",
    "physical_printer/Garage": """
host_type = octoprint
print_host = {url}
printhost_apikey = {key}
printhost_authorization_type = key
preset_name = Garage
preset_names = Garage
printer_technology = FFF
""",
}


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [program for program in PROGRAMS if not shutil.which(program)]


class PrusaSlicer:
    """PrusaSlicer with a model open."""

    def __init__(self, environment: dict[str, str]) -> None:
        """Press its keys on this screen."""
        self._environment = environment

    async def send(self, *, prints: bool) -> None:
        """Slice the model, and send it with *Upload*, or *Upload and Print*. Raises TimeoutError."""
        async with asyncio.timeout(START_S):
            await self._until_shown()
            while not (window := await self._window(DIALOG)):
                if main := await self._window("PrusaSlicer-"):
                    await self._press(main, "ctrl+r")
                    await asyncio.sleep(2)
                    await self._press(main, "ctrl+shift+g")
                await asyncio.sleep(1)
            keys = ["Tab", "Tab", "space"] if prints else ["Return"]
            while await self._window(DIALOG):
                await self._press(window, *keys)
                await asyncio.sleep(1)

    async def _until_shown(self) -> None:
        while not await self._window("PrusaSlicer-"):
            await asyncio.sleep(0.5)
        # It goes on to load the model.
        await asyncio.sleep(5)

    async def _window(self, name: str) -> str:
        found = await self._xdotool("search", "--onlyvisible", "--name", name)
        return found.split()[-1] if found else ""

    async def _press(self, window: str, *keys: str) -> None:
        await self._xdotool("windowactivate", window)
        for key in keys:
            await self._xdotool("key", key)
            await asyncio.sleep(0.2)

    async def _xdotool(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "xdotool",
            *arguments,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        output, _ = await process.communicate()
        return output.decode().strip()


@asynccontextmanager
async def prusa_slicer(url: str, key: str) -> AsyncIterator[PrusaSlicer]:
    """Run PrusaSlicer with a model and a print host; nothing of it stays. Raises TimeoutError."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = await asyncio.to_thread(_write, folder, url, key)
        async with _running(
            "Xvfb",
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1600x1000x24",
            "-nolisten",
            "tcp",
        ) as screen:
            assert screen.stdout
            async with asyncio.timeout(START_S):
                display = (await screen.stdout.readline()).decode().strip()
            environment = os.environ | {
                "DISPLAY": f":{display}",
                "HOME": name,
                "XDG_RUNTIME_DIR": name,
                "LANG": "en_US.UTF-8",
                "LC_ALL": "en_US.UTF-8",
                "NO_AT_BRIDGE": "1",
            }
            async with (
                _running("openbox", environment=environment),
                _running(
                    "prusa-slicer",
                    "--datadir",
                    str(folder / "data"),
                    str(model),
                    environment=environment,
                ),
            ):
                yield PrusaSlicer(environment)


@asynccontextmanager
async def _running(
    *command: str, environment: dict[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdout=asyncio.subprocess.PIPE if environment is None else None,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _write(folder: Path, url: str, key: str) -> Path:
    """Write settings, presets and a model. Returns the model."""
    data = folder / "data"
    for name, text in _PRESETS.items():
        path = data / f"{name}.ini"
        path.parent.mkdir(parents=True)
        path.write_text(text.format(url=url, key=key).lstrip())
    (data / "PrusaSlicer.ini").write_text(_SETTINGS.lstrip())
    model = folder / f"{NAME}.stl"
    model.write_bytes(_box(40.0, 20.0, 3.0))
    return model


def _box(x_mm: float, y_mm: float, z_mm: float) -> bytes:
    """Return a box as a binary STL."""
    corners = [
        (x, y, z)
        for z in (0.0, z_mm)
        for x, y in ((0, 0), (x_mm, 0), (x_mm, y_mm), (0, y_mm))
    ]
    faces = (
        (0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4),
        (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7),
    )  # fmt: skip
    return b"".join(
        (
            bytes(80),
            struct.pack("<I", len(faces)),
            *(
                struct.pack(
                    "<12fH",
                    0.0,
                    0.0,
                    0.0,
                    *(value for corner in face for value in corners[corner]),
                    0,
                )
                for face in faces
            ),
        )
    )


async def _main(arguments: argparse.Namespace) -> None:
    async with prusa_slicer(arguments.door, arguments.key) as slicer:
        await slicer.send(prints=arguments.print)
        # It sends while it runs.
        await asyncio.sleep(5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--door", required=True, help="the address for uploads")
    parser.add_argument("--key", required=True, help="the upload key")
    parser.add_argument("--print", action="store_true", help="Upload and Print")
    if absent := missing():
        parser.error(f"not installed: {', '.join(absent)}")
    asyncio.run(_main(parser.parse_args()))
