"""A PostgreSQL server of our own, where Debian's packages and a driver are installed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
import importlib.util
import itertools
import os
from pathlib import Path
import pwd
import shutil
import subprocess

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
DRIVER = "psycopg"


def reason_to_skip() -> str | None:
    """Return why there can be no server here."""
    if not SERVERS:
        return "PostgreSQL is not installed"
    if importlib.util.find_spec(DRIVER) is None:
        return f"{DRIVER} is not installed"
    return None


@contextmanager
def server(folder: Path) -> Iterator[Callable[[], str]]:
    """Run a server that only listens on a socket in `folder`. Yields what makes a database and gives its URL."""
    # It refuses to run as root.
    user = None
    if os.geteuid() == 0:
        with suppress(KeyError):
            user = pwd.getpwnam("postgres").pw_name
            shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [SERVERS[-1] / program, *arguments],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )

    data = folder / "data"
    # An English locale, as on most systems: it sorts unlike SQLite does.
    run("initdb", "-D", str(data), "-A", "trust", "-U", "library", "-E", "UTF8")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    control = ("-D", str(data), "-w", "-l", str(folder / "log"))
    run("pg_ctl", *control, "-o", options, "start")
    numbers = itertools.count()

    def new_database() -> str:
        name = f"library_{next(numbers)}"
        run("createdb", "-h", str(folder), "-U", "library", name)
        return f"postgresql+psycopg://library@/{name}?host={folder}"

    try:
        yield new_database
    finally:
        run("pg_ctl", *control, "-m", "immediate", "stop")
