"""Contoso's house rules are data: nothing here is ever imported."""
