"""pooled: a forecast that borrows strength from other authorities: what changes everywhere, and how each one drifts."""
