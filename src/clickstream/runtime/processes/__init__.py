"""Processes that outlive the command that started them, or end with it."""
