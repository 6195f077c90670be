"""What makes no difference to a plan: each disguise tells the same authority in another way."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
from shapely.affinity import translate

from authorities import with_table
from properties.compared import settled
from towns import frame, option, school

ODD = ("=1+1", "a,b", "  spaced  out ", "name" * 100, "<b>&", "\u202eright", "e\u0301", "-x", "x y", "0", "nan", "NULL")
COUNTED = {
    "pupils", "births", "pan", "net_capacity", "net_capacity_change", "specialist_places", "places_per_year",
    "capital_pounds", "revenue_pounds_a_year",
}  # fmt: skip
FAR = 5e5  # metres


def without_what_nobody_chose(town, planned, chance):
    """Without the options that the plan leaves shut, those aside that others name."""
    named = _named(town.table("options"))
    shut = {o for d in planned.network.options.decisions if d.name not in planned.opens for o in d.options}
    return with_table(town, "options", lambda t: t[~t["option"].isin(shut - named)])


def with_a_dearer_twin(town, planned, chance):
    """With an expansion that is like another, only dearer, and excludes it."""
    table = town.table("options")
    tied = _named(table)
    alike = table[(table["kind"] == "expansion") & ~table["option"].isin(tied) & (table["excludes"] == "")]
    if alike.empty:
        return town
    one = alike.iloc[[0]]
    twin = one.assign(option="TWIN", excludes=one["option"], capital_pounds=one["capital_pounds"] + 1e5)
    return with_table(town, "options", lambda t: pd.concat([t, twin], ignore_index=True))


def _named(table):
    """Options that another needs, follows or excludes."""
    return {
        word for cell in table[["needs", "follows", "excludes"]].to_numpy().ravel() for word in str(cell).split(";")
    }


def with_an_option_that_costs_too_much(town, planned, chance):
    dear = option("DEAR", "expansion", town.schools["urn"].iloc[0], places_per_year=50, capital_pounds=9e8)
    return with_table(town, "options", lambda t: pd.concat([t, frame("options", [dear])], ignore_index=True))


def with_a_zone_without_children(town, planned, chance):
    empty = town.zones.iloc[:1].assign(zone="Empty", name="Empty")
    layer = gpd.GeoDataFrame(pd.concat([town.zones, empty], ignore_index=True), crs=town.zones.crs)

    def no_births(table):
        of_one = table[table["area"] == table["area"].iloc[0]]
        return pd.concat([table, of_one.assign(area="Empty", births=0.0)], ignore_index=True)

    return with_table(replace(town, zones=layer), "births", no_births)


def with_a_school_that_nobody_can_reach(town, planned, chance):
    """Far away, without places: nobody can be there; and counted as sparse, so that nobody need be."""
    far = school("FAR", "primary", pan=0, sparse=True, community="Town") | {"easting": FAR, "northing": FAR}
    return with_table(town, "schools", lambda t: pd.concat([t, frame("schools", [far])], ignore_index=True))


def with_a_zone_told_as_two_halves(town, planned, chance):
    zone = town.zones["zone"].iloc[int(chance.integers(len(town.zones)))]

    def halves(table):
        key = "zone" if "zone" in table else "area"
        number = "births" if key == "area" else "pupils"
        mine = table[table[key] == zone].assign(**{number: lambda t: t[number] / 2})
        return pd.concat([table[table[key] != zone], mine, mine.assign(**{key: "Half"})], ignore_index=True)

    for name in ("children", "births"):
        town = with_table(town, name, halves)
    half = town.zones[town.zones["zone"] == zone].assign(zone="Half", name="Half")
    return replace(town, zones=gpd.GeoDataFrame(pd.concat([town.zones, half], ignore_index=True), crs=town.zones.crs))


def with_other_names_in_another_order(town, planned, chance):
    new = {urn: f"{ODD[k % len(ODD)]}{k}" for k, urn in enumerate(town.schools["urn"])}
    odd = {name: f"{ODD[-1 - k % len(ODD)]}·{k}" for k, name in enumerate(town.table("options")["option"])}

    def renamed(table):
        for column in {"urn", "partner_urn", "members"} & set(table):
            table[column] = table[column].replace(new)
        for column in {"option", "needs", "follows", "excludes"} & set(table):
            table[column] = table[column].replace(odd)
        return table.sample(frac=1, random_state=int(chance.integers(999))).reset_index(drop=True)

    for name in ("schools", "pupils", "options", "links"):
        town = with_table(town, name, renamed)
    return replace(town, zones=town.zones.sample(frac=1, random_state=1).reset_index(drop=True))


def with_the_map_moved(town, planned, chance):
    east, north = 123_000.0, 45_000.0
    for name in ("schools", "options", "facilities"):
        town = with_table(town, name, lambda t: t.assign(easting=t["easting"] + east, northing=t["northing"] + north))
    moved = [translate(g, east, north) for g in town.zones.geometry]
    return replace(town, zones=town.zones.assign(geometry=moved).set_crs(town.zones.crs))


def with_pounds_in_pence(town, planned, chance):
    return _with_money(town, 100)


def three_times_as_large(town, planned, chance):
    """Children, places, sizes, costs and budget times three."""

    def grown(table):
        for column in COUNTED & set(table):
            table[column] = table[column] * 3
        if "assumption" in table:
            size = table["assumption"].str.startswith("size.")
            table["value"] = [str(float(v) * 3) if s else v for v, s in zip(table["value"], size, strict=True)]
            classes = table.iloc[:1].assign(assumption="class_size.infant", value="90")
            table = pd.concat([table, classes], ignore_index=True)
        return table

    for name in ("pupils", "children", "births", "schools", "options", "assumptions"):
        town = with_table(town, name, grown)
    return _with_budget(town, 3)


def with_all_weights_times_five(town, planned, chance):
    weights = town.settings.weights
    times_five = {key: 5 * value for key, value in weights.model_dump().items()}
    return settled(town, weights=weights.model_copy(update=times_five))


def _with_money(town, factor):
    pounds = ["capital_pounds", "revenue_pounds_a_year"]
    town = with_table(town, "options", lambda t: t.assign(**{column: t[column] * factor for column in pounds}))
    return _with_budget(town, factor)


def _with_budget(town, factor):
    pounds = {k: v * factor for k, v in town.settings.budget.model_dump().items() if "pounds" in k and v is not None}
    return settled(town, budget=town.settings.budget.model_copy(update=pounds))


DISGUISES = (
    without_what_nobody_chose,
    with_a_dearer_twin,
    with_an_option_that_costs_too_much,
    with_a_zone_without_children,
    with_a_school_that_nobody_can_reach,
    with_a_zone_told_as_two_halves,
    three_times_as_large,
    with_pounds_in_pence,
    with_all_weights_times_five,
    with_the_map_moved,
    with_other_names_in_another_order,
)
SHORTFALL = {three_times_as_large: 3.0}  # by what a disguise multiplies the least shortfall …
OBJECTIVE = {with_all_weights_times_five: 5.0}  # … and the objective
