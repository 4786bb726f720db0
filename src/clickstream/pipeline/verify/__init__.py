"""Landed files to a verdict, of this run or of a replay."""
