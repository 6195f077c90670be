"""The field's words as small frozen types: academic year, NC year, errors, progress. No input, no output."""
