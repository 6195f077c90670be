"""Charts as files: SVG that opens anywhere, drawn offline, each beside a table with the same figures.

Altair with vl-convert, a kept library: it draws without a browser and without a network. Colours are those of the
government's analysis function, told apart by people who see few colours.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from placeplan.domain.errors import MissingExtra

BLUE, TEAL, ORANGE = "#12436D", "#28A197", "#F46A25"
WIDTH, HEIGHT = 340, 240
FONT = "Liberation Sans"  # which vl-convert brings with it


def fan_charts(summary: pd.DataFrame, title: str) -> Mapping[str, bytes]:
    """Return one fan chart a stage of schooling: expected pupils by year with the 80 % interval. Path → SVG.

    summary: academic_year, year_groups, base, median, low_80, high_80; its figures stand in forecast/summary.csv.
    """
    charts = {}
    for stage, rows in summary.groupby("year_groups", sort=False):
        name = str(stage).replace("–", "-")
        charts[f"forecast/pupils-{name}.svg"] = _svg(_fan(rows, f"{title}: Years {stage}"))
    return charts


def error_charts(rows: pd.DataFrame, cases: pd.DataFrame) -> Mapping[str, bytes]:
    """Return charts of the back-test: error by horizon, and how authorities' errors are spread. Path → SVG.

    rows, cases: of the back-test; their figures stand in backtest.csv and cases.csv.
    """
    return {"errors-by-horizon.svg": _svg(_by_horizon(rows)), "errors-by-authority.svg": _svg(_by_authority(cases))}


def has_charts() -> bool:
    """Return whether the extra that draws charts is installed."""
    try:
        _altair()
    except MissingExtra:
        return False
    return True


def _altair() -> Any:  # noqa: ANN401  (imported only where a chart is drawn)
    """Return the library. Raises MissingExtra naming the extra."""
    try:
        import altair as alt  # noqa: PLC0415  (an extra)
        import vl_convert  # noqa: F401, PLC0415  (draws what altair describes)
    except ImportError as fault:
        message = "Charts need the extra “all”: pip install 'placeplan[all]'."
        raise MissingExtra(message) from fault
    return alt


def _svg(chart: Any) -> bytes:  # noqa: ANN401
    """Return a chart as SVG."""
    import vl_convert  # noqa: PLC0415  (an extra)

    svg: str = vl_convert.vegalite_to_svg(chart.to_json())
    return svg.encode("utf-8")


def _fan(rows: pd.DataFrame, title: str) -> Any:  # noqa: ANN401
    """Return expected pupils as a line over the 80 % interval."""
    alt = _altair()
    first, last = rows.iloc[0], rows.iloc[-1]
    words = f"{title}. {first['median']:,.0f} pupils expected in {first['academic_year']}, {last['median']:,.0f} in {last['academic_year']}."
    drawn = rows[["academic_year", "median", "low_80", "high_80"]]
    year = alt.X("academic_year:N", title="academic year", axis=alt.Axis(labelAngle=-45))
    scale = alt.Scale(zero=False)
    band = alt.Chart(drawn).mark_area(opacity=0.25, color=BLUE)
    band = band.encode(x=year, y=alt.Y("low_80:Q", title="pupils", scale=scale), y2="high_80:Q")
    line = alt.Chart(drawn).mark_line(color=BLUE).encode(x=year, y=alt.Y("median:Q", scale=scale))
    return (band + line).properties(width=WIDTH, height=HEIGHT, title=title, description=words)


def _by_horizon(rows: pd.DataFrame) -> Any:  # noqa: ANN401
    """Return mean absolute error by years ahead: this forecast, plain survival, authorities' own where known."""
    alt = _altair()
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
    alt = _altair()
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
    alt = _altair()
    stages = [(f"Years {stage}", rows) for stage, rows in summary.groupby("year_groups", sort=False)]
    fans = [_fan(rows, stage).properties(width=WIDTH * 0.55, height=HEIGHT * 0.8) for stage, rows in stages]
    words = " ".join(str(fan.description) for fan in fans)
    return _png(alt.hconcat(*fans).properties(description=words))


def scores_png(scores: pd.DataFrame) -> tuple[bytes, str]:
    """Return the score of each principle, plan beside do-minimum, as PNG, and what it shows in words.

    scores: principle (its words), plan, do_minimum.
    """
    alt = _altair()
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
    alt = _altair()
    most = years.iloc[int(years["million_pounds"].to_numpy().argmax())].to_dict()
    words = f"Bars of capital by the year in which options open. Most in {most['academic_year']}: £{most['million_pounds']:,.1f} million."
    chart = alt.Chart(years).mark_bar(color=BLUE).encode(
        x=alt.X("academic_year:N", title="academic year of opening", axis=alt.Axis(labelAngle=-45)),
        y=alt.Y("million_pounds:Q", title="£ million"),
    )  # fmt: skip
    return _png(chart.properties(width=WIDTH, height=HEIGHT * 0.7, description=words))


def _png(chart: Any) -> tuple[bytes, str]:  # noqa: ANN401
    """Return a chart as PNG in a font that the library brings, so that every machine draws it alike, and its description."""
    import vl_convert  # noqa: PLC0415  (an extra)

    png: bytes = vl_convert.vegalite_to_png(chart.configure(font=FONT).to_json(), scale=2)
    return png, str(chart.description)
