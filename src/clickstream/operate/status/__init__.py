"""How a kit is: its parts, its topic, its queries and what has landed."""
