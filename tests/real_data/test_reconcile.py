"""Areas made to agree with their authority: by shares of its forecast, or by a blend that weighs both by past errors.

Decision 0007 rests on this. Real authorities stand for planning areas, and eight neighbours by code for an authority.
"""

import numpy as np
import pandas as pd
import pytest

from placeplan.forecast.reconcile import shared_out
from placeplan.forecast.survival import drawn_in, moved_up, of_areas, survival_ratios

pytestmark = pytest.mark.real_data
FIRST, LAST, AREAS = 2011, 2022, 8
ORIGINS, LEADS = range(2014, 2022), (1, 2, 3)  # four or five ahead, no earlier error has come to light in time
STAGES = (slice(0, 7), slice(7, 12))
WEIGHTS = np.array([1.0, 2.0, 3.0])


@pytest.fixture(scope="module")
def counties(shared_data):
    """Rolls, county × area × census × NC year, and births, county × area × year from seven years before."""
    table = pd.read_csv(shared_data / "england_pupils_by_nc_year.csv", dtype={"la_code": str})
    table = table[~table["nc_year"].isin(["12", "13", "14"])]
    nc = table["nc_year"].replace({"R": "0"}).astype(int)
    year = table["academic_year"].str[:4].astype(int)
    rolls = table.assign(nc=nc, year=year).pivot_table(
        index="la_code", columns=["year", "nc"], values="headcount", aggfunc="sum"
    )
    districts = pd.read_csv(shared_data / "england_education_la_districts.csv", dtype=str)
    born = pd.read_csv(shared_data / "england_births_by_la.csv")
    born = born[(born["geography"] == "LAD21") & born["year_ending"].str.endswith("-07-01")]
    born = born.merge(districts[["la_code", "lad21_gss"]], left_on="gss", right_on="lad21_gss")
    born = born.assign(year=born["year_ending"].str[:4].astype(int)).pivot_table(
        index="la_code", columns="year", values="births", aggfunc="sum"
    )
    born = born.loc[:, FIRST - 7 : LAST]
    whole = [c for c in rolls.index if rolls.loc[c].notna().all() and rolls.loc[c].xs(0, level="nc").min() >= 300]
    whole = [c for c in whole if c in born.index and born.loc[c].notna().all()]
    whole = whole[: len(whole) // AREAS * AREAS]
    cube = rolls.loc[whole].to_numpy().reshape(-1, AREAS, LAST - FIRST + 1, 12)
    return cube, born.loc[whole].to_numpy().reshape(-1, AREAS, born.shape[1])


def forecasts(rolls, born, origin):
    """One county: its own forecast, year ahead × NC year, and its areas' before they agree, area × year ahead × NC year."""
    known = origin - FIRST + 1
    rolls, until = rolls[:, :known], origin - (FIRST - 7)
    at = [min(until + ahead - 4, until) for ahead in range(1, 6)]
    recent = slice(until - 6, until - 3)  # births four years before the latest three censuses
    total = rolls.sum(axis=0)
    ratio = (WEIGHTS @ total[-3:, 0]) / (WEIGHTS @ born[:, recent].sum(axis=0))
    survival = np.repeat(survival_ratios(total, WEIGHTS)[None], 5, axis=0)
    county = moved_up(total[-1], born.sum(axis=0)[at] * ratio, survival)
    of_births = drawn_in(rolls[:, -1, 0], born[:, until - 4] * ratio)
    padded = np.concatenate([rolls, np.ones((*rolls.shape[:2], 2))], axis=2)
    areas = moved_up(
        rolls[:, -1], born[:, at] * ratio * of_births[:, None], survival * of_areas(padded, WEIGHTS)[:, None]
    )
    return county, areas


def blended(county, areas, variance_of_county, variance_of_areas):
    """Least squares with a diagonal covariance: what the two levels disagree by is shared out by their error variances."""
    gap = county - areas.sum(axis=0)
    return areas + variance_of_areas / (variance_of_areas.sum(axis=0) + variance_of_county) * gap


def came(rolls, year, stage):
    """What a later census counted of a stage, by area."""
    return rolls[:, year - FIRST, stage].sum(axis=-1)


def misses(told, rolls, origin, lead, stage):
    """Mean squares of what earlier forecasts of one county missed by, as known at an origin: the county's and its areas'."""
    past = [earlier for earlier in ORIGINS if earlier + lead <= origin]
    of_areas = [told[o][1][:, lead - 1, stage].sum(axis=-1) - came(rolls, o + lead, stage) for o in past]
    of_county = [told[o][0][lead - 1, stage].sum() - came(rolls, o + lead, stage).sum() for o in past]
    return np.mean(np.square(of_county)), np.mean(np.square(of_areas), axis=0)


@pytest.fixture(scope="module")
def errors(counties):
    """Way → level (county, areas) × stage × lead, mean absolute percentage error over counties and origins."""
    ways, rows = ("shares", "bottom up", "blend"), []
    for rolls, born in zip(*counties, strict=True):
        told = {origin: forecasts(rolls, born, origin) for origin in ORIGINS}
        for lead, origin in ((lead, o) for lead in LEADS for o in ORIGINS if ORIGINS[0] + lead <= o <= LAST - lead):
            for stage in STAGES:
                county, areas = (level[..., lead - 1, stage].sum(axis=-1) for level in told[origin])
                shares = shared_out(np.array([county]), areas[:, None])[:, 0]
                blend = blended(county, areas, *misses(told, rolls, origin, lead, stage))
                truth = came(rolls, origin + lead, stage)
                for way, made in zip(ways, (shares, areas, blend), strict=True):
                    of_areas = np.abs(made / truth - 1).mean()
                    rows.append((way, stage.start, lead, abs(made.sum() / truth.sum() - 1), of_areas))
    table = pd.DataFrame(rows, columns=["way", "stage", "lead", "county", "areas"])
    means = 100 * table.groupby(["way", "stage", "lead"]).mean()
    return {way: means.loc[way].to_numpy().T.reshape(2, len(STAGES), len(LEADS)) for way in ways}


def test_areas_simply_added_up_miss_their_county_and_themselves_by_more_than_shares_of_its_forecast(errors):
    assert (errors["bottom up"] >= errors["shares"]).all()


def test_a_blend_by_error_variances_is_no_better_than_shares(errors):
    """Three thousandths better for areas as large as authorities, a hundredth worse for the authority itself."""
    of_county, of_areas = errors["blend"] / errors["shares"]
    assert of_county.mean() > 1
    assert of_areas.mean() > 0.99
    assert np.mean([of_county, of_areas]) > 1
