"""The words and figures of the report: headlines, tables, and what must be said beside them."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from placeplan.domain.years import name_of_year
from placeplan.publish import findings
from placeplan.publish.legend import SPARE, class_of
from placeplan.publish.results import Results
from placeplan.publish.run_id import run_id as made_of
from placeplan.scenario.settings import Weights

UNKNOWN = "not told"


def whole(value: float | None) -> str:
    """Return a number of children or places as people say it: 12,345; "under 1" for less than a half.

    >>> whole(12345.4), whole(0.2), whole(-3.6), whole(None)
    ('12,345', 'under 1', '−4', 'not told')
    """
    if value is None or np.isnan(value):
        return UNKNOWN
    if 0 < value < 0.5:
        return "under 1"
    return f"{round(value):,}".replace("-", "−")


def signed(value: float) -> str:
    """Return a change with its sign: +12, −3, 0."""
    return whole(value) if round(value) <= 0 else f"+{whole(value)}"


def pounds(value: float | None) -> str:
    """Return money as people say it.

    >>> pounds(10_700_000), pounds(850_000), pounds(0)
    ('£10.7 million', '£850,000', '£0')
    """
    if value is None or np.isnan(value):
        return UNKNOWN
    return f"£{value / 1e6:,.1f} million" if value >= 1e6 else f"£{value:,.0f}"


NOTHING = 1e-6  # a share this small is the solver's rounding


def per_cent(value: object) -> str:
    """Return a share as a percentage with two meaningful digits; says so when there is none.

    >>> per_cent(0.0042), per_cent(0.021), per_cent(None)
    ('0.42 %', '2.1 %', 'not told')
    >>> per_cent(1e-16)
    '0 %'
    """
    if not isinstance(value, int | float) or not np.isfinite(value):
        return UNKNOWN
    if abs(value) < NOTHING:
        return "0 %"
    return f"{100 * value:.2g} %" if value < 1 else f"{100 * value:,.0f} %"


def plain(word: str) -> str:
    """Return a code word as English: "new_school" → "new school"."""
    return word.replace("_", " ")


def principle_name(principle: str) -> str:
    """Return the words of a principle: "local" → "Local schools for local children"."""
    field = Weights.model_fields.get(principle)
    words = field.description if field and field.description else plain(principle)
    return words[0].upper() + words[1:]


FILTERS = {"whole": whole, "signed": signed, "pounds": pounds, "per_cent": per_cent, "plain": plain}


def run_id(results: Results) -> str:
    """Return what a paper cites the run by: as run.json gives it, else made from inputs and settings."""
    given = results.run.get("run_id")
    return str(given) if given else made_of(results.scenario)


def about_of(results: Results) -> dict[str, object]:
    """Return who and when: title, authority, years, weights, inputs, and what run.json says of the solver."""
    settings, run = results.scenario.settings, results.run
    versions = run.get("versions")
    return {
        "title": settings.title,
        "authority": settings.la_name or "School place planning",
        "synthetic": settings.synthetic,
        "base": name_of_year(settings.base_year),
        "census": settings.base_year + 1,
        "first": results.year_names[0],
        "last": results.year_names[-1],
        "years": results.year_names,
        "weights": [(principle_name(name), value) for name, value in settings.weights.model_dump().items()],
        "inputs": sorted(results.scenario.inputs.items()),
        "versions": sorted(versions.items()) if isinstance(versions, Mapping) else [],
        "seed": run.get("seed", settings.solve.seed),
        "draws": settings.forecast.draws,
        "status": str(run.get("status", UNKNOWN)),
        "gap_note": str(run.get("gap_note", "")),
        "remarks": [str(remark) for remark in told] if isinstance(told := run.get("remarks"), list) else [],
        "warnings": len(results.scenario.warnings),
    }


def headlines_of(results: Results) -> dict[str, object]:
    """Return the figures that a reader needs first."""
    short = findings.shortfall(results).sum(axis=0)
    table = results.table("plan/shortfall.csv")
    options = findings.options(results)
    chosen = options[options["chosen"]]
    children = findings.demand(results).sum(axis=0)
    fullest = int(short.argmax())
    draws = results.forecast.futures.totals[:, -1].sum(axis=-1)
    return {
        "short_peak": short[fullest],
        "short_year": results.year_names[fullest],
        "short_all": float(table["children"].sum()),
        "short_years": int((short >= 0.5).sum()),
        "years": len(short),
        "causes": _causes(table),
        "chosen": len(chosen),
        "options": len(options),
        "kinds": [(plain(str(kind)), count) for kind, count in chosen["kind"].value_counts().items()],
        "capital": float(chosen["capital_pounds"].sum()),
        "gap": results.run.get("gap"),
        "controllable_gap": results.run.get("controllable_gap"),
        "status": str(results.run.get("status", UNKNOWN)),
        "children_base": float(results.forecast.base.sum()),
        "children_first": children[0],
        "children_last": children[-1],
        "likely": tuple(np.quantile(draws, [0.1, 0.9])) if len(draws) else None,
    }


def options_of(results: Results) -> dict[str, list[dict[Hashable, object]]]:
    """Return the options chosen, in the order of their opening, and those that are not, in the order of the table."""
    rows = findings.options(results)
    chosen = rows[rows["chosen"]].sort_values("opens", kind="stable")
    keep = ["option", "name", "kind", "opens", "places", "capital_pounds", "reason"]
    return {"chosen": chosen[keep].to_dict("records"), "refused": rows.loc[~rows["chosen"], keep].to_dict("records")}


def schools_of(results: Results) -> list[dict[Hashable, object]]:
    """Return the schools of the plan with roll, places and spare places, by name."""
    schools = findings.schools(results)
    rolls, places = findings.rolls_and_places(results, schools["urn"])
    spare = places[:, -1] - rolls[:, -1]
    share = np.divide(spare, places[:, -1], out=np.full(len(spare), -1.0), where=places[:, -1] > 0)
    table = schools.assign(
        roll_first=rolls[:, 0],
        roll_last=rolls[:, -1],
        places_first=places[:, 0],
        places_last=places[:, -1],
        spare=spare,
        state=[
            SPARE[band].words if open_ else "not open"
            for band, open_ in zip(class_of(share, SPARE), places[:, -1] > 0, strict=True)
        ],
        colour=[SPARE[band].colour for band in class_of(share, SPARE)],
    )
    return table[table["planned"]].sort_values("name", kind="stable").to_dict("records")


def _causes(shortfall: pd.DataFrame) -> list[tuple[str, float]]:
    """Return why children have no place, the weightiest cause first."""
    sums = shortfall.groupby("cause")["children"].sum().sort_values(ascending=False, kind="stable")
    return [(str(cause), float(children)) for cause, children in sums.items() if children >= 0.5]
