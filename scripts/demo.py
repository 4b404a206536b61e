"""A real Home Assistant with one virtual printer, a slicer that sends it a print, and a printer that prints it.

    ./scripts/demo [--check] [--no-send] [--port N] [--config DIR]

Everything goes the way a person would go: the account through onboarding, the printer through the config flow, the file
through detect, MQTT and FTPS. The real printer is a simulated one (scripts/real_printer.py), added through its flow with its
certificate confirmed by the fingerprint; one plate of the archive is queued for it and printed, and slicers see its spools and
its progress in the virtual printer. Repeating it goes on with what is in DIR.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
import json
import os
from pathlib import Path
import signal
import socket
import sys
from typing import Any

import aiohttp
import psutil
from rich.console import Console

from scripts.demo_door import make_key, send_gcode
from scripts.demo_mirror import show_target, show_watched, watched
from scripts.demo_print import (
    PORTS as REAL_PRINTER_PORTS,
    add_real_printer,
    garage,
    print_from_queue,
)
from scripts.home_assistant import (
    DOMAIN,
    PASSWORD,
    ROOT,
    USER,
    Api,
    ScriptError,
    eventually,
    home_assistant,
    prepare_config,
    wait_until_running,
    wait_until_up,
)
from scripts.real_printer import PRINTER as REAL_PRINTER
from scripts.send import send_with_progress, show_step
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from scripts.slicer import PrintOptions, SlicerError, Step, announcement

ARCHIVE_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPrinter:
    """The printer the demo sets up, as access.json names it."""

    name: str = "Demo P1S"
    ip: str = "127.0.0.2"
    serial: str = ""
    access_code: str = field(default="12345678", repr=False)
    model: str = "C12"
    mode: str = "immediate"


PRINTER = DemoPrinter()
PRINTER_PORTS = (990, 3000, 3002, 8883)


# --- ports ----------------------------------------------------------------------------------------------------------


def check_ports(http_port: int) -> None:
    """Raise ScriptError that names every port that cannot be had, who holds it, and what to do."""
    complaints = []
    for host, port in (
        ("127.0.0.1", http_port),
        *((PRINTER.ip, p) for p in PRINTER_PORTS),
        *((REAL_PRINTER.address, p) for p in REAL_PRINTER_PORTS),
    ):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((host, port))
                sock.listen()
            except PermissionError:
                complaints.append(
                    f"Port {port} on {host} needs a privilege. Run the demo as root, or once:"
                    " sudo sysctl -w net.ipv4.ip_unprivileged_port_start=990"
                )
            except OSError as err:
                complaints.append(_complaint(host, port, err, http_port))
    if complaints:
        raise ScriptError("\n".join(complaints))


def _complaint(host: str, port: int, err: OSError, http_port: int) -> str:
    if holder := holder_of(port):
        text = f"Port {port} on {host} is taken by {holder}."
    else:
        text = f"Port {port} on {host} cannot be used: {err.strerror}."
    if port == http_port:
        return f"{text} Choose another for Home Assistant: ./scripts/demo --port {port + 1}"
    if sys.platform == "darwin":
        return f"{text} On macOS add the address first: sudo ifconfig lo0 alias {host}"
    return f"{text} It is the protocol's own: stop that program, or let it listen on fewer addresses."


def holder_of(port: int) -> str | None:
    """Name the process that listens on this TCP port, as far as this user may see."""
    with suppress(psutil.AccessDenied):
        for connection in psutil.net_connections("tcp"):
            local = connection.laddr
            if connection.status == psutil.CONN_LISTEN and local and local.port == port:
                if connection.pid is None:
                    return "a process of another user"
                with suppress(psutil.NoSuchProcess):
                    return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return None


# --- the integration ------------------------------------------------------------------------------------------------


async def set_up(api: Api, printers: Sequence[DemoPrinter] = (PRINTER,)) -> None:
    """Add the hub and the printers through their flows, unless they are there."""
    entries = await api.call("GET", f"/api/config/config_entries/entry?domain={DOMAIN}")
    if entries:
        entry_id = entries[0]["entry_id"]
    else:
        flows = "/api/config/config_entries/flow"
        flow = await api.call("POST", flows, json={"handler": DOMAIN})
        result = await api.call("POST", f"{flows}/{flow['flow_id']}", json={})
        if result["type"] != "create_entry":
            raise ScriptError(
                f"The hub could not be added: {result.get('errors') or result}"
            )
        entry_id = result["result"]["entry_id"]
    if not entries or not entries[0]["num_subentries"]:
        for printer in printers:
            await _add_printer(api, entry_id, printer)


def _answers(printer: DemoPrinter, target: str) -> dict[str, Any]:
    """Fill the form of a virtual printer, whose jobs are meant for `target`."""
    return {
        "name": printer.name,
        "model": printer.model,
        "mode": printer.mode,
        "access_code": printer.access_code,
        "bind_ip": printer.ip,
        "filing": {"target": target, "shows": "target", "hold": True},
        "network": {},
    }


async def _add_printer(api: Api, entry_id: str, printer: DemoPrinter) -> None:
    flows = "/api/config/config_entries/subentries/flow"
    flow = await api.call(
        "POST", flows, json={"handler": [entry_id, "virtual_printer"]}
    )
    answers = _answers(printer, "any")
    url = f"{flows}/{flow['flow_id']}"
    for shown in flow["data_schema"]:
        # Loopback addresses are not in its list of this computer's addresses.
        if shown["name"] == "bind_ip" and "select" in shown["selector"]:
            await api.call("POST", url, json=answers | {"bind_ip": "other"})
    result = await api.call("POST", url, json=answers)
    # The printer runs; what follows is a wait for a slicer that can be skipped.
    if result["type"] != "menu":
        raise ScriptError(
            f"The printer could not be added: {result.get('errors') or result}"
        )


async def write_access(
    api: Api, folder: Path, serial: str, door: dict[str, str]
) -> Path:
    """Write what a program needs to use the demo."""
    ca = folder / "bambu_virtual_printer_ca.pem"
    path = folder / "access.json"
    printer = asdict(PRINTER) | {"serial": serial}
    pem = await api.call("GET", f"/api/{DOMAIN}/ca.pem")
    access = {
        "url": api.url,
        "token": api.token,
        "ca": str(ca),
        "printers": [printer],
        "door": door,
    }

    def _write() -> None:
        ca.write_text(pem)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(access, file, indent=2)
            file.write("\n")

    await asyncio.to_thread(_write)
    return path


def compare(
    archive: dict[str, Any], spec: SlicedFileSpec, size_bytes: int
) -> list[str]:
    """Compare an archive's facts with what was put into the file. Returns the differences."""
    expected = {
        "name": spec.title,
        "size_bytes": size_bytes,
        "plate_count": spec.plates,
        "print_time_s": spec.print_time_s,
        "filament_g": spec.filament_g,
        "sliced_for": spec.printer_model,
        "printer": PRINTER.name,
    }
    return [
        f"{key} is {archive.get(key)!r} and should be {value!r}"
        for key, value in expected.items()
        if archive.get(key) != value
    ]


