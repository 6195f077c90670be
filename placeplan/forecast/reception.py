"""Reception: children born four years before who come to a mainstream school."""

from collections.abc import Sequence

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.forecast.births import BirthsByZone
from placeplan.forecast.survival import drawn_in

YEARS_TO_RECEPTION = 4  # born by 31 August, four at school in the September four years later


def reception_ratio(rolls: Number, years: Sequence[int], births: BirthsByZone, weights: Sequence[float]) -> float:
    """Return Reception for one birth four years before, over the latest years for which both are known.

    rolls: Reception on the January census, one a year of `years`.  weights: one a year, oldest first.
    The ratio is pooled: Σ weight × Reception / Σ weight × births. 1 where there were no births at all.
    Raises ScenarioProblems when no year of the rolls has births four years before.
    """
    paired = [i for i, year in enumerate(years) if births.years[0] <= year - YEARS_TO_RECEPTION <= births.last_known]
    paired = paired[-len(weights) :]
    if not paired:
        wrong = f"No births four years before any census up to {years[-1]} are given."
        remedy = f"Give births in the twelve months to 31 August {years[-1] - YEARS_TO_RECEPTION}."
        raise ScenarioProblems([Problem("births", None, "twelve_months_to", wrong, remedy)])
    of_year = np.asarray(weights, dtype=float)[len(weights) - len(paired) :]
    born = np.array([births.totals[births.years.index(years[i] - YEARS_TO_RECEPTION)] for i in paired])
    whole = float(of_year @ born)
    return float(of_year @ rolls[paired]) / whole if whole > 0 else 1.0


def of_areas(reception: Number, births: Number, ratio: float) -> Number:
    """Return how an area's Reception differs from its births × the authority's ratio, drawn towards 1.

    reception: area, base year.  births: area, four years before.  The formula is that of survival: share / (share + 5 %).
    """
    return drawn_in(reception, births * ratio)


def reception(births: BirthsByZone, years: Sequence[int], ratio: Number, of_zones: Number) -> tuple[Number, Number]:
    """Return Reception of the authority (year) and of the zones before they are reconciled (zone × year).

    ratio: year, Reception for one birth.  of_zones: by how much a zone's ratio differs from it.
    """
    at = [births.years.index(year - YEARS_TO_RECEPTION) for year in years]
    totals = births.totals[at] * ratio
    return totals, births.shares[:, at] * totals * of_zones[:, None]
