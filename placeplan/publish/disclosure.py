"""Disclosure control: what is published of few vulnerable children, over all tables together.

A count is not safe in its own table alone: what one table withholds, another may give away by subtraction. So the tables
of children with special needs are judged as one system of figures and of the sums that tie them.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from placeplan.domain.arrays import Number, YesNo
from placeplan.forecast.other_places import SMALL_COUNTS
from placeplan.publish.csv_text import plain_number
from placeplan.publish.suppress import BELOW, WITHHELD, groups_of, hide, protect, sums_of, with_signs, withhold

SPECIALIST = "plan/specialist.csv"
EHCP, CAUSES, SURVEY = "forecast/ehcp.csv", "forecast/ehcp_causes.csv", "forecast/scap_specialist.csv"
FAIR_ACCESS, OF_NEED = (
    "appraisal/fair_access.csv",
    "vulnerable",
)  # and the principle of which its rows tell few children
TOLD = ["value", "do_minimum", "children"]
TOTALS = (("academic_year",), ("academic_year", "need"))  # of specialist places, taken to be known
MAINSTREAM = "mainstream"
EFFECTS = ["base_year", "population_effect", "rate_effect"]  # with these the children of a cause add up
COUNTS: Mapping[str, tuple[str, ...]] = {  # columns of figures of which some may be withheld
    SPECIALIST: ("children",),
    EHCP: ("children",),
    SURVEY: ("pupil_forecast",),
    CAUSES: (*EFFECTS, "children"),
    FAIR_ACCESS: tuple(TOLD),
}


def publishable(tables: Mapping[str, pd.DataFrame], below: int = BELOW) -> dict[str, pd.DataFrame]:
    """Return the tables as they may be published: small counts of children with special needs are withheld.

    below: counts from 1 to one below it are small. Beside what the tables tell, sums are taken to be known that papers and
    returns may quote: all children of a year; the survey's by phase; specialist places by need.
    """
    ready = dict(tables)
    if all(path in ready and pd.api.types.is_numeric_dtype(ready[path][COUNTS[path][-1]]) for path in (EHCP, CAUSES)):
        ready |= _of_need({path: ready[path] for path in (EHCP, CAUSES, SURVEY) if path in ready}, below)
    table = ready.get(SPECIALIST)
    if table is not None and pd.api.types.is_numeric_dtype(table["children"]):
        ready[SPECIALIST] = withhold(table, column="children", totals=TOTALS, below=below)
    if FAIR_ACCESS in ready and pd.api.types.is_numeric_dtype(ready[FAIR_ACCESS]["children"]):
        ready[FAIR_ACCESS] = _fair_access(ready[FAIR_ACCESS], below)
    return ready


def _fair_access(table: pd.DataFrame, below: int) -> pd.DataFrame:
    """Return the table of fair access without shares of need from which few children could be worked out.

    A share and the children that it stands on give those whose need is met near home, and those whose isn't: all three
    are taken as counts, their sums over the quintiles as known. Shares of need are told as whole per cent.
    """
    mine = (table["principle"] == OF_NEED).to_numpy()
    children = table.loc[mine, "children"].to_numpy(dtype=float)
    groups, hidden = groups_of(table[mine], [("measure",)]), np.zeros(len(children), dtype=bool)
    for column in ("value", "do_minimum"):
        met = np.rint(children * table.loc[mine, column].to_numpy(dtype=float) / 100)
        for counts in (np.rint(children), met, np.rint(children) - met):
            hidden |= hide(np.maximum(counts, 0.0), groups, below=below)
    ready = table.assign(**{column: table[column].where(~mine, np.rint(table[column])) for column in TOLD})
    if not hidden.any():
        return ready
    withheld = np.zeros(len(table), dtype=bool)
    withheld[np.flatnonzero(mine)[hidden]] = True
    texts = {column: [plain_number(value) for value in ready[column]] for column in TOLD}
    return ready.assign(
        **{
            column: np.where(withheld, WITHHELD, np.array(texts[column], dtype=object)).astype(object)
            for column in TOLD
        }
    )


def _of_need(tables: Mapping[str, pd.DataFrame], below: int) -> dict[str, pd.DataFrame]:
    """Return the tables of children with an EHCP, judged together."""
    system = _System()
    ehcp, causes = tables[EHCP], tables[CAUSES]
    of_ehcp = system.add(ehcp["children"])
    place = np.where(ehcp["setting"] == MAINSTREAM, MAINSTREAM, "other")
    system.add_sums(of_ehcp, groups_of(ehcp, [("academic_year",)]))
    of_causes = system.add(causes["children"])
    of_base = system.add(causes["base_year"])
    mainstream = causes["place"].str.startswith(MAINSTREAM).to_numpy()
    for year in causes["academic_year"].unique():
        for is_mainstream, name in ((True, MAINSTREAM), (False, "other")):
            cells = of_ehcp[(ehcp["academic_year"] == year).to_numpy() & (place == name)]
            total = of_causes[(causes["academic_year"] == year).to_numpy() & (mainstream == is_mainstream)]
            system.tie(cells, total)
    if SURVEY in tables:
        _tie_survey(system, tables[SURVEY], of_causes[~mainstream], causes[~mainstream])
    hidden = system.protect(below)
    ready = {EHCP: with_signs(ehcp, "children", hidden[of_ehcp])}
    ready[CAUSES] = _without_effects(causes, hidden[of_causes], hidden[of_base])
    if SURVEY in tables:
        ready[SURVEY] = with_signs(tables[SURVEY], "pupil_forecast", hidden[system.named[SURVEY]])
    return ready


def _tie_survey(system: "_System", survey: pd.DataFrame, totals: np.ndarray, of_total: pd.DataFrame) -> None:
    """Tie the survey's children to all who need a specialist place: what is left are those outside its ages, few perhaps."""
    cells = system.add(survey["pupil_forecast"])
    system.named[SURVEY] = cells
    system.add_sums(cells, groups_of(survey, SMALL_COUNTS[SURVEY][1]))
    years = survey["time_period"].astype(str).str[:4].to_numpy()
    phases = survey["education_phase"].nunique()
    for total, year in zip(totals, of_total["academic_year"].astype(str), strict=True):
        mine = years == year[:4]
        if mine.any() and survey.loc[mine, "education_phase"].nunique() == phases:
            outside = system.counts[total] - system.counts[cells[mine]].sum()
            system.tie(np.append(cells[mine], system.add_untold(max(outside, 0.0))), np.array([total]))


