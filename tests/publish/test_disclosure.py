"""Disclosure control: whoever adds up and takes away all that is published still can't tell a small count."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from cases import cases
from placeplan.publish.disclosure import CAUSES, EHCP, SPECIALIST, SURVEY, publishable
from placeplan.publish.provenance import provenance
from placeplan.publish.run_folder import read_run_folder, write_run_folder
from placeplan.publish.suppress import WITHHELD, hide

UNBOUNDED = 3  # linprog's word for it
NEEDS, SETTINGS = ("ASD", "SEMH", "SLD"), ("mainstream", "resourced", "special")
COUNTS = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7, 12, 40])


def tables_of(counts, areas, years=2, base=None):
    """Tables of one authority: ehcp year × need × setting, its causes, and the survey's share of the special ones by area."""
    counts = np.asarray(counts, dtype=float).reshape(years, len(NEEDS), len(SETTINGS))
    names = [f"{2019 + y}/{20 + y}" for y in range(years)]
    ehcp = [
        (names[y], need, setting, counts[y, n, s])
        for y in range(years)
        for n, need in enumerate(NEEDS)
        for s, setting in enumerate(SETTINGS)
    ]
    causes, survey = [], []
    for y, year in enumerate(names):
        for place, total in (
            ("mainstream classes", counts[y, :, 0].sum()),
            ("specialist place", counts[y, :, 1:].sum()),
        ):
            start = total if base is None else base
            causes.append((year, place, start, 0.4 * (total - start), 0.6 * (total - start), total))
        left = counts[y, :, 1:].sum()
        for k, (area, phase) in enumerate((a, p) for a in range(areas) for p in ("Primary", "Secondary")):
            mine = min(left, [3, 0, 5, 2, 9, 1][k % 6])
            left -= mine
            survey.append((year.replace("/", ""), f"PA{area}", f"PA{area}", phase, int(mine)))
    return {
        EHCP: pd.DataFrame(ehcp, columns=["academic_year", "need", "setting", "children"]),
        CAUSES: pd.DataFrame(causes, columns=["academic_year", "place", "base_year", "population_effect", "rate_effect", "children"]),
        SURVEY: pd.DataFrame(survey, columns=["time_period", "planning_area_code", "planning_area_name", "education_phase", "pupil_forecast"]),
    }  # fmt: skip


def attack(before, after):
    """Yield (count, least, greatest) of each withheld small cell, as one who has every table can narrow it down.

    Independent of how cells were chosen: all cells of all tables at once, shown ones fixed, totals of causes as told,
    the survey's children no more than all who need a specialist place.
    """
    cells = [
        (path, n, column)
        for path, column in ((EHCP, "children"), (SURVEY, "pupil_forecast"), (CAUSES, "children"))
        for n in range(len(before[path]))
    ]
    at = {cell[:2]: k for k, cell in enumerate(cells)}
    true = np.array([float(before[path][column].iloc[n]) for path, n, column in cells])
    shown = np.array([str(after[path][column].iloc[n]) != WITHHELD for path, n, column in cells])
    bounds = [(v, v) if s else (0, None) for v, s in zip(true, shown, strict=True)]
    equal, most = [], []
    ehcp, survey = before[EHCP], before[SURVEY]
    for n, row in enumerate(before[CAUSES].itertuples()):
        mainstream = row.place.startswith("mainstream")
        line = np.zeros(len(cells))
        of = (ehcp["academic_year"] == row.academic_year) & ((ehcp["setting"] == "mainstream") == mainstream)
        line[[at[EHCP, k] for k in np.flatnonzero(of)]] = 1
        line[at[CAUSES, n]] = -1
        equal.append(line)
        if not mainstream:
            line = np.zeros(len(cells))
            line[
                [at[SURVEY, k] for k in np.flatnonzero(survey["time_period"] == row.academic_year.replace("/", ""))]
            ] = 1
            line[at[CAUSES, n]] = -1
            most.append(line)
    for k in np.flatnonzero((true >= 1) & (true <= 4)):
        goal = (np.arange(len(cells)) == k).astype(float)
        least, greatest = (
            linprog(
                sign * goal,
                A_eq=np.array(equal),
                b_eq=np.zeros(len(equal)),
                A_ub=np.array(most),
                b_ub=np.zeros(len(most)),
                bounds=bounds,
            )
            for sign in (1, -1)
        )
        yield true[k], shown[k], least.fun, np.inf if greatest.status == UNBOUNDED else -greatest.fun


