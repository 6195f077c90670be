"""Write docs/explanation/families.md from the national extracts: python docs/families.py DATA [--out FILE].

Every figure of the page is made here, from the back-test that anybody can run. A page that differs fails a test.
"""
# ruff: noqa: INP001  (a command, no package)

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from placeplan.importers.england import import_england
from placeplan.importers.england_extracts import read_extracts
from placeplan.journeys.estate import estate
from placeplan.journeys.logit import Fitted, Market, fit
from placeplan.journeys.reach import zone_miles
from placeplan.journeys.taste import PRIORS, entries, features, grades, links, priors_at
from placeplan.journeys.taste_backtest import RULES, backtest, summary
from placeplan.options.option import GROUPS
from placeplan.options.read import options
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.tables import TABLES

TOP = """<!-- Made by `python docs/families.py DATA`. Change the program, not this page. -->
# Families choose

A plan tells where there are places. Families decide who takes them. placeplan therefore fits what families want to the
pattern of today, tells with every plan how many would get their first choice and how far a choosing public is from the
plan's own journeys, and can weigh first choices beside the nine principles. As delivered it only tells: the weight is 0
and the plan is the same as without.

## What families want
Each child of a zone chooses among all schools that teach its year group. How much a school is wanted is a sum over its
features, and a taste of the child's own (a conditional logit: McFadden, 1974):

| feature | unit | believed before any roll is seen |
|---|---|---|
{priors}

- *popularity* is the logarithm of first preferences for a place (admission number), the mean of the latest three years. It is
  used where the table [preferences](../reference/tables.md#preferences) has rows, *grade* (0 to 1) where it has none.
- *continuity* stands from Year 1 on: the share of the zone's younger children whose school is this one or is linked with it.
- *faith* is one figure for all families of the authority. Which family is of which faith isn't known.

**What it is fitted to.** Children by zone and pupils by school, for few authorities know who goes where. Every zone's children
are placed, so the zones are met exactly; the coefficients make the schools' rolls likeliest (Poisson counts with more spread
than chance alone gives; that spread is measured). A school with 97 % of its places taken tells only that at least so many
wanted it. The priors keep a coefficient finite that no roll tells, and the fit names each such coefficient
(`told_by_rolls` in `appraisal/families_fit.csv`). A run fits Reception and every later year group with which schools begin.

**Within the places there are.** A full school turns some away until nobody is over the places (de Palma, Picard and Waddell,
Journal of Urban Economics 62, 2007).
"""

LIMITS = """
## From tastes to the plan
Families of one zone differ. For each zone and entry `segments` families (20) are simulated, each with tastes drawn from the
logit's own law; a draw follows from the names of zone and school alone, so that two plans are judged by the same families.
Each then has a ranking of schools and a first choice (Haase and Müller, Omega 41(5), 2013).

**Told with every run.** `appraisal/families.csv`: by community, year and entry, how many get their first choice.

- *If families choose*: each family ranks twelve schools; a full school takes its own community first, then the nearest; places
  are those of the plan that pupils already there leave free. The outcome is that of deferred acceptance (Gale and Shapley,
  1962): no child and school would rather have each other than what they have.
- *In the plan's own journeys*: at most as many first choices as children of a zone (later: of a community) who begin at a school
  and families who want it most; the plan doesn't know who is who.
- `elsewhere`: children who would be at another school than the plan says, at least. `families_schools.csv` has the rolls.

Each entry is judged by itself: who is already at a school is as the plan says.

**Weighed in the plan.** With `[families] weight` above 0 first choices lost at Reception are a tenth weighted constraint: for
each zone, school and year, children whose first choice it is less those who begin there, at the miles that such a family would
travel rather than go to its second choice (at most three). Unacceptable is that nobody gets a first choice. An option that opens
or closes a school moves first choices to and from it, by what the same families would then choose. The model stays a linear one
with yes-or-no decisions, the certificate holds, and `principles.csv` has a row `families`. Report, paper, draws of weights and
[`placeplan explain`](../how-to/explain-a-plan.md) treat it as a principle, and `[anchors]`, `[targets]` and `[must]` take a line
`families`; where its weight is 0 such a must is refused.

Measured on the demo at `weight = 1`, all else as bundled (a limit of 120 seconds, two cores shared with other work): 131,490
columns and 66,995 rows instead of 119,660 and 55,165. The whole run took 4 minutes 6 seconds (2 minutes 50 seconds without the
weight, under less load; processor time 2 minutes 35 against 2 minutes 30), and its plan is proven to be within 2.7 % of the best (2.9 % without). Under heavier load the same run stopped at
8.7 % with 124.5 child-years without a place, or found no plan within its 120 seconds: give `[solve] time_limit_seconds` more.

[Decision 0011](../decisions/0011-families-choose-by-segments.md) says why it is built so and what it costs.

## What it can't say
- Nobody was asked. Tastes are what rolls, places and distances leave over, and places have followed children for a century.
- A mile's worth is believed, not found (above). Whoever knows where each child goes should fit it and change the prior.
  The 1.5 miles (to Year 4) and 2.5 miles (later) behind it are the team's figures; no survey was found that tells them.
- Zones' children are as many as are on roll: families who cross the border are not told apart.
- An expansion makes room; it doesn't make a school more wanted. A new school is wanted by its size, place, grade and faith.
- Admission is by community and distance. Siblings, faith criteria and catchments drawn otherwise are not known.
- A girls' or boys' school is as open to every family as any other: only the plan's own journeys know whom it takes.
- Years 12 and 13 are left out: colleges are no schools of the table.
"""

