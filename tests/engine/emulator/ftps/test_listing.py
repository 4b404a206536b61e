"""LIST lines as the clients' regular expressions want them."""

from datetime import UTC, datetime, timedelta, timezone
import locale
import re

from hypothesis import given, strategies as st

from custom_components.bambu_virtual_printer.engine.emulator.ftps.listing import (
    long_list,
    name_list,
)
from custom_components.bambu_virtual_printer.engine.storage import StoredFile

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def stored(modified: datetime, name: str = "a b.3mf", size: int = 123) -> StoredFile:
    return StoredFile(id="1", name=name, size_bytes=size, modified=modified)


def line(modified: datetime) -> str:
    return long_list([stored(modified)], NOW).decode()


def test_recent_file_has_the_time() -> None:
    at = datetime(2026, 11, 5, 13, 7, tzinfo=UTC)
    assert line(at) == "-rw-r--r-- 1 0 0 123 Nov 05 13:07 a b.3mf\r\n"


def test_old_and_future_files_have_the_year() -> None:
    for at in (
        datetime(2026, 5, 5, 13, 7, tzinfo=UTC),
        datetime(2027, 5, 5, 13, 7, tzinfo=UTC),
    ):
        assert line(at) == f"-rw-r--r-- 1 0 0 123 May 05  {at.year} a b.3mf\r\n"


def test_times_are_utc() -> None:
    at = datetime(2026, 11, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert " Oct 31 22:30 " in line(at)


def test_no_files_are_no_lines() -> None:
    assert long_list([], NOW) == name_list([]) == b""


def test_names_only() -> None:
    files = [stored(NOW, name) for name in ("Ü.3mf", "b c.3mf")]
    assert name_list(files).decode() == "Ü.3mf\r\nb c.3mf\r\n"


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 2),
        max_value=datetime(2100, 1, 1),
        timezones=st.just(UTC),
    )
)
def test_lines_are_the_same_in_every_locale(at: datetime) -> None:
    before = locale.setlocale(locale.LC_TIME)
    found = []
    for name in ("C", "C.UTF-8"):
        locale.setlocale(locale.LC_TIME, name)
        found.append(line(at))
    locale.setlocale(locale.LC_TIME, before)
    assert found[0] == found[1]
    assert re.fullmatch(
        r"-rw-r--r-- 1 0 0 123 "
        r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{2} (\d\d:\d\d| \d{4}) a b\.3mf\r\n",
        found[0],
    )
