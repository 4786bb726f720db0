"""What the modules agree on: events, tables, runs, records. Standard library only."""
