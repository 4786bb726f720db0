"""⑥ Findings and figures in words, tables and JSON; returns text, prints nothing."""
