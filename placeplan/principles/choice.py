"""Choice: diversity of provision for parental choice."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.network import BANDS, Network
from placeplan.journeys.openings import ByOpening, by_state
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Deviations, Measure, Prices, Principle, no_prices
from placeplan.scenario.scenario import Scenario

BLOCKS = ((0, 4), (5, 6), (7, 8), (9, 11))
LAST_PRIMARY = 6
ROOM = 1 - 1e-6  # a free place, rounding aside


@dataclass(frozen=True)
class _Offer:
    """For one block of year groups: which kinds a zone has in reach.

    first: the block's lowest year group.  kind: of each school.  within: zone × school.  open_: school × planned year, teaches all of the block.
    """

    first: int
    kind: Whole
    within: YesNo
    open_: ByOpening
    children: Number  # zone × planned year

    def kinds(self, counted: YesNo) -> Number:
        """Return zone × planned year: how many kinds are within reach. counted: school × planned year."""
        kinds = np.zeros(self.children.shape)
        for k in np.unique(self.kind):
            mine = self.kind == k
            kinds += (self.within[:, mine].astype(float) @ counted[mine].astype(float)) > 0
        return kinds


class Choice(Principle):
    """Diversity of provision for parental choice.

    Loss: child-years by how many kinds of provision (provider and trust, faith, boys or girls) fewer than wanted lie
    within reach: one in a village, two in a town, three in a city. A school counts for a block of year groups when it
    teaches all of it. Proxy: options in reach, not satisfaction.
    """

    key = "choice"
    title = "Diversity and parental choice"
    limits = "Kinds of provision within reach, whether or not a place is free there; not whether parents are satisfied."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return rows for kinds missing where an option could change them, and the constant where none could."""
        wanted = _wanted(scenario)
        deviations, constant = [], 0.0
        for offer in self._offers(network, scenario):
            found, fixed = _rows(network, offer, wanted)
            deviations += found
            constant += fixed
        prices = no_prices(network, max(network.demand.child_years(), 1.0))
        return replace(
            prices, unplaced=np.ones(len(network.nodes.origin)), constant=constant, deviations=tuple(deviations)
        )

    def _offers(self, network: Network, scenario: Scenario) -> list[_Offer]:
        """Return one offer a block of year groups."""
        table = network.estate.table
        group = np.where(table["trust"] != "", table["trust"], table["provider"]).astype(str)
        kind = np.array([f"{g}|{f}|{s}" for g, f, s in zip(group, table["faith"], table["sex"], strict=True)])
        code = np.unique(kind, return_inverse=True)[1]
        offers = []
        for first, last in BLOCKS:
            taught = network.states.taught[:, :, first : last + 1].all(axis=2).astype(float)
            limit = scenario.assume("choice.reach_primary" if last <= LAST_PRIMARY else "choice.reach_later")
            offers.append(
                _Offer(
                    first,
                    code,
                    network.reach.zone_miles <= limit,
                    by_state(network.states, network.options, taught),
                    _children(network, first, last),
                )
            )
        return offers

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the mean number of kinds in reach, and of those with room; the loss recounted zone by zone."""
        network = plan.network
        wanted = _wanted(scenario)
        free = _free_places(plan)
        loss, kinds_in_reach, weight, short_children = float(plan.unplaced.sum()), 0.0, 0.0, 0.0
        with_room = 0.0
        for offer in self._offers(network, scenario):
            open_ = offer.open_.at(plan.openings).reshape(-1, len(network.years)) > 0.5
            kinds = offer.kinds(open_)
            missing = np.maximum(wanted[:, None] - kinds, 0)
            loss += float((missing * offer.children).sum())
            short_children += float(offer.children[missing > 0].sum())
            kinds_in_reach += float((kinds * offer.children).sum())
            with_room += float((offer.kinds(open_ & (free[:, :, offer.first] >= ROOM)) * offer.children).sum())
            weight += float(offer.children.sum())
        mean = kinds_in_reach / max(weight, 1e-9)
        parts = {
            "kinds of provision within reach, mean": (mean, "kinds"),
            "kinds of provision within reach with room, mean": (with_room / max(weight, 1e-9), "kinds"),
            "child-years with fewer kinds than wanted": (100 * short_children / max(weight, 1e-9), "%"),
        }
        return Measure(loss, mean, "kinds of provision", "kinds of provision within reach", parts)


def _free_places(plan: Plan) -> Number:
    """Return school × planned year × NC year: places that the plan's own journeys leave free."""
    rolls = plan.rolls()
    free: Number = plan.network.places.by_year_group.at(plan.openings).reshape(rolls.shape) - rolls
    return free


