"""What a ruleset can say at all: every abstract state of its model is put to the engine."""
