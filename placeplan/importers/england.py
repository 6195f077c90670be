"""An English authority from public extracts: schools, pupils, zones and births, with every assumption stated."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from placeplan.domain.errors import CannotWrite, RunFolderInTheWay
from placeplan.domain.folder_names import check_name
from placeplan.domain.progress import Progress, silent
from placeplan.importers.columns import with_every_column
from placeplan.importers.england_costs import POUNDS_A_PUPIL, PRICE_BASE, Span, costs_told
from placeplan.importers.england_extracts import Extracts, read_extracts
from placeplan.importers.england_homes import homes
from placeplan.importers.england_links import STRENGTH, links, pyramids
from placeplan.importers.england_options import choices
from placeplan.importers.england_people import people
from placeplan.importers.england_said import Assumed, assumptions_table
from placeplan.importers.england_schools import Schools, schools
from placeplan.importers.england_zones import with_zone, zones
from placeplan.scenario.settings import Budget, ForecastSettings, Publish, Settings, Solve
from placeplan.scenario.tables import TABLES
from placeplan.scenario.write import write_scenario

BASE_YEAR, HORIZON = 2022, 10  # the schools of January 2023
OUT_OF_SIGHT = 5  # last years of a plan in which nothing may open
PUPILS_A_MINUTE = 18_000  # of solving: measured at 45,000 pupils and at a county of 220,000
LICENCE = "Open Government Licence v3.0"
SOURCE = (
    "Department for Education (school census, Get Information about Schools) and Office for National Statistics (areas, births, "
    "residents), under the Open Government Licence v3.0. Contains OS data © Crown copyright and database right. Options, admission "
    "numbers and homes are taken by rule and are nobody's proposal."
)
WEIGHTS = (1.0, 2.0, 3.0)  # of the latest years, as the School Capacity survey guide takes them


@dataclass(frozen=True)
class ImportedScenario:
    """A scenario before it is written.  tables: name → rows, typed as in `Scenario`.  notes: sentences for the officer."""

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    zones: gpd.GeoDataFrame
    notes: tuple[str, ...]


def import_england(
    data: Path, la: str, out: Path | None = None, *, replace: bool = False, progress: Progress = silent
) -> ImportedScenario:
    """Make the scenario of an English authority from the national extracts, and write it where a folder is given.

    data: the folder with the extracts; each but the schools' may be missing, and the notes say what was done without it.
    la: the authority's three digits, for example "823".  replace: may an existing scenario be written over.
    Base year 2022/23, ten planned years. What no extract knows is taken by rule: a row of the assumptions each.
    Raises ScenarioProblems (no folder, no schools, unknown authority, a broken extract), RunFolderInTheWay
    and CannotWrite.
    """
    if out is not None:
        check_name(out)
        if out.exists() and (not out.is_dir() or any(out.iterdir())) and not replace:
            raise RunFolderInTheWay(f"{out} holds something already. Choose another folder, or ask to replace it.")
    progress("Reading the national extracts", 0.0)
    imported = _made(read_extracts(data, la), progress)
    if out is not None:
        progress(f"Writing {out}", 0.9)
        _write(out, imported)
    progress("Done", 1.0)
    return imported


def _write(out: Path, imported: ImportedScenario) -> None:
    """Write the scenario's folder, the notes at the head of its scenario.toml."""
    settings, comment = imported.settings.model_dump(), "\n".join(imported.notes)
    try:
        write_scenario(out, settings=settings, tables=imported.tables, zones=imported.zones, comment=comment)
    except OSError as fault:
        raise CannotWrite(f"The scenario can't be written to {out}: {fault.strerror or fault}.") from fault


