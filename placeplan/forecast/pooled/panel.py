"""Panel: many authorities' rolls by year group and their births, as far as a given year knows them."""

from dataclasses import dataclass, replace

import numpy as np

from placeplan.domain.arrays import Number, YesNo

GROUPS = 12  # Reception to Year 11
TO_RECEPTION = 4  # years from the summer of birth to the September of Reception
LONDON = range(201, 321)  # codes of the 33 London authorities


def is_london(la_code: str) -> bool:
    """Return whether the three digits of an authority are those of a London one."""
    return la_code.isdigit() and int(la_code) in LONDON


@dataclass(frozen=True)
class Panel:
    """Rolls and births of authorities. Years are those of September (2018 is the census of January 2019).

    names: one an authority.  first, rolls: authority × census year × NC year (Reception to Year 11), NaN where unknown.
    first_birth, births: authority × year, births in the twelve months to the middle of the year, NaN where unknown.
    london: which authorities are London boroughs: London has lost pupils to the rest of the country year after year.
    """

    names: tuple[str, ...]
    first: int
    rolls: Number
    first_birth: int
    births: Number
    london: YesNo

    @property
    def last(self) -> int:
        """Return the year of the last census."""
        return self.first + int(self.rolls.shape[1]) - 1

    @property
    def years(self) -> range:
        """Return the census years."""
        return range(self.first, self.last + 1)

    def until(self, origin: int) -> "Panel":
        """Return what was known in an origin's summer: nothing dated after it is kept, so nothing can be read."""
        censuses, births = max(origin - self.first + 1, 0), max(origin - self.first_birth + 1, 0)
        return replace(self, rolls=self.rolls[:, :censuses], births=self.births[:, :births])

    def only(self, wanted: YesNo) -> "Panel":
        """Return some of the authorities."""
        names = tuple(name for name, want in zip(self.names, wanted, strict=True) if want)
        return replace(
            self, names=names, rolls=self.rolls[wanted], births=self.births[wanted], london=self.london[wanted]
        )

    def born(self, year: int) -> Number:
        """Return births of a year; beyond the last known year, those of the last; NaN before the first."""
        at = min(year - self.first_birth, self.births.shape[1] - 1)
        return self.births[:, at] if at >= 0 else np.full(len(self.names), np.nan)

    def born_before(self) -> Number:
        """Return authority × census year, births four years before each census."""
        return np.stack([self.born(year - TO_RECEPTION) for year in self.years], axis=1)
