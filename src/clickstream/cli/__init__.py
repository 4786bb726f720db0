"""The command line, in street order: parse, call, print, exit."""
