"""⑤ The oracle: recomputes every landed row from the topic's bytes; the only room that knows polars."""
