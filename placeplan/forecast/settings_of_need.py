"""Settings of need: children with an EHCP by need, setting and age, and why their number changes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_year
from placeplan.forecast.value import Forecast
from placeplan.forecast.zones import position
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.tables.people import SETTINGS_OF_NEED

MIX, SHARE, MAINSTREAM = "specialist.mix.", "specialist.setting.", "mainstream"
BANDS: dict[str, range] = {  # by age; the needs table writes N1 and N2 for all under five, 14 for all beyond Year 13
    "under five": range(-2, 0), "R–6": range(7), "7–11": range(7, 12), "12–13": range(12, 14), "to 25": range(14, 15),
}  # fmt: skip
OF_SCHOOL = (1, 2, 3)  # the bands of Reception to Year 13, for which specialist places are planned
SCHOOL_AGES = tuple((ages[0], ages[-1]) for ages in (list(BANDS.values())[k] for k in OF_SCHOOL))  # first, last NC year
TOTALS_OF_TABLE = (("academic_year",), ("academic_year", "need"), ("academic_year", "setting"))  # sums that are told


@dataclass(frozen=True)
class Plans:
    """Children and young people with an EHCP: zone × need × setting × band of age × planned year.

    needs: names of primary needs.  settings: SETTINGS_OF_NEED.  bands: names of BANDS.
    base: zone × need × setting × band, in the base year.  children: with the planned years behind.
    population, rate: children − base in two parts that add up: more or fewer children, and a larger share of them.
    Not for publishing by zone: `table` is what may go out, once suppress.withhold has gone over it.
    """

    needs: tuple[str, ...]
    settings: tuple[str, ...]
    bands: tuple[str, ...]
    years: tuple[int, ...]
    base: Number
    children: Number
    population: Number
    rate: Number
    notes: tuple[str, ...]

    @property
    def specialist(self) -> Number:
        """Zone × need × band of SCHOOL_AGES × year, children who need a specialist place: all settings but mainstream."""
        outside = [i for i, name in enumerate(self.settings) if name != MAINSTREAM]
        counted: Number = self.children[:, :, outside][:, :, :, OF_SCHOOL].sum(axis=2)
        return counted

    def table(self) -> pd.DataFrame:
        """Return academic_year, need, setting, children of the whole authority, all ages that are known.

        Small counts aren't withheld yet: suppress.withhold(…, column="children", totals=TOTALS_OF_TABLE).
        """
        of_year = self.children.sum(axis=(0, 3)).transpose(2, 0, 1)
        year, need, setting = (axis.ravel() for axis in np.indices(of_year.shape))
        return pd.DataFrame(
            {
                "academic_year": [name_of_year(self.years[y]) for y in year],
                "need": np.array(self.needs, dtype=object)[need],
                "setting": np.array(self.settings, dtype=object)[setting],
                "children": of_year.ravel(),
            }
        )

    def causes(self) -> pd.DataFrame:
        """Return academic_year, place, base_year, population_effect, rate_effect, children, of the whole authority.

        place: mainstream classes, or a specialist place of any kind. The base year and both effects add up to the children.
        Neither by need nor by setting, so that no row is about few children.
        """
        mainstream = np.array(self.settings) == MAINSTREAM
        by_place = np.stack([mainstream, ~mainstream]).astype(float)
        base = np.einsum("ps,znsb->p", by_place, self.base)
        effects = [np.einsum("ps,znsby->yp", by_place, one) for one in (self.population, self.rate, self.children)]
        figures = (np.broadcast_to(base, effects[0].shape), *effects)
        year, place = (axis.ravel() for axis in np.indices(effects[0].shape))
        columns = zip(("base_year", "population_effect", "rate_effect", "children"), figures, strict=True)
        return pd.DataFrame(
            {
                "academic_year": [name_of_year(self.years[y]) for y in year],
                "place": np.array(["mainstream classes", "specialist place"], dtype=object)[place],
            }
            | {name: cells.ravel() for name, cells in columns}
        )


def ehcp(scenario: Scenario, forecast: Forecast) -> Plans:
    """Return the children with an EHCP of a forecast, by need, setting and age. See plans_of."""
    return plans_of(scenario, forecast.central, forecast.base)


def plans_of(scenario: Scenario, central: Number, base: Number) -> Plans:
    """Return children with an EHCP by zone, need, setting, band of age and year.

    central: zone × planned year × NC year.  base: zone × NC year, the base year.
    Where needs are given, a planned year that has rows is taken as it stands. Any other year is the latest given one
    before it (or the first) × the change of the planning area's children of that age × the growth of the rate, which is
    specialist.growth in the first year and dies away by specialist.growth_damping a year.
    Where none are given, specialist.rate of each zone's children, growing alike, is spread over the usual mix of needs.
    Children whose setting isn't told are spread over the specialist settings by specialist.setting.…; where no child in
    mainstream is told, specialist.mainstream of them are taken for each who needs a specialist place.
    At sixteen and over as many young people are counted as there are in Year 11.
    Raises ScenarioProblems for a zone that isn't known.
    """
    living = _population(central, base)
    areas = np.unique(scenario.zones["planning_area"].astype(str).to_numpy(), return_inverse=True)[1]
    years = np.array([scenario.settings.base_year, *scenario.planned_years])
    if scenario.table("needs").empty:
        needs, by_setting, notes = _from_rate(scenario, living)
    else:
        needs, counts, given = _given(scenario)
        by_setting = _in_settings(scenario, _carried(scenario, counts, given, years, living, areas))
        notes = _told(scenario, given)
    return _with_causes(scenario, needs, by_setting, _ratios(living, areas), notes)


def _population(central: Number, base: Number) -> Number:
    """Return zone × band × (base year and planned years): children of the age, from whom rates are taken."""
    all_years = np.concatenate([base[:, None, :], central], axis=1)
    entering, primary, secondary = (all_years[:, :, part].sum(axis=2) for part in (slice(1), slice(7), slice(7, 12)))
    of_sixteen = 2 * all_years[:, :, 11]
    return np.stack([entering, primary, secondary, of_sixteen, of_sixteen], axis=1)


def _ratios(living: Number, areas: np.ndarray) -> Number:
    """Return zone × band × year, children of the zone's planning area for one in the base year; 1 where there were none."""
    of_area = np.eye(int(areas.max()) + 1)[areas].T
    summed = np.einsum("az,zby->aby", of_area, living)
    first = np.broadcast_to(summed[:, :, :1], summed.shape)
    ratios: Number = np.divide(summed, first, out=np.ones_like(summed), where=first > 0)
    of_zones: Number = ratios[areas]
    return of_zones


