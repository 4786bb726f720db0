"""The wiring: who calls whom, and what one module passes to another; every run ends by count or deadline."""
