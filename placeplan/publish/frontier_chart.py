"""The frontier as a picture: what each pound more buys, a point a plan."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from placeplan.appraise.frontier_tables import PLANS
from placeplan.publish.charts import BLUE, HEIGHT, ORANGE, WIDTH, altair, as_svg

CHART = "frontier/frontier.svg"


def frontier_chart(tables: Mapping[str, pd.DataFrame], title: str) -> Mapping[str, bytes]:
    """Return the chart of the frontier; its figures stand in frontier/plans.csv. Path → SVG. Raises MissingExtra."""
    plans = tables[PLANS]
    drawn = pd.DataFrame(
        {
            "plan": plans["plan"], "cost": plans["cost_pounds"] / 1e6, "loss": plans["loss"],
            "whose": plans["yours"].map({"yes": "chosen by your weight of cost", "no": "chosen by another"}),
        }
    )  # fmt: skip
    return {CHART: as_svg(_chart(drawn, f"{title}: what money buys"))}


def _chart(drawn: pd.DataFrame, title: str) -> Any:  # noqa: ANN401
    alt = altair()
    x = alt.X("cost:Q", title="cost in today's value (£m)", scale=alt.Scale(zero=False))
    y = alt.Y("loss:Q", title="lost by the nine principles, weighted (less is better)", scale=alt.Scale(zero=False))
    colours = alt.Scale(domain=["chosen by your weight of cost", "chosen by another"], range=[ORANGE, BLUE])
    base = alt.Chart(drawn)
    line = base.mark_line(color=BLUE, strokeDash=[3, 3]).encode(x=x, y=y)
    shape = alt.Shape("whose:N", title=None, scale=alt.Scale(domain=colours.domain, range=["diamond", "circle"]))
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=x, y=y, shape=shape, color=alt.Color("whose:N", title=None, scale=colours)
    )
    names = base.mark_text(dx=10, dy=-8, fontSize=10).encode(x=x, y=y, text="plan:N")
    first, last = drawn.iloc[0], drawn.iloc[-1]
    words = (
        f"{title}. {len(drawn)} efficient plans, from £{first['cost']:,.1f}m, where the principles lose {first['loss']:.3f}, to "
        f"£{last['cost']:,.1f}m, where they lose {last['loss']:.3f}."
    )
    return (line + points + names).properties(width=1.6 * WIDTH, height=1.2 * HEIGHT, title=title, description=words)
