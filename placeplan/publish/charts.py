"""Charts as files: SVG that opens anywhere, drawn offline, each beside a table with the same figures.

Altair with vl-convert, a kept library: it draws without a browser and without a network. Colours are those of the
government's analysis function, told apart by people who see few colours.
"""

from collections.abc import Hashable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from placeplan.appraise.standing import DO_MINIMUM
from placeplan.domain.errors import MissingExtra
from placeplan.forecast.drivers import AUTHORITY, CAUSES, STAGE_NAMES, base_year_of, signed, told_of_drivers

BLUE, TEAL, ORANGE, GREY = "#12436D", "#28A197", "#F46A25", "#505A5F"
WIDTH, HEIGHT = 340, 240
BAR, STEPS = 36, 5  # width of a bar of capital; about so many steps of its scale
FONT = "Liberation Sans"  # which vl-convert brings with it


def forecast_charts(tables: Mapping[str, pd.DataFrame], title: str) -> Mapping[str, bytes]:
    """Return the charts of a forecast: a fan a stage of schooling, and what drives the change. Path → SVG."""
    fans = fan_charts(tables["forecast/summary.csv"], title)
    return {**fans, **waterfall_chart(tables["forecast/drivers.csv"], title)}


def fan_charts(summary: pd.DataFrame, title: str) -> Mapping[str, bytes]:
    """Return one fan chart a stage of schooling: expected pupils by year with the 80 % interval. Path → SVG.

    summary: academic_year, year_groups, base, median, low_80, high_80; its figures stand in forecast/summary.csv.
    """
    charts = {}
    for stage, rows in summary.groupby("year_groups", sort=False):
        name = str(stage).replace("–", "-")
        charts[f"forecast/pupils-{name}.svg"] = as_svg(_fan(rows, f"{title}: Years {stage}"))
    return charts


def waterfall_chart(drivers: pd.DataFrame, title: str) -> Mapping[str, bytes]:
    """Return what drives the authority's change to the last planned year, one cause after another. Path → SVG.

    drivers: as forecast/drivers.csv has it; every figure of the chart stands there.
    """
    return {"forecast/drivers.svg": as_svg(_waterfall(drivers, title))}


def error_charts(rows: pd.DataFrame, cases: pd.DataFrame) -> Mapping[str, bytes]:
    """Return charts of the back-test: error by horizon, and how authorities' errors are spread. Path → SVG.

    rows, cases: of the back-test; their figures stand in backtest.csv and cases.csv.
    """
    return {"errors-by-horizon.svg": as_svg(_by_horizon(rows)), "errors-by-authority.svg": as_svg(_by_authority(cases))}


def has_charts() -> bool:
    """Return whether the extra that draws charts is installed."""
    try:
        altair()
    except MissingExtra:
        return False
    return True


def altair() -> Any:  # noqa: ANN401  (imported only where a chart is drawn)
    """Return the library. Raises MissingExtra naming the extra."""
    try:
        import altair as alt  # noqa: PLC0415  (an extra)
        import vl_convert  # noqa: F401, PLC0415  (draws what altair describes)
    except ImportError as fault:
        message = "Charts need the extra “all”: pip install 'placeplan[all]'."
        raise MissingExtra(message) from fault
    return alt


def as_svg(chart: Any) -> bytes:  # noqa: ANN401
    """Return a chart as SVG that tells its own description to who can't see it."""
    import vl_convert  # noqa: PLC0415  (an extra)

    svg: str = vl_convert.vegalite_to_svg(chart.to_json())
    words = f'<svg role="img" aria-label={quoteattr(chart.description)} '
    return svg.replace("<svg ", words, 1).encode("utf-8")


def _fan(rows: pd.DataFrame, title: str) -> Any:  # noqa: ANN401
    """Return expected pupils as a line over the 80 % interval."""
    alt = altair()
    first, last = rows.iloc[0], rows.iloc[-1]
    words = f"{title}. {first['median']:,.0f} pupils expected in {first['academic_year']}, {last['median']:,.0f} in {last['academic_year']}."
    drawn = rows[["academic_year", "median", "low_80", "high_80"]]
    year = alt.X("academic_year:N", title="academic year", axis=alt.Axis(labelAngle=-45))
    scale = alt.Scale(zero=False)
    band = alt.Chart(drawn).mark_area(opacity=0.25, color=BLUE)
    band = band.encode(x=year, y=alt.Y("low_80:Q", title="pupils", scale=scale), y2="high_80:Q")
    line = alt.Chart(drawn).mark_line(color=BLUE).encode(x=year, y=alt.Y("median:Q", scale=scale))
    return (band + line).properties(width=WIDTH, height=HEIGHT, title=title, description=words)


