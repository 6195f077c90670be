"""The objective is proven by cuts where leaves don't reach it: exactly, never above the optimum, and no leaf may be lost."""

from dataclasses import replace

import numpy as np
import pytest

from authorities import enumerated
from placeplan.allocate import allocate as stage
from placeplan.allocate.certificate import BY_CUTS, certified, certified_of
from placeplan.allocate.certificate_labels import proof_of
from placeplan.domain.errors import CertificateRefused
from towns import plan_for, too_few

NEAR = 1e-6


@pytest.fixture(scope="module")
def planned():
    """A plan of which no leaves were kept, as if time had been out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "_branched", lambda *_, **__: None)
        return plan_for(too_few(3))


def test_cuts_prove_the_optimum_of_plain_enumeration(planned):
    found, truth = certified_of(planned.allocation), enumerated(planned)
    assert found.how == BY_CUTS
    assert found.cuts == len(planned.allocation.cuts.duals) >= 1
    assert found.root_bound < truth - 1e-3
    assert truth - NEAR <= found.bound <= truth + NEAR


def test_other_duals_never_prove_more_than_the_optimum(planned):
    proof, draw = proof_of(planned.allocation), np.random.default_rng(14)
    truth, cuts, tried = enumerated(planned), planned.allocation.cuts, 0
    for k in range(40):
        duals = cuts.duals * (1 + np.ldexp(draw.integers(-64, 64, cuts.duals.shape).astype(float), -6 - k // 4))
        leaves = cuts.leaves
        if k % 2:
            near = 1 + np.ldexp(draw.integers(-64, 64, leaves.duals.shape).astype(float), -6 - k // 4)
            duals, leaves = cuts.duals, replace(leaves, duals=leaves.duals * near)
        try:
            found = certified(replace(proof, cuts=replace(cuts, duals=duals, leaves=leaves)))
        except CertificateRefused:
            continue
        tried += 1
        assert found.bound <= truth + NEAR
    assert tried


def test_a_leaf_of_the_cuts_lost_is_refused(planned):
    proof, cuts = proof_of(planned.allocation), planned.allocation.cuts
    fewer = replace(cuts.leaves, openings=cuts.leaves.openings[1:], vector=cuts.leaves.vector[1:])
    with pytest.raises(CertificateRefused, match=r"certificate/cuts\.npz"):
        certified(replace(proof, cuts=replace(cuts, leaves=fewer)))
