"""What a pipeline is: its event, its tables, and why a message is rejected."""
