"""Checking the whole store against what was signed."""
