"""Generator to broker: one producer or several, and the ledger of what was sent."""
