"""The scenario: what an officer gives, read, checked and never asked again."""
