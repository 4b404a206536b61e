"""The part of XlsxWriter that is used here; it comes without types that mypy may rely on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from os import PathLike
from typing import TextIO

class Format: ...

class Worksheet:
    row_data_fh: TextIO | None
    def freeze_panes(self, row: int, col: int) -> None: ...
    def set_column(self, first_col: int, last_col: int, width: float) -> int: ...
    def write_row(
        self,
        row: int,
        col: int,
        data: Iterable[str | float | bool | datetime | None],
        cell_format: Format | None = None,
    ) -> int: ...

class Workbook:
    fileclosed: bool
    def __init__(
        self, filename: PathLike[str], options: Mapping[str, object]
    ) -> None: ...
    def add_worksheet(self) -> Worksheet: ...
    def worksheets(self) -> list[Worksheet]: ...
    def add_format(self, properties: Mapping[str, object]) -> Format: ...
    def close(self) -> None: ...
