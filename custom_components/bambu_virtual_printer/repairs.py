"""The flows of repairs that can be mended here."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from .repair_access_code import AccessCodeRepairFlow


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Find the flow of an issue."""
    if issue_id.startswith("access_code_refused_") and data:
        return AccessCodeRepairFlow(str(data["printer_id"]))
    return ConfirmRepairFlow()
