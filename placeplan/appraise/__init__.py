"""Appraise: what a plan means, in tables that people read."""
