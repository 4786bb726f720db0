"""One micro-batch → the files of its tables and its record, exactly once."""
