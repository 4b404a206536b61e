"""The things that are printed in generated files: outlines, and the moves that fill them.

Every layer of a thing has the same outline, so length, weight and time of a print are a sum, not a simulation.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
import math
from random import Random

BED_MM = 256.0
LINE_WIDTH_MM = 0.42
FILAMENT_DIAMETER_MM = 1.75
WALL_SPEED_MM_S = 120.0
INFILL_SPEED_MM_S = 220.0
TRAVEL_SPEED_MM_S = 400.0
INFILL_DENSITY = 0.15

type Point = tuple[float, float]

_FILAMENT_AREA_MM2 = math.pi * (FILAMENT_DIAMETER_MM / 2) ** 2

# Radius of a shape by direction, for a shape of radius 1.
OUTLINES: dict[str, Callable[[float], float]] = {
    "gear": lambda angle: 0.92 + 0.08 * max(-1.0, min(1.0, 4 * math.sin(12 * angle))),
    "star": lambda angle: 1 / (1 + 0.9 * abs(math.sin(2.5 * angle))),
    "flower": lambda angle: 0.8 + 0.2 * math.cos(6 * angle),
    "knob": lambda angle: 0.9 + 0.05 * math.cos(3 * angle) + 0.05 * math.cos(9 * angle),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object on a plate. `slot` is the filament it is printed with, counted from 1."""

    id: int
    name: str
    outline: str
    center: Point
    radius_mm: float
    slot: int

    def points(
        self, count: int, *, inset_mm: float = 0.0, seam: float = 0.0
    ) -> list[Point]:
        """Return `count` points of the outline, in mm on the bed; `seam` (0 to 1) is where it begins."""
        shape = OUTLINES[self.outline]
        radius = self.radius_mm - inset_mm
        angles = [2 * math.pi * (step / count + seam) for step in range(count)]
        return [
            (
                self.center[0] + radius * shape(angle) * math.cos(angle),
                self.center[1] + radius * shape(angle) * math.sin(angle),
            )
            for angle in angles
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of a thing as G-code, and what it takes."""

    gcode: str
    filament_mm: float
    time_s: float


def things(plate: int, slots: Sequence[int], random: Random) -> list[Thing]:
    """Place two to four different things on a plate."""
    centers = [(84.0, 84.0), (172.0, 172.0), (172.0, 84.0), (84.0, 172.0)]
    names = random.sample(list(OUTLINES), k=max(2, min(4, len(slots))))
    return [
        Thing(
            id=100 * plate + 22 * index + 10,
            name=f"{name.capitalize()} {plate}",
            outline=name,
            center=centers[index],
            radius_mm=random.uniform(24.0, 40.0),
            slot=slots[index % len(slots)],
        )
        for index, name in enumerate(names)
    ]


def layer(
    thing: Thing, *, detail: int, turned: bool, height_mm: float, random: Random
) -> Layer:
    """Make two walls of `detail` points each and a zigzag inside; `turned` layers have theirs across.

    The seam, where the walls begin, is somewhere else in every layer.
    """
    seam = random.random()
    per_mm = LINE_WIDTH_MM * height_mm / _FILAMENT_AREA_MM2
    lines = [f"; start printing object, unique label id: {thing.id}"]
    printed_mm = time_s = 0.0
    for feature, inset, points in (
        ("Inner wall", 0.42, detail),
        ("Outer wall", 0.0, detail),
    ):
        ring = thing.points(points, inset_mm=inset, seam=seam)
        gcode, length = _path([*ring, ring[0]], per_mm)
        lines += _feature(feature, ring[0], WALL_SPEED_MM_S)
        lines += gcode
        printed_mm += length
        time_s += length / WALL_SPEED_MM_S
    inside = list(_zigzag(thing, detail, turned, random))
    gcode, length = _path(inside, per_mm)
    lines += _feature("Sparse infill", inside[0], INFILL_SPEED_MM_S)
    lines += gcode
    printed_mm += length
    time_s += length / INFILL_SPEED_MM_S + 3 * thing.radius_mm / TRAVEL_SPEED_MM_S
    lines += [f"; stop printing object, unique label id: {thing.id}", ""]
    return Layer(gcode="\n".join(lines), filament_mm=printed_mm * per_mm, time_s=time_s)


def _feature(name: str, start: Point, speed_mm_s: float) -> list[str]:
    return [
        f"; FEATURE: {name}",
        f"; LINE_WIDTH: {LINE_WIDTH_MM}",
        "G1 E-.8 F1800",
        f"G1 X{start[0]:.3f} Y{start[1]:.3f} F{60 * TRAVEL_SPEED_MM_S:.0f}",
        "G1 E.8 F1800",
        f"G1 F{60 * speed_mm_s:.0f}",
    ]


def _path(points: Sequence[Point], per_mm: float) -> tuple[list[str], float]:
    lines = []
    total = 0.0
    for start, end in pairwise(points):
        length = math.dist(start, end)
        total += length
        lines.append(f"G1 X{end[0]:.3f} Y{end[1]:.3f} E{length * per_mm:.5f}")
    return lines, total


def _zigzag(thing: Thing, detail: int, turned: bool, random: Random) -> Iterator[Point]:
    """Go to and fro inside a circle that fits into the outline, with a little jitter."""
    radius = 0.45 * thing.radius_mm
    steps = max(4, round(2 * radius * INFILL_DENSITY / LINE_WIDTH_MM), detail // 4)
    for step in range(steps + 1):
        across = radius * (2 * step / steps - 1)
        along = math.sqrt(max(0.0, radius**2 - across**2)) + random.uniform(0, 0.2)
        if step % 2:
            along = -along
        x, y = (across, along) if turned else (along, across)
        yield thing.center[0] + x, thing.center[1] + y
