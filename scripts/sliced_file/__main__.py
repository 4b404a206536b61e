"""Writes one sliced file from the command line."""

import argparse
from dataclasses import replace
from pathlib import Path
import sys

from scripts.sliced_file import (
    SlicedFileSpec,
    __doc__ as description,
    write_sliced_file,
)
from scripts.sliced_file.plan import MODEL_NAMES, VERSIONS, duration


def main() -> int:
    """Write a file the way the command line says."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="the file to write, *.gcode.3mf")
    parser.add_argument("--title", default=SlicedFileSpec.title)
    parser.add_argument("--designer", default=SlicedFileSpec.designer)
    parser.add_argument("--plates", type=int, default=1)
    parser.add_argument("--first-plate", type=int, default=1, metavar="N")
    parser.add_argument(
        "--project-plates", type=int, metavar="N", help="of how many, all with pictures"
    )
    parser.add_argument("--filaments", type=int, default=1)
    parser.add_argument("--model", choices=MODEL_NAMES, default="C12")
    parser.add_argument("--slicer", choices=VERSIONS, default="bambu_studio")
    parser.add_argument("--size-mb", type=float, help="about how large it becomes")
    parser.add_argument("--seed", type=int, default=1)
    options = vars(parser.parse_args())
    out: Path = options.pop("out")
    size_mb = options.pop("size_mb")
    try:
        spec = SlicedFileSpec(**options)
    except ValueError as err:
        parser.error(str(err))
    if size_mb:
        spec = replace(spec, size_bytes=round(size_mb * 1024 * 1024))
    write_sliced_file(out, spec)
    print(
        f"{out}: {out.stat().st_size} bytes, {spec.plates} plate(s), "
        f"{duration(spec.print_time_s)}, {spec.filament_g} g"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
