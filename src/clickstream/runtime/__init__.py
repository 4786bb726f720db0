"""What must be running: Java, jars, the embedded broker, processes."""
