"""What a check found, for people and as JSON."""
