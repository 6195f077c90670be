"""The pool of plans that robustness compares, as the certificate keeps it: each plan's deviations, openings and cost."""

import numpy as np

from placeplan.allocate.certificate_files import archived, arrays_of
from placeplan.appraise.standing import Pool

POOL = "certificate/pool.npz"
NAMES = ("deviations", "openings", "cost", "short")


def pool_file(pool: Pool) -> bytes:
    """Return a pool as an archive of arrays."""
    return archived({"names": np.array(pool.names)} | {name: getattr(pool, name) for name in NAMES})


def pool_of(content: bytes) -> Pool:
    """Return the pool that a file holds. Raises ValueError or KeyError for what is none."""
    arrays = arrays_of(content)
    return Pool(tuple(arrays["names"].astype(str).tolist()), *(arrays[name].astype(float) for name in NAMES))
