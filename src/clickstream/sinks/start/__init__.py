"""What a start verifies before the job touches a run: its lock, terms, checkpoint and output."""
