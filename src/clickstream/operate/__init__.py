"""What a person does to a running kit: up, down."""
