"""Authority: how its year groups will change, from its own censuses and, in England, from what all authorities teach."""

from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_year
from placeplan.forecast.births import BirthsByZone
from placeplan.forecast.history import ENOUGH_CENSUSES, History
from placeplan.forecast.pooled.intervals import PHASES, about
from placeplan.forecast.pooled.panel import GROUPS, Panel, is_london
from placeplan.forecast.pooled.parts import parts_of
from placeplan.forecast.pooled.project import ratios
from placeplan.forecast.pooled.trained import england, known_origins, lessons, lone, widths_of
from placeplan.forecast.reception import reception_ratio
from placeplan.forecast.survival import survival_ratios
from placeplan.scenario.scenario import Scenario

NORMAL_80 = 1.2815515655446004  # standard deviations from the middle to the end of an 80 % interval of a normal law


@dataclass(frozen=True)
class Change:
    """How year groups of the authority change. survival: year ahead × 11, to Years 1 … 11.

    reception: year ahead, Reception for one birth four years before.  spread: phase × year ahead, standard deviation of
    ln of the phase's total, calibrated on earlier forecasts; None where nothing is known of how wrong they were.
    england: as survival, that of all of England; None where the authority's own is all that is looked at.
    """

    survival: Number
    reception: Number
    spread: Number | None
    england: Number | None
    notes: tuple[str, ...]


def change_of(scenario: Scenario, past: History, born: BirthsByZone, horizon: int) -> Change:
    """Return survival and Reception ratios for each year ahead.

    With forecast.method "pooled" (the default where la_code names an English authority and nothing is made up) the
    nation's series, the authority's own level and its learned drift; else, or with fewer than four censuses, plain cohort survival.
    Source: docs/explanation/accuracy.md.
    """
    if is_pooled(scenario, past):
        return _pooled(scenario, past, born, horizon)
    weights = scenario.settings.forecast.survival_weights
    survival = np.repeat(survival_ratios(past.rolls, weights)[None, :11], horizon, axis=0)
    reception = np.full(horizon, reception_ratio(past.rolls[:, 0], past.years, born, weights))
    return Change(survival, reception, None, None, ())


def is_pooled(scenario: Scenario, past: History) -> bool:
    """Return whether England's lessons are taken: asked for or an English authority, enough censuses, not too long ago."""
    settings = scenario.settings
    english = settings.la_code.isdigit() and not settings.synthetic
    asked = settings.forecast.method == "pooled" or (settings.forecast.method == "auto" and english)
    rolls = _within(past)[1]
    return asked and past.years[-1] >= known_origins()[0] and len(rolls) >= ENOUGH_CENSUSES and bool((rolls > 0).all())


def _within(past: History) -> tuple[int, Number]:
    """Return the first year and the rolls of Reception to Year 11, no further back than England's series."""
    late = max(england().first - past.years[0], 0)
    return past.years[0] + late, past.rolls[late:, :GROUPS]


def _pooled(scenario: Scenario, past: History, born: BirthsByZone, horizon: int) -> Change:
    """Return what England's lessons and the authority's own level say."""
    panel = _panel(scenario, past, born)
    nation, origin = england(), panel.last
    found = ratios(panel, nation, lessons(origin), horizon)
    usual, learned = about(parts_of(panel, nation.to(origin))), widths_of(origin)
    spread = None
    if learned is not None:
        halves = [learned.half(usual, lead)[0, :, 0] for lead in range(1, horizon + 1)]
        spread = np.stack(halves, axis=1) / NORMAL_80
    known = nation.to(origin)
    notes = _told(panel, known.shocks(), spread)
    return Change(found.survival[0], found.reception[0], spread, np.exp(known.ahead(horizon)[0]), notes)


def _panel(scenario: Scenario, past: History, born: BirthsByZone) -> Panel:
    """Return the authority's rolls, and its births as far as the base year's summer knows them."""
    first, rolls = _within(past)
    known = min(born.last_known, past.years[-1]) - born.years[0] + 1
    births, london = born.totals[: max(known, 0)], is_london(scenario.settings.la_code)
    return lone(rolls, first, births, born.years[0], london=london)


def _told(panel: Panel, shocks: tuple[int, ...], spread: Number | None) -> tuple[str, ...]:
    """Say what the ratios rest on."""
    last = known_origins()[1]
    method = (
        "Survival and Reception are England's trend, this authority's own departure from it and how such departures have"
        f" moved on elsewhere, all as known in {name_of_year(panel.last)}; how well that does is in docs/explanation/accuracy.md."
    )
    notes = [method]
    if panel.last > last:
        notes.append(
            f"England's series end with {name_of_year(last)}: later years are taken as expected from there, so a change of"
            " the whole country since then counts as this authority's own."
        )
    if shocks:
        named = ", ".join(name_of_year(year) for year in shocks)
        notes.append(f"{named}: a shock to the whole country, left out of its trend.")
    if spread is not None:
        ahead = min(5, spread.shape[1]) - 1
        told = " and ".join(
            f"{100 * NORMAL_80 * spread[i, ahead]:.1f} % of {phase} pupils" for i, phase in enumerate(PHASES)
        )
        notes.append(f"Errors of earlier forecasts say: {ahead + 1} years ahead 4 in 5 lie within {told}.")
    return tuple(notes)
