"""Train: make the tables of what England's authorities teach, from the national extracts.

python -m placeplan.forecast.train ../shared/data
"""

import argparse
from pathlib import Path

import pandas as pd

from placeplan.forecast.backtest import FARTHEST, all_errors
from placeplan.forecast.pooled import trained
from placeplan.forecast.pooled.drift import learn
from placeplan.forecast.pooled.intervals import PHASES, widths
from placeplan.forecast.pooled.nation import nation_of
from placeplan.forecast.pooled.panel import Panel
from placeplan.forecast.pooled.parts import parts_of
from placeplan.forecast.pooled.read import read_panel

PUPILS, BIRTHS = "england_pupils_by_nc_year.csv", "england_births_by_la.csv"
SOURCE = (
    "# Derived from Department for Education, pupils by local authority and national-curriculum year, and Office for"
    " National Statistics, live births; Open Government Licence v3. Made by python -m placeplan.forecast.train.\n"
)
FIRST_BIRTHS = 1993  # those of the oldest year group of the first census
DIGITS = "%.7g"


def train(data: Path, out: Path) -> None:
    """Write the tables. data: folder with the extracts.  out: folder of the tables."""
    panel = read_panel(data / PUPILS, data / BIRTHS).panel
    for name, table in (
        (trained.NATION, _nation(panel)),
        (trained.DRIFT, _drift(panel)),
        (trained.WIDTHS, _widths(panel)),
    ):
        with (out / name).open("w", encoding="utf-8", newline="") as file:
            file.write(SOURCE)
            table.to_csv(file, index=False, float_format=DIGITS, lineterminator="\n")


def _nation(panel: Panel) -> pd.DataFrame:
    """Return what, year, nc_year, number."""
    nation = nation_of(panel)
    pupils = [
        ("pupils", nation.first + i, nc, pupils) for i, row in enumerate(nation.pupils) for nc, pupils in enumerate(row)
    ]
    births = [("births", nation.first_birth + i, 0, born) for i, born in enumerate(nation.births)]
    births = [row for row in births if FIRST_BIRTHS <= row[1] <= panel.last]
    rows = [*pupils, *births, ("london", 0, 0, nation.london)]
    return pd.DataFrame(rows, columns=["what", "year", "nc_year", "number"])


def _drift(panel: Panel) -> pd.DataFrame:
    """Return one row an origin, block, lead and feature."""
    rows = []
    for origin in range(panel.first + 2, panel.last + 1):
        known = panel.until(origin)
        for (block, lead), lesson in learn(parts_of(known, nation_of(known))).items():
            told = zip(lesson.names, lesson.coefficient, lesson.scale, lesson.centre, strict=True)
            rows += [(origin, block, lead, *each) for each in told]
    return pd.DataFrame(rows, columns=["origin", "block", "lead", "feature", "coefficient", "scale", "centre"])


def _widths(panel: Panel) -> pd.DataFrame:
    """Return one row an origin and phase."""
    records = all_errors(panel, FARTHEST)
    rows = []
    for origin in range(panel.first + 2, panel.last + 1):
        learned = widths(records, origin)
        if learned is not None:
            told = zip(PHASES, learned.size, learned.scores, strict=True)
            rows += [(origin, phase, *size, *scores) for phase, size, scores in told]
    return pd.DataFrame(rows, columns=["origin", "phase", *trained.SLOPES, "score_80", "score_95"])


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Make the tables of what England's authorities teach.")
    asked.add_argument("data", type=Path, help="folder with the national extracts")
    asked.add_argument("--out", type=Path, default=Path(__file__).parent / "pooled", help="folder of the tables")
    given = asked.parse_args()
    train(given.data, given.out)
