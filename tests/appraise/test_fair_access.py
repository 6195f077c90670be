"""Fair access: quintiles add up to the measures of all, are recounted child by child, and give few children away."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from placeplan.appraise.fair_access import COLUMNS, fair_access
from placeplan.publish.disclosure import publishable

FAIR = "appraisal/fair_access.csv"
OF_ALL = {  # measure by quintile → the part of its principle that tells the same of all children
    "child-years within the walking limit": "local",
    "child-years in good or outstanding schools": "popular",
    "moves a child, Reception to Year 11": "single_phase",
    "students with a place within the far distance": "participation",
    "residents without a community facility within reach": "community",
    "kinds of provision within reach, mean": "choice",
    "child-years with fewer kinds than wanted": "choice",
    "specialist need met within the far distance": "vulnerable",
}


def table_of(town, zones=None):
    scenario = town.scenario if zones is None else replace(town.scenario, zones=zones)
    return fair_access(town.allocation.model.prices, town.allocation.plan, town.allocation.do_minimum, scenario)


@pytest.fixture(scope="module")
def table(town):
    return table_of(town)


@pytest.mark.parametrize("measure", OF_ALL)
def test_the_quintiles_together_are_the_measure_of_all(town, table, measure):
    rows = table[table["measure"] == measure]
    assert list(rows["quintile"]) == ["1", "2", "3", "4", "5"]
    for column, plan in (("value", town.allocation.plan), ("do_minimum", town.allocation.do_minimum)):
        whole = town.measure(OF_ALL[measure], plan).parts[measure][0]
        assert np.average(rows[column], weights=rows["children"]) == pytest.approx(whole, rel=2e-3, abs=1e-6)


def test_who_lives_within_the_walking_limit_is_recounted_child_by_child(town, table):
    network, plan = town.network, town.allocation.plan
    quintile = dict(zip(town.scenario.zones["zone"], town.scenario.zones["deprivation_quintile"], strict=True))
    base = network.forecast.base.sum(axis=1)
    near, whole = dict.fromkeys(range(1, 6), 0.0), dict.fromkeys(range(1, 6), 0.0)
    limits = town.scenario.assume("walk.under_8"), town.scenario.assume("walk.from_8")
    for k in np.flatnonzero(plan.stays > 1e-9):
        origin, bundle = network.stays.origin[k], network.stays.bundle[k]
        school = network.bundles.school[bundle]
        mine = (
            [origin]
            if origin < len(network.zones)
            else np.flatnonzero(network.area_of_zone == origin - len(network.zones))
        )
        for zone in mine:
            part = base[zone] / base[mine].sum()
            for t in range(len(network.years)):
                children = plan.stays[k] * network.bundles.on_roll[bundle, t] * part
                nc = network.bundles.first_nc[bundle] + t - network.bundles.joins[bundle]
                q = quintile[network.zones[zone]]
                whole[q] += children
                near[q] += children * (network.reach.zone_miles[zone, school] <= limits[int(nc > 3)] + 1e-9)
    rows = table[table["measure"] == "child-years within the walking limit"].set_index("quintile")
    for q in range(1, 6):
        assert rows.loc[str(q), "value"] == pytest.approx(100 * near[q] / whole[q], abs=1e-4)
        assert rows.loc[str(q), "children"] == pytest.approx(whole[q] / len(network.years), rel=1e-6)


def test_quintiles_that_change_places_change_their_rows_and_a_zone_without_one_is_unknown(town, table):
    zones = town.scenario.zones
    turned = table_of(town, zones.assign(deprivation_quintile=6 - zones["deprivation_quintile"]))
    turned["quintile"] = [str(6 - int(q)) for q in turned["quintile"]]
    keys = ["principle", "measure", "quintile"]
    pd.testing.assert_frame_equal(
        turned.sort_values(keys, ignore_index=True), table.sort_values(keys, ignore_index=True), rtol=1e-9
    )
    unknown = table_of(town, zones.assign(deprivation_quintile=np.nan))
    assert set(unknown["quintile"]) == {"unknown"}
    assert list(unknown.columns) == COLUMNS


def fair(*rows):
    """principle, quintile, value, children."""
    told = [(p, "need met", q, v, "%", v, n, "by zone") for p, q, v, n in rows]
    return pd.DataFrame(told, columns=COLUMNS)


def test_a_share_that_tells_of_few_children_is_withheld_with_another_that_would_give_it_away():
    table = fair(
        ("local", "1", 50.0, 4.0),
        ("vulnerable", "1", 95.0, 40.0),
        ("vulnerable", "2", 50.0, 40.0),
        ("vulnerable", "3", 50.0, 60.0),
    )
    told = publishable({FAIR: table})[FAIR]
    assert list(told["value"]) == ["50", "[c]", "[c]", "50"]  # 2 of 40 have no place near: a small count
    assert list(told["children"]) == ["4", "[c]", "[c]", "60"]
    assert publishable({FAIR: table}, below=3)[FAIR]["value"].iloc[1] == "[c]"


def test_shares_of_many_children_are_told_in_whole_per_cent():
    table = fair(("local", "1", 57.22, 700.0), ("vulnerable", "1", 66.7, 60.2), ("vulnerable", "2", 50.4, 80.0))
    assert list(publishable({FAIR: table})[FAIR]["value"]) == [57.22, 67.0, 50.0]
