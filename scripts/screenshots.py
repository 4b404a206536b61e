"""Walks through the user interface in a real browser, as a newcomer would, and takes a picture at every stop.

Starts Home Assistant as the demo does, in a folder of its own that is removed afterwards, on a network as in a home where
that may be. A stop that does not show what it should is named at the end, and makes the exit status 1.
"""

import json
from pathlib import Path
import sys

from homeassistant.util import slugify
from scripts.home_assistant import DOMAIN
from scripts.lan import Lan
from scripts.recipes import recipes
from scripts.stops import GARAGE, Tour
from scripts.walk import TIMEOUT_MS, WIDE, Walk, log_in, scene, walk_main

DOCUMENTED = (
    "add-printer", "add-real-printer", "certificates", "dashboard", "device", "integration", "media", "pending",
    "printer-added", "slicer-connected",
)  # fmt: skip
"""The pictures that pages of the documentation show."""


def add_scripts(folder: Path) -> None:
    """Give Home Assistant the scripts of docs/dashboard.md, before it starts."""
    scripts = {
        slugify(script["alias"]): script
        for script in recipes("dashboard.md", "The scripts")
    }
    (folder / "scripts.yaml").write_text(json.dumps(scripts))


async def run(network: Lan, port: int, images: Path) -> list[str]:
    """Walk. Returns what was not as it should be. Raises ScriptError, BrowserError, SlicerError."""
    async with scene(network, port, GARAGE, add_scripts) as there:
        pem = await there.api.call("GET", f"/api/{DOMAIN}/ca.pem")
        (there.files / "ca.pem").write_text(pem)
        context = await there.browser.new_context(
            viewport=WIDE,  # type: ignore[arg-type]
            device_scale_factor=1,
        )
        page = await context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        await log_in(page, there.api)
        walk = Walk(page, there.api, images)
        await Tour(walk, network, there.files, there.printer).all_stops()
        return walk.failures


def main() -> int:
    """Run with the arguments of the command line. Returns the exit status."""
    return walk_main(
        "scripts/screenshots", __doc__, run, {name: name for name in DOCUMENTED}
    )


if __name__ == "__main__":
    sys.exit(main())
