"""What a kit needs, checked in a second, each with how to fix it."""
