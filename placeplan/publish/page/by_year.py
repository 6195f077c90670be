"""The years of the plan in figures: the authority's children, pupils and places, and the children of each community."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import academic_year, nc_year
from placeplan.publish import findings
from placeplan.publish.figures import LAST_COMPULSORY
from placeplan.publish.page.axes import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, nice_ticks
from placeplan.publish.page.words import whole
from placeplan.publish.results import Results


@dataclass(frozen=True)
class Years:
    """Pupils and places of the authority as a chart and as rows, and the children of communities as rows."""

    sentence: str
    ticks: list[tuple[float, str]]
    columns: list[tuple[float, float, float, float]]  # left, top, width, height: pupils on roll
    steps: list[tuple[float, float, float]]  # left, right, level: places
    labels: list[tuple[float, str]]
    rows: list[dict[str, object]]
    communities: list[dict[str, object]]


def years_of(results: Results) -> Years:
    """Return the plan's years: pupils on roll against places that exist, children, and those without a place."""
    pupils, places = pupils_and_places(results)
    short, late = short_by_year(results)
    children = findings.demand(results).sum(axis=0)
    names = results.year_names
    rows = [
        {"year": year, "children": c, "pupils": p, "places": room, "spare": room - p, "short": s, "late": w}
        for year, c, p, room, s, w in zip(names, children, pupils, places, short, late, strict=True)
    ]
    ticks = nice_ticks(0.0, float(max(pupils.max(), places.max(), 1.0)))
    across = np.linspace(LEFT, WIDTH - RIGHT, len(names) + 1)
    level = [float(TOP + (1 - value / ticks[-1]) * (HEIGHT - TOP - BOTTOM)) for value in (*pupils, *places, *ticks)]
    width = float(across[1] - across[0])
    of_pupils, of_places, of_ticks = np.split(np.array(level), [len(names), 2 * len(names)])
    told = np.unique(np.rint(np.linspace(0, len(names) - 1, 4)).astype(int))
    return Years(
        sentence=_sentence(names[-1], float(pupils[-1]), float(places[-1])),
        ticks=[(float(y), f"{tick:,.0f}") for y, tick in zip(of_ticks, ticks, strict=True)],
        columns=[
            (float(x + width * 0.14), float(y), width * 0.72, HEIGHT - BOTTOM - float(y))
            for x, y in zip(across, of_pupils, strict=False)
        ],
        steps=[(float(x), float(x + width), float(y)) for x, y in zip(across, of_places, strict=False)],
        labels=[(float(across[k] + width / 2), names[k]) for k in told],
        rows=rows,
        communities=_communities(results),
    )


def pupils_and_places(results: Results) -> tuple[Number, Number]:
    """Return pupils on roll and places that exist in all schools of the plan, a figure a planned year each."""
    table = results.table("plan/schools.csv")
    table = table.assign(existing=table["places"] - table["over_capacity"])
    sums = table.groupby("academic_year")[["pupils", "existing"]].sum().reindex(results.year_names, fill_value=0.0)
    return sums["pupils"].to_numpy(dtype=float), sums["existing"].to_numpy(dtype=float)


def short_by_year(results: Results) -> tuple[Number, Number]:
    """Return children without a place by planned year: Reception to Year 11, and Years 12 and 13."""
    table = results.table("plan/shortfall.csv")
    groups = table["nc_year"].map(nc_year).to_numpy(dtype=int)
    at = table["cohort"].map(academic_year).to_numpy(dtype=int) + groups - results.scenario.planned_years[0]
    inside = (at >= 0) & (at < len(results.year_names))
    sums = np.zeros((2, len(results.year_names)))
    late = (groups > LAST_COMPULSORY).astype(int)
    np.add.at(sums, (late[inside], at[inside]), table["children"].to_numpy(dtype=float)[inside])
    return sums[0], sums[1]


def zones_of(results: Results) -> list[dict[str, object]]:
    """Return each zone of the map: code, name, community, children in the first and last year, child-years without a place."""
    zones, children = results.scenario.zones, findings.demand(results)
    table = pd.DataFrame(
        {
            "code": zones["zone"].to_numpy(),
            "name": zones["name"].to_numpy(),
            "community": zones["community"].to_numpy(),
            "first": children[:, 0],
            "last": children[:, -1],
            "short": findings.shortfall(results).sum(axis=1),
        }
    )
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _communities(results: Results) -> list[dict[str, object]]:
    """Return each community: its children by year, and its child-years without a place."""
    names = results.scenario.zones["community"].to_numpy()
    children = pd.DataFrame(findings.demand(results)).groupby(names).sum()
    short = pd.Series(findings.shortfall(results).sum(axis=1)).groupby(names).sum()
    return [
        {"name": str(name), "children": of.tolist(), "short": float(lack)}
        for name, of, lack in zip(children.index, children.to_numpy(), short, strict=True)
    ]


def _sentence(year: str, pupils: float, places: float) -> str:
    """Return what the chart shows, in words."""
    spare = places - pupils
    words = f"In {year} the schools of the plan hold {whole(pupils)} pupils and have {whole(places)} places"
    return f"{words}: {whole(spare)} spare." if spare >= 0 else f"{words}: {whole(-spare)} too few."
