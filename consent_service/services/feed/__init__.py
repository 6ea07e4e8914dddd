"""Telling the shop what changed: feed, export, webhooks."""
