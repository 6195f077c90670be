"""Streams: random numbers that belong to a name, so that another name more leaves them as they were."""

import hashlib

import numpy as np


def stream(name: str, seed: int) -> np.random.Generator:
    """Return the random stream of a name."""
    digest = hashlib.blake2b(f"{seed}|{name}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
