"""Tastes: what families want of a school, fitted to the present pattern and told for every school that the plan could use."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.logit import Fitted, Market, Prior, fit
from placeplan.journeys.network import Network
from placeplan.journeys.present import SCALE_MILES
from placeplan.journeys.states import LAST_COMPULSORY
from placeplan.scenario.scenario import Scenario

LATER_SCALE_MILES = 2.5  # pupils of middle and upper schools travel farther; the team's figure, no survey's
FROM_NC_YEAR = 5  # the first year group of a middle school
FEWEST_PLACES = 5.0  # a school's size in the logit is at least this
YEARS_OF_PREFERENCES = 3
A_PART_OF_THE_PLACES = 0.05  # of a year group: schools that begin there make it an entry
GRADES = ("outstanding", "good", "none", "requires_improvement", "inadequate")

_DISTANCE = (
    "rolls alone hardly tell it, for places have followed children: kept close to the scale of the present pattern"
)
_SIZE = "a school twice as large is chosen twice as often by families who like both alike"
PRIORS: Mapping[str, Prior] = {
    "miles": Prior(-1 / SCALE_MILES, 0.05, _DISTANCE),
    "miles, later": Prior(-1 / LATER_SCALE_MILES, 0.05, _DISTANCE),
    "same community": Prior(float(np.log(4)), 0.3, "four times as likely: the present pattern's"),
    "size": Prior(1.0, 0.3, _SIZE),
    "popularity": Prior(1.0, 0.5, "first preferences for a place: twice as many, twice as likely"),
    "grade": Prior(0.0, 1.0, "inspection grade, 0 to 1; nothing is believed of it"),
    "faith": Prior(0.0, 0.5, "a school of a faith; nothing is believed of it"),
    "continuity": Prior(1.0, 0.5, "the same school, or one linked with it"),
}
"""What is believed before any roll is seen; logarithms of odds, a mile, a unit of the feature."""


@dataclass(frozen=True)
class Tastes:
    """What families who choose at one NC year want.

    nc: the NC year.  fitted: the coefficients.  utility: zone × school of the estate, schools to come too; without tastes.
    children: zone, those of the base year.
    """

    nc: int
    fitted: Fitted
    utility: Number
    children: Number

    @property
    def a_mile(self) -> float:
        """Return the utility that a mile takes away."""
        return max(-self.fitted.of("miles"), 1e-3)


def tastes(network: Network, scenario: Scenario) -> tuple[Tastes, ...]:
    """Fit what families want at Reception and at each later NC year in which schools begin."""
    return tuple(taste_at(network, scenario, nc) for nc in entries(network.estate.taught, network.estate.places))


def entries(taught: YesNo, places: Number) -> list[int]:
    """Return Reception and each NC year to Year 11 with which schools of today begin that hold a part of its places.

    taught, places: school × NC year.  One odd school of fifty is no entry of the authority.
    """
    lowest = np.where(taught.any(axis=1), taught.argmax(axis=1), -1)
    begin = places * taught * (lowest[:, None] == np.arange(taught.shape[1]))
    share = begin.sum(axis=0) / np.maximum((places * taught).sum(axis=0), 1e-9)
    return [n for n in range(LAST_COMPULSORY + 1) if n == 0 or share[n] > A_PART_OF_THE_PLACES]


def taste_at(network: Network, scenario: Scenario, nc: int) -> Tastes:
    """Fit what families want at one NC year to the rolls of the schools that teach it today."""
    market = market_at(network, scenario, nc)
    today = network.estate.taught[:, nc]
    rolls = network.estate.rolls[today, nc]
    fitted = fit(only(market, today), rolls, priors_at(nc))
    return Tastes(nc, fitted, market.utility(fitted.coefficients), market.children)


def market_at(network: Network, scenario: Scenario, nc: int) -> Market:
    """Return who chooses at an NC year, with the features of every school of the estate.

    Children of the base year; they are taken to be as many as are on roll: who crosses the border isn't known by zone.
    """
    estate = network.estate
    new = np.zeros(len(estate.table))
    np.maximum.at(new, network.states.school, network.states.new_places)
    places = np.where(estate.taught[:, nc], estate.places[:, nc], new)
    named = {"popularity": popularity(scenario, estate.table["urn"].to_numpy(dtype=object))}
    if named["popularity"] is None:
        named = {"grade": grades(scenario, estate.table["ofsted"].to_numpy(dtype=object))}
    same = (
        np.array(network.communities, dtype=object)[network.area_of_zone][:, None]
        == estate.table["community"].to_numpy()
    )
    linked = links(network.partnerships.of_school, network.partnerships.strength)
    names, table = features(
        network.reach.zone_miles, same, places, {k: v for k, v in named.items() if v is not None},
        (estate.table["faith"].fillna("") != "").to_numpy(), linked, estate.taught, estate.places, nc,
    )  # fmt: skip
    on_roll = (estate.rolls * estate.taught)[:, nc].sum()
    children = network.forecast.base[:, nc]
    return Market(names, table, children * (on_roll / max(children.sum(), 1e-9)), places)


def features(
    miles: Number,
    same: YesNo,
    places: Number,
    liked: Mapping[str, Number],
    faith: YesNo,
    linked: Number,
    taught: YesNo,
    places_by_nc: Number,
    nc: int,
) -> tuple[tuple[str, ...], Number]:
    """Return the names of the features and zone × school × feature at one NC year.

    miles, same (community): zone × school.  places, faith, and what is liked by name: one a school.  linked: school × school,
    0 to 1.  taught, places_by_nc: school × NC year, of today.  Continuity, from Year 1 on: the share of a zone's children
    a year younger who go to this school or to one linked with it, if they spread by places and distance alone: where they
    really go is a roll that may have to be foretold.
    """
    shape = miles.shape
    columns: dict[str, Number] = {
        "miles": miles,
        "same community": same.astype(float),
        "size": np.broadcast_to(np.log(np.maximum(places, FEWEST_PLACES)), shape),
        **{name: np.broadcast_to(values, shape) for name, values in liked.items()},
        "faith": np.broadcast_to(faith.astype(float), shape),
    }
    if nc > 0 and (taught[:, nc - 1] & (places_by_nc[:, nc - 1] > 0)).any():
        before = places_by_nc[:, nc - 1] * taught[:, nc - 1]
        spread = np.exp(-miles / SCALE_MILES) * before + 1e-300
        columns["continuity"] = spread / spread.sum(axis=1, keepdims=True) @ linked
    return tuple(columns), np.stack(list(columns.values()), axis=-1)


def priors_at(nc: int) -> dict[str, Prior]:
    """Return what is believed at an NC year: older pupils travel farther."""
    return {**PRIORS, "miles": PRIORS["miles, later" if nc >= FROM_NC_YEAR else "miles"]}


def only(market: Market, schools: YesNo | Whole) -> Market:
    """Return the market with some of the schools."""
    return Market(market.names, market.features[:, schools], market.children, market.places[schools])


def popularity(scenario: Scenario, urns: Number) -> Number | None:
    """Return for each school the logarithm of first preferences for a place, of the latest three years; None where nobody told any.

    Schools without a row are as popular as the mean of the others.
    """
    told = scenario.table("preferences")
    pan = scenario.schools.set_index("urn")["pan"].astype(float)
    told = told[told["urn"].map(pan).fillna(0) > 0]
    if not len(told):
        return None
    told = told[told["academic_year"] > told["academic_year"].max() - YEARS_OF_PREFERENCES]
    mean = told.groupby("urn")["first_preferences"].mean()
    ratio = np.log(np.maximum(mean / pan.reindex(mean.index), 0.1))
    known: Number = ratio.reindex(urns).fillna(ratio.mean()).to_numpy(dtype=float)
    return known


def grades(scenario: Scenario, words: Number) -> Number:
    """Return the quality of each school by its inspection grade."""
    quality = {grade: scenario.assume(f"quality.{grade}") for grade in GRADES}
    return np.array([quality[word] for word in words], dtype=float)


def links(of_school: YesNo, strength: Number) -> Number:
    """Return school × school: 1 for the same school, else the strength of the strongest partnership that both are in."""
    linked = np.eye(len(of_school))
    for partnership, strong in enumerate(strength):
        inside = of_school[:, partnership].astype(float) * strong
        linked = np.maximum(linked, np.minimum(inside[:, None], inside[None, :]))
    return linked
