"""The gallery shows every message as its readers meet it, with the record that brings it about."""
