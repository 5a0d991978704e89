"""What a ruleset is compiled to: one module per target, each with the meaning of the rule language."""
