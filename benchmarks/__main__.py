"""Runs the suites."""

import argparse
import os
import platform
import sys

from benchmarks import (
    dispatch,
    doors,
    library,
    mirror,
    planner,
    printers,
    relay,
    uploads,
)
from benchmarks.report import CannotRunError

SUITES = {
    "dispatch": dispatch.run,
    "doors": doors.run,
    "library": library.run,
    "mirror": mirror.run,
    "planner": planner.run,
    "printers": printers.run,
    "relay": relay.run,
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
    args = parser.parse_args()
    if unknown := set(args.suite) - SUITES.keys():
        parser.error(f"there is no suite {', '.join(sorted(unknown))}")
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors;"
        f" load {os.getloadavg()[0]:.1f}"
    )
    incomplete = False
    for name in args.suite or SUITES:
        print(f"\n=== {name}", file=sys.stderr)
        try:
            SUITES[name](args.rounds)
        except CannotRunError as err:
            incomplete = True
            print(f"{name} cannot be measured: {err}", file=sys.stderr)
    return int(incomplete)


if __name__ == "__main__":
    sys.exit(main())
