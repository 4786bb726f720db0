"""Expected rows against landed rows."""