# --- the demo itself ------------------------------------------------------------------------------------------------


async def send_a_print(
    console: Console, api: Api, folder: Path, ca: Path
) -> tuple[str, bool]:
    """Slice something, print it as Bambu Studio does, and compare what arrived.

    Returns the id of the archive, and whether all is right.
    """
    spec = SlicedFileSpec(
        title="Gear and star", plates=2, filaments=2, model=PRINTER.model
    )
    path = folder / "Gear and star.gcode.3mf"
    await asyncio.to_thread(write_sliced_file, path, spec)
    size_bytes = (await asyncio.to_thread(path.stat)).st_size
    before = {archive["archive_id"] for archive in (await _archives(api))["archives"]}

    console.rule("Bambu Studio: Print", align="left")
    heard = await announcement(PRINTER.ip, 8)
    if heard is None:
        raise ScriptError("The printer was not announced on the network")
    model, version = heard["DevModel.bambu.com"], heard["DevVersion.bambu.com"]
    show_step(
        console,
        Step(
            text=f"Discovered “{heard['DevName.bambu.com']}”",
            detail=f"{model} {version}",
        ),
    )
    await send_with_progress(
        console,
        path,
        PRINTER.ip,
        PRINTER.access_code,
        size_bytes=size_bytes,
        ca=ca,
        print_options=PrintOptions(plate=1, ams_mapping=(0, 1)),
    )

    console.rule("Home Assistant: archive", align="left")

    async def _find() -> dict[str, Any] | None:
        for archive in (await _archives(api))["archives"]:
            if archive["archive_id"] not in before:
                return await api.action("get_archive", archive_id=archive["archive_id"])
        return None

    archive = await eventually("Nothing was archived", ARCHIVE_TIMEOUT_S, _find)
    show_archive(console, archive)
    differences = compare(archive, spec, size_bytes)
    for difference in differences:
        console.print(f"  [red]✘[/red] {difference}", highlight=False)
    if not differences:
        show_step(console, Step(text="Every fact is what was put into the file"))
    return archive["archive_id"], not differences


async def _archives(api: Api) -> dict[str, Any]:
    return await api.action("list_archives", limit=500)


