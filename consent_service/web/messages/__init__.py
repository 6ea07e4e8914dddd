"""Newsletter, confirmation, unsubscribing and preference centre over HTTP."""
