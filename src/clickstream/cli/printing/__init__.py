"""What commands print: results to stdout; progress, logs and errors to stderr."""
