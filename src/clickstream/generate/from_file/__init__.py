"""Events from a file or a pipe, behind the same protocol as those that are made from a seed."""
