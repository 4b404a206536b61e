"""What a print takes, by the readings of a meter and the price at each of them. Pure."""

from dataclasses import dataclass, replace
from typing import Self

# Below this share of the reading before, a meter has begun anew; what falls less is noise. Home Assistant's own rule.
_BEGUN_ANEW = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """Energy since the first reading, and what it cost.

    `unpriced_kwh` has been taken while no price was known; the next price that is known counts for it. `price` is the last
    one, per kWh.
    """

    reading_kwh: float | None = None
    kwh: float = 0.0
    priced: float = 0.0
    unpriced_kwh: float = 0.0
    price: float | None = None

    @property
    def cost(self) -> float | None:
        """What it cost; None where no price was ever known."""
        if self.price is None:
            return None
        return self.priced + self.unpriced_kwh * self.price

    def read(self, reading_kwh: float, price: float | None) -> Self:
        """Read the meter, at this price."""
        before = self.reading_kwh
        taken = 0.0
        if before is not None:
            has_begun_anew = reading_kwh < _BEGUN_ANEW * before
            taken = reading_kwh if has_begun_anew else reading_kwh - before
            if taken < 0:
                return self
        after = replace(
            self,
            reading_kwh=reading_kwh,
            kwh=self.kwh + taken,
            unpriced_kwh=self.unpriced_kwh + taken,
        )
        if price is None:
            return after
        return replace(
            after,
            priced=after.priced + after.unpriced_kwh * price,
            unpriced_kwh=0.0,
            price=price,
        )
