"""What makes no difference to a plan: each disguise tells the same authority in another way."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
from shapely.affinity import translate

from authorities import with_table
from properties.compared import settled
from towns import frame, option, school

ODD = (
    "=1+1", "a,b", "a.b", "ab", "spaced  out", "name" * 125, "<b>&", "\u202eright", "e\u0301", "-x", "x y", "0", "nan", "NULL",
)  # fmt: skip
POUNDS = {"capital_pounds", "revenue_pounds_a_year", "amount", "pounds"}
COUNTED = POUNDS | {
    "pupils", "births", "pan", "net_capacity", "net_capacity_change", "specialist_places", "places_per_year",
}  # fmt: skip
FAR = 5e5  # metres


def without_what_nobody_chose(town, planned, chance):
    """Without the options that the plan leaves shut, those aside that others name."""
    named = _named(town.table("options"))
    shut = {o for d in planned.network.options.decisions if d.name not in planned.opens for o in d.options}
    return with_table(town, "options", lambda t: t[~t["option"].isin(shut - named)])


def with_a_dearer_twin(town, planned, chance):
    """With an expansion that is like another, only dearer, and excludes it; one that is paid when it opens."""
    table = town.table("options")
    tied = _named(table) | set(town.table("spending")["option"])
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


def odd_names(names, turn):
    """Old name → new: another odd one for each, the list of them begun at some turn."""
    found = {}
    for k, name in enumerate(dict.fromkeys(n for n in names if n)):
        round_, at = divmod(k + turn, len(ODD))
        found[name] = ODD[at] + (f"·{round_}" if round_ else "")
    return found


def names_of_decisions(town):
    table = town.table("options")
    return odd_names([*table["option"], *table["package"]], 4)


def with_other_names_in_another_order(town, planned, chance):
    """Other codes and names of schools, sites, zones, communities, options, packages, partnerships and pots; rows shuffled."""
    options = town.table("options")
    schools = odd_names([*town.schools["urn"], *options["site"]], 0)
    codes, zones = names_of_decisions(town), odd_names(town.zones["zone"], 2)
    communities = odd_names([*town.zones["community"], *town.schools["community"]], 7)
    new = {
        "urn": schools, "partner_urn": schools, "site": schools, "members": schools, "zone": zones, "area": zones,
        "option": codes, "package": codes, "needs": codes, "follows": codes, "excludes": codes, "community": communities,
        "partnership": odd_names(town.table("links")["partnership"], 5), "fund": {"S106": "nan"}, "pot": {"S106": "nan"},
    }  # fmt: skip

    def renamed(table):
        for column in set(new) & set(table):
            table[column] = [_each_word(cell, new[column]) for cell in table[column]]
        if "name" in table:
            table["name"] = [ODD[k % len(ODD)] for k in range(len(table))]
        return table.sample(frac=1, random_state=int(chance.integers(999))).reset_index(drop=True)

    for name in ("schools", "pupils", "options", "links", "children", "births", "funds", "spending"):
        town = with_table(town, name, renamed)
    return replace(town, zones=renamed(town.zones.copy()))


def _each_word(cell, new):
    return ";".join(new.get(word, word) for word in cell.split(";"))


def with_the_map_moved(town, planned, chance):
    east, north = 123_000.0, 45_000.0
    for name in ("schools", "options", "facilities"):
        town = with_table(town, name, lambda t: t.assign(easting=t["easting"] + east, northing=t["northing"] + north))
    moved = [translate(g, east, north) for g in town.zones.geometry]
    return replace(town, zones=town.zones.assign(geometry=moved).set_crs(town.zones.crs))


def with_pounds_in_pence(town, planned, chance):
    def pence(table):
        for column in POUNDS & set(table):
            table[column] = table[column] * 100
        return table

    for name in ("options", "funds", "spending"):
        town = with_table(town, name, pence)
    return _with_budget(town, 100)


def twice_as_large(town, planned, chance):
    return _grown(town, 2)


def three_times_as_large(town, planned, chance):
    return _grown(town, 3)


def ten_times_as_large(town, planned, chance):
    return _grown(town, 10)


def _grown(town, times):
    """Children, places, sizes, costs, pots and budget, and how many may be left out in vain, so many times."""

    def grown(table):
        for column in COUNTED & set(table):
            table[column] = table[column] * times
        if "assumption" in table:
            size = table["assumption"].str.startswith("size.")
            table["value"] = [str(float(v) * times) if s else v for v, s in zip(table["value"], size, strict=True)]
            classes = table.iloc[:1].assign(assumption="class_size.infant", value=str(30 * times))
            table = pd.concat([table, classes], ignore_index=True)
        return table

    for name in ("pupils", "children", "births", "schools", "options", "assumptions", "funds", "spending"):
        town = with_table(town, name, grown)
    solve = town.settings.solve
    more = solve.model_copy(update={"sufficiency_tolerance": times * solve.sufficiency_tolerance})
    return _with_budget(settled(town, solve=more), times)


def with_all_weights_times_five(town, planned, chance):
    weights = town.settings.weights
    times_five = {key: 5 * value for key, value in weights.model_dump().items()}
    return settled(town, weights=weights.model_copy(update=times_five))


def _with_budget(town, factor):
    pounds = {k: v * factor for k, v in town.settings.budget.model_dump().items() if "pounds" in k and v is not None}
    return settled(town, budget=town.settings.budget.model_copy(update=pounds))


LARGER = {twice_as_large: 2.0, three_times_as_large: 3.0, ten_times_as_large: 10.0}
HEAVIER = {with_all_weights_times_five: 5.0}
NAMES = {with_other_names_in_another_order: names_of_decisions}  # disguise → old names of decisions, and the new ones
LEFT_OUT = without_what_nobody_chose  # goes first: it reads the plan of the town as it was
OTHERS = (
    with_a_dearer_twin,
    with_an_option_that_costs_too_much,
    with_a_zone_without_children,
    with_a_school_that_nobody_can_reach,
    with_a_zone_told_as_two_halves,
    with_pounds_in_pence,
    with_all_weights_times_five,
    with_the_map_moved,
    with_other_names_in_another_order,
)


def some(chance):
    """All disguises that can be worn together: one size of three, half the time with what nobody chose left out."""
    size = list(LARGER)[int(chance.integers(len(LARGER)))]
    return ([LEFT_OUT] if chance.integers(2) else []) + [size, *OTHERS]
