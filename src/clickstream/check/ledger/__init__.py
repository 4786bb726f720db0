"""What producers sent against what the topic holds and what landed."""
