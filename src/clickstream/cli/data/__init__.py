"""Commands on the data: from events that are produced to rows that are checked."""
