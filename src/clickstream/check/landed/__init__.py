"""Landed files → rows: the files that batch records list, and the ones that no record lists."""
