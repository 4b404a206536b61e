"""Runs the suites."""

import argparse
from collections.abc import Callable
from functools import partial
import os
from pathlib import Path
import platform
import signal
import sys

from benchmarks import (
    dispatch,
    document,
    doors,
    library,
    mirror,
    planner,
    printers,
    relay,
    shared,
    uploads,
)
from benchmarks.report import CannotRunError, take_shown

SUITES = {
    "dispatch": dispatch.run,
    "doors": doors.run,
    "library": library.run,
    "mirror": mirror.run,
    "planner": planner.run,
    "printers": printers.run,
    "relay": relay.run,
    "shared": shared.run,
    "uploads": uploads.run,
}


def main() -> int:
    """Run what was asked for. Returns the exit status: 1 where a suite could not run."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="Measures this project beside other programs, in one run, on loopback.",
    )
    parser.add_argument(
        "suite",
        nargs="*",
        help=f"one or more of {', '.join(SUITES)}; all when none is named",
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="how often each is measured (default 5)"
    )
    parser.add_argument(
        "--page",
        type=Path,
        default=document.PAGE,
        help="the page whose sections of these suites are written anew (default docs/benchmarks.md)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        help="a folder that keeps the large libraries of `shared`, so that the next run does not make them again (10 GB)",
    )
    args = parser.parse_args()
    if unknown := set(args.suite) - SUITES.keys():
        parser.error(f"there is no suite {', '.join(sorted(unknown))}")
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors;"
        f" load {os.getloadavg()[0]:.1f}"
    )
    # What was started ends with this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    suites: dict[str, Callable[[int], None]] = {
        **SUITES,
        "shared": partial(shared.run, data=args.data),
    }
    incomplete = False
    for name in args.suite or suites:
        print(f"\n=== {name}", file=sys.stderr)
        try:
            suites[name](args.rounds)
        except CannotRunError as err:
            incomplete = True
            take_shown()
            print(f"{name} cannot be measured: {err}", file=sys.stderr)
        else:
            document.replace_section(args.page, name, take_shown())
    return int(incomplete)


if __name__ == "__main__":
    sys.exit(main())
