"""What is done to a running pipeline: by kind, each with what the kit promises after it."""
