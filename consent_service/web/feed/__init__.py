"""Feed, export and webhooks over HTTP."""
