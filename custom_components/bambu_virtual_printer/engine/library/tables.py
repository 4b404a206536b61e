"""Files for spreadsheets, written row by row: CSV and Office Open XML. Everything here blocks and raises StorageError."""

from collections.abc import Callable, Iterable, Sequence
import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from ..explanations import explain
from .store.disk import explained
from .values.errors import InvalidChangeError, LibraryError

type Cell = str | int | float | bool | datetime | None
type Row = Sequence[Cell]

# What spreadsheets take for a formula in CSV; names come from untrusted files.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


NOT_WRITTEN = explain("table_not_written", "The table cannot be written: {why}.")


class Table(Protocol):
    """A file that is being written; it is complete when it is closed, which may be done twice."""

    def append(self, rows: Iterable[Row]) -> None:
        """Write rows."""

    def close(self) -> None:
        """Write what is left."""


def check_kind(suffix: str) -> None:
    """Make sure that a file's name ends like one of a kind we write. Raises InvalidChangeError."""
    if suffix.casefold() not in _KINDS:
        raise InvalidChangeError(
            explain(
                "table_of_other_kind",
                "The name of a table ends with one of {kinds}.",
                kinds=", ".join(_KINDS),
            )
        )


def open_table(path: Path, head: Sequence[str], *, suffix: str) -> Table:
    """Begin a file of the kind that `suffix` names, such as ".csv", with its headings. Raises InvalidChangeError."""
    check_kind(suffix)
    with explained(NOT_WRITTEN):
        return _KINDS[suffix.casefold()](path, head)


class _CsvFile:
    def __init__(self, path: Path, head: Sequence[str]) -> None:
        # With the mark by which spreadsheets know UTF-8.
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(head)

    def append(self, rows: Iterable[Row]) -> None:
        with explained(NOT_WRITTEN):
            self._writer.writerows(map(_harmless, rows))

    def close(self) -> None:
        with explained(NOT_WRITTEN):
            self._file.close()


def csv_text(rows: Iterable[Row]) -> str:
    """Return rows as lines of a CSV file, in which nothing is a formula."""
    text = StringIO(newline="")
    csv.writer(text).writerows(map(_harmless, rows))
    return text.getvalue()


def _harmless(row: Row) -> list[Cell]:
    return [
        f"'{cell}"
        if isinstance(cell, str) and cell.startswith(_FORMULA)
        else cell.isoformat()
        if isinstance(cell, datetime)
        else cell
        for cell in row
    ]


class _Workbook:
    """Rows wait in a folder beside the file until it is closed, so that memory does not grow with them."""

    def __init__(self, path: Path, head: Sequence[str]) -> None:
        self._folder = TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-")
        self._book = xlsxwriter.Workbook(
            path,
            {
                "constant_memory": True,
                "tmpdir": self._folder.name,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_date_format": 'yyyy-mm-dd hh:mm:ss "UTC"',
            },
        )
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(head) - 1, 20)
        self._sheet.write_row(0, 0, head, self._book.add_format({"bold": True}))
        self._next = 1

    def append(self, rows: Iterable[Row]) -> None:
        with explained(NOT_WRITTEN):
            for row in rows:
                cells = [
                    cell.astimezone(UTC).replace(tzinfo=None)
                    if isinstance(cell, datetime)
                    else cell
                    for cell in row
                ]
                if self._sheet.write_row(self._next, 0, cells):
                    raise LibraryError(
                        explain(
                            "table_too_long",
                            "A workbook has no room for so many archives. Choose a .csv file.",
                        )
                    )
                self._next += 1

    def close(self) -> None:
        with explained(NOT_WRITTEN), self._folder:
            try:
                if not self._book.fileclosed:
                    self._book.close()
            except FileCreateError as err:
                # The library wraps the disk's error.
                (cause,) = err.args
                raise cause from None
            finally:
                # What the library leaves open when the disk refuses something.
                for sheet in self._book.worksheets():
                    if sheet.row_data_fh:
                        sheet.row_data_fh.close()


_KINDS: dict[str, Callable[[Path, Sequence[str]], Table]] = {
    ".csv": _CsvFile,
    ".xlsx": _Workbook,
}
