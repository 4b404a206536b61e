"""A PostgreSQL server of our own, where Debian's packages, or the programs of another version, and a driver are installed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import importlib.util
import itertools
import os
from pathlib import Path
import pwd
import shutil
import subprocess

PROGRAMS = "POSTGRESQL_PROGRAMS"
"""The environment variable with the folder of another version's programs."""
SERVERS = (
    [Path(os.environ[PROGRAMS])]
    if PROGRAMS in os.environ
    else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
)
DRIVER = "psycopg"


def reason_to_skip() -> str | None:
    """Return why there can be no server here."""
    if not SERVERS:
        return "PostgreSQL is not installed"
    if importlib.util.find_spec(DRIVER) is None:
        return f"{DRIVER} is not installed"
    return None


class Server:
    """A server that can be stopped and started; what is in it lies in `folder`."""

    def __init__(
        self, folder: Path, *, address: str = "", is_durable: bool = False
    ) -> None:
        """Make it, or take what an earlier one has left in `folder`.

        It listens on a socket in `folder`, and at `address`, where it asks for passwords. What was committed survives a
        power cut where it `is_durable`; else it is quicker.
        """
        self.folder = folder
        self.address = address
        self._is_durable = is_durable
        self._numbers = itertools.count()
        self._data = folder / "data"
        # It refuses to run as root.
        self._user = None
        if os.geteuid() == 0:
            with suppress(KeyError):
                self._user = pwd.getpwnam("postgres").pw_name
                shutil.chown(folder, self._user)
        if self._data.exists():
            if self.is_running:
                # Whoever started it was killed, and perhaps the server, too.
                with suppress(subprocess.CalledProcessError):
                    self.stop()
            return
        # An English locale, as on most systems: it sorts unlike SQLite does.
        self.run(
            "initdb",
            "-D",
            str(self._data),
            "-A",
            "trust",
            "-U",
            "library",
            "-E",
            "UTF8",
            "--no-sync",
        )
        if address:
            rules = self._data / "pg_hba.conf"
            rules.write_text(
                f"local all all trust\nhost all all {address}/8 scram-sha-256\n"
            )

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the server's user."""
        subprocess.run(
            [SERVERS[-1] / program, *arguments],
            check=True,
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = (
            f"-c listen_addresses='{self.address}' -c unix_socket_directories={self.folder}"
            f" -c fsync={'on' if self._is_durable else 'off'}"
        )
        self.run("pg_ctl", *self._control, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is like a power cut."""
        self.run("pg_ctl", *self._control, "-m", mode, "stop")

    def new_database(self, *options: str, name: str = "") -> str:
        """Make an empty database, in place of one of this name. Returns its URL."""
        reached = ("-h", str(self.folder), "-U", "library")
        if name:
            silently = "SET client_min_messages = warning"
            dropped = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            self.run("psql", *reached, "-c", silently, "-c", dropped, "postgres")
        else:
            name = f"library_{next(self._numbers)}"
        self.run("createdb", *reached, *options, name)
        return self.url(name)

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        return f"postgresql+psycopg://library@/{name}?host={self.folder}"

    def new_login(self, password: str = "shared") -> str:
        """Make an empty database and whose it is. Returns its URL at the server's address, as people paste it."""
        name = f"owner_{next(self._numbers)}"
        made = f"CREATE ROLE {name} LOGIN PASSWORD '{password}'"
        self.run(
            "psql", "-h", str(self.folder), "-U", "library", "-c", made, "postgres"
        )
        self.run("createdb", "-h", str(self.folder), "-U", "library", "-O", name, name)
        return f"postgresql://{name}:{password}@{self.address}/{name}"

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped since."""
        return (self._data / "postmaster.pid").exists()

    @property
    def processes(self) -> list[int]:
        """The server's processes, the first one first."""
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    @property
    def _control(self) -> tuple[str, ...]:
        return ("-D", str(self._data), "-w", "-l", str(self.folder / "log"))


@contextmanager
def running(
    folder: Path, *, address: str = "", is_durable: bool = False
) -> Iterator[Server]:
    """Run a server, which may be stopped in the end."""
    its = Server(folder, address=address, is_durable=is_durable)
    its.start()
    try:
        yield its
    finally:
        with suppress(subprocess.CalledProcessError):
            its.stop("fast" if is_durable else "immediate")
