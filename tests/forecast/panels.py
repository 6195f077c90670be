"""Made-up authorities for the pooled method: rolls that follow from births, a nation, habits of their own and chance."""

import numpy as np
import pandas as pd

from placeplan.domain.years import name_of_nc_year, name_of_year
from placeplan.forecast.pooled.panel import Panel

FIRST, CENSUSES, FIRST_BIRTHS = 2011, 12, 1993


def panel(authorities=25, *, censuses=CENSUSES, seed=0, size=3000.0):
    """A panel of authorities, some growing and some shrinking, in a country whose births rise and fall."""
    chance = np.random.default_rng(seed)
    years = censuses + FIRST - FIRST_BIRTHS
    wave = 1 + 0.1 * np.sin(np.arange(years) / 4)
    births = size * chance.uniform(0.5, 2, (authorities, 1)) * wave * chance.normal(1, 0.02, (authorities, years))
    habit = chance.normal(0, 0.01, (authorities, 1)) + np.cumsum(
        chance.normal(0, 0.003, (authorities, censuses)), axis=1
    )
    rolls = np.empty((authorities, censuses, 12))
    for nc in range(12):
        rolls[:, 0, nc] = births[:, FIRST - 4 - nc - FIRST_BIRTHS] * 0.95
    for year in range(1, censuses):
        move = np.exp(habit[:, [year]] + chance.normal(0, 0.004, (authorities, 11)))
        rolls[:, year, 1:] = rolls[:, year - 1, :-1] * move
        rolls[:, year, 0] = births[:, FIRST + year - 4 - FIRST_BIRTHS] * 0.95 * np.exp(habit[:, year])
    names = tuple(str(300 + 10 * i) for i in range(authorities))
    return Panel(names, FIRST, np.round(rolls), FIRST_BIRTHS, np.round(births), np.zeros(authorities, dtype=bool))


def tables_of(made):
    """The two CSV tables that such a panel is read from."""
    authority, year, nc = (axis.ravel() for axis in np.indices(made.rolls.shape))
    pupils = pd.DataFrame(
        {
            "academic_year": [name_of_year(made.first + int(y)) for y in year],
            "la_code": [made.names[a] for a in authority],
            "nc_year": [name_of_nc_year(int(n)) for n in nc],
            "headcount": made.rolls.ravel().astype(int),
        }
    )
    authority, year = (axis.ravel() for axis in np.indices(made.births.shape))
    births = pd.DataFrame(
        {
            "gss": [made.names[a] for a in authority],
            "year_ending": [f"{made.first_birth + int(y)}-07-01" for y in year],
            "births": made.births.ravel(),
        }
    )
    return pupils, births


def written(made, folder):
    """Both tables as files; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "pupils.csv", folder / "births.csv"
    for table, path in zip(tables_of(made), paths, strict=True):
        table.to_csv(path, index=False)
    return paths