@cases(12)
@given(st.lists(COUNTS, min_size=18, max_size=18), st.integers(1, 2))
def test_no_small_count_can_be_narrowed_down_from_all_tables_together(counts, areas):
    before = tables_of(counts, areas)
    after = publishable(before)
    for count, shown, least, greatest in attack(before, after):
        assert not shown, count
        assert least <= 1 + 1e-6
        assert greatest >= 4 - 1e-6


@cases(12)
@given(st.lists(COUNTS, min_size=18, max_size=18), st.integers(0, 12))
def test_causes_never_give_a_small_count_by_adding_up_their_effects(counts, base):
    before = tables_of(counts, 1, base=base)
    after = publishable(before)[CAUSES]
    parts = ["base_year", "population_effect", "rate_effect"]
    for n, row in before[CAUSES].iterrows():
        signs = after.loc[n, [*parts, "children"]].astype(str) == WITHHELD
        for column in ("base_year", "children"):
            if 1 <= round(row[column]) <= 4:
                assert signs[column]
            if signs[column]:  # two of the parts are gone too, or the sum would give it away
                assert signs[["population_effect", "rate_effect"]].all()


@cases(20)
@given(st.lists(COUNTS, min_size=12, max_size=12), st.integers(3, 8))
def test_every_value_below_the_limit_stays_possible_under_known_totals(counts, below):
    counts = np.array(counts, dtype=float)
    groups = [np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)]
    hidden = hide(counts, groups, below=below)
    small = (counts >= 1) & (counts < below)
    assert hidden[small].all()
    lines = [(group == k).astype(float) for group in groups for k in range(group.max() + 1)]
    told = [line for line in lines if not hidden[line > 0].all() and not 1 <= line @ counts < below]
    bounds = [(0, None) if h else (v, v) for v, h in zip(counts, hidden, strict=True)]
    matrix = np.array(told).reshape(-1, len(counts))
    for cell in np.flatnonzero(small):
        goal = (np.arange(len(counts)) == cell).astype(float)
        least, greatest = (linprog(s * goal, A_eq=matrix, b_eq=matrix @ counts, bounds=bounds) for s in (1, -1))
        assert least.fun <= 1 + 1e-6
        assert greatest.status == UNBOUNDED or -greatest.fun >= below - 1 - 1e-6


def test_the_limit_is_the_scenario_s_and_is_recorded(results, tmp_path):
    settings = results.scenario.settings
    wider = settings.model_copy(update={"publish": settings.publish.model_copy(update={"small_counts_below": 13})})
    table = results.tables[SPECIALIST].assign(children=[12.0, 30.0])
    given = dataclasses.replace(results, tables={**results.tables, SPECIALIST: table})
    told = dataclasses.replace(given, scenario=dataclasses.replace(given.scenario, settings=wider))
    for name, one, expected in (("five", given, ["12", "30"]), ("wider", told, [WITHHELD] * 2)):
        folder = write_run_folder(tmp_path / name, one)
        assert read_run_folder(folder).tables[SPECIALIST]["children"].tolist() == expected
    assert provenance(told.scenario)["small_counts_below"] == 13


def test_tables_without_small_counts_are_published_whole():
    after = publishable(tables_of([40] * 18, 1))
    assert after[EHCP]["children"].tolist() == ["40"] * 18
    assert after[CAUSES]["children"].tolist() == [120.0, 240.0] * 2


@pytest.mark.parametrize("path", [EHCP, SPECIALIST, SURVEY, CAUSES])
def test_a_run_without_one_of_the_tables_is_published_all_the_same(path):
    tables = {p: t for p, t in tables_of([3] * 18, 1).items() if p != path}
    assert set(publishable(tables)) == set(tables)