NAMES = {0: "Reception"}
HERE = Path(__file__).resolve().parent / "explanation" / "families.md"
AUTHORITY = "823"
SPLITS = 10


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=HERE)
    given = parser.parse_args()
    given.out.write_text(page(given.data), encoding="utf-8")


def pattern(data: Path, la: str) -> dict[int, tuple[Market, np.ndarray]]:
    """Return NC year → market and rolls of January 2023 of the schools that teach it, by the entries of an authority.

    Places are the capacity of April 2022 ÷ year groups, so that no roll of January 2023 is in them.
    """
    scenario = _scenario(data, la)
    schools = estate(scenario, options(scenario))
    today = np.flatnonzero(~schools.table["is_new"].to_numpy(dtype=bool))
    table, taught, rolls = schools.table.iloc[today], schools.taught[today], schools.rolls[today]
    places = _places(data, la, table["urn"], taught)[:, None] * taught
    miles = zone_miles(scenario, schools.table)[:, today]
    same = scenario.zones["community"].to_numpy()[:, None] == table["community"].to_numpy()[None, :]
    quality = grades(scenario, table["ofsted"].to_numpy(dtype=object))
    faith = (table["faith"] != "").to_numpy()
    linked = _linked(scenario, table["urn"])
    children = scenario.table("children").pivot_table(index="zone", columns="nc_year", values="pupils")
    children = children.reindex(index=scenario.zones["zone"], columns=range(GROUPS), fill_value=0.0)
    found = {}
    for nc in entries(taught, places):
        names, cells = features(miles, same, places[:, nc], {"grade": quality}, faith, linked, taught, places, nc)
        here = taught[:, nc]
        market = Market(names, cells[:, here], children[nc].to_numpy(dtype=float), places[here, nc])
        found[nc] = (market, rolls[here, nc])
    return found


def _scenario(data: Path, la: str) -> Scenario:
    """Return the imported authority, not written anywhere."""
    made = import_england(data, la)
    empty = {name: pd.DataFrame(columns=list(row.model_fields)) for name, row in TABLES.items()}
    return Scenario(Path(la), made.settings, {**empty, **made.tables}, made.zones)


def _places(data: Path, la: str, urns: pd.Series, taught: np.ndarray) -> np.ndarray:
    """Return places of a year group of each school: its capacity of April 2022 ÷ the year groups of its statutory ages.

    Sixth forms count as one year group. Where no capacity is known, the median of the schools that begin alike.
    """
    known = read_extracts(data, la).capacity
    assert known is not None  # noqa: S101  (the national extracts have it)
    known = known.drop_duplicates("urn_january_2023").set_index("urn_january_2023").reindex(urns)
    last = known["highest_age"] - 5
    groups = last.clip(upper=11) - (known["lowest_age"] - 4).clip(lower=0) + 1 + (last > 11)
    places = (known["capacity"] / groups).reset_index(drop=True)
    alike = places.groupby(taught.argmax(axis=1)).transform("median")
    return places.fillna(alike).to_numpy(dtype=float)


def _linked(scenario: Scenario, urns: pd.Series) -> np.ndarray:
    """Return school × school: how strongly they are linked."""
    table = scenario.table("links")
    strength = table.groupby("partnership")["strength"].min()
    members = [set(table.loc[table["partnership"] == name, "urn"]) for name in strength.index]
    inside = np.array([[urn in group for group in members] for urn in urns])
    return links(inside, strength.to_numpy(dtype=float))


def page(data: Path) -> str:
    """Return the page, every figure worked out from the extracts."""
    return page_of(*worked_out(data))


def worked_out(data: Path) -> tuple[dict[int, Fitted], dict[int, pd.DataFrame]]:
    """Return by NC year: the fit to all rolls of the authority, and the back-test's mean errors by rule."""
    found = pattern(data, AUTHORITY)
    told = {nc: fit(market, rolls, priors_at(nc)) for nc, (market, rolls) in found.items()}
    return told, {nc: summary(backtest(*found[nc], priors_at(nc), splits=SPLITS)) for nc in found}


def page_of(told: dict[int, Fitted], tried: dict[int, pd.DataFrame]) -> str:
    """Return the page that tells these figures."""
    priors = _table([(n, _UNITS[n], f"{p.mean:.2f} ± {p.spread:.2f}: {p.why}") for n, p in PRIORS.items()])
    return TOP.format(priors=priors) + "\n".join([*_fits(told), *_tried(tried)]) + "\n" + LIMITS


