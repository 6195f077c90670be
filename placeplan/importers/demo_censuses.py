"""Censuses of the demo: the tables of pupils, children, births and needs."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.domain.arrays import Whole
from placeplan.importers.demo_people import FIRST_BIRTHS, FIRST_CENSUS, LAST_BIRTHS, LAST_CENSUS, SHOWN_BIRTHS, People

NEEDS = {"ASD": 0.34, "SEMH": 0.22, "MLD": 0.2, "SLCN": 0.12, "PMLD": 0.12}  # share of primary needs
NEED_RATE, NEED_GROWTH = 0.016, 0.03  # share of children with an EHCP who need a specialist place; its growth a year
PLANNED = 10
OF_DEPRIVATION = (1.3, 1.15, 1.0, 0.85, 0.7)  # need by quintile, the most deprived first


def censuses(rng: Generator, zones: gpd.GeoDataFrame, schools: pd.DataFrame, people: People) -> dict[str, pd.DataFrame]:
    """Return the tables pupils, children, births and needs.

    schools: the table, mainstream first in the order of `people.rolls`; special schools and others get rolls of their own.
    """
    return {
        "pupils": pd.concat(
            [_pupils(schools, people), *_apart(rng, schools.iloc[len(people.rolls) :])], ignore_index=True
        ),
        "children": _long(people.children, "zone", zones["zone"].to_numpy()),
        "births": _births(zones, people),
        "needs": _needs(zones, people),
    }


def _long(counts: Whole, label: str, names: Whole) -> pd.DataFrame:
    """Return who × census × NC year as rows."""
    who, census, nc_year = (axis.ravel() for axis in np.indices(counts.shape))
    return pd.DataFrame(
        {label: names[who], "academic_year": FIRST_CENSUS + census, "nc_year": nc_year, "pupils": counts.ravel()}
    )


def _pupils(schools: pd.DataFrame, people: People) -> pd.DataFrame:
    """Return the rolls of mainstream schools, in the year groups that each teaches."""
    mainstream = schools.iloc[: len(people.rolls)]
    rows = _long(people.rolls, "urn", mainstream["urn"].to_numpy())
    span = mainstream.set_index("urn").loc[rows["urn"]]
    taught = rows["nc_year"].between(span["lowest_nc_year"].to_numpy(), span["highest_nc_year"].to_numpy())
    return rows[taught]


def _apart(rng: Generator, others: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rolls of special schools, alternative provision and nurseries: filling slowly to 97 % of their places."""
    years = LAST_CENSUS - FIRST_CENSUS + 1
    tables = []
    for school in others.itertuples():
        groups = np.arange(int(school.lowest_nc_year), int(school.highest_nc_year) + 1)  # type: ignore[arg-type]
        roll = np.linspace(0.82, 0.97, years)[:, None] * float(school.net_capacity)  # type: ignore[arg-type]
        share = np.linspace(0.8, 1.2, len(groups)) / len(groups)
        counts = np.floor(roll * share + rng.uniform(0, 1, (years, len(groups)))).astype(int)
        rows = _long(counts[None], "urn", np.array([school.urn]))
        tables.append(rows.assign(nc_year=groups[rows["nc_year"]]))
    return tables


def _births(zones: gpd.GeoDataFrame, people: People) -> pd.DataFrame:
    """Return births by zone in the twelve months to 31 August."""
    years = np.arange(SHOWN_BIRTHS, LAST_BIRTHS + 1)
    shown = people.births[:, SHOWN_BIRTHS - FIRST_BIRTHS :]
    return pd.DataFrame(
        {
            "area": zones["zone"].to_numpy().repeat(len(years)),
            "twelve_months_to": [f"{year}-08-31" for _ in range(len(zones)) for year in years],
            "births": shown.ravel(),
            "status": "actual",
        }
    )


def _needs(zones: gpd.GeoDataFrame, people: People) -> pd.DataFrame:
    """Return children who need a specialist place; Reception stands for Reception to Year 6, Year 7 for Years 7 to 13.

    Of the base year and the planned years. Fractions: an expected number, not a count of anyone.
    """
    today = people.children[:, -1, :12].astype(float)
    bands = np.stack([today[:, :7].sum(axis=1), today[:, 7:].sum(axis=1) * 1.3], axis=1)  # sixth form ages too
    hardship = np.array(OF_DEPRIVATION)[zones["deprivation_quintile"].to_numpy(dtype=int) - 1][:, None]
    rate = NEED_RATE * bands * hardship
    rate *= NEED_RATE * bands.sum() / rate.sum()
    growth = (1 + NEED_GROWTH) ** np.arange(PLANNED + 1)
    shares = np.array(list(NEEDS.values()))
    expected = rate[:, None, None, :] * shares[None, :, None, None] * growth[None, None, :, None]
    zone, need, year, band = (axis.ravel() for axis in np.indices(expected.shape))
    return pd.DataFrame(
        {
            "zone": zones["zone"].to_numpy()[zone],
            "need": np.array(list(NEEDS))[need],
            "academic_year": LAST_CENSUS + year,
            "nc_year": np.array([0, 7])[band],
            "pupils": expected.ravel().round(3),
        }
    )
