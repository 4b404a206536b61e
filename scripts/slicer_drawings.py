"""Draws the dialogs of slicers that are not packages of Debian, with marks where something is to be entered.

    python -m scripts.slicer_drawings

They are drawings and no screenshots: plain, light in dark themes too, with the labels that the programs show in English, read in
OrcaSlicer 2.3's PhysicalPrinterDialog.cpp and PrintConfig.cpp, and in ManualInstanceDialog.qml and DiscoverOctoPrintAction.qml of
version 3.7 of Cura's plugin OctoPrint Connection.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path

FOLDER = (
    Path(__file__).parents[1] / "custom_components/bambu_virtual_printer/panel/pictures"
)
WIDTH, HEIGHT = 632, 453
"""As the picture of PrusaSlicer's dialog is, in pixels."""
TEXT, MUTED, LINE, PAGE, BAR = "#212121", "#616161", "#bdbdbd", "#ffffff", "#eeeeee"
ACCENT = "#0277bd"
FONTS = "Roboto, Noto Sans, Segoe UI, Helvetica, Arial, sans-serif"
MIDDLE = "dominant-baseline='central'"
HOST = "homeassistant.local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A line of a dialog: a label, what is entered, and the mark beside it."""

    label: str
    entered: str = ""
    mark: str = ""
    buttons: tuple[str, ...] = ()
    is_choice: bool = False
    is_box: bool = False
    is_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A dialog from `top` on, `height` high, with its fields from `first` on."""

    title: str
    top: int
    height: int
    first: int
    fields: tuple[Field, ...]
    heading: str = ""
    hint: str = ""
    ends: tuple[str, ...] = ()
    left: int = 236
    """Where fields begin."""
    step: int = 42


ORCA_SLICER = (
    Dialog(
        title="Physical Printer",
        top=0,
        height=HEIGHT,
        first=84,
        heading="Print Host upload",
        fields=(
            Field(label="Host Type", entered="OctoPrint", mark="1", is_choice=True),
            Field(
                label="Hostname, IP or URL",
                entered="http://homeassist…",
                mark="2",
                buttons=("Browse ...", "Test"),
            ),
            Field(label="Device UI"),
            Field(label="API Key / Password", entered="••••••••••••••••", mark="3"),
            Field(label="HTTPS CA File", buttons=("Browse ...",)),
        ),
        hint="HTTPS CA file is optional. It is only needed if you use HTTPS with a self-signed certificate.",
        ends=("OK",),
    ),
)
CURA = (
    Dialog(
        title="Manually added OctoPrint instance",
        top=0,
        height=270,
        first=44,
        step=36,
        fields=(
            Field(label="Instance Name", entered="garage"),
            Field(label="IP Address or Hostname", entered=HOST, mark="2a"),
            Field(label="Port Number", entered="8123", mark="2b"),
            Field(label="Path", entered="/api/bvp/garage", mark="2c"),
            Field(label="Use HTTPS", is_box=True),
        ),
        ends=("Cancel", "Ok"),
    ),
    Dialog(
        title="Connect to OctoPrint",
        top=282,
        height=171,
        first=330,
        step=42,
        fields=(
            Field(label="Address", entered=f"{HOST}:8123", is_text=True),
            Field(label="API Key", entered="••••••••••••••••", mark="3"),
        ),
    ),
)
DRAWINGS = {"orca-slicer-printer.svg": ORCA_SLICER, "cura-printer.svg": CURA}


def drawn(dialogs: tuple[Dialog, ...]) -> str:
    """Return the SVG of dialogs, one below the other."""
    size = f"width='{WIDTH}' height='{HEIGHT}' viewBox='0 0 {WIDTH} {HEIGHT}'"
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} font-family='{FONTS}' font-size='14'>"
    ]
    for dialog in dialogs:
        lines += _dialog(dialog)
    return "\n".join([*lines, "</svg>", ""])


def _dialog(dialog: Dialog) -> list[str]:
    lines = [
        _rect(0.5, dialog.top + 0.5, WIDTH - 1, dialog.height - 1, PAGE),
        _rect(0.5, dialog.top + 0.5, WIDTH - 1, 29, BAR),
        _text(WIDTH / 2, dialog.top + 15, dialog.title, "text-anchor='middle'"),
    ]
    if dialog.heading:
        lines.append(_text(16, dialog.first - 24, dialog.heading, "font-weight='bold'"))
    for number, field in enumerate(dialog.fields):
        lines += _field(field, dialog.left, dialog.first + number * dialog.step)
    if dialog.hint:
        below = dialog.first + len(dialog.fields) * dialog.step + 12
        lines.append(_text(16, below, dialog.hint, f"font-size='13' fill='{MUTED}'"))
    right = WIDTH - 16.5
    for end in reversed(dialog.ends):
        lines += _button(right - 84, dialog.top + dialog.height - 38.5, 84, end)
        right -= 94
    return lines


def _field(field: Field, left: int, top: int) -> list[str]:
    middle = top + 15
    lines = [_text(16, middle, field.label)]
    if field.is_box:
        return [*lines, _rect(left + 0.5, top + 6.5, 18, 18, PAGE)]
    if field.is_text:
        return [*lines, _text(left + 10, middle, field.entered)]
    lines += [
        _rect(left + 0.5, top + 0.5, 190, 30, PAGE, ACCENT if field.mark else LINE),
        _text(left + 10, middle, field.entered),
    ]
    if field.is_choice:
        arrow = f"M{left + 170} {middle - 3}h12l-6 7z"
        lines.append(f"<path d='{arrow}' fill='{MUTED}'/>")
    if field.mark:
        lines += [
            f"<circle cx='{left - 20}' cy='{middle}' r='13' fill='{ACCENT}'/>",
            _text(
                left - 20,
                middle,
                field.mark,
                f"text-anchor='middle' font-weight='bold' font-size='13' fill='{PAGE}'",
            ),
        ]
    start = left + 200.5
    for button in field.buttons:
        width = 84 if len(button) > len("Test") else 56
        lines += _button(start, top + 0.5, width, button)
        start += width + 10
    return lines


def _button(left: float, top: float, width: int, label: str) -> list[str]:
    return [
        _rect(left, top, width, 30, BAR),
        _text(left + width / 2, top + 15, label, "text-anchor='middle'"),
    ]


def _rect(
    left: float, top: float, width: float, height: float, fill: str, line: str = LINE
) -> str:
    return f"<rect x='{left:g}' y='{top:g}' width='{width:g}' height='{height:g}' rx='4' fill='{fill}' stroke='{line}'/>"


def _text(left: float, middle: float, text: str, style: str = "") -> str:
    fill = "" if "fill=" in style else f"fill='{TEXT}'"
    looks = " ".join(part for part in (MIDDLE, fill, style) if part)
    return f"<text x='{left:g}' y='{middle:g}' {looks}>{escape(text)}</text>"


def main() -> None:
    """Write the drawings."""
    for name, dialogs in DRAWINGS.items():
        (FOLDER / name).write_text(drawn(dialogs), encoding="utf-8")


if __name__ == "__main__":
    main()
