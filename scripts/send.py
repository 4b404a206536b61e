"""Send a sliced file to a printer on the LAN, as Bambu Studio's Send and Print buttons do, or with a key, as OrcaSlicer does.

scripts/send FILE --host IP --access-code CODE [--print [--plate N]] [--ca FILE] [--tunnel]
scripts/send --watch --host IP --access-code CODE [--ca FILE]
scripts/send FILE --door URL --key KEY [--print [--plate N]]
"""

import argparse
import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path
import sys

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from scripts.door import send_to_door
from scripts.seen import Seen, watch
from scripts.slicer import PrintOptions, SlicerError, Step, send
from scripts.tunnel import check_has_tunnel, upload_file_by_tunnel


def show_step(console: Console, step: Step) -> None:
    """Print one step of the way."""
    detail = f" [dim]{step.detail}[/dim]" if step.detail else ""
    console.print(f"  [green]✔[/green] {step.text}{detail}", highlight=False)


def show_seen(console: Console, seen: Seen) -> None:
    """Print what a slicer sees of a printer."""
    first, *others = seen.lines()
    show_step(console, Step(text=first))
    for line in others:
        console.print(f"    [dim]{line}[/dim]", highlight=False)


async def send_with_progress(
    console: Console,
    path: Path,
    host: str,
    access_code: str,
    *,
    size_bytes: int,
    ca: Path | None,
    print_options: PrintOptions | None,
    tunnel: bool = False,
) -> None:
    """Send a file and show its way. Raises SlicerError, OSError."""
    columns = (
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("upload", total=size_bytes, visible=False)

        def _advance(sent_bytes: int) -> None:
            # Only blocks of the file count; the probe upload before it has no bar.
            progress.update(task, advance=sent_bytes, visible=True)

        await send(
            path,
            host,
            access_code,
            ca=ca,
            print_options=print_options,
            on_step=lambda step: show_step(console, step),
            on_block=_advance,
            by_tunnel=(
                partial(upload_file_by_tunnel, on_block=_advance) if tunnel else None
            ),
            check_printer=check_has_tunnel if tunnel else None,
        )


def main() -> int:
    """Run from the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/send", description="Send a sliced file to a printer on the LAN."
    )
    parser.add_argument(
        "file", type=Path, nargs="?", help="a sliced .gcode.3mf, or .gcode"
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="send nothing; show spools, nozzles and progress until Ctrl-C",
    )
    parser.add_argument("--host", metavar="IP")
    parser.add_argument("--access-code", metavar="CODE")
    parser.add_argument(
        "--door", metavar="URL", help="send to Home Assistant's own address instead"
    )
    parser.add_argument("--key", help="an upload key, for --door")
    parser.add_argument(
        "--ca", type=Path, metavar="FILE", help="verify the printer with this CA (PEM)"
    )
    parser.add_argument(
        "--print", action="store_true", help="press Print and not only Send"
    )
    parser.add_argument(
        "--tunnel",
        action="store_true",
        help="send through the file tunnel on port 6000 and not over FTPS",
    )
    parser.add_argument("--plate", type=int, default=1, metavar="N")
    args = parser.parse_args()
    if not ((args.host and args.access_code) or (args.door and args.key)):
        parser.error("give --host and --access-code, or --door and --key")
    if args.watch == bool(args.file) or (args.watch and args.door):
        parser.error("give a file, or --watch with --host and --access-code")
    console = Console()
    try:
        if args.watch:
            with suppress(KeyboardInterrupt):
                asyncio.run(
                    watch(
                        args.host,
                        args.access_code,
                        ca=args.ca,
                        on_seen=lambda seen: show_seen(console, seen),
                    )
                )
            return 0
        if args.door:
            asyncio.run(
                send_to_door(
                    args.file,
                    args.door,
                    args.key,
                    prints=args.print,
                    plate=args.plate if args.print else None,
                    on_step=lambda step: show_step(console, step),
                )
            )
            return 0
        asyncio.run(
            send_with_progress(
                console,
                args.file,
                args.host,
                args.access_code,
                size_bytes=args.file.stat().st_size,
                ca=args.ca,
                print_options=PrintOptions(plate=args.plate) if args.print else None,
                tunnel=args.tunnel,
            )
        )
    except (SlicerError, OSError) as err:
        console.print(f"  [red]✘[/red] {err}", highlight=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
