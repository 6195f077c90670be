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

_SPREAD = "placeplan: one and five years ahead, rolls of 116 authorities missed by 0.6 % and 2.4 % on average"

DEFAULTS: dict[str, Default] = {
    "travel.circuity": Default(
        1.3, "route miles a straight mile", "routes are longer than straight lines; labelled so"
    ),
    "reach.primary": Default(8, "schools", "nearest schools considered at Reception to Year 4"),
    "reach.later": Default(6, "schools", "nearest schools considered after, teaching and entering each"),
    "walk.under_8": Default(2, "miles", "free transport beyond", "Education Act 1996, section 444(5)"),
    "walk.from_8": Default(3, "miles", "free transport beyond", "Education Act 1996, section 444(5)"),
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
    "size.federation_discount": Default(0.8, "share of the floor", "a federated school shares overheads"),
    "quality.outstanding": Default(1.0, "quality", "inspection grade on the scale of popular"),
    "quality.good": Default(0.8, "quality", "inspection grade on the scale of popular"),
    "quality.none": Default(0.7, "quality", "not yet inspected"),
    "quality.requires_improvement": Default(0.3, "quality", "inspection grade on the scale of popular"),
    "quality.inadequate": Default(0.0, "quality", "inspection grade on the scale of popular"),
    "single_phase.kept_discount": Default(0.5, "moves a kept transfer", "the 2015 wording: reduce the negative impact"),
    "single_phase.displaced": Default(2.0, "moves a displaced child", "an option ends the child's stay"),
    "participation.target": Default(0.95, "share of Year 11", "participation in education or training at 16 and 17"),
    "participation.college_share": Default(0.45, "share of Year 11", "who go to a college or training elsewhere"),
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
    "forecast.spread_births": Default(0.02, "a year", "births that are not known yet, growing year by year", _SPREAD),
    "forecast.spread_building": Default(0.25, "share of dwellings", "pace of building against the trajectory", _SPREAD),
    "forecast.births_damping": Default(
        0.5, "share kept a year", "the trend of births dies away beyond the last known year"
    ),
    "specialist.mix.ASD": Default(0.35, "share of need", "mix of primary needs where no needs are given"),
    "specialist.mix.SEMH": Default(0.2, "share of need", "mix of primary needs where no needs are given"),
    "specialist.mix.MLD": Default(0.2, "share of need", "mix of primary needs where no needs are given"),
    "specialist.mix.SLD": Default(0.15, "share of need", "mix of primary needs where no needs are given"),
    "specialist.mix.PMLD": Default(0.1, "share of need", "mix of primary needs where no needs are given"),
    "specialist.rate": Default(0.019, "share of children", "who need a specialist place where no needs are given"),
    "specialist.growth": Default(0.03, "a year", "growth of that rate"),
    "early_years.funded_take_up": Default(0.93, "share of 3 and 4 year olds", "who take a funded place"),
    "suppressed.count": Default(2.5, "pupils", "a count that is hidden because it is small: the middle of 1 to 4"),
}
