"""Journeys: who could go where, for how long, and what a plan makes of it."""