def growth_of_rate(scenario: Scenario, years: np.ndarray | int) -> Number:
    """Return by how much the rate of children with an EHCP grows over some years: Π (1 + growth × damping^k).

    years: years ahead, any shape; below 0 it is the same growth backwards.
    """
    ahead = np.asarray(years, dtype=int)
    steps = scenario.assume("specialist.growth") * scenario.assume("specialist.growth_damping") ** np.arange(
        int(np.abs(ahead).max(initial=0))
    )
    grown = np.concatenate([[1.0], np.cumprod(1 + steps)])[np.abs(ahead)]
    factor: Number = np.where(ahead < 0, 1 / grown, grown)
    return factor


def _given(scenario: Scenario) -> tuple[tuple[str, ...], Number, np.ndarray]:
    """Return the needs, zone × need × (setting, or not told) × band × given year, and the given years."""
    zones = scenario.zones["zone"].astype(str).to_numpy()
    rows = scenario.table("needs")
    rows = rows.assign(position=position(scenario, "needs", "zone", zones), setting=_settings_told(rows))
    rows = rows.sort_values(["academic_year", "position", "need", "nc_year", "setting"], kind="stable")
    given, year = np.unique(rows["academic_year"].to_numpy(dtype=int), return_inverse=True)
    needs, need = np.unique(rows["need"].to_numpy(dtype=str), return_inverse=True)
    setting = pd.Index([*SETTINGS_OF_NEED, ""]).get_indexer(pd.Index(rows["setting"]))
    band = np.repeat(np.arange(len(BANDS)), [len(one) for one in BANDS.values()])[
        rows["nc_year"].to_numpy(dtype=int) + 2
    ]
    table = np.zeros((len(zones), len(needs), len(SETTINGS_OF_NEED) + 1, len(BANDS), len(given)))
    np.add.at(table, (rows["position"].to_numpy(), need, setting, band, year), rows["pupils"].to_numpy(dtype=float))
    return tuple(needs.tolist()), table, given


def _settings_told(rows: pd.DataFrame) -> pd.Series:
    """Return the setting of each row; blank where the table has no such column."""
    return rows["setting"].astype(str) if "setting" in rows.columns else pd.Series("", index=rows.index)