def _waterfall(drivers: pd.DataFrame, title: str) -> Any:  # noqa: ANN401
    """Return one floating bar a cause, from the sum before it to the sum after it, and one for all; a column a stage.

    The scale is the change since the base year, so that it can start at 0. Each bar tells its figure, with its sign.
    """
    alt = altair()
    last = drivers[
        (drivers["area_kind"] == AUTHORITY) & (drivers["academic_year"] == drivers["academic_year"].iloc[-1])
    ]
    bars = pd.concat([_bars(row) for row in last.to_dict("records")], ignore_index=True)
    bars = bars[bars["cause"].isin(["in all", *(words for cause, words in CAUSES.items() if last[cause].any())])]
    names = [STAGE_NAMES[stage] for stage in last["year_groups"]]
    x = alt.X("cause:N", title=None, sort=list(bars["cause"].unique()), axis=alt.Axis(labelAngle=-45, labelLimit=200))
    colours = alt.Scale(domain=["more", "fewer", "in all"], range=[BLUE, ORANGE, GREY])
    base = alt.Chart(bars)
    bar = base.mark_bar().encode(
        x=x, y=alt.Y("start:Q", title=f"pupils more or fewer than in {base_year_of(drivers)}"), y2="end:Q",
        color=alt.Color("way:N", title=None, scale=colours),
    )  # fmt: skip
    told = base.mark_text(dy=-6, fontSize=9).encode(x=x, y="top:Q", text="label:N")
    zero = base.mark_rule(color="black").encode(y=alt.datum(0))
    picture = (bar + zero + told).properties(width=WIDTH * 0.8, height=HEIGHT)
    return picture.facet(column=alt.Column("stage:N", title=None, sort=names)).properties(
        title=f"{title}: what drives the change to {last['academic_year'].iloc[0]}",
        description=" ".join(told_of_drivers(drivers)),
    )


def _bars(row: Mapping[Hashable, Any]) -> pd.DataFrame:
    """Return the bars of one stage: stage, cause, start, end, top, way, label."""
    steps = np.array([row[cause] for cause in CAUSES])
    ends = np.append(np.cumsum(steps), steps.sum())
    starts = np.append(np.append(0.0, ends[:-2]), 0.0)
    changes = np.append(steps, steps.sum()).round(1)
    way = [*np.where(changes[:-1] < 0, "fewer", "more"), "in all"]
    return pd.DataFrame(
        {
            "stage": STAGE_NAMES[row["year_groups"]],
            "cause": [*CAUSES.values(), "in all"],
            "start": starts,
            "end": ends,
            "top": np.maximum(starts, ends),
            "way": way,
            "label": [signed(change) if change else "" for change in changes],
        }
    )


