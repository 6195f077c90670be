"""Particulars: legal route by date, who decides, lead time, risk, maturity, revenue and the children directly affected."""

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.options.option import GROUPS, Effects, Options, Particulars, YearGroups
from placeplan.scenario.dated import begun_by, holding
from placeplan.scenario.routes import RISK, ROUTES, is_enlargement, lead_months, usual_route, who_decides
from placeplan.scenario.scenario import Scenario


def particulars(row: pd.Series, effects: Effects, scenario: Scenario) -> Particulars:
    """Return what people ask of an option beside its places.

    row: the officer's line, with `school_provider` (of its school, else its own) and the range of today.
    What the line doesn't say is usual for its kind, provider and date; the tables `controls` and `rules` come first.
    """
    day = begun_by(row["kind"], int(row["earliest_opening"]), scenario.settings.base_year)
    book = holding(scenario.table("rules"), day)
    provider = row["school_provider"]
    name = row["route"] or usual_route(
        row["kind"], provider, day, enlarges=_enlarges(row, scenario), years_moved=_moved(row)
    )
    route = ROUTES[name]
    words, source = _own_words(row["kind"], book) or (route.words, route.source)
    controls = scenario.table("controls")
    decides = controls.loc[controls["option"] == row["option"], "who_decides"]
    own = dict(zip(book["key_"], book["value"], strict=True))
    months = row["lead_months"] if pd.notna(row["lead_months"]) else lead_months(name, row["nc_years"][1], own)
    return Particulars(
        name, words, source, str(decides.iloc[-1]) if len(decides) else who_decides(route, provider, day),
        route.consultation_weeks, int(months), row["risk"] or RISK.get(row["kind"], "low"), row["maturity"] or ("approved" if row["committed"] else "idea"),
        _revenue(row, scenario), children_affected(row, effects, scenario),
    )  # fmt: skip


def particulars_table(options: Options) -> pd.DataFrame:
    """Return option, kind, route, legal_route, who_decides, … : one row an option, in the order of the options."""
    columns = list(Particulars.__dataclass_fields__)
    rows = [[o.name, o.kind, *(getattr(o.particulars, c) for c in columns)] for o in options.options]
    return pd.DataFrame(rows, columns=["option", "kind", *columns])


def spending_table(options: Options) -> pd.DataFrame:
    """Return option, years_before_opening, fund, pounds: the capital of each option by year and fund."""
    rows = [(o.name, s.years_before, s.fund, s.pounds) for o in options.options for s in o.spending]
    return pd.DataFrame(rows, columns=["option", "years_before_opening", "fund", "pounds"])


def children_affected(row: pd.Series, effects: Effects, scenario: Scenario) -> float:
    """Return the pupils on roll in the base year whose present stay an option would end before its time.

    Counted as if it opened in the first planned September; pupils of a school that closes into another move with it
    and are counted too.
    """
    shut = YearGroups(((0, None),), 0.0)
    concerned = [(row["school"], effects.year_groups)] if effects.year_groups else []
    concerned += [(urn, shut) for urn in effects.closes]
    return float(sum(_ended(urn, change, scenario) for urn, change in concerned))


def _ended(urn: str, change: YearGroups, scenario: Scenario) -> float:
    """Return the pupils of one school whose stay a change of its year groups ends."""
    schools = scenario.schools
    here = schools[schools["urn"] == urn]
    if here.empty:
        return 0.0
    low, high = int(here["lowest_nc_year"].iloc[0]), int(here["highest_nc_year"].iloc[0])
    group = np.arange(GROUPS)
    today = (group >= low) & (group <= high)
    taught = change.by_year(0, GROUPS, today)
    year, nc = np.nonzero(~taught & today)
    began = nc - year - 1  # the year group in the base year of who comes to one that is taught no more
    lost = np.unique(began[(began >= low) & (began <= high)])
    return float(_rolls(urn, scenario)[lost].sum())


def _rolls(urn: str, scenario: Scenario) -> Number:
    """Return pupils by NC year on roll in the base year."""
    pupils = scenario.table("pupils")
    mine = pupils[(pupils["urn"] == urn) & (pupils["academic_year"] == scenario.settings.base_year)]
    mine = mine[mine["nc_year"].between(0, GROUPS - 1)]
    return np.bincount(mine["nc_year"], weights=mine["pupils"], minlength=GROUPS).astype(float)


def _enlarges(row: pd.Series, scenario: Scenario) -> bool:
    """Return whether all expansions offered at the school in five years, this one and those before, are an enlargement."""
    if row["kind"] != "expansion":
        return False
    options = scenario.table("options")
    years = options["earliest_opening"].between(row["earliest_opening"] - 4, row["earliest_opening"])
    mine = options[(options["kind"] == "expansion") & (options["urn"] == row["urn"]) & years]
    beside = ~mine["option"].isin(str(row["excludes"]).split(";"))
    groups = mine["nc_years"].map(lambda ends: ends[1] - ends[0] + 1)
    return is_enlargement(row["net_capacity_today"], float((mine["places_per_year"] * groups)[beside].sum()))


def _moved(row: pd.Series) -> int:
    """Return by how many years either end of a school's age range moves."""
    low, high = row["nc_years"]
    return max(abs(int(low) - int(row["lowest_today"])), abs(int(high) - int(row["highest_today"])))


def _own_words(kind: str, book: pd.DataFrame) -> tuple[str, str] | None:
    """Return the scenario's own words and source for the route of a kind, if it has any. book: the rules of the day."""
    mine = book[book["key_"] == f"route.{kind}"]
    return (str(mine["value"].iloc[-1]), str(mine["source"].iloc[-1])) if len(mine) else None


def _revenue(row: pd.Series, scenario: Scenario) -> float:
    """Return the revenue cost a year; an amalgamation saves one lump sum a school that closes unless it says otherwise."""
    if pd.notna(row["revenue_pounds_a_year"]):
        return float(row["revenue_pounds_a_year"])
    saves = scenario.assume("revenue.lump_sum") * len(row["members"]) if row["kind"] == "amalgamation" else 0.0
    return -saves
