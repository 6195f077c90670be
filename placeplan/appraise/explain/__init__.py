"""explain: why a run says what it says, one file for each kind of thing that may be asked about."""
