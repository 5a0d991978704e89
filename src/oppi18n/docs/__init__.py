"""Bilingual pages: read without loss, held against their source, written span by span."""
