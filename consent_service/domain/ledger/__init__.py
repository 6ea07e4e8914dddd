"""Consent records, the notices they name, and receipts of them."""
