"""A translation memory is one SQLite file: what was translated before, found again exactly, nearly, and never reversed."""
