"""Longer horizons: whether the plan stays first where years after its own horizon count too.

Worked out from outcomes alone, so that `verify` works it out again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.appraise.standing import CHOSEN, DO_MINIMUM
from placeplan.appraise.tried import DIGITS, SAME, first_of
from placeplan.domain.arrays import Number

COLUMNS = [
    "plan", "horizon_years", "opens", "shortfall", "objective", "points_behind", "change", "change_share", "shortfall_change", "first",
]  # fmt: skip
WORTH_TELLING = 0.5e-4  # points: less is 0.0000 in a sentence
MOST_YEARS = 25  # of a horizon, as the setting horizon_years allows
UNCOUNTED = "Whether it stays first where years after the planned ones count too has not been tried."


@dataclass(frozen=True)
class Longer:
    """table: appraisal/beyond.csv, one row a horizon and plan; the planned years first, the plan first in each horizon.

    No rows where no longer horizon was counted.  tolerance: child-years, as in `longer`.
    """

    table: pd.DataFrame
    tolerance: float

    @property
    def horizons(self) -> list[int]:
        """Return the longer horizons, in years from the first planned one."""
        return [int(years) for years in dict.fromkeys(self.table["horizon_years"])][1:]

    @property
    def planned(self) -> int:
        """Return the planned years; 0 where nothing was counted."""
        return int(self.table["horizon_years"].iloc[0]) if len(self.table) else 0

    def first_in(self, years: int) -> str:
        """Return the plan that is first over a horizon."""
        return str(self._over(years).set_index("plan")["first"].idxmax())

    def told(self) -> dict[str, object]:
        """Return what run.json says of it."""
        horizons = self.horizons
        first = [self.first_in(years) for years in horizons]
        said = {
            "horizons": horizons, "plans": int(self.table["plan"].nunique()), "stays_first": first.count(CHOSEN),
            "first": first,
        }  # fmt: skip
        return said | {"sentence": " ".join(self._sentences()) if horizons else UNCOUNTED}

    def remarks(self) -> tuple[str, ...]:
        """Return what is to be read with care: that another plan is first where more years count."""
        others = list(self._others())
        if not others:
            return ()
        return (f"The plan is made for {self.planned} years. {' '.join(others)}",)

    def _sentences(self) -> Iterator[str]:
        """Yield how often the plan stays first, and which plan would be instead, or comes nearer."""
        horizons = self.horizons
        stays = sum(self.first_in(years) == CHOSEN for years in horizons)
        more = listed([years - self.planned for years in horizons])
        yield (
            f"Counted over {more} years more, what opens held, it stays first in {stays} of {len(horizons)}, "
            f"among {self.table['plan'].nunique()} plans."
        )
        yield from self._others() if stays < len(horizons) else self._gaining()

    def _others(self) -> Iterator[str]:
        """Yield which plans would be first instead, over which horizons, and by how much over the longest of them."""
        first = {years: self.first_in(years) for years in self.horizons}
        for name in dict.fromkeys(other for other in first.values() if other != CHOSEN):
            over = [years for years in first if first[years] == name]
            ahead = -self._behind(name, over[-1])
            by = f", by {ahead:.4f} points" if ahead > 0 else ""
            why = "benefits after the planned years decide" if by else "it leaves fewer children without a place"
            yield f"Over {listed(over)} years in all {_called(name)} would be first{by}: {why}."
            if self.first_in(self.planned) == name:
                yield "It is first over the planned years too: the search ended before it was met."

    def _gaining(self) -> Iterator[str]:
        """Yield which plan makes up most of its lag by the longest horizon, among those that could be first there."""
        years = self.horizons[-1]
        longest = self._over(years)
        able = longest["shortfall"] <= longest["shortfall"].min() + self.tolerance
        names = longest.loc[able & (longest["plan"] != CHOSEN), "plan"].astype(str).tolist()
        left = {
            name: self._behind(name, years) / max(self._behind(name, self.planned), WORTH_TELLING) for name in names
        }
        name = min(left, key=left.__getitem__, default="")
        if not name or self._behind(name, self.planned) - self._behind(name, years) < WORTH_TELLING:
            yield "No other comes nearer."
            return
        yield (
            f"Most of all {_called(name)} comes nearer: {self._behind(name, self.planned):.4f} points behind over the planned "
            f"{self.planned} years, {self._behind(name, years):.4f} over {years} in all."
        )

    def _behind(self, name: str, years: int) -> float:
        """Return how many points a plan is behind the plan over a horizon."""
        rows = self._over(years)
        return float(rows.loc[rows["plan"] == name, "points_behind"].to_numpy(dtype=float)[0])

    def _over(self, years: int) -> pd.DataFrame:
        """Return the rows of one horizon."""
        return self.table[self.table["horizon_years"] == years]


def longer(
    names: Sequence[str], opens: Sequence[str], horizons: Sequence[int], outcomes: tuple[Number, Number], tolerance: float
) -> Longer:  # fmt: skip
    """Return how plans stand over horizons.

    names: of the plans, the plan itself first.  opens: what each decides otherwise.  horizons: years, the planned ones first.
    outcomes: shortfall and objective, each horizon × plan; objectives of one horizon compare, those of two don't: each is on
    the scale of its own years.  tolerance: child-years by which a plan may leave more without a place and still be first.
    Figures are rounded first, as they are published, so that whoever counts again finds the same.
    The change is against the do-minimum; where none stands among the plans, the plan is the do-minimum itself.
    """
    if len(horizons) < 2:
        return Longer(pd.DataFrame(columns=COLUMNS), tolerance)
    shortfall, objective = (figures.round(DIGITS) for figures in outcomes)
    first = np.zeros(shortfall.shape, dtype=int)
    first[np.arange(len(horizons)), first_of(shortfall, objective, tolerance)] = 1
    minimum = list(names).index(DO_MINIMUM) if DO_MINIMUM in names else 0
    before = objective[:, [minimum]]
    change = (objective - before).round(DIGITS)
    share = np.divide(change, before, out=np.zeros(change.shape), where=np.abs(before) > SAME)
    columns = {
        "shortfall": shortfall, "objective": objective, "points_behind": (objective - objective[:, [0]]).round(DIGITS),
        "change": change, "change_share": share.round(DIGITS),
        "shortfall_change": (shortfall - shortfall[:, [minimum]]).round(DIGITS), "first": first,
    }  # fmt: skip
    frame = pd.DataFrame(
        {
            "plan": np.tile(np.array(names, dtype=object), len(horizons)),
            "horizon_years": np.repeat(np.asarray(horizons, dtype=np.int64), len(names)),
            "opens": np.tile(np.array(opens, dtype=object), len(horizons)),
            **{name: figures.ravel() for name, figures in columns.items()},
        },
        columns=COLUMNS,
    )
    return Longer(frame, tolerance)


def horizons(planned: int, more: Sequence[int]) -> list[int]:
    """Return the longer horizons, ascending: so many years more each, 25 in all at most, none twice.

    >>> horizons(8, (5, 10, 20)), horizons(25, (5, 10, 20))
    ([13, 18, 25], [])
    """
    return sorted({min(planned + years, MOST_YEARS) for years in more} - set(range(planned + 1)))


def _called(name: str) -> str:
    """Return how a plan is called in a sentence."""
    return f"the {name}" if name == DO_MINIMUM else f"the plan {name}"


def listed(numbers: Sequence[int]) -> str:
    """Return numbers as people say them: 5, 10 and 15."""
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
