"""What makes no difference to a plan: names, order, units, size, halves of a zone, options and zones that do nothing."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate

from authorities import with_table
from cases import cases
from properties.compared import SAME, best, budgeted, settled
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, frame, option, plan_for, school, towns


def split(town, zone):
    """The town with one zone told as two of half the children each, at the same place."""

    def halves(table):
        if "zone" not in table and "area" not in table:
            return table
        key = "zone" if "zone" in table else "area"
        number = "births" if key == "area" else "pupils"
        mine = table[table[key] == zone].assign(**{number: lambda t: t[number] / 2})
        return pd.concat([table[table[key] != zone], mine, mine.assign(**{key: "Half"})], ignore_index=True)

    for name in ("children", "births"):
        town = with_table(town, name, halves)
    half = town.zones[town.zones["zone"] == zone].assign(zone="Half", name="Half")
    return replace(town, zones=gpd.GeoDataFrame(pd.concat([town.zones, half], ignore_index=True), crs=town.zones.crs))


@given(town=towns(most_zones=3, most_options=3))
@cases(3)
def test_a_zone_told_as_two_halves_leaves_the_optimum(town):
    assert best(split(town, town.zones["zone"].iloc[0])) == pytest.approx(best(town), **SAME)


ODD = ("=1+1", "a,b", "  spaced  out ", "name" * 100, "<b>&", "\u202eright", "e\u0301", "-x", "x y", "0", "nan", "NULL")


@given(town=towns(), order=st.randoms(use_true_random=False))
@cases(3)
def test_names_and_the_order_of_rows_are_only_names_and_order(town, order):
    new = {urn: f"{ODD[k % len(ODD)]}{k}" for k, urn in enumerate(town.schools["urn"])}
    odd = {name: f"{ODD[-1 - k % len(ODD)]}·{k}" for k, name in enumerate(town.table("options")["option"])}

    def renamed(table):
        for column in {"urn", "partner_urn", "members"} & set(table):
            table[column] = table[column].replace(new)
        for column in {"option", "needs", "follows", "excludes"} & set(table):
            table[column] = table[column].replace(odd)
        return table.sample(frac=1, random_state=order.randint(0, 999)).reset_index(drop=True)

    other = town
    for name in ("schools", "pupils", "options", "links"):
        other = with_table(other, name, renamed)
    mixed = town.zones.sample(frac=1, random_state=1).reset_index(drop=True)
    assert best(replace(other, zones=mixed)) == pytest.approx(best(town), **SAME)


@given(town=towns(most_options=3))
@cases(3)
def test_the_map_may_be_moved(town):
    east, north = 123_000.0, 45_000.0
    other = town
    for name in ("schools", "options", "facilities"):
        other = with_table(other, name, lambda t: t.assign(easting=t["easting"] + east, northing=t["northing"] + north))
    layer = town.zones.assign(geometry=[translate(g, east, north) for g in town.zones.geometry]).set_crs(town.zones.crs)
    assert best(replace(other, zones=layer)) == pytest.approx(best(town), **SAME)


@given(town=towns(most_options=3), factor=st.sampled_from([2, 10]))
@cases(3)
def test_all_weights_times_a_number_give_the_same_plan(town, factor):
    weights = {key: factor * value for key, value in town.settings.weights.model_dump().items()}
    first, other = plan_for(town), plan_for(town, **weights)
    assert other.allocation.objective == pytest.approx(factor * first.allocation.objective, **SAME)


@given(town=towns(most_options=3))
@cases(3)
def test_a_principle_of_weight_0_has_no_influence(town):
    muted = plan_for(town, community=0.0, choice=0.0).allocation
    poorer = with_table(town, "schools", lambda t: t.assign(condition="d", temporary_places=50, sex="girls"))
    assert plan_for(poorer, community=0.0, choice=0.0).allocation.objective == pytest.approx(muted.objective, **SAME)


COUNTED = {
    "pupils", "births", "pan", "net_capacity", "net_capacity_change", "specialist_places", "places_per_year",
    "capital_pounds", "revenue_pounds_a_year",
}  # fmt: skip


@given(town=towns(most_options=3), factor=st.sampled_from([2, 5]))
@cases(3)
def test_a_larger_authority_of_the_same_shape_has_the_same_plan(town, factor):
    def grown(table):
        for column in COUNTED & set(table):
            table[column] = table[column] * factor
        if "assumption" in table:
            size = table["assumption"].str.startswith("size.")
            table["value"] = [str(float(v) * factor) if s else v for v, s in zip(table["value"], size, strict=True)]
        return table

    other = town
    for name in ("pupils", "children", "births", "schools", "options", "assumptions"):
        other = with_table(other, name, grown)
    money = {
        k: None if v is None else v * factor for k, v in town.settings.budget.model_dump().items() if "pounds" in k
    }
    other = settled(other, budget=town.settings.budget.model_copy(update=money))
    first, later = plan_for(town).allocation, plan_for(other).allocation
    assert later.objective == pytest.approx(first.objective, rel=1e-5, abs=1e-6)
    assert later.least_shortfall == pytest.approx(factor * first.least_shortfall, rel=1e-5, abs=1e-4)


@given(town=towns(budget=False, most_options=3))
@cases(3)
def test_an_option_that_costs_too_much_changes_nothing(town):
    town = budgeted(town)
    dear = option("DEAR", "expansion", town.schools["urn"].iloc[0], places_per_year=50, capital_pounds=9e8)
    other = with_table(town, "options", lambda t: pd.concat([t, frame("options", [dear])], ignore_index=True))
    planned = plan_for(other)
    assert "DEAR" not in planned.opens
    assert (planned.allocation.least_shortfall, planned.allocation.objective) == pytest.approx(best(town), **SAME)


@given(town=towns(most_options=3))
@cases(3)
def test_a_zone_without_children_changes_nothing(town):
    empty = town.zones.iloc[:1].assign(zone="Empty", name="Empty")
    layer = gpd.GeoDataFrame(pd.concat([town.zones, empty], ignore_index=True), crs=town.zones.crs)

    def no_births(table):
        of_one = table[table["area"] == table["area"].iloc[0]]
        return pd.concat([table, of_one.assign(area="Empty", births=0.0)], ignore_index=True)

    assert best(with_table(replace(town, zones=layer), "births", no_births)) == pytest.approx(best(town), **SAME)


def twins(**second):
    """Two identical primaries at one spot, with the same expansion offered at both; one may differ."""
    schools = [school("A", "primary", pan=10), school("B", "primary", pan=10), school("S", "secondary", pan=60)]
    rows = [option(f"X{u}", "expansion", u, 0, 1, places_per_year=10, nc_years=(0, 6)) for u in "AB"]
    rows[1] |= second
    rows[1]["excludes"] = "XA"
    return authority(schools, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, budget={"total_pounds": 5e6})


def test_twins_can_swap_and_nothing_changes():
    first = plan_for(twins())
    swap = {"A": "B", "B": "A"}
    other = twins()
    for name in ("schools", "pupils"):
        other = with_table(other, name, lambda t: t.assign(urn=t["urn"].replace(swap)))
    assert plan_for(other).allocation.objective == pytest.approx(first.allocation.objective, **SAME)
    assert len(first.opens) == 1


@pytest.mark.parametrize("worse", [{"capital_pounds": 1.1e6}, {"earliest_opening": 2020}, {"places_per_year": 9}])
def test_an_option_that_is_like_another_but_worse_is_never_chosen(worse):
    assert set(plan_for(twins(**worse)).opens) == {"XA"}


@given(town=towns(most_options=3))
@cases(3)
def test_pounds_told_in_pence_leave_the_plan(town):
    def in_pence(table):
        pounds = ["capital_pounds", "revenue_pounds_a_year"]
        return table.assign(**{column: table[column] * 100 for column in pounds})

    money = {k: None if v is None else v * 100 for k, v in town.settings.budget.model_dump().items() if "pounds" in k}
    pence = settled(with_table(town, "options", in_pence), budget=town.settings.budget.model_copy(update=money))
    assert best(pence) == pytest.approx(best(town), **SAME)
