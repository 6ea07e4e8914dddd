"""Asking, confirming, unsubscribing and mailing."""
