"""What the paper says, as figures: each taken from a published table, with the citation that stands beside it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from placeplan.principles.nine import BESIDE
from placeplan.principles.principle import Principle
from placeplan.publish.catalogue import TABLES, row_names
from placeplan.publish.figures import derive, is_chosen, is_refused
from placeplan.publish.page.words import plain
from placeplan.publish.paper.document import Cite, Piece
from placeplan.publish.published import Published

PATHS = {table.name: table for table in TABLES}
DECIDED = "already decided"
TESTS_OF_WEIGHTS = ("appraisal/robustness.csv", "appraisal/weight_draws.csv")


@dataclass(frozen=True)
class Facts:
    """The published part of a run, asked as a paper asks."""

    published: Published

    @property
    def years(self) -> list[str]:
        """Return the planned academic years, first to last; where run.json doesn't tell them, those of the forecast by stage."""
        table = self.published.table("forecast/summary.csv")
        forecast = [] if table is None else sorted(table["academic_year"].astype(str).unique())
        return self.published.texts("planned_years") or forecast

    @property
    def span(self) -> str:
        """Return the planned years in words."""
        return f"{self.years[0]} to {self.years[-1]}" if self.years else "the planned years"

    @cached_property
    def options(self) -> pd.DataFrame:
        """Return plan/options.csv with each option's name, school or site, whether it is chosen, refused, decided."""
        table = self.published.tables.get("plan/options.csv", pd.DataFrame(columns=_OPTION_COLUMNS))
        layer = self.published.options
        names: dict[str, str] = dict(zip(layer["option"], layer["name"], strict=True)) if len(layer) else {}
        where: dict[str, str] = dict(zip(layer["option"], layer["urn"], strict=True)) if len(layer) else {}
        return table.assign(
            name=[str(names.get(option) or option) for option in table["option"]],
            where=[str(where.get(option) or "") for option in table["option"]],
            chosen=is_chosen(table),
            refused=is_refused(table),
            decided=table["reason"].astype(str).str.startswith(DECIDED).to_numpy(dtype=bool),
        )

    @property
    def chosen(self) -> pd.DataFrame:
        """Return the options that the plan opens, by year of opening."""
        return self.options[self.options["chosen"]].sort_values("opens", kind="stable")

    @property
    def beside(self) -> list[Principle]:
        """Return what the plan weighs beside the nine principles; mostly nothing."""
        table = self.published.table("appraisal/principles.csv")
        weighed = set() if table is None else set(table["principle"])
        return [principle for principle in BESIDE if principle.key in weighed]

    @property
    def what_is_weighed(self) -> str:
        """Return "nine principles", and what else the plan weighs as one."""
        return " and ".join(["nine principles", *(principle.title.lower() for principle in self.beside)])

    def figure(self, name: str) -> float | None:
        """Return a figure that the paper quotes, worked out from the published tables; None where they don't allow it."""
        return self._figures.get(name)

    def cite(self, table: str, row: str, column: str = "") -> Cite:
        """Return the citation of a row, or of one cell of it."""
        return Cite(":".join([self.published.short_id, table, row, *([column] if column else [])]))

    def of_figure(self, name: str) -> Piece:
        """Return the citation of a figure; nothing where the tables don't allow it."""
        return self.cite("figures", name) if name in self._figures else ""

    def rows(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """Return (name of the row, its cells) of a table by its name in citations; nothing where the run has none."""
        table = self.published.table(PATHS[name].path)
        if table is None:
            return []
        records = table.to_dict("records")
        return [
            (n, {str(k): v for k, v in record.items()})
            for n, record in zip(row_names(PATHS[name], table), records, strict=True)
        ]

    def mapping(self, key: str) -> dict[str, float]:
        """Return a mapping of figures from run.json, such as scores by principle."""
        found = self.published.run.get(key)
        return (
            {str(k): float(v) for k, v in found.items() if isinstance(v, int | float)}
            if isinstance(found, dict)
            else {}
        )

    @property
    def certificate(self) -> str:
        """Return the digest of certificate.json; nothing where there is none."""
        return self.published.certificate

    @property
    def weights_tested(self) -> str:
        """Return the table that tells how the plan stands under other weights; nothing where none was made."""
        return next((path for path in TESTS_OF_WEIGHTS if path in self.published.tables), "")

    @cached_property
    def _figures(self) -> dict[str, float]:
        return {d.figure: d.value for d in derive(self.published.tables, self.published.run)}


_OPTION_COLUMNS = ["option", "kind", "opens", "places", "capital_pounds", "reason"]


def kind_words(kind: object) -> str:
    """Return a kind of option as words."""
    return plain(str(kind))


def number(value: object, digits: int = 1) -> str:
    """Return a measured figure with a minus sign that screen readers know; not told where it is unknown."""
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float) or value != value:  # noqa: PLR0124  (NaN)
        return "not told"
    return f"{value:,.{digits}f}".replace("-", "−")