def _by_horizon(rows: pd.DataFrame) -> Any:  # noqa: ANN401
    """Return mean absolute error by years ahead: this forecast, plain survival, authorities' own where known."""
    alt = altair()
    names = {"mape": "this forecast", "baseline_mape": "plain cohort survival", "own_mape": "authorities' own"}
    long = rows.melt(["phase", "horizon"], list(names), "of", "error").dropna()
    long = long.assign(of=long["of"].map(names))
    colour = alt.Color("of:N", title=None, scale=alt.Scale(domain=list(names.values()), range=[BLUE, TEAL, ORANGE]))
    chart = alt.Chart(long).mark_line(point=True).encode(
        x=alt.X("horizon:O", title="years ahead", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("error:Q", title="mean absolute error, %"),
        color=colour, strokeDash=alt.StrokeDash("of:N", legend=None, sort=list(names.values())),
        column=alt.Column("phase:N", title=None),
    )  # fmt: skip
    return chart.properties(
        width=WIDTH * 0.7, height=HEIGHT, title="Error by years ahead",
        description="Mean absolute percentage error of a phase's total by years ahead; figures in backtest.csv.",
    )  # fmt: skip


def _by_authority(cases: pd.DataFrame) -> Any:  # noqa: ANN401
    """Return how the mean error of each authority is spread, by phase and years ahead."""
    alt = altair()
    size = cases.assign(error=cases["error"].abs())
    means = size.groupby(["authority", "phase", "horizon"], as_index=False)["error"].mean()
    chart = alt.Chart(means).mark_boxplot(extent=1.5, color=BLUE, median={"color": "white"}).encode(
        x=alt.X("horizon:O", title="years ahead", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("error:Q", title="mean absolute error of an authority, %"),
        column=alt.Column("phase:N", title=None),
    )  # fmt: skip
    return chart.properties(
        width=WIDTH * 0.7, height=HEIGHT, title="Authorities by years ahead",
        description="Box of the middle half of authorities' mean absolute percentage errors; figures in cases.csv.",
    )  # fmt: skip


def fans_png(summary: pd.DataFrame) -> tuple[bytes, str]:
    """Return the fan charts of all stages side by side as PNG, and what they show in words. summary: forecast/summary.csv."""
    alt = altair()
    stages = [(f"Years {stage}", rows) for stage, rows in summary.groupby("year_groups", sort=False)]
    fans = [_fan(rows, stage).properties(width=WIDTH * 0.55, height=HEIGHT * 0.8) for stage, rows in stages]
    words = " ".join(str(fan.description) for fan in fans)
    return _png(alt.hconcat(*fans).properties(description=words))


def scores_png(scores: pd.DataFrame) -> tuple[bytes, str]:
    """Return the score of each principle, plan beside do-minimum, as PNG, and what it shows in words.

    scores: principle (its words), plan, do_minimum.
    """
    alt = altair()
    names = {"do_minimum": "do-minimum", "plan": "plan"}
    long = scores.melt(["principle"], list(names), "of", "score").dropna()
    long = long.assign(of=long["of"].map(names))
    best = scores.iloc[int(scores["plan"].to_numpy().argmax())].to_dict()
    words = f"Bars of the score of each principle under the plan and the do-minimum. Highest under the plan: {best['principle']}, {best['plan']:.0f}."
    chart = alt.Chart(long).mark_bar().encode(
        y=alt.Y("principle:N", sort=list(scores["principle"]), title=None, axis=alt.Axis(labelLimit=260)),
        yOffset=alt.YOffset("of:N", sort=list(names.values())),
        x=alt.X("score:Q", title="score: 100 ideal, 0 unacceptable"),
        color=alt.Color("of:N", title=None, scale=alt.Scale(domain=list(names.values()), range=[TEAL, BLUE])),
    )  # fmt: skip
    return _png(chart.properties(width=WIDTH, height=HEIGHT * 1.4, description=words))


def capital_png(years: pd.DataFrame) -> tuple[bytes, str]:
    """Return capital by the year of opening as PNG, and what it shows in words. years: academic_year, million_pounds."""
    alt = altair()
    most = years.iloc[int(years["million_pounds"].to_numpy().argmax())].to_dict()
    words = f"Bars of capital by the year in which options open. Most in {most['academic_year']}: £{most['million_pounds']:,.1f} million."
    chart = alt.Chart(years).mark_bar(color=BLUE, size=BAR).encode(
        x=alt.X("academic_year:N", title="academic year of opening", axis=alt.Axis(labelAngle=-45)),
        y=alt.Y("million_pounds:Q", title="£ million", scale=alt.Scale(nice=STEPS), axis=alt.Axis(tickCount=STEPS)),
    )  # fmt: skip
    return _png(chart.properties(width=WIDTH * 1.6, height=HEIGHT * 0.7, description=words))


def futures_png(each: pd.DataFrame) -> tuple[bytes, str]:
    """Return what the plan and the do-minimum leave short in each future as PNG, and what it shows in words.

    each: appraisal/each_future.csv.
    """
    alt = altair()
    plan = each["plan"].iloc[0]
    shown = each[each["plan"].isin([plan, DO_MINIMUM])]
    most = shown[shown["plan"] == plan].sort_values("shortfall").iloc[-1].to_dict()
    words = (
        f"Dots of child-years without a place, one a future and plan, over the children of that future. The most under the plan: "
        f"{most['shortfall']:,.0f} where there are {most['children']:,.0f} child-years."
    )
    chart = alt.Chart(shown).mark_point(filled=True, size=60, opacity=0.9).encode(
        x=alt.X("children:Q", title="children, Reception to Year 11 (child-years)", scale=alt.Scale(zero=False, nice=True)),
        y=alt.Y("shortfall:Q", title="without a place (child-years)"),
        color=alt.Color("plan:N", title=None, scale=alt.Scale(domain=[plan, DO_MINIMUM], range=[TEAL, BLUE])),
        shape=alt.Shape("plan:N", title=None, scale=alt.Scale(domain=[plan, DO_MINIMUM], range=["circle", "triangle-up"])),
    )  # fmt: skip
    return _png(chart.properties(width=WIDTH * 1.4, height=HEIGHT * 0.8, description=words))


def _png(chart: Any) -> tuple[bytes, str]:  # noqa: ANN401
    """Return a chart as PNG in a font that the library brings, so that every machine draws it alike, and its description."""
    import vl_convert  # noqa: PLC0415  (an extra)

    png: bytes = vl_convert.vegalite_to_png(chart.configure(font=FONT).to_json(), scale=2)
    return png, str(chart.description)
