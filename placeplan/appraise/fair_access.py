"""Fair access: every principle's measure by the deprivation of the zones that children live in, plan beside do-minimum.

Until Reception a child is known by zone, later by community: a community's children are shared out among its zones as its
children of the base year are, each zone with its own distances. What is told of schools goes to the children in them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.network import BANDS, Network
from placeplan.journeys.plan import Plan
from placeplan.journeys.reach import LAST_UNDER_8
from placeplan.principles.choice import Choice
from placeplan.principles.community import Community
from placeplan.principles.nine import NINE
from placeplan.principles.principle import Prices
from placeplan.scenario.scenario import Scenario

UNKNOWN = "unknown"
QUINTILES = ("1", "2", "3", "4", "5", UNKNOWN)  # 1: the most deprived fifth
HOME, SCHOOL, AREA = "by zone", "by the children's schools", "by community, shared among its zones"
LAST_COMPULSORY, YEAR_12 = 11, 12
OUTSIDE = 1e-6  # pupils: less is rounding
COLUMNS = ["principle", "measure", "quintile", "value", "unit", "do_minimum", "children", "told"]
GOOD = ("good", "outstanding")


@dataclass(frozen=True)
class _Line:
    """One measure by quintile: part of a whole, both by quintile; unit; how it is told; times, 100 for percentages."""

    principle: str
    measure: str
    part: Number
    whole: Number
    unit: str
    told: str
    times: float = 100.0


def fair_access(prices: tuple[Prices, ...], plan: Plan, do_minimum: Plan, scenario: Scenario) -> pd.DataFrame:
    """Return principle, measure, quintile, value, unit, do_minimum, children, told: one row a measure and quintile.

    value: in the plan; do_minimum: in it.  children: a year on average, on whom the figure stands.  quintile: that of the
    children's zones, 1 the most deprived, "unknown" where the zone tells none; a quintile without children has no row.
    """
    after, before = (_lines(prices, a_plan, scenario) for a_plan in (plan, do_minimum))
    years, frames = len(plan.network.years), []
    for line, earlier in zip(after, before, strict=True):
        some = line.whole > OUTSIDE
        frame = pd.DataFrame({"quintile": np.array(QUINTILES, dtype=object)[some]})
        frame["value"] = _ratio(line)[some]
        frame["do_minimum"] = _ratio(earlier)[some]
        frame["children"] = line.whole[some] / years
        frames.append(frame.assign(principle=line.principle, measure=line.measure, unit=line.unit, told=line.told))
    table: pd.DataFrame = pd.concat(frames, ignore_index=True)[COLUMNS]
    return table


def _ratio(line: _Line) -> Number:
    """Return part over whole."""
    result: Number = line.times * np.divide(
        line.part, line.whole, out=np.zeros(len(line.whole)), where=line.whole > OUTSIDE
    )
    return result


def _lines(prices: tuple[Prices, ...], plan: Plan, scenario: Scenario) -> list[_Line]:
    """Return every measure of one plan, in the order of the principles."""
    homes = _Homes.of(plan, scenario)
    found = [
        *homes.local(), homes.viable(prices), homes.popular(), homes.partnership(), homes.single_phase(), homes.participation(),
        *homes.community(), *homes.choice(), homes.vulnerable(),
    ]  # fmt: skip
    order = {principle.key: k for k, principle in enumerate(NINE)}
    return sorted(found, key=lambda line: order[line.principle])


@dataclass(frozen=True)
class _Homes:
    """A plan with the zones and quintiles of its children. of_zone: zone × quintile, 1 where it is.  of_origin: origin × zone, shares."""

    plan: Plan
    scenario: Scenario
    of_zone: Number
    of_origin: Number

    @classmethod
    def of(cls, plan: Plan, scenario: Scenario) -> "_Homes":
        network = plan.network
        return cls(plan, scenario, _quintiles(network, scenario), network.reach.of_origin())

    @property
    def network(self) -> Network:
        return self.plan.network

    def by_origin(self, origin: Whole, children: Number) -> Number:
        """Return children by quintile from children by origin."""
        total = np.bincount(origin, weights=children, minlength=len(self.of_origin))
        result: Number = total @ self.of_origin @ self.of_zone
        return result

    def by_zone_and_school(self, child_years: Number) -> Number:
        """Return zone × school from a figure for each stay."""
        network = self.network
        schools = len(network.estate.table)
        cell = network.stays.origin * schools + network.school_of_stay()
        held = np.bincount(cell, weights=child_years, minlength=len(self.of_origin) * schools)
        result: Number = self.of_origin.T @ held.reshape(-1, schools)
        return result

    def by_school(self, child_years: Number, value: Number) -> tuple[Number, Number]:
        """Return by quintile what the children's schools are, and the children. value: school × planned year, 0 to 1."""
        network, part = self.network, np.zeros(len(QUINTILES))
        for t in range(len(network.years)):
            there = self.by_zone_and_school(self.plan.stays * network.bundles.on_roll[network.stays.bundle, t])
            part += (there @ value[:, t]) @ self.of_zone
        whole: Number = self.by_zone_and_school(child_years).sum(axis=1) @ self.of_zone
        return part, whole

    def years_of(self, which: YesNo | None = None) -> Number:
        """Return the child-years of each stay; which: stay × planned year, counted ones."""
        network = self.network
        share = network.bundles.on_roll[network.stays.bundle]
        counted: Number = self.plan.stays * (share if which is None else share * which).sum(axis=1)
        return counted

    def nc(self) -> Whole:
        """Return stay × planned year: the NC year of its children."""
        return self.network.nc_of()[self.network.stays.bundle]

    def local(self) -> list[_Line]:
        """Child-years within the walking limit of their age, and mean miles, by each zone's own distances."""
        reach, zones = self.network.reach, len(self.network.zones)
        young = self.nc() <= LAST_UNDER_8
        under, over = (self.by_zone_and_school(self.years_of(which)) for which in (young, ~young))
        near = (under * reach.within_under_8[:zones] + over * reach.within_from_8[:zones]).sum(axis=1)
        waiting = self.by_origin(self.network.nodes.origin, self.plan.unplaced)
        there: Number = (under + over).sum(axis=1) @ self.of_zone
        miles: Number = ((under + over) * reach.zone_miles).sum(axis=1) @ self.of_zone
        return [
            _Line("local", "child-years within the walking limit", near @ self.of_zone, there + waiting, "%", HOME),
            _Line("local", "mean miles to school", miles, there, "miles", HOME, 1.0),
        ]

    def viable(self, prices: tuple[Prices, ...]) -> _Line:
        """Child-years in schools between their floor and their maximum."""
        network = self.network
        of_size = prices[next(k for k, p in enumerate(NINE) if p.key == "viable")]
        outside = np.zeros(len(network.estate.table) * len(network.years))
        for rows in of_size.deviations[:2]:  # floors, then maxima: one row a school and year; spare places follow
            coo = rows.rolls.tocoo()
            missed = rows.of(self.plan.bands(), self.plan.openings, self.plan.stays) > OUTSIDE
            outside[coo.col[missed[coo.row]] // len(BANDS)] = 1.0
        inside = 1 - outside.reshape(-1, len(network.years))
        part, whole = self.by_school(self.years_of(), inside)
        return _Line("viable", "child-years in schools within the sizes", part, whole, "%", SCHOOL)

    def popular(self) -> _Line:
        """Child-years in good or outstanding schools."""
        good = np.isin(self.network.estate.table["ofsted"].to_numpy(dtype=object), GOOD).astype(float)
        part, whole = self.by_school(self.years_of(), np.repeat(good[:, None], len(self.network.years), axis=1))
        return _Line("popular", "child-years in good or outstanding schools", part, whole, "%", SCHOOL)

    def partnership(self) -> _Line:
        """Transfers kept inside a partnership, at most."""
        network, nodes = self.network, self.network.nodes
        joins = np.where(nodes.nc > 0, network.joining() @ self.plan.stays - nodes.enters, 0.0)
        kept = self.by_origin(nodes.origin[network.kept_node], self.plan.kept())
        return _Line(
            "partnership",
            "transfers inside a partnership, at most",
            kept,
            self.by_origin(nodes.origin, joins),
            "%",
            AREA,
        )

    def single_phase(self) -> _Line:
        """Moves a child, Reception to Year 11."""
        network, nodes = self.network, self.network.nodes
        counted = (nodes.nc >= 1) & (nodes.nc <= LAST_COMPULSORY)
        joins = np.where(counted, network.joining() @ self.plan.stays - nodes.enters, 0.0)
        moves = self.by_origin(nodes.origin, joins)
        together = self.plan.bundles() * network.moved_together() * (network.bundles.last_nc < LAST_COMPULSORY)
        share = together[network.stays.bundle] * self._part_of_bundle()
        moves -= self.by_origin(network.stays.origin, share)
        children = self.by_origin(
            np.arange(len(network.zones), len(network.origins)), network.demand.children[:, :, : LAST_COMPULSORY + 1].sum(axis=(1, 2))
        )  # fmt: skip
        return _Line(
            "single_phase", "moves a child, Reception to Year 11", moves, children, "moves", AREA, LAST_COMPULSORY + 1.0
        )

    def _part_of_bundle(self) -> Number:
        """Return each stay's part of the children of its bundle."""
        whole = self.plan.bundles()[self.network.stays.bundle]
        part: Number = np.divide(self.plan.stays, whole, out=np.zeros(len(whole)), where=whole > 0)
        return part

    def participation(self) -> _Line:
        """Student-years with a place within the far distance."""
        network, far = self.network, self.scenario.assume("participation.far")
        students = self.by_zone_and_school(self.years_of(self.nc() >= YEAR_12))
        late = network.nodes.nc >= YEAR_12
        waiting = self.by_origin(network.nodes.origin, np.where(late, self.plan.unplaced, 0.0))
        near: Number = (students * (network.reach.zone_miles <= far)).sum(axis=1) @ self.of_zone
        whole: Number = students.sum(axis=1) @ self.of_zone + waiting
        return _Line("participation", "students with a place within the far distance", near, whole, "%", HOME)

    def community(self) -> list[_Line]:
        """Child-years in poor rooms, and residents without a facility within reach."""
        network, principle = self.network, Community()
        opens, year = self.plan.opens(), np.arange(len(self.network.years))
        open_by = (opens[:, None] >= 0) & (opens[:, None] <= year)
        part, whole = self.by_school(self.years_of(), principle.poor_share(self.plan, self.scenario))
        covered, reach, decision, residents = principle._facilities(network, self.scenario)  # noqa: SLF001  (its own figures, by zone)
        now = covered[:, None] | ((reach.astype(float) @ open_by[decision].astype(float)) > 0)
        without: Number = (residents[:, None] * ~now).sum(axis=1) @ self.of_zone
        everybody: Number = residents * len(year) @ self.of_zone
        return [
            _Line("community", "child-years in poor rooms", part, whole, "%", SCHOOL),
            _Line("community", "residents without a community facility within reach", without, everybody, "%", HOME),
        ]

    def choice(self) -> list[_Line]:
        """Kinds of provision within reach, and child-years with fewer than wanted."""
        network, kinds_by, short = self.network, np.zeros(len(QUINTILES)), np.zeros(len(QUINTILES))
        whole = np.zeros(len(QUINTILES))
        names = {name: self.scenario.assume(f"choice.{name}") for name in ("village", "town", "city")}
        wanted = self.scenario.zones["rural_class"].map(names).fillna(names["town"]).to_numpy(dtype=float)
        for offer in Choice()._offers(network, self.scenario):  # noqa: SLF001  (its own figures, by zone)
            open_ = (offer.open_.at(self.plan.openings).reshape(-1, len(network.years)) > 0.5).astype(float)
            kinds = np.zeros(offer.children.shape)
            for k in np.unique(offer.kind):
                kinds += (offer.within[:, offer.kind == k].astype(float) @ open_[offer.kind == k]) > 0
            kinds_by += (kinds * offer.children).sum(axis=1) @ self.of_zone
            short += (offer.children * (kinds < wanted[:, None])).sum(axis=1) @ self.of_zone
            whole += offer.children.sum(axis=1) @ self.of_zone
        return [
            _Line("choice", "kinds of provision within reach, mean", kinds_by, whole, "kinds", HOME, 1.0),
            _Line("choice", "child-years with fewer kinds than wanted", short, whole, "%", HOME),
        ]

    def vulnerable(self) -> _Line:
        """Specialist need met within the far distance."""
        special, zones = self.network.specialist, len(self.network.zones)
        near = self.by_origin(zones + special.area, self.plan.used * special.near)
        need = self.by_origin(np.arange(zones, len(self.network.origins)), special.need.sum(axis=(1, 2)))
        return _Line("vulnerable", "specialist need met within the far distance", near, need, "%", AREA)


def _quintiles(network: Network, scenario: Scenario) -> Number:
    """Return zone × quintile, 1 where the zone is of it."""
    quintile = (
        scenario.zones.set_index("zone")["deprivation_quintile"].reindex(list(network.zones)).to_numpy(dtype=float)
    )
    at = np.where(np.isnan(quintile), len(QUINTILES) - 1, quintile - 1).astype(np.int64)
    found: Number = np.eye(len(QUINTILES))[at]
    return found
