"""A limit of power with hysteresis: a cloud does not hold what may begin, and one ray does not let it go."""


def is_enough(
    power_w: float, *, limit_w: float, hysteresis_w: float, before: bool | None
) -> bool:
    """Return whether power is enough, from what it was before; so far unknown counts as not enough."""
    if before:
        return power_w > limit_w - hysteresis_w
    return power_w >= limit_w
