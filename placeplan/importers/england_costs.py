"""Costs a place that the importer takes, and the Septembers in which its options may open."""

from dataclasses import dataclass

from placeplan.importers.england_said import DFE_2025, Assumed

EXPANSION, NEW = (21_014, 28_902), (25_089, 30_394)  # £ a place, primary and secondary
SPECIAL, RESOURCED = 95_000, 56_000  # £ a specialist place: taken, no national figure
FACILITY = 600_000  # £ a hall and pitch that the community may use: taken
PRICE_BASE = "2025 prices"  # of the national averages above
POUNDS_A_PUPIL = 1_200  # capital of the whole plan


@dataclass(frozen=True, slots=True)
class Span:
    """first: first planned September.  until: last September in which anything may open."""

    first: int
    until: int


def cost_of(places: float, first: int, last: int, rates: tuple[int, int]) -> float:
    """Return £ for so many places in each year group first … last: primary rates to Year 6, secondary rates after."""
    primary = max(min(last, 6) - first + 1, 0)
    secondary = max(last - max(first, 7) + 1, 0)
    return round(float(places) * (primary * rates[0] + secondary * rates[1]), -3)


def costs_told(budget: float) -> tuple[Assumed, ...]:
    """Say what the options cost and what there is to spend."""
    return (
        Assumed("cost.expansion.primary", EXPANSION[0], "£ a place", "national average, a permanent expansion; to Year 6", DFE_2025),
        Assumed("cost.expansion.secondary", EXPANSION[1], "£ a place", "national average, a permanent expansion; from Year 7", DFE_2025),
        Assumed("cost.new_school.primary", NEW[0], "£ a place", "national average, a new school without its land", DFE_2025),
        Assumed("cost.special_place", SPECIAL, "£ a place", "no national figure: some four and a half times a primary place"),
        Assumed("cost.resourced_place", RESOURCED, "£ a place", "no national figure: some two and a half times a primary place"),
        Assumed("cost.community_facility", FACILITY, "£", "no national figure: a hall and a pitch"),
        Assumed("budget.a_pupil", POUNDS_A_PUPIL, "£ a pupil", f"capital of the whole plan, £{budget:,.0f}; no national extract has an authority's own", "placeplan", "finance officer"),
    )  # fmt: skip