def _without_effects(causes: pd.DataFrame, hidden: YesNo, base_hidden: YesNo) -> pd.DataFrame:
    """Return the table of causes without counts that are withheld, nor the effects by which they could be worked out."""
    place = causes["place"].to_numpy()
    base_hidden = np.isin(place, place[base_hidden])  # the base year is the same in all rows of a place
    table = causes.copy()
    for column in (*EFFECTS, "children"):
        mine = hidden if column == "children" else base_hidden if column == "base_year" else hidden | base_hidden
        if mine.any():
            texts = [plain_number(value) for value in causes[column]]
            table[column] = np.where(mine, WITHHELD, np.array(texts, dtype=object)).astype(object)
    return table


class _System:
    """Figures, and relations among them, as they are gathered."""

    def __init__(self) -> None:
        self.counts: Number = np.empty(0)
        self.is_aside: YesNo = np.empty(0, dtype=bool)
        self.rows: list[tuple[np.ndarray, np.ndarray]] = []
        self.untold: list[int] = []
        self.named: dict[str, np.ndarray] = {}

    def add(self, counts: pd.Series) -> np.ndarray:
        """Add figures of a table; return their places."""
        return self._add(np.rint(counts.to_numpy(dtype=float)), aside=False)

    def add_untold(self, count: float) -> int:
        """Add a figure that nobody tells; return its place."""
        place = int(self._add(np.array([np.rint(count)]), aside=True)[0])
        self.untold.append(place)
        return place

    def add_sums(self, cells: np.ndarray, groups: list[np.ndarray]) -> None:
        """Add sums that are taken to be known."""
        rows, sums = sums_of(self.counts[cells], groups)
        places = np.concatenate([cells, self._add(sums, aside=True)])
        for row in range(rows.shape[0]):
            some = rows[[row]].nonzero()[1]
            self.rows.append((places[some], np.asarray(rows[[row]].toarray()[0, some])))

    def tie(self, cells: np.ndarray, total: np.ndarray) -> None:
        """Say that cells add up to a total, but for rounding."""
        if len(total):
            self.rows.append((np.concatenate([cells, total[:1]]), np.append(np.ones(len(cells)), -1.0)))

    def protect(self, below: int) -> YesNo:
        """Return which figures to withhold."""
        matrix = np.zeros((len(self.rows), len(self.counts)))
        for n, (places, signs) in enumerate(self.rows):
            np.add.at(matrix[n], places, signs)
        untold = np.isin(np.arange(len(self.counts)), self.untold)
        return protect(self.counts, csr_array(matrix), aside=self.is_aside, untold=untold, below=below)

    def _add(self, counts: Number, *, aside: bool) -> np.ndarray:
        first = len(self.counts)
        self.counts = np.concatenate([self.counts, counts])
        self.is_aside = np.concatenate([self.is_aside, np.full(len(counts), aside)])
        return np.arange(first, len(self.counts))
