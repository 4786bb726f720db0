"""The parts that run in the background: their names, processes, settings and ends."""
