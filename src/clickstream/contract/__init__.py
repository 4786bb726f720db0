"""What the rooms agree on: events, tables, records, layout, batch records. Standard library only."""
