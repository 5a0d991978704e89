"""Translation units: a source text, its translations, and where both of them stand."""
