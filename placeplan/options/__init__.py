"""Options: what could be done, one file a kind."""
