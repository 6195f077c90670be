"""The opening of the paper: what it is, what is asked for, and why."""

from placeplan.publish.page.words import per_cent, pounds, whole
from placeplan.publish.paper.document import Column, Document, Piece, Ref
from placeplan.publish.paper.facts import Facts

TO_BE_FILLED = "to be completed by the author of the report"
HEAD = (
    "Meeting and date",
    "Executive member",
    "Advising officer",
    "Wards affected",
    "Key decision",
    "Open or exempt",
    "Weights adopted on, by",
)


def opening(document: Document, facts: Facts) -> None:
    """Write title, status, contents, purpose, recommendations and reasons."""
    about = facts.published
    document.title(f"School places: {about.text('title')}")
    if about.synthetic:
        document.say(
            "Synthetic data. Every zone, school and figure in this paper is made up; it describes no real place."
        )
    document.say(
        "Draft for consultation. No decision has been made. The plan in this paper is a model's answer: it ranks what could "
        f"be done by the {_weighed(facts)} and cost. It decides nothing, and the people who decide may weigh "
        "what it doesn't know."
    )
    document.table(
        "head", "This report", [Column("Item"), Column("Entry", 2.0)], [(item, TO_BE_FILLED) for item in HEAD]
    )
    document.say("Contents", style="Caption")
    document.contents()
    _purpose(document, facts)
    _recommendations(document, facts)
    _reasons(document, facts)


def _weighed(facts: Facts) -> str:
    """Return what the plan is ranked by, cost aside."""
    others = "".join(f", {principle.title.lower()}" for principle in facts.beside)
    return f"nine place-planning principles{others}"


def _purpose(document: Document, facts: Facts) -> None:
    """Write what the paper is for."""
    document.heading("Purpose")
    document.say(
        f"This paper reports how many school places will be needed for {facts.span}, what could be done, and which of these "
        "options a model of school places ranks as best. It asks the Executive to agree what goes forward to consultation."
    )
    document.say(
        "Signs in square brackets, such as ", facts.of_figure("options"), ", say where a figure comes from. ", Ref("run"),
        " tells how anybody can look it up and work it out again.",
    )  # fmt: skip


def _recommendations(document: Document, facts: Facts) -> None:
    """Write what the Executive is asked to do; an officer confirms or changes it."""
    document.heading("Recommendations")
    document.say(
        "These are proposed by the author's draft and are for the responsible officer to confirm. The Executive is asked to:"
    )
    rows: list[list[Piece]] = [
        ["note the need for places and how certain it is (", Ref("forecast"), ")"],
        ["note that the plan is a ranking by a model and that no option is approved by noting it"],
    ]
    chosen = facts.chosen
    open_to_choice, decided = chosen[~chosen["decided"]], chosen[chosen["decided"]]
    if len(open_to_choice):
        rows.append(
            [
                f"agree that the {len(open_to_choice)} option{_s(len(open_to_choice))} of ", Ref("chosen"),
                " that are not yet decided go forward to feasibility work and, where the law asks for it, consultation",
            ]
        )  # fmt: skip
    else:
        rows.append(["agree that no further option goes forward at this time"])
    if len(decided):
        rows.append(
            [f"note the {len(decided)} option{_s(len(decided))} of ", Ref("chosen"), " that are already decided"]
        )
    rows.append(["note the options that the plan doesn't open, and why (", Ref("options"), ")"])
    rows.append(["ask officers to report back on what has not been tested (", Ref("limits"), ") before any decision"])
    document.items(*rows, numbered=True)


def _reasons(document: Document, facts: Facts) -> None:
    """Write why: places first, then what the principles gain, then money, then how near the best plan this is."""
    document.heading("Reasons for the recommendations")
    document.items(*[row for row in (_places(facts), _count(facts), _worth(facts), _nearness(facts)) if row])


def _places(facts: Facts) -> list[Piece]:
    """Say who has no place under the plan and under the do-minimum."""
    short, late = facts.figure("shortfall"), facts.figure("shortfall_post_16")
    before = facts.mapping("do_minimum").get("shortfall")
    if short is None:
        return []
    now = "Every child from Reception to Year 11 has a place in every planned year" if short < 0.5 else (
        f"{whole(short)} child-years from Reception to Year 11 have no place (a child who waits three years counts three times)"
    )  # fmt: skip
    row: list[Piece] = [f"Places. {now} ", facts.of_figure("shortfall")]
    if before is not None:
        row += [
            f"; with nothing opened beyond what is committed, {whole(before)} child-years would have none ",
            facts.cite("run", "do_minimum.shortfall"),
        ]
    if late is not None and late >= 0.5:
        row += [f". In Years 12 and 13, {whole(late)} child-years have no place ", facts.of_figure("shortfall_post_16")]
    return [*row, "."]


def _count(facts: Facts) -> list[Piece]:
    """Say how many options there were, how many are opened, and at what capital."""
    every, chosen, capital = (facts.figure(name) for name in ("options", "options_chosen", "capital_pounds"))
    if every is None or chosen is None or capital is None:
        return []
    return [
        f"Options. Of {whole(every)} options ", facts.of_figure("options"), f", the best plan found opens {whole(chosen)} ",
        facts.of_figure("options_chosen"), f" for {pounds(capital)} of capital ", facts.of_figure("capital_pounds"), ".",
    ]  # fmt: skip


def _worth(facts: Facts) -> list[Piece]:
    """Say whether the plan is better than the do-minimum on principles and cost together."""
    after, before = facts.figure("objective"), facts.mapping("do_minimum").get("objective")
    if after is None or before is None:
        return []
    words = f"Principles and cost together (lower is better): {after:.3f} under the plan "
    row: list[Piece] = [
        words,
        facts.of_figure("objective"),
        f", {before:.3f} under the do-minimum ",
        facts.cite("run", "do_minimum.objective"),
    ]
    if after > before + 1e-6:
        row.append(
            ". On these alone the do-minimum is better; it is no equal choice where it leaves more children without a place"
        )
    return [*row, "."]


def _nearness(facts: Facts) -> list[Piece]:
    """Say how near the best possible plan this one is."""
    gap, of_change = facts.figure("gap"), facts.figure("controllable_gap")
    status = facts.published.text("status")
    if gap is None or of_change is None:
        return [
            f"How near the best plan. The solver's status is “{status}”; how far a better plan could go is not known."
        ]
    return [
        f"How near the best plan. The solver's status is “{status}”. No plan can be better by more than {per_cent(gap)} of the objective ",
        facts.of_figure("gap"), f", which is {per_cent(of_change)} of what the plan changes against the do-minimum ",
        facts.of_figure("controllable_gap"), ".",
    ]  # fmt: skip


def _s(count: int) -> str:
    return "" if count == 1 else "s"