def _carried(
    scenario: Scenario, counts: Number, given: np.ndarray, years: np.ndarray, living: Number, areas: np.ndarray
) -> Number:
    """Return the counts of the base year and the planned years: those given, else carried on from the latest given ones."""
    latest = np.maximum(np.searchsorted(given, years, side="right") - 1, 0)
    change = _ratios(living, areas)
    then = np.clip(
        given[latest] - years[0], 0, len(years) - 1
    )  # before the base year its children stand for that year's
    at = change[:, :, then]
    grown = np.divide(change, at, out=np.ones_like(change), where=at > 0)
    carried: Number = counts[..., latest] * growth_of_rate(scenario, years - given[latest]) * grown[:, None, None]
    return carried


def _in_settings(scenario: Scenario, counts: Number) -> Number:
    """Spread children whose setting isn't told over the specialist settings, and add those in mainstream if none are told."""
    told, untold = counts[:, :, :-1].copy(), counts[:, :, -1]
    shares = np.array([0.0, *(scenario.assume(SHARE + name) for name in SETTINGS_OF_NEED[1:])])
    shares = shares / shares.sum() if shares.sum() > 0 else np.eye(len(shares))[SETTINGS_OF_NEED.index("special")]
    told += untold[:, :, None] * shares[:, None, None]
    if not told[:, :, 0].any():
        told[:, :, 0] = scenario.assume("specialist.mainstream") * told.sum(axis=2)
    return told


def _from_rate(scenario: Scenario, living: Number) -> tuple[tuple[str, ...], Number, tuple[str, ...]]:
    """Spread a rate of the children of Reception to Year 13 over the usual mix of needs."""
    needs = tuple(name.removeprefix(MIX) for name in DEFAULTS if name.startswith(MIX))
    mix = np.array([scenario.assume(MIX + need) for need in needs])
    of_school = np.isin(np.arange(len(BANDS)), OF_SCHOOL)[:, None]
    grown = growth_of_rate(scenario, np.arange(living.shape[2]))
    children = scenario.assume("specialist.rate") * grown * living * of_school
    counts = np.zeros((len(living), len(needs), len(SETTINGS_OF_NEED) + 1, *living.shape[1:]))
    counts[:, :, -1] = mix[:, None, None] * children[:, None]
    told = (
        f"No needs are given: {scenario.assume('specialist.rate'):.1%} of children are taken to need a specialist place,"
        f" {_growth_in_words(scenario)}, in the usual mix of primary needs. Children under five and beyond Year 13 are"
        " not known."
    )
    return needs, _in_settings(scenario, counts), (told,)


def _with_causes(
    scenario: Scenario, needs: tuple[str, ...], by_setting: Number, ratios: Number, notes: tuple[str, ...]
) -> Plans:
    """Return the plans, with the change since the base year in its two parts."""
    base, children = by_setting[..., 0], by_setting[..., 1:]
    population = base[..., None] * (ratios[:, None, None, :, 1:] - 1)
    rate = children - base[..., None] - population
    return Plans(needs, SETTINGS_OF_NEED, tuple(BANDS), scenario.planned_years, base, children, population, rate, notes)


def _growth_in_words(scenario: Scenario) -> str:
    """Say how the rate grows."""
    growth, damping = (scenario.assume(f"specialist.{name}") for name in ("growth", "growth_damping"))
    return f"a rate that grows by {growth:.1%} in the next year and by {damping:.0%} of the year before's growth in each later one"


def _told(scenario: Scenario, given: np.ndarray) -> tuple[str, ...]:
    """Say until when needs are given, how they go on, and which settings and ages are told."""
    rows = scenario.table("needs")
    setting, nc = _settings_told(rows), rows["nc_year"]
    until = (
        f"Children with an EHCP are given up to {name_of_year(int(given[-1]))}; in later years they follow the children of"
        f" their planning area and {_growth_in_words(scenario)}."
    )
    notes = [until]
    if (setting == "").any():
        notes.append("Where the setting is not told, specialist places are spread over settings by assumed shares.")
    if not (setting == MAINSTREAM).any():
        ratio = scenario.assume("specialist.mainstream")
        notes.append(
            f"None with an EHCP in mainstream classes are told: {ratio:g} are taken for each specialist place."
        )
    missing = [name for name, inside in (("under five", nc < 0), ("beyond Year 13", nc > 13)) if not inside.any()]
    if missing:
        notes.append(f"With an EHCP and {' or '.join(missing)}: not known, and not counted.")
    return tuple(notes)
