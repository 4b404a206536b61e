"""How what the slicer asked for is shown."""

from dataclasses import asdict
from typing import Any

from ..engine.printable import printable
from ..engine.values import PrintRequest


def request_view(request: PrintRequest | None) -> dict[str, Any] | None:
    """Show what the slicer asked for; what it said nothing about is left out."""
    if request is None:
        return None
    shown = {
        key: printable(value) if isinstance(value, str) else value
        for key, value in asdict(request).items()
        if value not in (None, "")
    }
    return shown | {"received_at": request.received_at.isoformat()}
