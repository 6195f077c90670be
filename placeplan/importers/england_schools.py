"""Schools of an English authority: every school of January 2023, joined with what else is known of it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.importers.england_ages import age_ranges
from placeplan.importers.england_extracts import ROLL_COLUMNS, SCHOOLS, Extracts
from placeplan.importers.england_places import places
from placeplan.importers.england_said import Assumed
from placeplan.scenario.tables.schools import MAINSTREAM_PHASES

PHASES = {
    "State-funded nursery": "nursery",
    "State-funded special school": "special",
    "Non-maintained special school": "special",
    "State-funded AP school": "alternative_provision",
    "Independent school": "independent",
}  # mainstream schools get theirs from the year groups that they teach
PROVIDERS = (
    ("independent", "independent"), ("non-maintained", "independent"), ("free school", "free_school"),
    ("voluntary aided", "voluntary_aided"), ("voluntary controlled", "voluntary_controlled"),
    ("foundation", "foundation"), ("academy", "academy"), ("technical college", "academy"),
    ("technology college", "academy"), ("studio", "academy"),
)  # fmt: skip
NO_FAITH = ("No religious character", "Unknown", "")
NURSERY_COLUMNS = {"nc_N1": -2, "nc_N2": -1}


@dataclass(frozen=True)
class Schools:
    """Every school of the authority in January 2023, in the order of their codes.

    table: the columns of the schools table that don't depend on the zones, and census_phase, urban_rural, ward_name,
    ward_gss, roll (R to Year 13), over (is the roll above a known capacity), filling_up (has it
    not filled all its year groups yet).  rolls: school × NC year, R to Year 13.
    """

    table: pd.DataFrame
    rolls: Number
    assumed: tuple[Assumed, ...]
    notes: tuple[str, ...]

    @property
    def mainstream(self) -> YesNo:
        """Which schools are planned."""
        return np.asarray(self.table["phase"].isin(MAINSTREAM_PHASES), dtype=np.bool_)


def schools(extracts: Extracts, base_year: int) -> Schools:
    """Return the schools with their age range, places, position and grade; each rule told with the schools it touched."""
    rows = extracts.schools.assign(code=extracts.schools["urn"].astype(int)).sort_values("code", ignore_index=True)
    rows, position_notes = _positioned(_joined(rows, extracts), extracts)
    rolls = rows[ROLL_COLUMNS].to_numpy(dtype=float)
    state = ~rows["phase"].isin(list(PHASES)).to_numpy()
    ages = age_ranges(rows[state].reset_index(drop=True), rolls[state], base_year)
    room = places(ages, rolls[state], rows.loc[state, "capacity"].to_numpy(dtype=float))
    table = _others(rows, rolls)
    table.loc[state, "phase"] = ages.phase
    table.loc[state, "lowest_nc_year"], table.loc[state, "highest_nc_year"] = ages.lowest, ages.highest
    table.loc[state, "pan"], table.loc[state, "net_capacity"] = room.pan, room.net_capacity
    table.loc[state, "places_by_nc_year"] = np.array(room.by_nc_year, dtype=object)
    table.loc[state, "sixth_form"] = ages.sixth_form
    table.loc[state, "over"], table.loc[state, "filling_up"] = room.over_capacity, room.filling_up
    told = ages.assumed + room.assumed + _told(table)
    return Schools(table, rolls, told, (*position_notes, *_notes(table)))


def _joined(rows: pd.DataFrame, extracts: Extracts) -> pd.DataFrame:
    """Join capacity, statutory ages and grade by the code of January 2023."""
    names = ["lowest_age", "highest_age", "capacity"]
    if extracts.capacity is None:
        rows = rows.assign(**dict.fromkeys(names, np.nan), ofsted_grade="")
    else:
        more = extracts.capacity.drop_duplicates("urn_january_2023").set_index("urn_january_2023")
        rows = rows.join(more[[*names, "ofsted_grade"]], on="urn")
    opened = rows["open_date"] if "open_date" in rows else pd.Series("", index=rows.index)
    year = pd.to_numeric(opened.astype("string").str.extract(r"(\d{4})$")[0], errors="coerce")
    return rows.assign(
        opened_year=year.to_numpy(dtype=float, na_value=np.nan),
        deemed_middle=_text(rows, "middle_school") != "",
        secondary=rows["phase"] == "State-funded secondary",
    )


def _text(rows: pd.DataFrame, name: str) -> "pd.Series[str]":
    """Return a column as text, blank where nothing is known or the column isn't there."""
    return rows[name].fillna("").astype(str) if name in rows else pd.Series("", index=rows.index, dtype=str)


def _positioned(rows: pd.DataFrame, extracts: Extracts) -> tuple[pd.DataFrame, list[str]]:
    """Give schools without a position that of 2025, by code and then by establishment, else the authority's middle."""
    rows = rows.astype({"easting": float, "northing": float})
    lacking = rows["easting"].isna()
    if extracts.positions is not None:
        for key in ("urn", "laestab"):
            spots = extracts.positions.drop_duplicates(key).set_index(key)[["easting", "northing"]]
            found = spots.reindex(rows[key]).set_axis(rows.index)
            rows = rows.fillna({"easting": found["easting"], "northing": found["northing"]})
    still = rows["easting"].isna()
    ground = extracts.lsoas if extracts.lsoas is not None else rows[~still]
    if still.any():
        if ground.empty:
            remedy = "Give the extract with positions, or the zones of the authority."
            wrong = "No school of the authority has a position."
            raise ScenarioProblems([Problem(SCHOOLS, None, "easting", wrong, remedy)])
        rows.loc[still, ["easting", "northing"]] = ground[["easting", "northing"]].mean().round().to_numpy()
    notes = []
    if (lacking & ~still).any():
        names = ", ".join(rows.loc[lacking & ~still, "school_name"])
        notes.append(f"The position of May 2025 is taken for {names}; none is known of January 2023.")
    if still.any():
        names = ", ".join(rows.loc[still, "school_name"])
        notes.append(f"No position is known for {names}: put in the middle of the authority's zones.")
    return rows, notes


