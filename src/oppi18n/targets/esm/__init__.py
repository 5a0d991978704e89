"""Rules as JavaScript for the browser: one module per ruleset that depends on nothing."""
