"""The tables of a scenario, one class a table."""

from placeplan.scenario.tables.book import Assumption, Cost, Fund, Rule
from placeplan.scenario.tables.choices import Control, Link, Option, PhasePlan, Spending
from placeplan.scenario.tables.community import Facility, Offer, Preference, Travel
from placeplan.scenario.tables.homes import Estate, Housing, Yield
from placeplan.scenario.tables.people import AuthorityPupils, Births, Children, Need, Pupils
from placeplan.scenario.tables.row import Row
from placeplan.scenario.tables.schools import School

REQUIRED: dict[str, type[Row]] = {t.file: t for t in (School, Pupils, Children, Births)}
OPTIONAL: dict[str, type[Row]] = {
    t.file: t
    for t in (
        AuthorityPupils, Housing, Yield, Estate, Option, Need, Facility, Preference, Offer, Travel, Link, Cost, Fund, Rule,
        Control, PhasePlan, Spending, Assumption,
    )
}  # fmt: skip
TABLES = REQUIRED | OPTIONAL

__all__ = ["OPTIONAL", "REQUIRED", "TABLES", "Row"]