def show_archive(console: Console, archive: dict[str, Any]) -> None:
    """Print what was archived."""
    hours = archive["print_time_s"] / 3600
    show_step(
        console,
        Step(
            text=f"Archived “{archive['name']}”",
            detail=f"{archive['file_name']}, {archive['size_bytes'] / 1e6:.1f} MB",
        ),
    )
    show_step(
        console,
        Step(
            text=f"{archive['plate_count']} plates, {hours:.1f} h, {archive['filament_g']} g",
            detail=f"{', '.join(archive['filament_types'])}; for {archive['sliced_for']}",
        ),
    )
    if archive["duplicate_of"]:
        detail = f"number {archive['duplicate_sequence'] + 1} of {archive['duplicate_count']}"
        show_step(console, Step(text="The same file was sent before", detail=detail))


async def run(console: Console, args: argparse.Namespace) -> int:
    """Run the demo. Returns the exit status. Raises ScriptError."""
    folder: Path = args.config.resolve()
    check_ports(args.port)
    await asyncio.to_thread(prepare_config, folder, args.port)
    log = folder / "home-assistant-output.log"
    async with (
        aiohttp.ClientSession() as http,
        garage(folder) as real_printer,
        home_assistant(folder) as process,
    ):
        api = Api(http, f"http://127.0.0.1:{args.port}")
        console.rule("Home Assistant", align="left")
        with console.status("Starting Home Assistant") as status:
            await wait_until_up(
                api,
                process,
                log,
                lambda waited: status.update(
                    f"Starting Home Assistant, {waited:.0f} s (the first time takes longest)"
                ),
            )
            status.update("Logging in")
            await api.log_in()
            version = await wait_until_running(api)
        show_step(
            console, Step(text=f"Home Assistant {version} is running", detail=api.url)
        )
        await set_up(api)
        heard = await announcement(PRINTER.ip, 8)
        serial = heard["USN"] if heard else ""
        door = await make_key(api, PRINTER.name)
        access = await write_access(api, folder, serial, door)
        show_step(
            console,
            Step(
                text=f"“{PRINTER.name}” listens on {PRINTER.ip}",
                detail=f"access code {PRINTER.access_code}, serial {serial}",
            ),
        )
        show_step(console, Step(text="For programs", detail=str(access)))
        await add_real_printer(console, api, real_printer)
        await show_target(api, _answers(PRINTER, "any"), REAL_PRINTER.serial)
        status_code = 0
        if args.send:
            ca = folder / "bambu_virtual_printer_ca.pem"
            archive_id, right = await send_a_print(console, api, folder, ca)
            async with watched(console, PRINTER, ca) as seen:
                right &= await print_from_queue(console, api, real_printer, archive_id)
            right &= show_watched(console, PRINTER, seen)
            if args.check:
                right &= await send_gcode(console, api, folder, door)
            status_code = 0 if right else 1
        if args.check:
            return status_code
        show_where_to_look(console, api)
        await wait_for_interrupt(process)
        return status_code


def show_where_to_look(console: Console, api: Api) -> None:
    """Say what a person can do now."""
    console.rule("Have a look", align="left")
    for text in (
        f"{api.url} (log in as {USER} / {PASSWORD})",
        f"{api.url}/bambu-prints for the panel 3D prints",
        f"{api.url}/config/integrations/integration/{DOMAIN} for the printer and its entities",
        f"{api.url}/media-browser/browser for the archive and its pictures",
        f"./scripts/send FILE.gcode.3mf --host {PRINTER.ip} --access-code {PRINTER.access_code}",
        f"./scripts/send --watch --host {PRINTER.ip} --access-code {PRINTER.access_code} for what slicers see",
        "Ctrl-C ends the demo; what it made stays for the next time",
    ):
        console.print(f"  • {text}", highlight=False)


async def wait_for_interrupt(process: asyncio.subprocess.Process) -> None:
    """Wait for Ctrl-C. Raises ScriptError when Home Assistant ends before."""
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted.set)
    waits = [
        asyncio.create_task(interrupted.wait()),
        asyncio.create_task(process.wait()),
    ]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    if not interrupted.is_set():
        raise ScriptError("Home Assistant ended by itself")


def main() -> int:
    """Run from the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--check",
        action="store_true",
        help="leave after checking what was archived and printed",
    )
    parser.add_argument(
        "--no-send", dest="send", action="store_false", help="send and print nothing"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8123,
        metavar="N",
        help="Home Assistant's port (8123)",
    )
    parser.add_argument(
        "--config",
        type=Path,
        default=ROOT / ".demo",
        metavar="DIR",
        help="its configuration folder (.demo)",
    )
    console = Console()
    try:
        return asyncio.run(run(console, parser.parse_args()))
    except (ScriptError, SlicerError, OSError, aiohttp.ClientError) as err:
        console.print(f"  [red]✘[/red] {err}", highlight=False)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
