"""Faults on purpose, over a running pipeline: after each, what is landed is that of an undisturbed run."""
