"""① Seeded web clicks: the same records from the same seed, on every machine."""
