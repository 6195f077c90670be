"""Assumptions: figures that are taken where nobody gave them, each with unit, reason, owner and source."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Default:
    """A figure taken by default; a row of the scenario's assumptions table overrides it."""

    value: float
    unit: str
    reason: str
    source: str = "placeplan"
    who_may_change: str = "place planning officer"


_SEE_SIZE = "authority's own minimum: 2½ and 3½ classes; preferred one form of entry"

_SITE = "the least site on which an option may add pupils; 0: not checked"

_SPREAD = "placeplan: one and five years ahead, rolls of 116 authorities missed by 0.6 % and 2.4 % on average"

_LAPSE = "placeplan; Lichfields, Tracking Progress, 2021: 3 to 5 % of the homes permitted had lapsed after five years"
_PLANNER = "planning policy officer"
_TRAJECTORY = "no slip: the trajectory is taken as it is told"

_ROUND = "placeplan, a round figure: put your own census or SEN2 return in its place"
_SCAP_2024 = "School Capacity 2023/24: of 229,000 who need a place, 160,000 in state special schools"
_UNDER_5 = "Department for Education, Education provision: children under 5"
_METHOD_2025 = "Department for Education, Funded early education and childcare, 2025, methodology"
_BUDGET = (
    "Spring Budget, March 2023; National Audit Office, Preparations to extend early years entitlements for working parents"
    " in England, 2024: from April 2024, September 2024 and September 2025"
)
_WORKING = (
    "Department for Education, Funded early education and childcare, 2025: 379,000 in January 2025, some 46 % of those of"
    " 3 and 4 who are not yet in Reception"
)
_FIRST_YEAR = (
    "placeplan's share of a published total: 457,000 under three were registered in January 2025, some 36 % of those from"
    " nine months on (Department for Education, Funded early education and childcare, 2025); by age a round figure"
)
_SEPTEMBER = "year of its September"


def _entitlement(
    name: str, what: str, first: int, known: int, source: str, take_up: tuple[float, str] | None = None
) -> dict[str, Default]:
    """Return the rows of one entitlement to funded hours.

    first, known: September years.  take_up: share of the age, and its source; without it that of all 3 and 4 year olds.
    """
    key = f"early_years.{name}"
    rows = {
        f"{key}.hours": Default(15, "hours a week", what, source),
        f"{key}.from": Default(first, _SEPTEMBER, f"first academic year with a January of it: {what}", source),
        f"{key}.known": Default(known, _SEPTEMBER, f"base years from this one know of it: {what}", source),
    }
    share = "share of all of the age"
    return rows if take_up is None else rows | {f"{key}.take_up": Default(take_up[0], share, what, take_up[1])}