_UNITS = {
    "miles": "a mile, to Year 4",
    "miles, later": "a mile, from Year 5",
    "same community": "yes or no",
    "size": "logarithm of places a year group",
    "popularity": "logarithm of first preferences a place",
    "grade": "0 to 1",
    "faith": "yes or no",
    "continuity": "share, 0 to 1",
}


def _fits(told: dict[int, Fitted]) -> Iterable[str]:
    """Return the coefficients of the authority."""
    yield "\n## Central Bedfordshire in January 2023\n"
    yield (
        "Fitted to all rolls of LA 823. Coefficient ± standard error; in brackets where the rolls told next to nothing, so that the"
        " prior speaks.\n"
    )
    names = ["miles", "same community", "size", "grade", "faith", "continuity"]
    rows = []
    for nc, fitted in told.items():
        cells = [_coefficient(fitted, name) for name in names]
        rows.append(
            (_name(nc), fitted.schools, f"{fitted.pupils:,.0f}", fitted.censored, *cells, f"{fitted.dispersion:.1f}", f"{fitted.pseudo_r2:.2f}".replace("-", "−"), f"{100 * fitted.misplaced:.0f} %")
        )  # fmt: skip
    headings = ("entry", "schools", "pupils", "full", *names, "spread", "pseudo-R²", "misplaced")
    yield _table(rows, headings)
    yield (
        "\n*Spread* is the variance of a roll in terms of a Poisson count's, *pseudo-R²* the share of the deviance from equal rolls"
        " that is explained, *misplaced* the share of pupils whom the fit puts at another school than they are, within the places.\n"
    )
    yield (
        "**Rolls hardly tell how far families will go.** A place taken is a place taken from wherever, and schools were built where"
        " children are: left free, the distance of these rolls would fall to nearly nothing. So it is held to the scale of the"
        " present pattern, and the fit says that it was."
    )


def _coefficient(fitted: Fitted, name: str) -> str:
    """Return a coefficient with its error, in brackets where the rolls don't tell it."""
    if name not in fitted.names:
        return "–"
    at = fitted.names.index(name)
    words = f"{fitted.coefficients[at]:.2f} ± {fitted.errors[at]:.2f}".replace("-", "−")
    return f"({words})" if name in fitted.not_identified else words


def _tried(tried: dict[int, pd.DataFrame]) -> Iterable[str]:
    """Return the back-test, and where the logit doesn't beat a simpler rule."""
    yield "\n## Back-test: half of the schools foretell the other half\n"
    yield (
        f"{SPLITS} times the coefficients saw the rolls of a random half of the schools and foretold the others. Places are the capacity"
        " of April 2022 ÷ year groups: no roll of January 2023 is in them. Error: Σ|foretold − roll| ÷ Σ roll over the schools not seen,"
        " mean of the splits; in brackets the mean of |foretold − roll| ÷ roll by school.\n"
    )
    headings = ("rule", *(_name(nc) for nc in tried))
    rows = [
        (words, *(f"{100 * t.loc[rule, 'error']:.0f} % ({100 * t.loc[rule, 'school_error']:.0f} %)" for t in tried.values()))
        for rule, words in RULES.items()
    ]  # fmt: skip
    yield _table(rows, headings)
    yield f"\nSplits of {SPLITS} in which the logit did better:\n"
    others = [(words, *(int(t.loc[rule, "logit_better"]) for t in tried.values())) for rule, words in RULES.items()]
    yield _table([row for rule, row in zip(RULES, others, strict=True) if rule != "logit"], headings)
    better = [_name(nc) for nc, t in tried.items() if t.loc["logit", "error"] < t.drop("logit")["error"].min()]
    yield f"\nThe logit is the best rule at {_listed(better)}." if better else "\nThe logit is the best rule nowhere."
    for nc, t in tried.items():
        error = t["error"]
        if error["places"] < error["logit"]:
            yield (
                f"**At {_name(nc)} it is beaten by the plainest rule**, every school as full as the others: rolls there follow places more"
                " closely than anything that the logit knows."
            )
        if error["prior"] < error["logit"]:
            yield f"At {_name(nc)} half of the rolls taught it nothing that holds in the other half: its priors alone do as well."
    yield (
        "\nSo a roll is told better from places than from tastes alone, and from tastes within places than from distance; the logit is"
        " there to say who would rather be elsewhere, not to forecast a school's roll."
    )


def _name(nc: int) -> str:
    """Return an entry as people say it."""
    return NAMES.get(nc, f"Year {nc}")


def _listed(words: Sequence[str]) -> str:
    """Return words with commas and an and."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _table(rows: Iterable[Sequence[object]], headings: Sequence[str] = ()) -> str:
    """Return a table in Markdown, or its rows alone where the page has the headings."""
    lines = [headings, ["---"] * len(headings), *rows] if headings else [*rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


if __name__ == "__main__":
    main()
