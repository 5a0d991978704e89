"""Opportunities over HTTP: pages for people, an API for programs, the same rules and words for both."""
