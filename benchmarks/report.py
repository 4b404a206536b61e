"""What a benchmark prints: rows of a figure, what it stands beside, and the target."""

from collections.abc import Sequence
from dataclasses import dataclass
import operator
import re

COMPARE = {"<=": operator.le, ">=": operator.ge}


class CannotRunError(Exception):
    """A suite lacks what it measures beside; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured figure. `must` and `goal` read like `>= 0.70`; empty where nothing was set."""

    what: str
    measured: float
    unit: str = ""
    beside: str = ""
    must: str = ""
    goal: str = ""

    @property
    def verdict(self) -> str:
        """Whether the figure reaches its goal, only what it must, or neither."""
        if not self.must and not self.goal:
            return ""
        if self.goal and _holds(self.measured, self.goal):
            return "goal"
        if self.must and _holds(self.measured, self.must):
            return "ok"
        return "MISSED"


def _holds(measured: float, target: str) -> bool:
    sign, number = re.match(r"(<=|>=) ?([\d.]+)", target).groups()  # type: ignore[union-attr]
    return bool(COMPARE[sign](measured, float(number)))


def figure(value: float, unit: str = "") -> str:
    """Return three digits that mean something, and the unit."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".rstrip()


HEAD = ("", "measured", "beside it", "must", "goal", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows as they are printed."""

    title: str
    body: Sequence[Sequence[str]]


_shown: list[Table] = []


def show(title: str, rows: Sequence[Row]) -> None:
    """Print a table."""
    body = [
        (
            row.what,
            figure(row.measured, row.unit),
            row.beside,
            row.must,
            row.goal,
            row.verdict,
        )
        for row in rows
    ]
    _shown.append(Table(title=title, body=body))
    widths = [max(len(line[i]) for line in (HEAD, *body)) for i in range(len(HEAD))]
    print(f"\n{title}")
    for line in (HEAD, tuple("-" * width for width in widths), *body):
        print(
            "  ".join(
                cell.ljust(width) for cell, width in zip(line, widths, strict=True)
            ).rstrip()
        )


def take_shown() -> list[Table]:
    """Return the tables that were printed since the last asking."""
    shown = _shown.copy()
    _shown.clear()
    return shown
