"""The pictures slicers draw of a plate."""

from scripts.sliced_file.plan import LAYER_HEIGHT_MM, SPOOLS, SlicedPlate
from scripts.sliced_file.png import Canvas, Color, Point, parse_color, shaded
from scripts.sliced_file.shapes import BED_MM

BED_COLOR: Color = (58, 60, 64)
GRID_COLOR: Color = (80, 83, 88)
TILT = 0.7
ZOOM = 1.2


def pictures(plate: SlicedPlate) -> dict[str, bytes]:
    """Return the five pictures slicers draw of a plate, by member name."""
    number = plate.number
    return {
        f"Metadata/plate_{number}.png": _view(plate, 512, light=1.0),
        f"Metadata/plate_{number}_small.png": _view(plate, 128, light=1.0),
        f"Metadata/plate_no_light_{number}.png": _view(plate, 512, light=0.75),
        f"Metadata/top_{number}.png": _top(plate, 512, picking=False),
        f"Metadata/pick_{number}.png": _top(plate, 512, picking=True),
    }


def _view(plate: SlicedPlate, size: int, *, light: float) -> bytes:
    """Draw the plate from the front and above."""
    canvas = Canvas(size)
    scale = size / BED_MM * ZOOM
    middle = BED_MM / 2

    def project(point: Point, z_mm: float = 0.0) -> Point:
        """Look at the middle of the bed."""
        return (
            size / 2 + scale * (point[0] - middle),
            size * 0.55 - scale * (TILT * (point[1] - middle) + z_mm),
        )

    corners = [(0.0, 0.0), (BED_MM, 0.0), (BED_MM, BED_MM), (0.0, BED_MM)]
    canvas.polygon([project(corner) for corner in corners], shaded(BED_COLOR, light))
    for step in range(0, 257, 32):
        for start, end in (
            ((0.0, step), (BED_MM, step)),
            ((step, 0.0), (step, BED_MM)),
        ):
            canvas.line(project(start), project(end), size / 256, GRID_COLOR)
    height = min(plate.total_layers * LAYER_HEIGHT_MM, 40.0)
    for thing in sorted(plate.things, key=lambda thing: -thing.center[1]):
        color = parse_color(SPOOLS[thing.slot - 1].color)
        points = thing.points(120)
        slabs = max(2, round(height * scale))
        for slab in range(slabs):
            side = shaded(color, light * (0.45 + 0.25 * slab / slabs))
            z_mm = height * slab / slabs
            canvas.polygon([project(point, z_mm) for point in points], side)
        top = [project(point, height) for point in points]
        canvas.polygon(top, shaded(color, light))
    return canvas.png()


def _top(plate: SlicedPlate, size: int, *, picking: bool) -> bytes:
    """Draw the things from above, in their own colours or in those that stand for their ids."""
    canvas = Canvas(size)
    scale = size / BED_MM
    for thing in plate.things:
        color = parse_color(SPOOLS[thing.slot - 1].color)
        if picking:
            color = (thing.id & 255, thing.id >> 8 & 255, thing.id >> 16 & 255)
        points = [(scale * x, size - scale * y) for x, y in thing.points(180)]
        canvas.polygon(points, color)
    return canvas.png()
