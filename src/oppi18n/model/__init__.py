"""What is known of an opportunity: record types, enumerations, values and facts."""
