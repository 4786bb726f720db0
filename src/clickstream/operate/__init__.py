"""What a person does to a running kit: start it, look at it, restart its parts, clear it up."""
