"""The commands that write files of a project: `init` and `add table`."""
