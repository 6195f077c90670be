"""placeplan."""
