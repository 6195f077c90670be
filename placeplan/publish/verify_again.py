"""Made again: the tables, sentences and documents of a run, from its scenario and certificate, held against those published.

Report, paper, workbook and map layers are made of the published tables by the same program: with the same versions of the
libraries they have the same bytes. With others they aren't held against anything, and the verdict says so.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_checks import TOLERANCE, Check
from placeplan.allocate.certificate_value import Proof
from placeplan.appraise.reasons import MARK, least_worsening, opens_last, options_table
from placeplan.forecast.value import Forecast
from placeplan.journeys.plan import Plan
from placeplan.publish.csv_text import csv_bytes, kinds_of, read_csv
from placeplan.publish.manifest import RUN_FILE, files_of
from placeplan.publish.provenance import made_here
from placeplan.publish.results import Results
from placeplan.publish.run_folder import RunFolder, write_files
from placeplan.publish.verify_figures import apart
from placeplan.publish.verify_plan import OPTIONS, table_of
from placeplan.scenario.scenario import Scenario

BESIDE_THE_RUN = {"files", "format"}  # of run.json: what the list of files is told with
FIGURE = re.compile(r"\d+\.\d+")
SHOWN = 1e-4  # of a figure in a reason: its last digit


def same_table(folder: RunFolder, path: str, table: pd.DataFrame) -> Check:
    """Return whether a published table is the one that the scenario makes."""
    counted = read_csv(csv_bytes(table), kinds_of(table))
    if path not in folder.tables:
        return Check(path, "is there, as the scenario makes it", 1.0, 0.0)
    return alike(path, folder.tables[path], counted)


def alike(path: str, told: pd.DataFrame, counted: pd.DataFrame) -> Check:
    """Return whether two tables have the same cells, numbers within the tolerance."""
    rule = "every cell follows from the scenario"
    if list(told.columns) != list(counted.columns) or len(told) != len(counted):
        return Check(path, rule, np.inf, TOLERANCE, "other columns, or another number of rows")
    off = {str(name): _off(told[name], counted[name]) for name in counted}
    worst: Callable[[str], float] = off.__getitem__
    name = max(off, key=worst, default="")
    return Check(path, rule, off.get(name, 0.0), TOLERANCE, name)


def _off(told: pd.Series, counted: pd.Series) -> float:
    """Return the largest difference in a column, relative to its size above 1; infinite for another text."""
    said, true = (pd.to_numeric(column, errors="coerce").to_numpy(dtype=float) for column in (told, counted))
    number = np.isfinite(said) & np.isfinite(true)
    words = [
        column.astype(object).where(column.notna(), "").astype(str).to_numpy(dtype=object) for column in (told, counted)
    ]
    if (words[0] != words[1])[~number].any():
        return float("inf")
    return apart(said[number], true[number])


def check_reasons(folder: RunFolder, proof: Proof, plan: Plan) -> Iterator[Check]:
    """Yield whether every option is told with its kind, year, places, money and reason."""
    reduced = np.zeros(0)
    if proof.row_duals is not None:
        whole = np.asarray(proof.model.cost - proof.model.rows.T @ proof.row_duals)
        reduced = whole[proof.model.columns("openings")]
    marked = dict.fromkeys(opens_last(plan).values(), MARK)
    again = options_table(plan, least_worsening(plan.network.options, reduced), marked)
    told = table_of(folder, OPTIONS)
    pairs = zip(told["reason"].astype(str), again["reason"], strict=False)
    unlike = sum(not _same_reason(said, true) for said, true in pairs)
    yield Check(OPTIONS, "reasons follow from the scenario and the proof", float(unlike), 0.0)
    others = [name for name in again if name != "reason"]
    yield alike(OPTIONS, told[others], read_csv(csv_bytes(again[others]), kinds_of(again[others])))


def _same_reason(said: str, true: str) -> bool:
    """Return whether two reasons are the same, but for the last digit of a figure and what longer horizons are said to do."""
    said = said.split(f"{MARK};", maxsplit=1)[0] + MARK if f"{MARK};" in said else said
    if FIGURE.sub("", said) != FIGURE.sub("", true):
        return False
    figures = zip(FIGURE.findall(said), FIGURE.findall(true), strict=True)
    return all(abs(float(one) - float(other)) <= 1.01 * SHOWN for one, other in figures)


def check_documents(
    folder: RunFolder, kept: Mapping[str, bytes], scenario: Scenario, told: Forecast
) -> Iterator[Check]:
    """Yield whether report, paper, workbook and map layers are those that the published tables make."""
    if not made_here(folder.run):
        return
    run = {key: value for key, value in folder.run.items() if key not in BESIDE_THE_RUN}
    with TemporaryDirectory() as place:
        write_files(Path(place), Results(scenario, told, folder.tables, kept, run))
        for path in sorted(set(files_of(Path(place))) - {RUN_FILE} - set(kept)):
            one, other = folder.path / path, Path(place) / path
            if one.exists():  # what is missing the list of files tells; a document may want an extra
                same = one.read_bytes() == other.read_bytes()
                yield Check(path, "is what the published tables make", 0.0 if same else 1.0, 0.0)
