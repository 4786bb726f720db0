"""④ One micro-batch to files, exactly once."""
