"""The whole pipeline once, in a folder of its own."""
