"""What people may ask for: their state and history, and erasure."""
