"""The nine place-planning principles: nine files, strangers to each other. `principle.py` is what all can do."""
