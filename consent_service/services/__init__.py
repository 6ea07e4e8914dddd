"""What the service does: one use case a function, each owning its transaction."""
