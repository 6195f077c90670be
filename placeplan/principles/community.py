"""Community: inspirational learning environments, and the most use of them by the community."""

from dataclasses import replace

import numpy as np

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening, most_by_openings, open_by
from placeplan.journeys.plan import Plan
from placeplan.journeys.reach import METRES_A_MILE
from placeplan.journeys.rooms import Rooms, RoomStates, room_states, rooms
from placeplan.principles.principle import Deviations, Measure, Prices, Principle, no_prices, rows
from placeplan.scenario.scenario import Scenario

HALF = 0.5


class Community(Principle):
    """Inspirational learning environments, and maximum community use of school sites.

    Loss: half for child-years in poor rooms (by condition grade and temporary units; the roll spreads over all rooms, those
    that options build among them), half for residents without a community facility within reach, a facility counted once. Residents are told by their
    children. Proxy: condition and distance.
    """

    key = "community"
    more_is_better = False
    title = "Learning environments and community use"
    limits = "Condition, temporary units and distance to a facility only; residents are counted by their children."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return a price on child-years in poor rooms, rows for what options change of the rooms, and rows for cover."""
        total = max(network.demand.child_years(), 1.0)
        told = room_states(network, self._rooms(network, scenario))
        always = (network.bundles.on_roll * told.least[network.bundles.school]).sum(axis=1)
        prices = no_prices(network, 1.0)
        cover, constant = self._cover(network, scenario)
        return replace(
            prices,
            bundles=HALF * always / total,
            unplaced=np.full(len(network.nodes.origin), 1 / total),
            constant=constant,
            deviations=(*_in_more_poor_rooms(network, told, total), *cover),
        )

    def _rooms(self, network: Network, scenario: Scenario) -> Rooms:
        """Return the rooms of each school: those of today poor by condition, or as many as are temporary where that is more."""
        table = network.estate.table
        grade = {"d": scenario.assume("community.poor_d"), "c": scenario.assume("community.poor_c")}
        poor = table["condition"].map(grade).fillna(0.0).to_numpy(dtype=float)
        temporary = table["temporary_places"].to_numpy(dtype=float) / np.maximum(
            table["net_capacity"].to_numpy(dtype=float), 1
        )
        return rooms(network, np.minimum(np.maximum(poor, temporary), 1.0))

    def poor_share(self, plan: Plan, scenario: Scenario) -> Number:
        """Return school × planned year: the share of poor rooms in a plan."""
        return self._rooms(plan.network, scenario).share(plan.opens(), len(plan.network.years))

    def _cover(self, network: Network, scenario: Scenario) -> tuple[tuple[Deviations, ...], float]:
        """Return rows zone × year for cover that an option could bring, and the constant where none could."""
        reach, option_reach, decision, residents = self._facilities(network, scenario)
        years = len(network.years)
        weight = HALF * residents / (max(residents.sum(), 1e-9) * years)
        open_zone = ~reach
        hopeless = open_zone & ~option_reach.any(axis=1)
        constant = float(weight[hopeless].sum() * years)
        zones = np.flatnonzero(open_zone & option_reach.any(axis=1))
        if not len(zones):
            return (), constant
        zone, year = np.repeat(zones, years), np.tile(np.arange(years), len(zones))
        matrix = sum(
            open_by(network.options, np.full(len(zone), d), year).multiply(option_reach[zone, k][:, None])
            for k, d in enumerate(decision)
        )
        figures = ByOpening(np.ones(len(zone)), (-matrix).tocsr())
        return (rows(network, None, figures, weight[zone]),), constant

    def _facilities(self, network: Network, scenario: Scenario) -> tuple[YesNo, YesNo, Whole, Number]:
        """Return: is the zone covered today, zone × option reach, each option's decision, residents a zone."""
        centre = scenario.zones.geometry.representative_point()
        at = np.stack([centre.x.to_numpy(), centre.y.to_numpy()], axis=1)
        limit = scenario.assume("community.reach") * METRES_A_MILE
        schools = scenario.schools[scenario.schools["community_use"] != ""]
        places = [scenario.table("facilities")[["easting", "northing"]], schools[["easting", "northing"]]]
        today = np.vstack([p.to_numpy(dtype=float) for p in places])
        covered: YesNo = np.asarray(_within(at, today, limit).any(axis=1))
        index, table = network.estate.index(), network.estate.table
        offering = [o for o in network.options.options if o.effects.facilities]
        spots = np.array(
            [
                table.iloc[index[o.school]][["easting", "northing"]].to_list()
                if o.school in index
                else [o.row["easting"], o.row["northing"]]
                for o in offering
            ],
            dtype=float,
        ).reshape(-1, 2)
        decision = np.array([o.decision for o in offering], dtype=np.int64)
        residents: Number = np.bincount(
            network.nodes.origin[: network.nodes.zones * network.nodes.years],
            weights=network.demand.entry.ravel(),
            minlength=len(network.zones),
        ).astype(np.float64)
        return covered, _within(at, spots, limit), decision, residents

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of child-years in poor rooms and, apart, of residents without a facility within reach."""
        network = plan.network
        total = max(network.demand.child_years(), 1.0)
        opens = plan.opens()
        year = np.arange(len(network.years))
        in_poor = float((plan.rolls().sum(axis=2) * self.poor_share(plan, scenario)).sum())
        covered, option_reach, decision, residents = self._facilities(network, scenario)
        open_ = (opens[decision] >= 0)[:, None] & (opens[decision][:, None] <= year)
        now = covered[:, None] | ((option_reach.astype(float) @ open_.astype(float)) > 0)
        without = float((residents[:, None] * ~now).sum() / (max(residents.sum(), 1e-9) * len(year)))
        parts = {
            "child-years in poor rooms": (100 * in_poor / total, "%"),
            "residents without a community facility within reach": (100 * without, "%"),
        }
        loss = HALF * in_poor / total + HALF * without + float(plan.unplaced.sum()) / total
        return Measure(loss, 100 * in_poor / total, "% of child-years", "children in poor rooms", parts)


def _in_more_poor_rooms(network: Network, told: RoomStates, total: float) -> tuple[Deviations, ...]:
    """Return one row a school, year and state: children there beyond the least share, while the state holds."""
    at = told.school * len(network.years) + told.year
    roll, net = network.roll_of()[at], network.places.net.rows(at)
    there = np.asarray(roll @ (network.band_matrix() @ network.bundles.most))
    most = np.minimum(there, np.maximum(net.constant + most_by_openings(net.matrix, network.options), 0))
    above = told.share - told.least[told.school, told.year]
    some_ = np.flatnonzero(most > 0)
    if not len(some_):
        return ()
    figures = told.apart.rows(some_).times(-most[some_])
    return (rows(network, roll[some_], figures, HALF * above[some_] / total),)


def _within(at: Number, spots: Number, limit: float) -> YesNo:
    """Return zone × spot: is it within the distance (straight line)."""
    apart = np.hypot(at[:, None, 0] - spots[None, :, 0], at[:, None, 1] - spots[None, :, 1])
    result: YesNo = apart <= limit
    return result
