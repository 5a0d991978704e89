"""Rules as SQL, for the dialects of many databases: an own emitter, exact or not at all."""
