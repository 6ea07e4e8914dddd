"""Delivery: what leaves this service, as mail or as a webhook."""
