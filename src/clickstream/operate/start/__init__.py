"""Start parts of the pipeline in the background: up and restart."""
