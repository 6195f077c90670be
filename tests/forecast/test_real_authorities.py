"""Authorities of England, each forecast from what was known in autumn 2016 and held against what came."""

import numpy as np
import pandas as pd
import pytest

from forecast.build import GROUPS, authority, births, children, pupils, school
from placeplan.forecast.forecast import forecast
from placeplan.forecast.pooled.intervals import about
from placeplan.forecast.pooled.parts import parts_of
from placeplan.forecast.pooled.trained import england, from_england, lone, widths_of

pytestmark = pytest.mark.real_data
ORIGIN, AREAS = 2016, tuple("ABCDEFGH")


@pytest.fixture(scope="module")
def rolls(shared_data):
    table = pd.read_csv(shared_data / "england_pupils_by_nc_year.csv", dtype={"la_code": str})
    table = table[table["nc_year"] != "14"].assign(
        nc=lambda t: t["nc_year"].replace({"R": "0"}).astype(int), year=lambda t: t["academic_year"].str[:4].astype(int)
    )
    cube = table.pivot_table(index=["la_code", "year"], columns="nc", values="headcount", aggfunc="sum").fillna(0.0)
    whole = {code: part.droplevel(0) for code, part in cube.groupby(level=0)}
    return {code: part for code, part in whole.items() if len(part) == 12 and part[0].min() >= 300}


@pytest.fixture(scope="module")
def born(shared_data):
    districts = pd.read_csv(shared_data / "england_education_la_districts.csv", dtype=str)[["la_code", "lad21_gss"]]
    table = pd.read_csv(shared_data / "england_births_by_la.csv")
    midyear = table[(table["geography"] == "LAD21") & table["year_ending"].str.endswith("-07-01")]
    joined = midyear.assign(year=midyear["year_ending"].str[:4].astype(int)).merge(
        districts, left_on="gss", right_on="lad21_gss"
    )
    return joined.groupby(["la_code", "year"])["births"].sum()


def forecast_from(known, births_known, **more):
    tables = {
        "schools": [school()],
        "pupils": pupils(known.to_numpy(), base=ORIGIN),
        "children": children({zone: [[1.0] * GROUPS] for zone in AREAS}, base=ORIGIN),
        "births": births({"authority": births_known.to_numpy()}, last=ORIGIN),
    }
    return forecast(authority(tables, zones=AREAS, areas=list(AREAS), base=ORIGIN, years=5, **more))


def test_the_forecast_errs_as_plain_survival_does_and_its_intervals_hold_four_times_in_five(rolls, born):
    errors, held = [], []
    for code in sorted(set(rolls) & set(born.index.get_level_values(0)))[::4]:
        told = forecast_from(rolls[code].loc[:ORIGIN], born[code].loc[:ORIGIN], draws=200)
        came = rolls[code].loc[ORIGIN + 1 : ORIGIN + 5].to_numpy()
        for stage in (slice(0, 7), slice(7, 12)):
            truth = came[:, stage].sum(axis=1)
            errors.append(np.abs(told.central[:, :, stage].sum(axis=(0, 2)) / truth - 1))
            futures = told.draws[:, :, :, stage].sum(axis=(1, 3), dtype=float)
            low, high = np.quantile(futures, [0.1, 0.9], axis=0)
            held.append((low <= truth) & (truth <= high))
    assert len(errors) >= 2 * 25
    by_lead = np.mean(errors, axis=0)
    assert by_lead[0] < 0.007  # a year ahead: 0.6 % over all 116 authorities
    assert by_lead[4] < 0.032
    assert 0.72 < np.mean(held) < 0.92


def test_of_one_authority_an_independent_count_is_the_same(rolls, born):
    known, births_known = rolls["823"].loc[:ORIGIN], born["823"].loc[:ORIGIN]
    told = forecast_from(known, births_known).central.sum(axis=0)
    weights = {ORIGIN - 2: 1, ORIGIN - 1: 2, ORIGIN: 3}

    def ratio(nc):
        below = sum(w * known.loc[year - 1, nc - 1] for year, w in weights.items())
        return sum(w * known.loc[year, nc] for year, w in weights.items()) / below

    of_births = sum(w * known.loc[year, 0] for year, w in weights.items()) / sum(
        w * births_known[year - 4] for year, w in weights.items()
    )
    assert told[2, 0] == pytest.approx(births_known[ORIGIN + 3 - 4] * of_births)
    assert told[2, 9] == pytest.approx(known.loc[ORIGIN, 6] * ratio(7) * ratio(8) * ratio(9))
    assert told[1, 13] == pytest.approx(known.loc[ORIGIN, 11] * ratio(12) * ratio(13))


def test_with_what_england_teaches_the_error_is_smaller_and_the_intervals_are_measured_ones(rolls, born):
    ours, plain, held = [], [], []
    for code in sorted(set(rolls) & set(born.index.get_level_values(0)))[::6]:
        known = rolls[code].loc[:ORIGIN], born[code].loc[:ORIGIN]
        told = forecast_from(*known, draws=200, method="pooled")
        came = rolls[code].loc[ORIGIN + 1 : ORIGIN + 5].to_numpy()
        assert any("England" in note for note in told.notes)
        for errors, central in ((ours, told.central), (plain, forecast_from(*known, method="plain").central)):
            totals = np.stack([central[:, :, s].sum(axis=(0, 2)) for s in (slice(0, 7), slice(7, 12))])
            truth = np.stack([came[:, s].sum(axis=1) for s in (slice(0, 7), slice(7, 12))])
            errors.append(np.abs(totals / truth - 1).mean())
        futures = told.draws[:, :, :, :7].sum(axis=(1, 3), dtype=float)
        low, high = np.quantile(futures, [0.1, 0.9], axis=0)
        held.append((low <= truth[0]) & (truth[0] <= high))
    assert np.mean(ours) < 0.85 * np.mean(plain)  # 2016/17 was the best year of all
    assert 0.7 < np.mean(held) < 0.97


def test_a_scenario_is_forecast_as_the_back_test_forecasts_the_authority_alone(rolls, born):
    known, births_known = rolls["823"].loc[:ORIGIN], born["823"].loc[:ORIGIN]
    told = forecast_from(known, births_known, method="pooled").central.sum(axis=0)
    panel = lone(
        known.to_numpy()[:, :12], int(known.index[0]), births_known.to_numpy(), int(births_known.index[0]), london=False
    )
    alone = from_england(panel, 4)[0]
    np.testing.assert_allclose(told[:4, :12], alone, rtol=1e-8)


def test_futures_are_as_wide_as_earlier_errors_were(rolls, born):
    known, births_known = rolls["823"].loc[:ORIGIN], born["823"].loc[:ORIGIN]
    told = forecast_from(known, births_known, method="pooled", draws=2000)
    panel = lone(
        known.to_numpy()[:, :12], int(known.index[0]), births_known.to_numpy(), int(births_known.index[0]), london=False
    )
    usual = about(parts_of(panel, england().until(ORIGIN)))
    for phase, groups in enumerate((slice(0, 7), slice(7, 12))):
        futures = told.draws[:, :, :, groups].sum(axis=(1, 3), dtype=float)
        for lead in range(1, 6):
            low, high = np.quantile(np.log(futures[:, lead - 1]), [0.1, 0.9])
            expected = 2 * widths_of(ORIGIN).half(usual, lead)[0, phase, 0]
            assert high - low == pytest.approx(expected, rel=0.15)
