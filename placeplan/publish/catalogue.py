"""The catalogue of published tables: the short name by which each is cited, what it tells, and how its rows are named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd

from placeplan.publish.csv_text import as_text

JOINED_BY = "+"  # between the parts of a row's name: 2019/20+R–6


@dataclass(frozen=True, slots=True)
class Table:
    """One published table. name: in citations, and of its sheet.  key: the columns that name a row; none: its number does."""

    name: str
    path: str
    title: str
    key: tuple[str, ...] = ()


TABLES: tuple[Table, ...] = (
    Table("figures", "appraisal/figures.csv", "Figures that the paper quotes", ("figure",)),
    Table("options", "plan/options.csv", "Options: what could be done, what the plan does, and why", ("option",)),
    Table("principles", "appraisal/principles.csv", "The nine principles: measure, score and weight", ("principle",)),
    Table("measures", "appraisal/measures.csv", "Parts of each principle, beside the do-minimum"),
    Table("robustness", "appraisal/robustness.csv", "Rivals of the plan, and how often each is first when weights are drawn", ("plan",)),
    Table("futures", "appraisal/futures.csv", "The plan and its nearest rivals if other children come than forecast", ("plan",)),
    Table("each_future", "appraisal/each_future.csv", "The same, in each simulated future of the forecast", ("plan", "future")),
    Table("beyond", "appraisal/beyond.csv", "The plan and its rivals where years after the planned ones count too", ("plan", "horizon_years")),
    Table("fair_access", "appraisal/fair_access.csv", "Measures by deprivation of the zones that children live in", ("principle", "measure", "quintile")),
    Table("programme", "appraisal/programme.csv", "Delivery programme: a first one, within the lead times"),
    Table("families", "appraisal/families.csv", "Families choose: first choices met, beside the plan's own journeys", ("community", "academic_year", "nc_year")),
    Table("families_schools", "appraisal/families_schools.csv", "Families choose: who begins at which school", ("urn", "academic_year", "nc_year")),
    Table("families_fit", "appraisal/families_fit.csv", "Families choose: what families want, as rolls tell it", ("nc_year", "feature")),
    Table("summary", "forecast/summary.csv", "Forecast of pupils by stage of schooling", ("academic_year", "year_groups")),
    Table("forecast", "forecast/forecast.csv", "Forecast of pupils by planning area and year group", ("area", "academic_year", "nc_year")),
    Table("school_rolls", "forecast/school_rolls.csv", "Rolls of schools if families choose as today and nothing opens", ("urn", "academic_year", "nc_year")),
    Table("backtest", "forecast/backtest.csv", "How far earlier forecasts were off", ("phase", "horizon")),
    Table("scap", "forecast/scap.csv", "Forecast and places as in the School Capacity survey", ("time_period", "planning_area_code", "nc_year_group")),
    Table("scap_planned", "forecast/scap_planned.csv", "Planned places as in the School Capacity survey", ("time_period", "planning_area_code", "nc_year_group")),
    Table("scap_specialist", "forecast/scap_specialist.csv", "Children who need a specialist place, by planning area", ("time_period", "planning_area_code", "education_phase")),
    Table("ehcp", "forecast/ehcp.csv", "Children with an EHCP by need and setting", ("academic_year", "need", "setting")),
    Table("ehcp_causes", "forecast/ehcp_causes.csv", "Why the number of children with an EHCP changes", ("academic_year", "place")),
    Table("early_years", "forecast/early_years.csv", "Nursery places that funded hours ask for", ("area", "academic_year", "age")),
    Table("routes", "forecast/routes.csv", "Where leavers of Year 11 go", ("area", "academic_year", "route")),
    Table("cross_border", "forecast/cross_border.csv", "Residents and pupils: the border", ("academic_year", "nc_year")),
    Table("particulars", "plan/particulars.csv", "Options: route, who decides, lead time, risk, children affected", ("option",)),
    Table("schools", "plan/schools.csv", "Schools: pupils and places under the plan", ("urn", "academic_year", "nc_year")),
    Table("shortfall", "plan/shortfall.csv", "Children without a place", ("origin", "cohort", "nc_year")),
    Table("specialist", "plan/specialist.csv", "Specialist places and the children in them", ("site", "need", "academic_year")),
    Table("transfers", "plan/transfers.csv", "Transfers between schools", ("community", "cohort")),
    Table("journeys", "plan/journeys.csv", "Journeys: where children join which school"),
    Table("retention", "plan/retention.csv", "Shares of a cohort that go on", ("cohort", "nc_year")),
)  # fmt: skip
FIELDS = Table("fields", "gis/fields.csv", "Fields of the map layers", ("layer", "field"))

OF_THE_ROW = "(in the unit of the row)"
HEADINGS: Mapping[str, str] = {
    "academic_year": "Academic year",
    "additional_need_minus_spare_places": "Additional need less spare places (places)",
    "additional_need_only_places": "Additional need (places)",
    "additional_places": "Additional places (places)",
    "base": "Base year (pupils)",
    "base_year": "Base year (children)",
    "begin_choosing": "Begin here if families choose (children)",
    "begin_plan": "Begin here by the plan (children)",
    "bulge_places": "Bulge places (places)",
    "capital_pounds": "Capital cost (£)",
    "change": "Objective, change against the do-minimum (no unit)",
    "change_share": "Objective, change against the do-minimum (share of the do-minimum's)",
    "children": "Children (number)",
    "children_affected": "Children whose present stay it would end (children)",
    "consultation_weeks": "Consultation, at least (weeks)",
    "coefficient": "Coefficient (logarithm of odds, per unit of the feature)",
    "contribution": "Contribution to the objective (no unit)",
    "displaced": "Displaced (children)",
    "draws": "Draws of weights (number)",
    "draws_first": "Draws in which it is first (number)",
    "do_minimum": f"Do-minimum {OF_THE_ROW}",
    "elsewhere": "At another school than planned if families choose (children)",
    "estimated_capacity": "Estimated capacity (places)",
    "first_choice_choosing": "First choice if families choose (% of children)",
    "first_choice_plan": "First choice by the plan, at most (% of children)",
    "from_nc_year": "From NC year",
    "futures": "Futures of the forecast in which it was tried (number)",
    "futures_first": "Futures in which it is first (number)",
    "full_time_places": "Full-time places (places)",
    "funded_hours": "Funded hours (hours a week)",
    "high_80": "80 % interval, to (pupils)",
    "horizon_years": "Horizon, from the first planned year (years)",
    "la_planned_places": "Planned places (places)",
    "lead_months": "From decision to opening, at least (months)",
    "linked_transfers": "Transfers inside a partnership, at most (children)",
    "low_80": "80 % interval, from (pupils)",
    "median": "Expected (pupils)",
    "miles_choosing": "Distance if families choose (miles a child)",
    "miles_plan": "Distance by the plan (miles a child)",
    "misplaced": "Pupils whom the fit puts at another school (%)",
    "nc_year": "NC year",
    "nc_year_group": "NC year group",
    "net_flow": "Net flow (pupils)",
    "none_of_choices": "With none of twelve choices (children)",
    "of_which_developer_contributions": "Of which from new homes on secured sites (pupils)",
    "objective_usual": "Objective in half of the futures, at most (no unit)",
    "objective": "Objective at the weights of the run (no unit)",
    "opens": "Opens (academic year)",
    "over_capacity": "Over capacity (places)",
    "overtakes_at": "Weight at which it overtakes (no unit)",
    "overtakes_by": "Weight by which it overtakes",
    "places": "Places (number)",
    "points_behind": "Points behind the plan (no unit)",
    "population_effect": "Effect of population (children)",
    "pounds_more": "Capital more than the plan (£)",
    "prior": "Prior mean (per unit of the feature)",
    "prior_spread": "Prior spread (per unit of the feature)",
    "pseudo_r2": "Share of deviance explained (0 to 1)",
    "pupil_forecast": "Pupil forecast (pupils)",
    "pupils": "Pupils (number)",
    "pupils_on_roll": "Pupils on roll (number)",
    "rate_effect": "Effect of the rate (children)",
    "removed_places": "Removed places (places)",
    "residents": "Residents (children)",
    "retention": "Retention (share, 0 to 1)",
    "quintile": "Deprivation quintile (1 most deprived)",
    "revenue_pounds_a_year": "Revenue a year (£)",
    "score": "Score (100 ideal, 0 unacceptable)",
    "share_first": "Share of draws in which it is first (share, 0 to 1)",
    "shortfall_at_most": "Without a place in nine of ten futures, Reception to Year 11, at most (child-years)",
    "shortfall_usual": "Without a place in half of the futures, Reception to Year 11, at most (child-years)",
    "shortfall_change": "Without a place, change against the do-minimum, Reception to Year 11 (child-years)",
    "shortfall": "Without a place, Reception to Year 11 (child-years)",
    "schools": "Schools (number)",
    "standard_error": "Standard error (per unit of the feature)",
    "to_nc_year": "To NC year",
    "told": "How it is told",
    "transfers": "Transfers (children)",
    "urn": "URN or site",
    "value": f"Value {OF_THE_ROW}",
    "weight": "Weight (no unit)",
    "weight_now": "That weight in this run (no unit)",
    "year_groups": "Year groups",
    "young_people": "Young people (number)",
}
IN_ONE_TABLE: Mapping[tuple[str, str], str] = {
    ("principles", "measure"): f"Measure {OF_THE_ROW}",
    ("beyond", "first"): "Whether it is first over this horizon (1 yes, 0 no)",
    ("beyond", "objective"): "Objective, on the scale of this horizon (no unit)",
    ("beyond", "opens"): "Decisions taken otherwise (+ opens, − doesn't, ± another year)",
    ("beyond", "points_behind"): "Points behind the plan over this horizon (no unit)",
    ("backtest", "horizon"): "Years ahead (years)",
    ("fair_access", "children"): "Children on whom it stands (a year, on average)",
    ("each_future", "children"): "Children of that future, Reception to Year 11 (child-years)",
    ("each_future", "first"): "Whether it is first (1 yes, 0 no)",
    ("each_future", "future"): "Future (number)",
    ("futures", "share_first"): "Share of futures in which it is first (share, 0 to 1)",
    ("robustness", "opens"): "Decisions taken otherwise (+ opens, − doesn't, ± another year)",
}


def catalogue(paths: Iterable[str]) -> list[Table]:
    """Return the tables among paths of a run folder, in the order of the catalogue, those that it doesn't know last.

    Such a one is called by its file: appraisal/frontier.csv is frontier. Tables of certificate/ are internal and left out.
    """
    there = {path for path in paths if not path.startswith("certificate/")}
    known = [table for table in (*TABLES, FIELDS) if table.path in there]
    others = sorted(there - {table.path for table in known})
    taken = {table.name for table in known}
    for path in others:
        stem = PurePosixPath(path).stem
        name = stem if stem not in taken else path.removesuffix(".csv").replace("/", "_")
        taken.add(name)
        known.append(Table(name, path, _words(name)))
    return known


def heading(table: Table, column: str) -> str:
    """Return a column's heading for people, its unit in brackets.

    >>> heading(TABLES[1], "capital_pounds"), heading(TABLES[1], "reason")
    ('Capital cost (£)', 'Reason')
    """
    return IN_ONE_TABLE.get((table.name, column)) or HEADINGS.get(column) or _words(column)


def row_names(table: Table, frame: pd.DataFrame) -> list[str]:
    """Return the name by which each row is cited: its key, or r2 for the first row where the key names none or names two."""
    numbers = [f"r{n}" for n in range(2, len(frame) + 2)]
    if not table.key or not set(table.key) <= set(frame.columns):
        return numbers
    keys = [
        JOINED_BY.join(as_text(cell) for cell in row)
        for row in frame[list(table.key)].itertuples(index=False, name=None)
    ]
    return keys if len(set(keys)) == len(keys) and all(keys) else numbers


def _words(name: str) -> str:
    """Return a name as words: owner role → Owner role."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
