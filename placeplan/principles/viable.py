"""Viable: schools of a size that is financially and educationally viable."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.capacity import capacity
from placeplan.journeys.network import BANDS, Network
from placeplan.journeys.openings import ByOpening, by_state, open_by
from placeplan.journeys.plan import Plan
from placeplan.options.option import GROUPS
from placeplan.principles.principle import Deviations, Measure, Prices, Principle, no_prices, rows, some
from placeplan.scenario.scenario import Scenario

BELOW_COUNTS = 2.0  # a pupil missing below the floor weighs twice one above the maximum
A_YEAR_WITHOUT_A_PLACE = 2.0  # a child left out of a crowded school in a full area relieves both, and must gain nothing
PART_OF_ALL = 0.1  # unacceptable: a tenth of all child-years outside the sizes
PHASES = (0, 1)  # bands of which spare places are told: primary and secondary year groups


class Viable(Principle):
    """Schools of an appropriate size to be financially and educationally viable.

    Loss: twice the pupils missing below the floor of the school's configuration (by the year groups taught; a closed
    school keeps what it missed in the base year, a federated one needs less), the pupils above its maximum, and spare places outside a band by
    planning area and phase. Proxy: size only.
    """

    key = "viable"
    title = "Schools of a viable size"
    limits = "Size only: not the quality of teaching, and no school's budget."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return rows for floors, maxima and the band of spare places."""
        roll = network.roll_of()
        floor = self._floors(network, scenario)
        below = rows(network, -roll, floor, BELOW_COUNTS)
        above = rows(network, roll, self._maxima(network, scenario).times(-1), 1.0)
        could = np.asarray(roll @ (network.band_matrix() @ network.bundles.most)) + above.constant > 0
        prices = no_prices(network, max(PART_OF_ALL * network.demand.child_years(), 1.0))
        return replace(
            prices,
            unplaced=np.full(len(network.nodes.origin), A_YEAR_WITHOUT_A_PLACE),
            deviations=(below, some(above, could), *self._spare(network, scenario)),
        )

    def _floors(self, network: Network, scenario: Scenario) -> ByOpening:
        """Return school × planned year: the floor by configuration and year groups taught; closed: what was missing before."""
        floor, _ = sizes(network, scenario)
        taught, final = network.states.taught.sum(axis=2), network.states.final.sum(axis=1)
        of_today = floor[_of_today(network)][network.states.school]
        full = np.where(final > 0, final, network.estate.taught[network.states.school].sum(axis=1))
        known = np.where(final > 0, floor, of_today)
        needed = known[:, None] * taught / np.maximum(full, 1)[:, None]
        needed = np.where(_still_as_today(network), of_today[:, None], needed)
        base_roll = (network.estate.rolls * network.estate.taught).sum(axis=1)[network.states.school]
        missing = np.maximum(of_today - base_roll, 0)
        gone = network.estate.table["is_new"].to_numpy(dtype=bool)[network.states.school]
        gone = gone | (network.states.successor >= 0)  # the school that it closed into has its pupils and its floor
        floors = np.where(taught > 0, needed, (missing * ~gone)[:, None])
        shared = (1 - scenario.assume("size.federation_discount")) * _least_of_school(network, floors)
        return by_state(network.states, network.options, floors).plus(_federated(network, -shared))

    def _maxima(self, network: Network, scenario: Scenario) -> ByOpening:
        """Return school × planned year: the maximum, at least the roll of the base year."""
        _, most = sizes(network, scenario)
        of_today = most[_of_today(network)][network.states.school]
        known = np.where(network.states.final.any(axis=1), most, of_today)
        base_roll = (network.estate.rolls * network.estate.taught).sum(axis=1)[network.states.school]
        maxima = np.where(_still_as_today(network), of_today[:, None], known[:, None])
        return by_state(network.states, network.options, np.maximum(maxima, base_roll[:, None]))

    def _spare(self, network: Network, scenario: Scenario) -> list[Deviations]:
        """Return rows for spare places above and below the band, by planning area, phase and year."""
        found = []
        for band in PHASES:
            cap = capacity(network, band)
            group, count = _by_area(network)
            roll = network.roll_of(band)
            add = _adding(group, count)
            area_roll, area_cap = (add @ roll).tocsr(), cap.summed(group, count)
            exists = area_cap.constant + np.asarray(abs(area_cap.matrix).sum(axis=1)).ravel() > 0
            for sign, part in ((-1, 1 - scenario.assume("spare.most")), (1, 1 - scenario.assume("spare.least"))):
                found.append(some(rows(network, sign * area_roll, area_cap.times(-sign * part), 1.0), exists))
        return found

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of school-years within the sizes; floors, crowding and spare places told apart."""
        network = plan.network
        roll = plan.rolls().sum(axis=2)
        floors = self._floors(network, scenario).at(plan.openings).reshape(roll.shape)
        maxima = self._maxima(network, scenario).at(plan.openings).reshape(roll.shape)
        missing, crowded = np.maximum(floors - roll, 0), np.maximum(roll - maxima, 0)
        spare, capacity = self._spare_told(plan, scenario)
        loss = BELOW_COUNTS * missing.sum() + crowded.sum() + spare + A_YEAR_WITHOUT_A_PLACE * plan.unplaced.sum()
        open_ = network.states.taught[plan.states()].any(axis=2)
        inside = (missing <= 1e-6) & (crowded <= 1e-6) & open_
        share = 100 * float(inside.sum()) / max(float(open_.sum()), 1.0)
        final = capacity[:, -1]
        parts = {
            "school-years within the sizes": (share, "%"),
            "pupils missing below the floor": (float(missing.sum()), "pupil-years"),
            "pupils above the maximum": (float(crowded.sum()), "pupil-years"),
            "spare places outside the band": (float(spare), "place-years"),
            "spare places in the last planned year": (100 * float(1 - final[1] / max(final[0], 1e-9)), "% of places"),
        }
        return Measure(float(loss), share, "% of school-years", "schools within the sizes", parts)

    def _spare_told(self, plan: Plan, scenario: Scenario) -> tuple[float, Number]:
        """Return places outside the band, and (places, pupils) by planned year."""
        network = plan.network
        least, most = scenario.assume("spare.least"), scenario.assume("spare.most")
        total, told = 0.0, np.zeros((2, len(network.years)))
        area = network.estate.table["planning_area"].to_numpy(dtype=object)
        rolls = plan.rolls()
        for band in PHASES:
            first, last = BANDS[band]
            cap = capacity(network, band).at(plan.openings).reshape(rolls.shape[:2])
            roll = rolls[:, :, first : last + 1].sum(axis=2)
            told += np.stack([cap.sum(axis=0), roll.sum(axis=0)])
            for name in np.unique(area.astype(str)):
                c, r = cap[area == name].sum(axis=0), roll[area == name].sum(axis=0)
                total += float(
                    np.maximum((1 - most) * c - r, 0).sum() + np.maximum(r - (1 - least) * c, 0).sum() * (c.sum() > 0)
                )
        return total, told


def sizes(network: Network, scenario: Scenario) -> tuple[Number, Number]:
    """Return the floor and the maximum of each state, by the year groups that it comes to teach, within the plan or beyond."""
    kind = configurations(network)
    size = {
        k: (scenario.assume(f"size.{k}.floor"), scenario.assume(f"size.{k}.maximum"))
        for k in ("lower", "primary", "middle", "secondary", "upper")
    }
    size["closed"] = (0.0, 0.0)
    size["all_through"] = tuple(a + b for a, b in zip(size["primary"], size["secondary"], strict=True))  # type: ignore[assignment]
    floor, most = (np.array([size[str(k)][i] for k in kind], dtype=float) for i in range(2))
    table = network.estate.table.iloc[network.states.school]
    floor *= ~table["sparse"].to_numpy(dtype=bool)
    floor *= np.where(table["federated"].to_numpy(dtype=bool), scenario.assume("size.federation_discount"), 1.0)
    return floor, most


def configurations(network: Network) -> NDArray[np.str_]:
    """Return of each state what it comes to be: lower, primary, middle, secondary, upper, all_through or closed."""
    final = network.states.final
    any_ = final.any(axis=1)
    low = np.where(any_, final.argmax(axis=1), 0)
    high = np.where(any_, GROUPS - 1 - final[:, ::-1].argmax(axis=1), -1)
    kind: NDArray[np.str_] = np.select(
        [~any_, (low <= 2) & (high <= 4), (low <= 3) & (high <= 6), (low <= 4) & (high > 8), high <= 8, low <= 7],
        ["closed", "lower", "primary", "all_through", "middle", "secondary"],
        "upper",
    )
    return kind


def _least_of_school(network: Network, floors: Number) -> Number:
    """Return school × planned year: the least floor of any state, so that a discount on it never exceeds one on the true one."""
    least = np.full((len(network.estate.table), floors.shape[1]), np.inf)
    np.minimum.at(least, network.states.school, floors)
    return least


def _federated(network: Network, change: Number) -> ByOpening:
    """Return school × planned year: the change where an option has federated the school; one that is so today gains nothing."""
    index, years = network.estate.index(), len(network.years)
    federated = network.estate.table["federated"].to_numpy(dtype=bool)
    heads = [o for o in network.options.options if o.effects.shares_head and o.school in index]
    heads = [o for o in heads if not federated[index[o.school]]]
    school = np.repeat(np.array([index[o.school] for o in heads], dtype=np.int64), years)
    decision = np.repeat(np.array([o.decision for o in heads], dtype=np.int64), years)
    year = np.tile(np.arange(years), len(heads))
    open_ = ByOpening(np.zeros(len(year)), open_by(network.options, decision, year))
    return open_.times(change[school, year]).summed(school * years + year, change.size)


def _still_as_today(network: Network) -> YesNo:
    """Return state × planned year: has the decision that makes the state not opened yet."""
    years: YesNo = np.arange(len(network.years)) < network.states.opening[:, None]
    return years


def _of_today(network: Network) -> Whole:
    """Return each school's first state: as today."""
    today = np.flatnonzero(network.states.column < 0)
    row = np.empty(len(today), dtype=np.int64)
    row[network.states.school[today]] = today
    return row


def _by_area(network: Network) -> tuple[Whole, int]:
    """Return for each (school, planned year) its (planning area, planned year), and how many there are."""
    names, area = np.unique(network.estate.table["planning_area"].to_numpy(dtype=str), return_inverse=True)
    years = len(network.years)
    return (area[:, None] * years + np.arange(years)).ravel(), len(names) * years


def _adding(group: Whole, count: int) -> sparse.csr_matrix:
    """Return the matrix that adds rows up by group."""
    return sparse.csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))), shape=(count, len(group)))
