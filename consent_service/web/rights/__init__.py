"""State, history and erasure over HTTP."""
