"""The drivers of a shared library are those that are tested, and are fetched when somebody shares one."""

from importlib.metadata import version
from pathlib import Path
import tomllib

from packaging.requirements import Requirement
import pytest

from custom_components.bambu_virtual_printer.sharing import drivers
from homeassistant.core import HomeAssistant
from homeassistant.util import package

ROOT = Path(__file__).parents[2]


def test_what_is_fetched_is_what_the_tests_run_with() -> None:
    locked = {
        one["name"]: one["version"]
        for one in tomllib.loads((ROOT / "uv.lock").read_text())["package"]
        if "version" in one
    }
    for text in drivers.DRIVERS:
        requirement = Requirement(text)
        assert str(requirement.specifier) == f"=={locked[requirement.name]}"
        assert version(requirement.name) == locked[requirement.name]


def test_the_manifest_asks_nobody_else_for_them() -> None:
    manifest = (
        ROOT / "custom_components" / "bambu_virtual_printer" / "manifest.json"
    ).read_text()
    assert "psycopg" not in manifest
    assert "obstore" not in manifest


async def test_they_are_fetched_once_each_with_the_constraints_of_home_assistant(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(requirement: str, **arguments: str) -> bool:
        assert "package_constraints.txt" in str(arguments["constraints"])
        fetched.append(requirement)
        return True

    monkeypatch.setattr(package, "is_installed", lambda _: False)
    monkeypatch.setattr(package, "install_package", fetch)
    await drivers.async_fetch_drivers(hass)
    await drivers.async_fetch_drivers(hass)
    assert fetched == list(drivers.DRIVERS)


async def test_one_that_cannot_be_loaded_is_missing_too(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "_MODULES", ("no_such_module",))
    with pytest.raises(drivers.DriversMissingError):
        await drivers.async_fetch_drivers(hass)
