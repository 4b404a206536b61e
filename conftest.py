"""Loads Home Assistant before the test harness.

Its package aliases httpx and voluptuous, which must happen before any pytest plugin imports
them; that is why pyproject.toml switches the plugins' entry points off and they are named here.
"""

import homeassistant.components.logger as _logger
from homeassistant.components.logger import helpers as _helpers

if not hasattr(_logger, "_clear_logger_overwrites"):
    # Harness 0.13.375 expects it where Home Assistant 2026.10 had it.
    _logger._clear_logger_overwrites = _helpers._clear_logger_overwrites  # noqa: SLF001

pytest_plugins = [
    "respx.plugin",
    "pytest_homeassistant_custom_component.plugins",
    "tests.support.compilations",
    "tests.support.databases",
    "tests.support.home_assistant",
    "tests.support.impatience",
    "tests.support.real_printers",
]
