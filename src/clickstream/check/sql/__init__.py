"""SQL over the landed tables: polars runs it, over the files that batch records list."""
