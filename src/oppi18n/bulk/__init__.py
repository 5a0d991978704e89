"""Millions of records at once: the same rules as SQL, where the data is."""
