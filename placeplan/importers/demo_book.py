"""Book of the demo: funds, rules, assumptions, costs, and who decides each option."""

import numpy as np
import pandas as pd

from placeplan.importers.demo_people import People

PARTICIPATION = 0.95  # target share of Year 11 in education or training at 16 and 17
ROOM_IN_A_POT = 1.05  # a developer pays for the school and a little more
BASIC_NEED, SEND_CAPITAL = 60e6, 9e6  # £


def book(options: pd.DataFrame, schools: pd.DataFrame, people: People) -> dict[str, pd.DataFrame]:
    """Return the tables funds, rules, assumptions, costs and controls.

    options: all of them.  schools: the table.  people: for the share of Year 11 who stay on in a school sixth form.
    """
    return {
        "funds": _funds(options),
        "rules": _rules(),
        "assumptions": _assumptions(people),
        "costs": pd.DataFrame({"cost": ["free_transport_a_year"], "pounds": [1_150.0]}),
        "controls": _controls(options, schools),
    }


def _funds(options: pd.DataFrame) -> pd.DataFrame:
    """Return pots: basic need, capital for special needs, and what developers pay for a site and a phase."""
    paid = options[options["fund"].str.startswith("S106")]
    amount = paid.groupby("fund")["capital_pounds"].sum() * ROOM_IN_A_POT
    site = paid.groupby("fund")["site"].agg(lambda sites: sites.iloc[0] if len(sites) == 1 else "Aldersey Fields")
    phase = paid.groupby("fund")["nc_years"].agg(lambda spans: "lower" if spans.iloc[0][1] == 4 else "primary")
    pots = pd.DataFrame(
        {"pot": amount.index, "site": site.to_numpy(), "phase": phase.to_numpy(), "amount": amount.round(-4).to_numpy()}
    )
    county = pd.DataFrame(
        {
            "pot": ["basic_need", "SEND-capital"],
            "site": "",
            "phase": ["", "special"],
            "amount": [BASIC_NEED, SEND_CAPITAL],
        }
    )
    expiry = np.resize(["2027/28", "2026/27", "2028/29"], len(pots))
    return pd.concat(
        [county.assign(valid_from="2018/19", expiry=""), pots.assign(valid_from="2019/20", expiry=expiry)],
        ignore_index=True,
    )


def _rules() -> pd.DataFrame:
    """Return dated rules; the demo stands in the base year and knows what was lawful then."""
    rows = [
        ("gate.good", "good", "2012-09-01", "2025-11-09", "overall effectiveness, Ofsted"),
        ("route.new_school", "free_school", "2012-02-01", "", "Education Act 2011, free school presumption"),
        (
            "route.age_range",
            "statutory proposal, three years or more",
            "2014-01-28",
            "",
            "School Organisation Regulations 2013",
        ),
        ("route.closure", "statutory proposal", "2014-01-28", "", "School Organisation Regulations 2013"),
    ]
    return pd.DataFrame(rows, columns=["key_", "value", "valid_from", "valid_to", "source"])


def _assumptions(people: People) -> pd.DataFrame:
    """Return the colleges' share of Year 11: what is left of the target when today's stayers are taken off."""
    stayed = people.rolls[:, 1:, 12].sum() / people.rolls[:, :-1, 11].sum()
    share = round(float(1 - stayed / PARTICIPATION), 3)
    rows = [
        ("participation.target", str(PARTICIPATION), "share of Year 11", "raising of the participation age"),
        (
            "participation.college_share",
            str(share),
            "share of Year 11",
            "what school sixth forms do not take today (synthetic)",
        ),
    ]
    table = pd.DataFrame(rows, columns=["assumption", "value", "unit", "reason"])
    return table.assign(who_may_change="place planning officer", source="demo")


def _controls(options: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Return who decides: the trust, the governors of an aided or foundation school, else the authority."""
    provider = options["urn"].map(schools.set_index("urn")["provider"])
    own = {"academy": "trust", "voluntary_aided": "governing_body", "foundation": "governing_body"}
    decides = provider.map(own).fillna("authority").where(options["kind"] != "new_school", "regional_commissioner")
    return pd.DataFrame({"option": options["option"], "who_decides": decides})
