"""Rules are proved by cases: records beside each ruleset, and what the rules have to say about them."""
