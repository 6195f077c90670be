"""School places: what will be needed, where, when, and the best provable plan for it."""

__version__ = "26.1.0"
