"""The charts of the report: fans of the forecast, and the score of each principle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.appraise.explain.subject import explain
from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_year
from placeplan.forecast.drivers import AUTHORITY, STAGE_NAMES, figure, told_of_drivers
from placeplan.forecast.summary import STAGES as STAGE_GROUPS
from placeplan.publish.page.axes import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, nice_ticks
from placeplan.publish.page.words import principle_name, signed, whole
from placeplan.publish.results import Results

STAGES = {"R–6": "Reception to Year 6", "7–11": "Years 7 to 11", "12–13": "Years 12 and 13"}
HALF = (0.25, 0.75)  # the 50 % interval; the 80 % one stands in forecast/summary.csv


@dataclass(frozen=True)
class Fan:
    """One chart of the forecast, ready to draw: axes, bands, line, sentence, and its figures as rows."""

    title: str
    stage: str
    sentence: str
    ticks: list[tuple[float, str]]
    years: list[tuple[float, str]]
    outer: str
    inner: str
    line: str
    start: tuple[float, float]
    rows: list[tuple[str, float, float | None, float | None]]


def fans_of(results: Results) -> list[Fan]:
    """Return a fan chart for each stage of schooling: the base year, the expected number, 50 % and 80 % intervals."""
    summary = results.table("forecast/summary.csv")
    return [_fan(results, stage, summary[summary["year_groups"] == stage]) for stage in STAGES]


def drivers_of(results: Results) -> dict[str, object]:
    """Return what drives the authority's change: a sentence a stage, and headings and rows of the table beside them."""
    table = results.table("forecast/drivers.csv")
    waterfall = explain({"forecast/drivers.csv": table}, AUTHORITY).table
    headings = [STAGE_NAMES.get(name, "All") for name in waterfall.columns[1:]]
    rows = [(step, [figure(pupils) for pupils in pupils_of]) for step, *pupils_of in waterfall.to_numpy().tolist()]
    return {"sentences": told_of_drivers(table), "headings": headings, "rows": rows}


def principles_of(results: Results) -> dict[str, object]:
    """Return the score of each principle under the plan and, where known, if no more were done than is committed.

    The scale: 100 ideal, 0 unacceptable, below 0 worse. Positions are per cent of the width of a bar.
    """
    table = results.table("appraisal/principles.csv")
    before = results.run.get("do_minimum_scores")
    scores_before = {str(k): float(v) for k, v in before.items()} if isinstance(before, Mapping) else {}
    scores = [*table["score"].astype(float), *scores_before.values()]
    least = max(-100.0, min(0.0, float(np.floor(min(scores, default=0.0) / 10) * 10)))
    zero = _across(0, least)
    rows = []
    for row in table.to_dict("records"):
        after, had = float(row["score"]), scores_before.get(str(row["principle"]))
        rows.append(
            {
                "key": row["principle"],
                "name": principle_name(str(row["principle"])),
                "measure": row["measure"],
                "unit": row["unit"],
                "weight": row["weight"],
                "score": after,
                "before": had,
                "change": None if had is None else after - had,
                "bar": _bar(after, least),
                "bar_before": None if had is None else _bar(had, least),
            }
        )
    return {"rows": rows, "has_before": bool(scores_before), "zero": zero, "half": _across(50, least), "least": least}


def _fan(results: Results, stage: str, rows_of: pd.DataFrame) -> Fan:
    """Return the chart of one stage of schooling. rows_of: its rows of forecast/summary.csv, a year each."""
    title = STAGES[stage]
    base, central = float(rows_of["base"].iloc[0]), rows_of["median"].to_numpy(dtype=float)
    lows, highs = (rows_of[name].to_numpy(dtype=float) for name in ("low_80", "high_80"))
    futures = results.forecast.futures.totals[..., STAGE_GROUPS[stage]].sum(axis=-1)
    half = np.quantile(futures, HALF, axis=0, method="nearest") if len(futures) else np.tile(central, (2, 1))
    known = len(futures) > 0
    bands = np.stack([lows, half[0], half[1], highs]) if known else np.tile(central, (4, 1))
    every = np.concatenate([[base], central, bands.ravel()])
    ticks = nice_ticks(max(0.0, float(every.min())), float(every.max()))
    across = np.linspace(LEFT, WIDTH - RIGHT, len(central) + 1)

    def down(children: Number) -> Number:
        return np.asarray(TOP + (ticks[-1] - children) / (ticks[-1] - ticks[0]) * (HEIGHT - TOP - BOTTOM))

    names = [name_of_year(results.scenario.settings.base_year), *results.year_names]
    rows: list[tuple[str, float, float | None, float | None]] = [(names[0], base, None, None)]
    rows += [
        (name, float(mid), float(low) if known else None, float(high) if known else None)
        for name, mid, low, high in zip(results.year_names, central, lows, highs, strict=True)
    ]
    told = np.unique(np.rint(np.linspace(0, len(names) - 1, 4)).astype(int))  # four years have room below a chart
    return Fan(
        title=title,
        stage=stage,
        sentence=_sentence(
            title, base, float(central[-1]), names, (float(lows[-1]), float(highs[-1])) if known else None
        ),
        ticks=[(float(down(np.array(t))), f"{t:,.0f}") for t in ticks],
        years=[(float(across[k]), names[k]) for k in told],
        outer=_area(across, down(np.append(base, lows)), down(np.append(base, highs))) if known else "",
        inner=_area(across, down(np.append(base, bands[1])), down(np.append(base, bands[2]))) if known else "",
        line=_points(across, down(np.append(base, central))),
        start=(float(across[0]), float(down(np.array(base)))),
        rows=rows,
    )


def _sentence(title: str, base: float, last: float, names: Sequence[str], likely: tuple[float, float] | None) -> str:
    """Return what the chart shows, in words."""
    words = (
        f"{title}: {whole(base)} children in {names[0]}, {whole(last)} expected in {names[-1]} ({signed(last - base)})"
    )
    return (
        f"{words}; four chances in five that it lies between {whole(likely[0])} and {whole(likely[1])}."
        if likely
        else f"{words}."
    )


def _points(across: Number, down: Number) -> str:
    """Return a line of points as SVG writes it."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))


def _area(across: Number, low: Number, high: Number) -> str:
    """Return the outline of a band."""
    return _points(np.concatenate([across, across[::-1]]), np.concatenate([low, high[::-1]]))


def _across(score: float, least: float) -> float:
    """Return where a score lies, per cent of the width."""
    return round(100 * (min(100.0, max(score, least)) - least) / (100 - least), 2)


def _bar(score: float, least: float) -> tuple[float, float]:
    """Return start and width of a bar from 0 to a score, per cent of the width."""
    ends = sorted((_across(0, least), _across(score, least)))
    return ends[0], max(round(ends[1] - ends[0], 2), 0.4)
