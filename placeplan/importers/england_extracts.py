"""The national extracts as one authority sees them: read, cut to the authority, and what is missing told."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from placeplan.domain.errors import Problem, ScenarioProblems

SCHOOLS = "england_schools_january_2023.csv"
CAPACITY = "england_schools_capacity_2022.csv.gz"
POSITIONS = "england_schools_gias_2025.csv.gz"
PUPILS = "england_pupils_by_nc_year.csv"
BIRTHS = "england_births_by_la.csv"
DISTRICTS = "england_education_la_districts.csv"
LSOAS = "england_lsoa_children_2020.csv.gz"
OFFERS = "england_applications_offers.csv.gz"
CODES = ("urn", "urn_january_2023", "laestab", "la_code", "nc_year", "entry_nc_years", "gss", "lad21_gss")
AS_TEXT = dict.fromkeys(CODES, str)
ROLL_COLUMNS = ["nc_R", *(f"nc_{n}" for n in range(1, 14))]
NEEDED = {
    SCHOOLS: ("urn", "laestab", "la_code", "la_name", "school_name", "phase", *ROLL_COLUMNS, "easting", "northing"),
    CAPACITY: ("urn_january_2023", "lowest_age", "highest_age", "capacity", "ofsted_grade"),
    POSITIONS: ("urn", "laestab", "easting", "northing"),
    PUPILS: ("academic_year", "la_code", "nc_year", "headcount"),
    BIRTHS: ("gss", "geography", "year_ending", "status", "births"),
    DISTRICTS: ("la_code", "lad21_gss"),
    LSOAS: ("lsoa11cd", "la_code", "easting", "northing", "imd2019_decile", "population_2020", "age_0_3", "age_16_18"),
    OFFERS: ("entry_year", "la_code", "entry_nc_years", "admission_numbers", "applications", "offers_first"),
}


@dataclass(frozen=True)
class Extracts:
    """What the extracts hold of one authority; None for an extract that isn't there or doesn't know the authority.

    schools: every school of January 2023.  positions: of all England, for schools whose code has changed.
    births: of the authority's districts, one row a district and date.  boundaries, ages, wards: only where the folder
    has them under the authority's name.  missing: a sentence for each extract that had to be done without.
    """

    la_code: str
    la_name: str
    schools: pd.DataFrame
    capacity: pd.DataFrame | None
    positions: pd.DataFrame | None
    pupils: pd.DataFrame | None
    births: pd.DataFrame | None
    lsoas: pd.DataFrame | None
    offers: pd.DataFrame | None
    boundaries: gpd.GeoDataFrame | None
    ages: pd.DataFrame | None
    wards: pd.DataFrame | None
    missing: tuple[str, ...]


def read_extracts(data: Path, la: str) -> Extracts:
    """Read what the folder holds of an authority.

    data: the folder with the extracts.  la: the authority's three digits.
    Raises ScenarioProblems when the folder or its schools file is missing, when the code is unknown (with the nearest
    codes) and when an extract lacks a column.
    """
    _refuse_folder(data)
    every = _read(data, SCHOOLS)
    if every is None:
        remedy = "It names the schools, so nothing can be made without it. Give the folder with the national extracts."
        raise ScenarioProblems([Problem(SCHOOLS, None, None, "This extract is missing.", remedy)], str(data))
    la = la.strip()
    schools = every[every["la_code"] == la].reset_index(drop=True)
    if schools.empty:
        raise ScenarioProblems([_unknown_authority(la, every)], str(data))
    missing: list[str] = []
    name = str(schools["la_name"].iloc[0])

    def of_la(file: str, without: str) -> pd.DataFrame | None:
        return _kept(_read(data, file), lambda rows: rows["la_code"] == la, file, without, missing)

    capacity = _read(data, CAPACITY)
    capacity = None if capacity is None else capacity[capacity["urn_january_2023"].notna()]
    slug = "_".join(name.lower().replace(",", "").split())
    return Extracts(
        la, name, schools,
        capacity=_kept(capacity, lambda rows: rows["urn_january_2023"].isin(set(schools["urn"])), CAPACITY, "age ranges and capacities are taken from the rolls, and no inspection grade is known", missing),
        positions=_kept(_read(data, POSITIONS), lambda rows: rows["easting"].notna(), POSITIONS, "a school without a position is put in the middle of the authority", missing),
        pupils=of_la(PUPILS, "there is no history by year group"),
        births=_births(data, la, missing),
        lsoas=of_la(LSOAS, "zones are drawn round wards that have schools unless the folder has the authority's own"),
        offers=of_la(OFFERS, "there is no table of offers"),
        boundaries=_layer(data / f"{slug}_lsoa.gpkg"),
        ages=_own_table(data / f"{slug}_lsoa_population.csv"),
        wards=_ward_names(data / f"{slug}_areas.gpkg.zip"),
        missing=tuple(missing),
    )  # fmt: skip


def _refuse_folder(data: Path) -> None:
    """Raise ScenarioProblems where there is no such folder."""
    if not data.is_dir():
        remedy = "Give the folder in which the national extracts lie."
        raise ScenarioProblems([Problem(str(data), None, None, "There is no such folder.", remedy)], str(data))


def _read(data: Path, file: str) -> pd.DataFrame | None:
    """Read one extract, codes as text; None where it isn't there."""
    if not (data / file).is_file():
        return None
    try:
        rows = pd.read_csv(data / file, dtype=AS_TEXT, low_memory=False)
    except (ValueError, OSError, EOFError) as fault:
        remedy = "Fetch the extract again."
        raise ScenarioProblems([Problem(file, None, None, "This extract can't be read.", remedy)], str(data)) from fault
    lacking = [name for name in NEEDED[file] if name not in rows]
    if lacking:
        remedy = "Fetch the extract again, with all its columns."
        raise ScenarioProblems(
            [Problem(file, 1, name, "This column is missing.", remedy) for name in lacking], str(data)
        )
    return rows