def _wanted(scenario: Scenario) -> Number:
    """Return the choices wanted in each zone by its rural class; a zone without one counts as a town."""
    k = {name: scenario.assume(f"choice.{name}") for name in ("village", "town", "city")}
    wanted: Number = scenario.zones["rural_class"].map(k).fillna(k["town"]).to_numpy(dtype=float)
    return wanted


def _children(network: Network, first: int, last: int) -> Number:
    """Return zone × planned year: children of the block by the forecast."""
    result: Number = network.forecast.central[:, :, first : last + 1].sum(axis=2)
    return result


def _rows(network: Network, offer: _Offer, wanted: Number) -> tuple[list[Deviations], float]:
    """Return the nested rows of one block: kinds that may be missing, then how many fewer than wanted."""
    years = len(network.years)
    sure, may, open_rows = _kinds(offer, years)
    short_sure = np.maximum(wanted[:, None] - sure, 0)
    possible = may.any(axis=2) & (short_sure > 0)
    constant = float((short_sure * offer.children)[~possible].sum())
    zone, year = np.nonzero(possible)
    if not len(zone):
        return [], constant
    cell = np.arange(len(zone))
    at, kind = np.nonzero(may[zone, year])
    figures = _open_of_kind(offer, zone[at], year[at], kind, open_rows, years)
    first, count = len(at), len(at) + len(zone)
    rolls = sparse.csr_matrix((count, len(network.estate.table) * years * len(BANDS)))
    openings = sparse.vstack([-figures.matrix, sparse.csr_matrix((len(zone), figures.matrix.shape[1]))]).tocsr()
    earlier = sparse.csr_matrix((np.ones(first), (first + at, np.arange(first))), shape=(count, count))
    possible_kinds = np.bincount(at, minlength=len(zone))
    constant_rows = np.concatenate([1 - figures.constant, wanted[zone] - sure[zone, year] - possible_kinds[cell]])
    price = np.concatenate([np.zeros(first), offer.children[zone, year]])
    return [Deviations(rolls, openings, earlier, constant_rows, price)], constant


def _kinds(offer: _Offer, years: int) -> tuple[Number, YesNo, Whole]:
    """Return zone × year: kinds that are sure; zone × year × kind: kinds that options could bring or take; changing schools."""
    count = int(offer.kind.max()) + 1
    changes = np.asarray(abs(offer.open_.matrix).sum(axis=1)).ravel() > 0
    always = ((offer.open_.constant > 0) & ~changes).reshape(-1, years)
    could = changes.reshape(-1, years)
    zones = offer.within.shape[0]
    sure = np.zeros((zones, years, count), dtype=bool)
    may = np.zeros((zones, years, count), dtype=bool)
    for k in range(count):
        mine = offer.kind == k
        within = offer.within[:, mine].astype(float)
        sure[:, :, k] = within @ always[mine].astype(float) > 0
        may[:, :, k] = (within @ could[mine].astype(float) > 0) & ~sure[:, :, k]
    return sure.sum(axis=2).astype(float), may, np.flatnonzero(could.any(axis=1))


def _open_of_kind(offer: _Offer, zone: Whole, year: Whole, kind: Whole, schools: Whole, years: int) -> ByOpening:
    """Return one row a (zone, year, kind): how many schools of the kind within reach are open."""
    chosen = offer.within[zone][:, schools] & (offer.kind[schools][None, :] == kind[:, None])
    row, school = np.nonzero(chosen)
    source = offer.open_.rows(schools[school] * years + year[row])
    return source.summed(row, len(zone))
