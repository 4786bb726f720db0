"""The whole pipeline once, in a separate folder."""
