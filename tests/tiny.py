"""A village and a town: two zones, three schools, a valid scenario small enough to spoil one cell at a time."""

import csv
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from placeplan.scenario.read import check_scenario
from placeplan.scenario.write import write_scenario

SETTINGS = {
    "name": "tiny",
    "title": "A tiny authority",
    "base_year": 2018,
    "horizon_years": 10,
    "synthetic": True,
    "la_code": "999",
    "la_name": "Tinyshire",
    "weights": {"local": 2.0},
    "targets": {"local": 0.1},
    "anchors": {"viable": {"ideal": 0.0, "unacceptable": 900.0}},
}
SCHOOLS = [
    ("109444", "Oak Lower School", "lower", 0, 4, 30, 150, 500500.0, 230500.0, "community", "good"),
    ("109445", "Ash Middle School", "middle", 5, 8, 60, 240, 501500.0, 230500.0, "foundation", "outstanding"),
    ("109446", "Elm Upper School", "upper", 9, 13, 90, 400, 501700.0, 230700.0, "academy", "good"),
]
SCHOOL_COLUMNS = (
    "urn", "name", "phase", "lowest_nc_year", "highest_nc_year", "pan", "net_capacity", "easting", "northing",
    "provider", "ofsted",
)  # fmt: skip
YEARS = range(2015, 2019)


def tiny_tables():
    schools = pd.DataFrame(SCHOOLS, columns=SCHOOL_COLUMNS)
    schools = schools.assign(community="Oakley", trust="", sixth_form=schools["phase"] == "upper", specialist_places=0)
    pupils = pd.DataFrame(
        [(s[0], year, nc, float(20 + nc)) for s in SCHOOLS for year in YEARS for nc in range(s[3], s[4] + 1)],
        columns=["urn", "academic_year", "nc_year", "pupils"],
    )
    children = pd.DataFrame(
        [(zone, year, nc, 10.0) for zone in ("Z001", "Z002") for year in YEARS for nc in range(14)],
        columns=["zone", "academic_year", "nc_year", "pupils"],
    )
    births = pd.DataFrame(
        [(zone, f"{year}-08-31", 12.0, "actual") for zone in ("Z001", "Z002") for year in range(2012, 2019)],
        columns=["area", "twelve_months_to", "births", "status"],
    )
    housing = pd.DataFrame(
        [("Saxon Fields", "Z002", 2020, 80.0, "house", "market", "full_permission", 0.9)],
        columns=[
            "development", "zone", "academic_year", "dwellings", "dwelling_type", "tenure", "status", "probability",
        ],
    )  # fmt: skip
    yields = pd.DataFrame(
        [("house", "market", nc, 0, 0.03) for nc in range(14)],
        columns=["dwelling_type", "tenure", "nc_year", "years_since_completion", "pupils_per_dwelling"],
    )
    options = pd.DataFrame(
        [
            ("EXP-1", "expansion", "109444", "", (0, 4), 15, 2020, 2022, 1_200_000.0, "", "", None, None),
            ("LINK-1", "link", "109445", "", (5, 8), 0, 2019, 2021, 0.0, "", "", None, None),
            ("NEW-1", "new_school", "", "SITE-1", (0, 4), 30, 2020, 2023, 4_000_000.0, "LINK-1", "EXP-1", 501200.0, 230400.0),
        ],
        columns=[
            "option", "kind", "urn", "site", "nc_years", "places_per_year", "earliest_opening", "latest_opening",
            "capital_pounds", "needs", "excludes", "easting", "northing",
        ],
    )  # fmt: skip
    links = pd.DataFrame(
        [("Oakley pyramid", "pyramid", s[0], 0.8) for s in SCHOOLS], columns=["partnership", "kind", "urn", "strength"]
    )
    funds = pd.DataFrame(
        [("basic_need", "", "", 2_500_000.0, "2018/19", "2025/26")],
        columns=["pot", "site", "phase", "amount", "valid_from", "expiry"],
    )
    assumptions = pd.DataFrame([("travel.circuity", "1.25")], columns=["assumption", "value"])
    return {
        "schools": schools, "pupils": pupils, "children": children, "births": births, "housing": housing, "yields": yields,
        "options": options, "links": links, "funds": funds, "assumptions": assumptions,
    }  # fmt: skip


def tiny_zones():
    return gpd.GeoDataFrame(
        {
            "zone": ["Z001", "Z002"],
            "name": ["Oakley", "Ashby"],
            "planning_area": ["PA01", "PA01"],
            "community": ["Oakley", "Oakley"],
            "deprivation_quintile": [2.0, float("nan")],
            "rural_class": ["village", ""],
        },
        geometry=[box(500000, 230000, 501000, 231000), box(501000, 230000, 502000, 231000)],
        crs=27700,
    )


class Tiny:
    """A scenario folder on disk that a test may spoil."""

    def __init__(self, folder: Path):
        self.folder = folder

    def file(self, name):
        return self.folder / name

    def text(self, name):
        return self.file(name).read_text("utf-8")

    def write(self, name, content):
        if isinstance(content, bytes):
            self.file(name).write_bytes(content)
        else:
            self.file(name).write_text(content, "utf-8", newline="")

    def replace(self, name, old, new, count=1):
        text = self.text(name)
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, count))

    def records(self, table):
        with self.file(f"{table}.csv").open(encoding="utf-8", newline="") as opened:
            return list(csv.reader(opened))

    def write_records(self, table, records, **dress):
        with self.file(f"{table}.csv").open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened, **dress).writerows(records)

    def spoil(self, table, row, column, cell):
        records = self.records(table)
        records[row - 1][records[0].index(column)] = cell
        self.write_records(table, records)

    def add(self, table, **cells):
        records = self.records(table)
        template = dict(zip(records[0], records[1], strict=True)) | cells
        self.write_records(table, [*records, [template[heading] for heading in records[0]]])
        return len(records) + 1

    def with_column(self, table, column, cells):
        records = self.records(table)
        self.write_records(table, [[*records[0], column], *([*r, c] for r, c in zip(records[1:], cells, strict=True))])

    def name_table(self, name, content):
        self.write(f"{name}.csv", content)
        self.replace("scenario.toml", "[tables]\n", f'[tables]\n{name} = "{name}.csv"\n')

    def zones(self, layer, file="zones.gpkg", **how):
        self.file(file).unlink(missing_ok=True)
        with warnings.catch_warnings(action="ignore"):  # no coordinate system, names of ten letters: meant so
            layer.to_file(self.file(file), **how)
        if file != "zones.gpkg":
            self.replace("scenario.toml", '"zones.gpkg"', f'"{file}"')

    def problems(self):
        return check_scenario(self.folder)

    def grave(self):
        return [problem for problem in self.problems() if problem.grave]

    def warnings(self):
        return [problem for problem in self.problems() if not problem.grave]


def write_tiny(folder):
    write_scenario(folder, settings=SETTINGS, tables=tiny_tables(), zones=tiny_zones(), comment="A tiny authority.")
    return Tiny(folder)
