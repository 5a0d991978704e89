"""The life of a catalog: it follows the source texts and never loses a translation."""
