"""Choices of visitors, recorded in one transaction."""
