"""What each table must hold: the rules of docs/semantics.md over the topic's events, a file per table."""