def _made(extracts: Extracts, progress: Progress) -> ImportedScenario:
    """Return the scenario: schools, zones, people, homes, partnerships and options, in this order."""
    progress(f"Schools of {extracts.la_name}", 0.3)
    known = schools(extracts, BASE_YEAR)
    progress("Zones and children", 0.5)
    ground = zones(extracts, known, BASE_YEAR)
    table = with_zone(known, ground.layer)
    folk = people(extracts, known, ground, BASE_YEAR)
    progress("Homes, partnerships and options", 0.7)
    span = Span(BASE_YEAR + 1, BASE_YEAR + HORIZON - OUT_OF_SIGHT)
    housing, yields, held, homes_told = homes(ground, range(BASE_YEAR + 1, BASE_YEAR + HORIZON + 1))
    pyramid = pyramids(table[known.mainstream])
    choice = choices(table, known.mainstream, pyramid, ground, span)
    budget = round(float(known.rolls[known.mainstream].sum()) * POUNDS_A_PUPIL, -5)
    settings, weights_told = _settings(extracts, folk.tables["authority_pupils"], held, budget)
    said = (
        *known.assumed, *ground.assumed, *folk.assumed, *homes_told, *_partnerships_told(), *_specialist(known),
        *choice.assumed, *costs_told(budget), *weights_told, *_gaps(extracts),
    )  # fmt: skip
    tables = {
        "schools": with_every_column(
            "schools", table[[name for name in table if name in TABLES["schools"].model_fields]]
        ),
        "housing": housing,
        "yields": yields,
        "links": links(table[known.mainstream], pyramid),
        "assumptions": assumptions_table(said),
        **folk.tables,
        **choice.tables,
    }
    head = f"{extracts.la_name} ({extracts.la_code}) from public extracts; {LICENCE}."
    ask = "Options, admission numbers and homes are taken by rule and are nobody's proposal: see assumptions.csv."
    return ImportedScenario(settings, tables, ground.layer, (head, ask, *known.notes, *folk.notes, *extracts.missing))


def _settings(
    extracts: Extracts, history: pd.DataFrame, held: float, budget: float
) -> tuple[Settings, tuple[Assumed, ...]]:
    """Return the settings; survival is weighed over as many years as the history has, three at most."""
    years = history["academic_year"].nunique() if len(history) else 0
    weights = WEIGHTS[-max(min(years - 1, len(WEIGHTS)), 1) :]
    settings = Settings(
        name=f"la-{extracts.la_code}",
        title=f"{extracts.la_name}: places for every child, from public data",
        base_year=BASE_YEAR,
        horizon_years=HORIZON,
        la_code=extracts.la_code,
        la_name=extracts.la_name,
        forecast=ForecastSettings(survival_weights=weights, housing_in_trend=held),
        budget=Budget(total_pounds=budget, price_base=PRICE_BASE),
        solve=Solve(time_limit_seconds=_time_limit(budget)),
        publish=Publish(source=SOURCE, licence=LICENCE),
    )
    if len(weights) == len(WEIGHTS):
        return settings, ()
    short = Assumed("forecast.history", float(years), "censuses", "the authority's code is too young for three years of survival: fewer are weighed")  # fmt: skip
    return settings, (short,)


def _time_limit(budget: float) -> float:
    """Return the solver's time: two minutes for an authority of ordinary size, up to ten for the largest counties."""
    pupils = budget / POUNDS_A_PUPIL
    return float(min(max(120, 60 * round(pupils / PUPILS_A_MINUTE)), 600))


def _partnerships_told() -> tuple[Assumed, ...]:
    """Say what the partnerships rest on."""
    why = "no declared partnerships are in a national extract: each school leads to the nearest that begins where it ends, each in one pyramid"
    return (Assumed("links.strength", STRENGTH, "share", why, "placeplan", "school organisation officer"),)


def _specialist(known: Schools) -> tuple[Assumed, ...]:
    """Return the authority's own rate of specialist places: its pupils in special schools against mainstream pupils."""
    special = known.rolls[(known.table["phase"] == "special").to_numpy()].sum()
    mainstream = known.rolls[known.mainstream].sum()
    if special == 0 or mainstream == 0:
        return ()
    return (Assumed("specialist.rate", round(float(special / mainstream), 4), "share of children", "pupils of the authority's special schools against those of its mainstream schools, Reception to Year 13; no needs by zone are in a national extract", "school census, January 2023", "SEND officer"),)  # fmt: skip


def _gaps(extracts: Extracts) -> tuple[Assumed, ...]:
    """Return a row for each extract that had to be done without."""
    return tuple(Assumed(f"missing.{one.split(' ')[0]}", "missing", "", one) for one in extracts.missing)