def _others(rows: pd.DataFrame, rolls: Number) -> pd.DataFrame:
    """Return the table with what holds for schools of every kind; mainstream schools' own columns come after."""
    lowest, highest = _range_on_roll(rows, rolls)
    phase = rows["phase"].map(PHASES).fillna("")
    roll = rolls.sum(axis=1)
    faith = _text(rows, "denomination").where(lambda words: ~words.isin(NO_FAITH), "")
    special = (phase == "special").to_numpy()
    grade = _text(rows, "ofsted_grade").str.lower().str.replace(" ", "_").replace({"not_reported": "none", "": "none"})
    return pd.DataFrame(
        {
            "urn": rows["urn"],
            "name": rows["school_name"],
            "phase": phase.astype(object),
            "lowest_nc_year": lowest,
            "highest_nc_year": highest,
            "pan": np.ceil(roll / np.maximum(highest - lowest + 1, 1)).astype(np.int64) * (lowest >= 0),
            "net_capacity": roll.astype(np.int64),
            "easting": rows["easting"].round(),
            "northing": rows["northing"].round(),
            "provider": _providers(_text(rows, "establishment_type")),
            "trust": _text(rows, "trust"),
            "ofsted": grade,
            "sixth_form": False,
            "specialist_places": np.where(special, roll, 0).astype(np.int64),
            "laestab": rows["laestab"],
            "places_by_nc_year": pd.Series("", index=rows.index, dtype=object),
            "condition": "b",
            "faith": faith,
            "denomination": faith,
            "sex": _text(rows, "sex").str.lower().where(lambda words: words.isin(["girls", "boys"]), "mixed"),
            "opened": _text(rows, "open_date"),
            "census_phase": rows["phase"],
            "urban_rural": _text(rows, "urban_rural"),
            "ward_name": _text(rows, "ward_name"),
            "ward_gss": _text(rows, "ward_gss"),
            "roll": roll,
            "over": False,
            "filling_up": False,
        }
    )


def _range_on_roll(rows: pd.DataFrame, rolls: Number) -> tuple[Whole, Whole]:
    """Return the first and last year group on roll; nursery schools N1 to N2, schools without a roll R to Year 13."""
    some = rolls > 0
    nobody = ~some.any(axis=1)
    nursery = (rows["phase"] == "State-funded nursery").to_numpy() & nobody
    lowest = np.where(nursery, -2, np.where(nobody, 0, some.argmax(axis=1)))
    highest = np.where(nursery, -1, np.where(nobody, 13, 13 - some[:, ::-1].argmax(axis=1)))
    oldest = _count(rows, "nc_14") > 0
    return lowest.astype(np.int64), np.where(oldest, 14, highest).astype(np.int64)


def _count(rows: pd.DataFrame, name: str) -> Number:
    """Return a column of pupils, 0 where it isn't there."""
    return rows[name].to_numpy(dtype=float) if name in rows else np.zeros(len(rows))


def _providers(kinds: "pd.Series[str]") -> np.ndarray:
    """Return who runs each school, from the type of establishment; what isn't named is the community's."""
    lower = kinds.str.lower()
    return np.select(
        [lower.str.contains(word).to_numpy() for word, _ in PROVIDERS], [p for _, p in PROVIDERS], "community"
    )


def _told(table: pd.DataFrame) -> tuple[Assumed, ...]:
    """Say what holds for the schools that aren't planned, and what no extract has."""
    unplanned = ~table["phase"].isin([*MAINSTREAM_PHASES, "16_plus"])
    no_grade = table["phase"].isin(MAINSTREAM_PHASES) & (table["ofsted"] == "none")
    return (
        Assumed("capacity.not_planned", float(unplanned.sum()), "schools", "nursery, special, alternative and independent schools: places as many as their pupils", "school census, January 2023"),
        Assumed("specialist_places.special_schools", float(table["specialist_places"].sum()), "places", "special schools are full: places as many as pupils from Reception to Year 13", "school census, January 2023"),
        Assumed("specialist_places.mainstream", 0, "places", "resourced provision in mainstream schools is in no national extract"),
        Assumed("ofsted.none", float(no_grade.sum()), "schools", "no grade is reported of April 2022, probably because the school became an academy since its inspection", "Get Information about Schools, April 2022"),
        Assumed("condition", "B", "grade", "the condition of buildings is in no national extract: every school satisfactory"),
        Assumed("community_use", "none", "facilities", "community facilities, first preferences and routes are in no national extract"),
    )  # fmt: skip


def _notes(table: pd.DataFrame) -> list[str]:
    """Say how many schools there are and how many hold more pupils than their capacity."""
    planned = table["phase"].isin(MAINSTREAM_PHASES)
    independent = int((table["phase"] == "independent").sum())
    counts = table.loc[planned, "phase"].value_counts()
    kinds = ", ".join(f"{counts[phase]} {phase.replace('_', '-')}" for phase in MAINSTREAM_PHASES if phase in counts)
    over = table["over"].to_numpy(dtype=bool)
    counted = (
        f"{len(table)} schools in January 2023, {independent} of them independent (shown, never planned);"
        f" {int(planned.sum())} are planned: {kinds}."
    )
    notes = [counted, f"{int(over.sum())} of them have more pupils than their known capacity."]
    empty = planned & (table["roll"] == 0)
    if empty.any():
        notes.append(f"No pupils in January 2023 at {', '.join(table.loc[empty, 'name'])}.")
    return notes
