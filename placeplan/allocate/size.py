"""Size: which way a problem is solved, by how many columns it has."""

from placeplan.allocate.problem import Matrix

SMALL, HUGE = 20_000, 250_000  # columns


def is_small(matrix: Matrix) -> bool:
    """Return whether a problem goes to HiGHS as it is."""
    return len(matrix.cost) <= SMALL


def is_large(matrix: Matrix) -> bool:
    """Return whether a problem is solved by its relaxation first."""
    return not is_small(matrix)


def is_huge(matrix: Matrix) -> bool:
    """Return whether one linear program of a problem may take minutes: it is branched on only if it must be."""
    return len(matrix.cost) > HUGE
