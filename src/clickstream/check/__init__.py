"""⑤ The oracle: recomputes every landed row from the topic's bytes and compares all of them."""
