"""Addresses: what a person typed, checked and brought to one normal form."""