def _kept(
    rows: pd.DataFrame | None,
    wanted: Callable[[pd.DataFrame], "pd.Series[bool]"],
    file: str,
    without: str,
    missing: list[str],
) -> pd.DataFrame | None:
    """Return the rows that are wanted; None, and a sentence on what follows, where there are none."""
    if rows is None:
        missing.append(f"{file} is not in the folder: {without}.")
        return None
    kept = rows[wanted(rows)].reset_index(drop=True)
    if kept.empty:
        missing.append(f"{file} doesn't know the authority: {without}.")
        return None
    return kept


def _births(data: Path, la: str, missing: list[str]) -> pd.DataFrame | None:
    """Return the births of the authority's districts, whose codes the table of districts gives."""
    without = "births before the base year are taken from the year groups at school"
    districts = _kept(_read(data, DISTRICTS), lambda rows: rows["la_code"] == la, DISTRICTS, without, missing)
    if districts is None:
        return None
    codes = set(districts["lad21_gss"])
    in_one = lambda rows: (rows["geography"] == "LAD21") & rows["gss"].isin(codes)  # noqa: E731  (a line of its own reads better)
    return _kept(_read(data, BIRTHS), in_one, BIRTHS, without, missing)


def _unknown_authority(la: str, schools: pd.DataFrame) -> Problem:
    """Return the problem of a code that no school has, with the authorities whose code or name comes nearest."""
    names = schools.drop_duplicates("la_code").set_index("la_code")["la_name"]
    nearest = _nearest_codes(la, names)
    listed = ", ".join(f"{code} {names[code]}" for code in nearest)
    remedy = f"Give the three digits of the authority, for example one of these: {listed}."
    return Problem(SCHOOLS, None, "la_code", f'No school has the authority code "{la}".', remedy)


def _nearest_codes(la: str, names: "pd.Series[str]") -> Sequence[str]:
    """Return up to five codes: by name where a name was given, else the nearest numbers."""
    if la.isascii() and la.isdigit():
        away = (names.index.astype(int) - int(la)).to_series(index=names.index).abs()
        return sorted(away.nsmallest(5).index)
    by_name = {name.lower(): code for code, name in names.items()}
    close = difflib.get_close_matches(la.lower(), by_name, n=5, cutoff=0.3)
    return [str(by_name[name]) for name in close] or sorted(names.index)[:5]


def _layer(file: Path) -> gpd.GeoDataFrame | None:
    """Return the authority's own boundaries of its zones, where the folder has them."""
    if not file.is_file():
        return None
    layer: gpd.GeoDataFrame = gpd.read_file(file, layer="lsoa").to_crs("EPSG:27700")
    return layer


def _own_table(file: Path) -> pd.DataFrame | None:
    """Return the authority's own table of residents by single year of age, its latest year."""
    if not file.is_file():
        return None
    rows = pd.read_csv(file)
    latest: pd.DataFrame = rows[rows["mid_year"] == rows["mid_year"].max()].reset_index(drop=True)
    return latest


def _ward_names(file: Path) -> pd.DataFrame | None:
    """Return code and name of the authority's wards, where the folder has them."""
    if not file.is_file():
        return None
    layer = gpd.read_file(file, layer="wards_2025", ignore_geometry=True)
    return pd.DataFrame({"ward_gss": layer["ward25cd"], "ward_name": layer["ward25nm"]})
