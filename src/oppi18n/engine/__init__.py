"""Facts meet a compiled ruleset and leave as a decision that knows no language."""
