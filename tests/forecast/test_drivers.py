"""What drives the change: parts in tenths of a pupil that add up to the last digit, in rows and over areas."""

from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.build import BASE, GROUPS, authority, births, children, developments, homes, pupils, school, steady, towns
from placeplan.forecast.drivers import AREA, AUTHORITY, CAUSES, ZONE, drivers, told_of_drivers
from placeplan.forecast.forecast import forecast
from placeplan.forecast.parts import parts_of
from placeplan.forecast.summary import STAGES
from placeplan.publish.csv_text import csv_bytes

KEYS = ["academic_year", "year_groups"]


def published(told):
    """The table as its file tells it, figures as decimals."""
    head, *lines = csv_bytes(drivers(told)).decode("utf-8").splitlines()
    names = head.split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in lines]
    return [row | {name: Decimal(row[name]) for name in ("base", *CAUSES, "pupils")} for row in rows]


def sums(rows, kind):
    whole = {}
    for row in rows:
        if row["area_kind"] == kind:
            at = whole.setdefault(tuple(row[key] for key in KEYS), dict.fromkeys(("base", *CAUSES, "pupils"), 0))
            for name in at:
                at[name] += row[name]
    return whole


@given(towns(), st.data())
def test_published_tenths_add_up_in_every_row_and_over_areas_and_zones(town, data):
    tables, zones, areas = town
    tables = tables | {"housing": data.draw(developments(zones))}
    told = forecast(authority(tables, zones=zones, areas=areas))
    rows = published(told)
    for row in rows:
        assert row["base"] + sum(row[cause] for cause in CAUSES) == row["pupils"]
        assert row["base"].as_tuple().exponent >= -1
    assert sums(rows, AUTHORITY) == sums(rows, AREA) == sums(rows, ZONE)


@given(towns(), st.data())
def test_no_figure_moves_by_a_whole_tenth_and_what_is_nothing_stays_nothing(town, data):
    tables, zones, areas = town
    told = forecast(authority(tables | {"housing": data.draw(developments(zones))}, zones=zones, areas=areas))
    table = drivers(told)
    for cause in CAUSES:
        for zone, name in enumerate(told.zones):
            given_ = table[(table["area"] == name) & (table["area_kind"] == ZONE)][cause].to_numpy()
            exact = np.stack([told.parts[cause][zone][:, groups].sum(axis=1) for groups in STAGES.values()], axis=1)
            assert np.abs(given_ - exact.ravel()).max() < 0.1 + 1e-9
            assert (given_[exact.ravel() == 0] == 0).all()
    whole = table[table["area_kind"] == AUTHORITY]["pupils"].to_numpy().reshape(len(told.years), -1)
    exact = np.stack([told.central[..., groups].sum(axis=(0, 2)) for groups in STAGES.values()], axis=1)
    assert np.abs(whole - exact).max() < 0.05 + 1e-9  # rolls are whole, so the authority is the nearest tenth


def of_cause(table, cause, stage, kind=AUTHORITY):
    return table[(table["area_kind"] == kind) & (table["year_groups"] == stage)][cause].tolist()


def test_a_larger_cohort_on_roll_is_year_groups_moving_up_and_no_survival():
    table = drivers(forecast(steady(tables={"pupils": pupils([[60.0] * 3 + [90.0] + [60.0] * 10])})))
    assert of_cause(table, "moving_up", "R–6") == [0, 0, 0, 0]  # it is in Year 6 in the third year
    assert of_cause(table, "births", "R–6") == [0, 0, 0, -30]  # in the fourth, children born since are in Year 3
    assert of_cause(table, "moving_up", "7–11") == [0, 0, 0, 30]
    assert set(of_cause(table, "survival", "R–6")) == {0}


def test_more_births_are_births_and_homes_are_homes():
    born = {zone: [30.0] * 4 + [45.0] * 4 for zone in ("Z1", "Z2")}
    scenario = steady(tables={"births": births(born), "housing": [homes("D", "Z1", BASE + 2, 100)]})
    table = drivers(forecast(scenario))
    assert of_cause(table, "births", "R–6") == [30, 60, 90, 120]
    assert of_cause(table, "housing", "R–6")[0] == 0
    assert of_cause(table, "housing", "R–6")[1] == pytest.approx(20)
    assert {*of_cause(table, "survival", "R–6"), *of_cause(table, "migration", "R–6")} == {0}


def test_growth_as_cohorts_move_up_is_survival_and_what_differs_from_england_is_migration():
    base, organic = np.full((1, GROUPS), 100.0), np.full((1, 1, GROUPS), 103.0)
    organic[0, 0, 0] = 100.0
    england = np.full((1, 11), 1.02)
    plain, pooled = parts_of(base, organic, 0 * organic, None), parts_of(base, organic, 0 * organic, england)
    assert plain["survival"][0, 0, 1] == 3
    assert not plain["migration"].any()
    assert pooled["survival"][0, 0, 1] == 2
    assert pooled["migration"][0, 0, 1] == 1
    assert pooled["post_16"][0, 0].tolist() == [0.0] * 12 + [3.0] * 2


def test_sentences_tell_the_last_year_with_figures_of_the_table_alone():
    rows = {"Z1": [[30] * GROUPS], "Z2": [[30] * GROUPS]}
    tables = {
        "schools": [school()],
        "pupils": pupils([[60] * GROUPS]),
        "children": children(rows),
        "births": births({"authority": [60] * 4 + [48] * 4}),
        "housing": [homes("D", "Z1", BASE + 1, 100)],
    }
    told = forecast(authority(tables))
    primary, secondary, sixth = told_of_drivers(drivers(told))
    assert primary == (
        "Reception to Year 6: 420 pupils in 2018/19, 392 expected in 2022/23 (−28): births −48, new homes +20."
    )
    assert secondary.startswith("Years 7 to 11: 300 pupils in 2018/19, 315 expected in 2022/23 (+15): new homes +15.")
    assert sixth.startswith("Years 12 and 13: 120 pupils")


def test_nothing_that_changes_is_said_to_change_by_no_cause():
    told = told_of_drivers(drivers(forecast(steady())))
    assert told[0] == "Reception to Year 6: 420 pupils in 2018/19, 420 expected in 2022/23 (0), no cause changes them."


def test_a_county_of_150_areas_is_told_in_a_moment():
    random = np.random.default_rng(1)
    zones, years = 300, 15
    parts = {c: np.round(random.normal(0, 9, (zones, years, GROUPS)) * 2**32) / 2**32 for c in CAUSES}
    told = SimpleNamespace(
        parts=parts, base=np.full((zones, GROUPS), 9.25), years=tuple(range(2019, 2019 + years)),
        zones=tuple(f"Z{i}" for i in range(zones)), planning_areas=tuple(f"A{i % 150}" for i in range(zones)),
    )  # fmt: skip
    table = drivers(told)
    assert len(table) == (1 + 150 + 300) * years * 3
    assert np.abs(table[["base", *CAUSES]].sum(axis=1) - table["pupils"]).max() < 1e-6
