"""The rule language: expressions in the subset of CEL, rulesets in YAML, and what is checked in both."""
