"""The content of the report: who and when, the headlines with their citations, options and schools."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from placeplan.domain.years import name_of_year
from placeplan.publish import findings
from placeplan.publish.figures import derive
from placeplan.publish.legend import NOBODY, SPARE, class_of
from placeplan.publish.page.by_year import short_by_year
from placeplan.publish.page.words import UNKNOWN, plain, prices_of, principle_name
from placeplan.publish.published import SHORT
from placeplan.publish.results import Results
from placeplan.publish.run_id import run_id as made_of

TESTS_OF_WEIGHTS = ("appraisal/robustness.csv", "appraisal/weight_draws.csv")


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
        "weights": [(name, principle_name(name), value) for name, value in settings.weights_told().items()],
        "prices": prices_of(run.get("price_base"), run.get("discount_rate")),
        "inputs": sorted(results.scenario.inputs.items()),
        "versions": sorted(versions.items()) if isinstance(versions, Mapping) else [],
        "seed": run.get("seed", settings.solve.seed),
        "draws": settings.forecast.draws,
        "status": str(run.get("status", UNKNOWN)),
        "gap_note": str(run.get("gap_note", "")),
        "remarks": [str(remark) for remark in told] if isinstance(told := run.get("remarks"), list) else [],
        "warnings": len(results.scenario.warnings),
        "sure": [words for name in ("robustness", "futures", "beyond") if (words := _sentence(run.get(name)))],
        "weights_tested": any(path in results.tables for path in TESTS_OF_WEIGHTS),
        "communities": results.scenario.zones["community"].nunique(),
    }


def _sentence(told: object) -> str:
    """Return the sentence of a part of run.json; nothing where it has none."""
    return str(told.get("sentence", "")) if isinstance(told, Mapping) else ""


def cited(results: Results, *names: str) -> str:
    """Return the citation of a row of a table as the paper writes it: run, table, row. placeplan cite follows it back."""
    return ":".join([run_id(results)[:SHORT], *names])


def headlines_of(results: Results) -> dict[str, object]:
    """Return the figures that a reader needs first: those that the paper quotes, and the years in which children wait.

    cite: figure → its citation.
    """
    quoted = {one.figure: one.value for one in derive(results.tables, results.run)}
    short, _ = short_by_year(results)
    options = findings.options(results)
    chosen = options[options["chosen"]]
    children = findings.demand(results).sum(axis=0)
    fullest = int(short.argmax())
    draws = results.forecast.futures.totals[:, -1].sum(axis=-1)
    return {
        "short_peak": short[fullest],
        "short_year": results.year_names[fullest],
        "short_all": quoted["shortfall"],
        "short_late": quoted["shortfall_post_16"],
        "short_years": int((short >= NOBODY).sum()),
        "years": len(short),
        "causes": _causes(results.table("plan/shortfall.csv")),
        "chosen": round(quoted["options_chosen"]),
        "options": round(quoted["options"]),
        "kinds": [(plain(str(kind)), count) for kind, count in chosen["kind"].value_counts().items()],
        "capital": quoted["capital_pounds"],
        "gap": results.run.get("gap"),
        "controllable_gap": results.run.get("controllable_gap"),
        "status": str(results.run.get("status", UNKNOWN)),
        "children_base": float(results.forecast.base.sum()),
        "children_first": children[0],
        "children_last": children[-1],
        "likely": tuple(np.quantile(draws, [0.1, 0.9], method="nearest")) if len(draws) else None,
        "cite": {figure: cited(results, "figures", figure) for figure in quoted},
    }


def options_of(results: Results) -> dict[str, list[dict[Hashable, object]]]:
    """Return the options chosen, in the order of their opening, and those that are not, in the order of the table."""
    rows = findings.options(results)
    rows["cite"] = [cited(results, "options", str(option)) for option in rows["option"]]
    chosen = rows[rows["chosen"]].sort_values("opens", kind="stable")
    keep = ["option", "name", "kind", "opens", "places", "capital_pounds", "reason", "cite"]
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
    return [(str(cause), float(children)) for cause, children in sums.items() if children >= NOBODY]
