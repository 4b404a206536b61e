"""The files of docs/examples/shared: what they say to PostgreSQL and to the object store is what these understand."""

import json
from pathlib import Path
import subprocess

import pytest
import yaml

from custom_components.bambu_virtual_printer.config.shared_library import (
    DatabaseSettings,
)
from custom_components.bambu_virtual_printer.engine.library.index.database_check import (
    check_database,
)
from scripts.servers import object_store
from scripts.servers.postgresql import SERVERS, Server, reason_to_skip

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "shared"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
DATABASE = COMPOSE["services"]["database"]
STORE = COMPOSE["services"]["store"]


def settings() -> list[str]:
    """Return the settings that the database is started with."""
    words = DATABASE["command"][1:]
    assert words[::2] == ["-c"] * (len(words) // 2)
    return words[1::2]


@pytest.mark.parametrize("setting", settings())
def test_postgresql_knows_each_setting(
    setting: str, shared_server: Server, tmp_path: Path
) -> None:
    query = tmp_path / "query.sql"
    query.write_text("SELECT context FROM pg_settings WHERE name = :'name'")
    name, _, value = setting.partition("=")
    url = shared_server.new_database()
    host = url.rpartition("host=")[2]
    said = subprocess.run(
        [
            SERVERS[-1] / "psql", "-h", host, "-U", "library", "-d", "postgres", "-At",
            "-v", f"name={name}", "-f", str(query),
        ],
        check=True,
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert said.stdout.strip(), f"{name} is no setting"
    assert value


async def test_a_database_that_is_made_as_the_example_says_can_be_used(
    shared_server: Server,
) -> None:
    if reason := reason_to_skip():
        pytest.skip(reason)
    made = DATABASE["environment"]
    host = shared_server.new_database().rpartition("host=")[2]
    user, name = made["POSTGRES_USER"], made["POSTGRES_DB"]
    for program, *arguments in (
        ("createuser", "-h", host, "-U", "library", user),
        (
            "createdb",
            "-h",
            host,
            "-U",
            "library",
            "-O",
            user,
            "-E",
            "UTF8",
            "-T",
            "template0",
            name,
        ),
    ):
        shared_server.run(program, *arguments)
    found = await check_database(DatabaseSettings(host=host, name=name, user=user).url)
    assert not found.holds_library


def test_the_database_keeps_what_it_acknowledged() -> None:
    assert {"fsync=on", "synchronous_commit=on"} <= set(settings())
    assert "database:/var/lib/postgresql/data" in DATABASE["volumes"]
    assert set(COMPOSE["volumes"]) == {"database", "store"}


def test_the_object_store_is_of_the_version_that_tests_run() -> None:
    if (program := object_store.program()) is None:
        pytest.skip("SeaweedFS is not installed")
    said = subprocess.run(
        [program, "version"], check=True, capture_output=True, text=True
    ).stdout
    image, _, version = STORE["image"].partition(":")
    assert image == "chrislusf/seaweedfs"
    assert version in said.split()


def test_the_object_store_knows_each_of_its_options() -> None:
    if (program := object_store.program()) is None:
        pytest.skip("SeaweedFS is not installed")
    command, *options = STORE["command"]
    said = subprocess.run(
        [program, command, "-h"], check=False, capture_output=True, text=True
    )
    known = {
        line.split()[0]
        for line in (said.stdout + said.stderr).splitlines()
        if line.strip().startswith("-")
    }
    assert known >= {option.partition("=")[0] for option in options}
    assert "-no-such-option" not in known


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_service_is_one_that_docker_compose_understands(name: str) -> None:
    """What Compose's specification has for a service, as far as the example uses it."""
    service = COMPOSE["services"][name]
    assert set(COMPOSE) == {"services", "volumes"}
    assert service.keys() <= {
        *("image", "restart", "environment", "command"),
        *("ports", "volumes", "healthcheck"),
    }
    repository, _, tag = service["image"].partition(":")
    assert repository
    assert tag not in ("", "latest")
    assert service["restart"] in ("no", "always", "on-failure", "unless-stopped")
    assert all(isinstance(word, str) for word in service["command"])
    for port in service["ports"]:
        assert all(part.isdecimal() for part in port.split(":"))
    for volume in service["volumes"]:
        source, target, *mode = volume.split(":")
        assert source in COMPOSE["volumes"] or (FOLDER / source).is_file()
        assert target.startswith("/")
        assert mode in ([], ["ro"])


def test_passwords_are_chosen_by_whoever_starts_it() -> None:
    assert "DATABASE_PASSWORD:?" in DATABASE["environment"]["POSTGRES_PASSWORD"]
    assert "DATABASE_PASSWORD=\n" in (FOLDER / ".env.example").read_text()


def test_the_keys_of_the_store_may_do_what_the_form_checks() -> None:
    (identity,) = json.loads((FOLDER / "s3.json").read_text())["identities"]
    assert {"Read:prints", "Write:prints", "List:prints"} <= set(identity["actions"])
    mounted = [volume for volume in STORE["volumes"] if volume.startswith("./s3.json")]
    assert mounted[0].split(":")[1] in " ".join(STORE["command"])


def test_the_page_names_what_the_files_have() -> None:
    page = (FOLDER.parents[1] / "shared.md").read_text()
    assert "examples/shared/compose.yaml" in page
    assert "pg_dump" in page
    assert f"max_connections={100}" in settings()
    assert "60 (100)" in page, "enough for ten of them"
