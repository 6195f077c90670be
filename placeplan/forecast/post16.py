"""Post-16: who of Year 11 wants a place in a school sixth form."""

from placeplan.domain.arrays import Number
from placeplan.forecast.survival import survival_ratios
from placeplan.scenario.scenario import Scenario

COLLEGE = "participation.college_share"


def staying_on(scenario: Scenario, rolls: Number) -> tuple[float, tuple[str, ...]]:
    """Return Year 12 places wanted for one pupil of Year 11 a year before, and what to say of it.

    rolls: the authority's history, academic year × NC year.
    The formula is target of participation × (1 − the colleges' share). A share given in the assumptions is used as it
    stands; else it is derived from the observed staying-on, 1 − observed / target, not below 0; else the default.
    """
    target = scenario.assume("participation.target")
    if (scenario.table("assumptions")["assumption"] == COLLEGE).any():
        college = scenario.assume(COLLEGE)
        return target * (1 - college), ()
    if len(rolls) < 2 or not rolls[:-1, 11].any() or target <= 0:
        college = scenario.assume(COLLEGE)
        told = f"Colleges are taken to have {college:.0%} of Year 11: no history of Years 11 and 12 shows it."
        return target * (1 - college), (told,)
    observed = float(survival_ratios(rolls, scenario.settings.forecast.survival_weights)[11])
    college = max(0.0, 1 - observed / target)
    told = (
        f"For 100 pupils of Year 11 the sixth forms had {100 * observed:.1f} in Year 12 a year later. With a target of"
        f" {target:.0%} in education or training the colleges' share is therefore taken as {college:.1%} of those"
        " who take part; it is held."
    )
    return target * (1 - college), (told,)