DEFAULTS: dict[str, Default] = {
    "travel.circuity": Default(
        1.3, "route miles a straight mile", "routes are longer than straight lines; labelled so"
    ),
    "reach.primary": Default(8, "schools", "nearest schools considered at Reception to Year 4"),
    "reach.later": Default(6, "schools", "nearest schools considered after, teaching and entering each"),
    "walk.under_8": Default(2, "miles", "free transport beyond", "Education Act 1996, section 444(5)"),
    "walk.from_8": Default(3, "miles", "free transport beyond", "Education Act 1996, section 444(5)"),
    "walk.low_income": Default(
        2,
        "miles",
        "free transport beyond, from 8, where the family's income is low",
        "Education Act 1996, schedule 35B",
    ),
    "transport.cost": Default(
        1526,
        "£ a child a year",
        "free transport to a mainstream school; 0: its cost is not told",
        "National Audit Office, Home to school transport, October 2025, as the press quotes it: mean of 2023-24 in England",
        "finance officer",
    ),
    "local.outside_community": Default(0.25, "loss a joining", "a school outside the child's community"),
    "class_size.infant": Default(30, "pupils a class", "infant class size", "SI 2012/10"),
    "spare.least": Default(0.03, "share of capacity", "operating margin", "field note: 3 to 8 %"),
    "spare.most": Default(0.08, "share of capacity", "spare places wanted at most", "field note: 3 to 8 %"),
    "size.lower.floor": Default(60, "pupils", _SEE_SIZE),
    "size.lower.preferred": Default(150, "pupils", _SEE_SIZE),
    "size.lower.maximum": Default(450, "pupils", _SEE_SIZE),
    "size.primary.floor": Default(85, "pupils", _SEE_SIZE),
    "size.primary.preferred": Default(210, "pupils", _SEE_SIZE),
    "size.primary.maximum": Default(630, "pupils", _SEE_SIZE),
    "size.middle.floor": Default(240, "pupils", _SEE_SIZE),
    "size.middle.preferred": Default(480, "pupils", _SEE_SIZE),
    "size.middle.maximum": Default(720, "pupils", _SEE_SIZE),
    "size.secondary.floor": Default(600, "pupils", _SEE_SIZE),
    "size.secondary.preferred": Default(900, "pupils", _SEE_SIZE),
    "size.secondary.maximum": Default(1500, "pupils", _SEE_SIZE),
    "size.upper.floor": Default(480, "pupils", _SEE_SIZE),
    "size.upper.preferred": Default(900, "pupils", _SEE_SIZE),
    "size.upper.maximum": Default(1500, "pupils", _SEE_SIZE),
    "size.sixth_form": Default(
        200, "students", "new sixth forms, alone or pooled", "Department for Education, April 2016"
    ),
    **{
        f"site.square_metres_a_pupil.{phase}": Default(0, "m² a pupil", _SITE, "none built in: put your own standard")
        for phase in ("lower", "primary", "middle", "secondary", "upper", "all_through")
    },
    "size.federation_discount": Default(0.8, "share of the floor", "a federated school shares overheads"),
    "revenue.lump_sum": Default(
        110_000,
        "£ a year",
        "one school's lump sum, saved where two become one",
        "Department for Education, National funding formula 2019 to 2020",
        "finance officer",
    ),
    "quality.outstanding": Default(1.0, "quality", "inspection grade on the scale of popular"),
    "quality.good": Default(0.8, "quality", "inspection grade on the scale of popular"),
    "quality.none": Default(0.7, "quality", "not yet inspected"),
    "quality.requires_improvement": Default(0.3, "quality", "inspection grade on the scale of popular"),
    "quality.inadequate": Default(0.0, "quality", "inspection grade on the scale of popular"),
    "single_phase.kept_discount": Default(0.5, "moves a kept transfer", "the 2015 wording: reduce the negative impact"),
    "single_phase.displaced": Default(2.0, "moves a displaced child", "an option ends the child's stay"),
    "participation.target": Default(0.95, "share of Year 11", "participation in education or training at 16 and 17"),
    "participation.college_share": Default(0.45, "share of Year 11", "who go to a college or training elsewhere"),
    "participation.training": Default(
        0.1,
        "share of those not at school",
        "of who takes part elsewhere: an apprenticeship or training, no college",
        "placeplan, a round figure: 2.7 % of women of 16 were apprentices in 2015, Participation in education 16 to 21",
    ),
    "participation.far": Default(10, "miles", "proxy for 45 minutes by bus"),
    "community.reach": Default(0.5, "miles", "residents within 800 m of a facility"),
    "community.poor_d": Default(1.0, "share of rooms", "rooms in poor condition at grade D"),
    "community.poor_c": Default(0.5, "share of rooms", "rooms in poor condition at grade C"),
    "choice.reach_primary": Default(2, "miles", "schools within it are a choice, to Year 6"),
    "choice.reach_later": Default(5, "miles", "schools within it are a choice, after"),
    "choice.village": Default(1, "kinds of provision", "choices wanted in a village"),
    "choice.town": Default(2, "kinds of provision", "choices wanted in a town"),
    "choice.city": Default(3, "kinds of provision", "choices wanted in a city"),
    "vulnerable.far_primary": Default(8, "miles", "a specialist place beyond it is far, R to 6"),
    "vulnerable.far_later": Default(12, "miles", "a specialist place beyond it is far, from Year 7"),
    "vulnerable.resourced_target": Default(
        0.15, "share of need", "met by resourced provision in mainstream in each area"
    ),
    "forecast.spread_authority": Default(
        0.005, "a year, at least", "a factor of the year that all year groups share", _SPREAD
    ),
    "forecast.spread_area": Default(0.012, "a year", "a planning area's own factor of the year", _SPREAD),
    "forecast.spread_nc_year": Default(0.006, "a year, at least", "a year group's own factor of the year", _SPREAD),
    "forecast.spread_reception": Default(
        0.02, "a year, at least", "Reception against births four years before", _SPREAD
    ),
    "forecast.spread_school_intake": Default(
        0.08, "a year", "a school's share of the children who enter, beside counting chance", "placeplan", _PLANNER
    ),
    "forecast.spread_school": Default(0.02, "a year", "a school's own survival", "placeplan", _PLANNER),
    "forecast.spread_births": Default(0.02, "a year", "births that are not known yet, growing year by year", _SPREAD),
    "forecast.spread_building": Default(0.25, "share of dwellings", "pace of building against the trajectory", _SPREAD),
    "forecast.spread_slip": Default(
        0.5, "years", "a development's completions against its trajectory, earlier or later", "placeplan", _PLANNER
    ),
    "forecast.spread_yield": Default(
        0.11, "share of pupils a home", "what 200 homes with 41 pupils in 100 leave open: 1 ÷ √82", "Poisson counts"
    ),
    "forecast.births_damping": Default(
        0.5, "share kept a year", "the trend of births dies away beyond the last known year"
    ),
    "housing.chance.completed": Default(1.0, "chance", "built", "placeplan", _PLANNER),
    "housing.chance.under_construction": Default(
        1.0, "chance", "where no probability is given: building has begun", "placeplan", _PLANNER
    ),
    "housing.chance.full_permission": Default(0.95, "chance", "where no probability is given", _LAPSE, _PLANNER),
    "housing.chance.outline_permission": Default(0.9, "chance", "where no probability is given", _LAPSE, _PLANNER),
    "housing.chance.allocated": Default(
        0.6, "chance", "where no probability is given: no permission yet", "placeplan", _PLANNER
    ),
    "housing.chance.speculative": Default(
        0.3, "chance", "where no probability is given: in no plan", "placeplan", _PLANNER
    ),
    "housing.slip.under_construction": Default(0, "years", _TRAJECTORY, "placeplan", _PLANNER),
    "housing.slip.full_permission": Default(0, "years", _TRAJECTORY, "placeplan", _PLANNER),
    "housing.slip.outline_permission": Default(0, "years", _TRAJECTORY, "placeplan", _PLANNER),
    "housing.slip.allocated": Default(0, "years", _TRAJECTORY, "placeplan", _PLANNER),
    "housing.slip.speculative": Default(0, "years", _TRAJECTORY, "placeplan", _PLANNER),
    "housing.moved_within": Default(
        0, "share of pupils", "who only move within the authority: the homes that they leave are lived in again"
    ),
    "housing.windfall": Default(
        0,
        "dwellings a year",
        "on sites too small for the table housing, where children live today",
        "placeplan",
        _PLANNER,
    ),
    "housing.windfall_after": Default(
        3,
        "years",
        "planned years whose small sites have permission already and stand in the table",
        "Town and Country Planning Act 1990, section 91: a permission lasts three years",
        _PLANNER,
    ),
    "housing.past_in_trend": Default(
        1, "share of homes", "of past building, held by the survival ratios that came about with it"
    ),
    "housing.maturity": Default(
        0,
        "share of the curve",
        "0: the published yield from completion on; 1: it rises, peaks and fades over the years",
        "shape: Department for Education, pupil yield by years after completion, 2023; figures: placeplan",
    ),
    "housing.occupation_lag": Default(
        0, "years", "from completion to the published yield; yields that are given or counted hold it already"
    ),
    "housing.estates_weight": Default(
        200, "dwellings", "homes of the authority's own estates that count as much as the yields they are drawn towards"
    ),
    "specialist.mix.ASD": Default(0.35, "share of need", "mix of primary needs where no needs are given"),
    "specialist.mix.SEMH": Default(0.2, "share of need", "mix of primary needs where no needs are given"),
    "specialist.mix.MLD": Default(0.2, "share of need", "mix of primary needs where no needs are given"),
    "specialist.mix.SLD": Default(0.15, "share of need", "mix of primary needs where no needs are given"),
    "specialist.mix.PMLD": Default(0.1, "share of need", "mix of primary needs where no needs are given"),
    "specialist.rate": Default(0.019, "share of children", "who need a specialist place where no needs are given"),
    "specialist.growth": Default(0.03, "a year", "growth of the rate of children with an EHCP in the next year"),
    "specialist.growth_damping": Default(0.8, "share kept a year", "that growth dies away", _ROUND),
    "specialist.setting.special": Default(0.7, "share of specialist need", "in a special school", _SCAP_2024),
    "specialist.setting.resourced": Default(
        0.12, "share of specialist need", "in a SEN unit or resourced provision: 27,000 places", _SCAP_2024
    ),
    "specialist.setting.alternative": Default(0.02, "share of specialist need", "in alternative provision", _ROUND),
    "specialist.setting.independent": Default(
        0.16, "share of specialist need", "independent or out of area: what the others leave", _SCAP_2024
    ),
    "specialist.mainstream": Default(
        1.0, "children a specialist place", "with an EHCP in mainstream classes, for one who needs a place", _ROUND
    ),
    "early_years.funded_take_up": Default(
        0.93,
        "share of 3 and 4 year olds",
        "who take a funded place",
        f"{_UNDER_5}, 2022: 94 % in January 2018, 93 % in 2019, 92 % in 2022",
    ),
    "early_years.full_time": Default(
        30, "hours a week", "one full-time place", "570 hours a year are 15 a week, 38 weeks"
    ),
    **_entitlement(
        "universal", "15 hours, ages 3 and 4", 2010, 2009, f"{_METHOD_2025}: 570 hours a year since September 2010"
    ),
    **_entitlement(
        "working",
        "15 hours more, ages 3 and 4, working families",
        2017,
        2015,
        f"Childcare Act 2016; {_UNDER_5}, 2024",
        (0.46, _WORKING),
    ),
    **_entitlement(
        "twos",
        "15 hours, age 2, low income",
        2014,
        2012,
        f"{_METHOD_2025}: since September 2013 for some of the age, since September 2014 for all whose families have a low income",
        (0.2, f"{_UNDER_5}, 2024: 115,900 in January 2024, some 19 % of the age"),
    ),
    **_entitlement("working_twos", "15 hours, age 2, working families", 2024, 2022, _BUDGET, (0.4, _FIRST_YEAR)),
    **_entitlement(
        "working_twos_more", "15 hours more, age 2, working families", 2025, 2022, _BUDGET, (0.4, _FIRST_YEAR)
    ),
    **_entitlement(
        "working_babies", "15 hours, from 9 months, working families", 2024, 2022, _BUDGET, (0.32, _FIRST_YEAR)
    ),
    **_entitlement(
        "working_babies_more",
        "15 hours more, from 9 months, working families",
        2025,
        2022,
        _BUDGET,
        (0.32, _FIRST_YEAR),
    ),
    "suppressed.count": Default(2.5, "pupils", "a count that is hidden because it is small: the middle of 1 to 4"),
}
