"""Receipts and public keys over HTTP."""
