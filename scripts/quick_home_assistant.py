"""Home Assistant for scripts/kill-test --printing: as it is, but for how long the integration waits for a printer.

What real printers take minutes for, the simulated ones of that test do in seconds.
"""

from dataclasses import replace
import sys

from custom_components.bambu_virtual_printer.engine.dispatch.times import DispatchTimes
from custom_components.bambu_virtual_printer.engine.dispatch.tracking import (
    TrackingTimes,
)
from custom_components.bambu_virtual_printer.engine.machines import families
from custom_components.bambu_virtual_printer.printing import real_printers
from homeassistant import __main__ as home_assistant

TIMES = DispatchTimes(
    tracking=TrackingTimes(
        sign_s=6.0,
        first_report_s=8.0,
        ids_s=3.0,
        path_error_s=6.0,
        cancel_code_s=3.0,
        idle_s=3.0,
    ),
    settle_s=4.0,
    retry_s=2.0,
    sweep_s=20.0,
)
ACTIVE_WITHIN_S = 8.0


def main() -> int:
    """Run Home Assistant. Returns its exit status."""
    real_printers.DISPATCH_TIMES = TIMES
    families.TRAITS.update(
        {
            model: replace(traits, active_within_s=ACTIVE_WITHIN_S)
            for model, traits in families.TRAITS.items()
        }
    )
    return home_assistant.main()


if __name__ == "__main__":
    sys.exit(main())
