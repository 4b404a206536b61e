"""The page of the documentation with what was measured last, a section for each suite."""

from collections.abc import Sequence
from datetime import UTC, datetime
import os
from pathlib import Path
import platform
import re
import subprocess

from benchmarks.report import HEAD, Table

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """\
# Measurements

Written by `./scripts/benchmark`, which measures this project beside other programs in one run on one machine, over loopback.
A suite that is run again replaces its section here, so each says when it was measured, on which machine and at which commit.
Ratios say more than figures: they hold on other machines, too. *must* and *goal* are what the project asks of itself; *beside it* is what
the figure was measured beside, or what belongs to it.
"""


def machine() -> str:
    """Return what it is measured on."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        names = [
            line.partition(":")[2].strip()
            for line in file
            if line.startswith("model name")
        ]
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} processors,"
        f" {platform.system()}, Python {platform.python_version()}"
    )


def commit() -> str:
    """Return the commit that is measured, and whether files differ from it."""

    def git(*arguments: str) -> str:
        answer = subprocess.run(
            ["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
        )
        return answer.stdout.strip()

    name = git("rev-parse", "--short", "HEAD") or "unknown"
    # This page differs as soon as it is written.
    others = git("status", "--porcelain", "--", ".", ":!docs/benchmarks.md")
    return f"{name} with changes" if others else name


def replace_section(page: Path, suite: str, tables: Sequence[Table]) -> None:
    """Write what a suite measured in place of what it measured before."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    sections = dict(
        re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    )
    day = datetime.now(UTC).date().isoformat()
    load = os.getloadavg()[0]
    sections[suite] = "\n".join(
        (
            "",
            f"{day}, commit {commit()}; {machine()}; load {load:.1f} at the end.",
            *map(_markdown, tables),
            "",
        )
    )
    parts = [INTRODUCTION]
    parts += [f"## {name}\n{sections[name].rstrip()}\n" for name in sorted(sections)]
    page.write_text("\n".join(parts), encoding="utf-8")


def _markdown(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"

    return "\n".join(
        (
            f"\n**{table.title}**\n",
            line(HEAD),
            line(["---"] * len(HEAD)),
            *map(line, table.body),
        )
    )
