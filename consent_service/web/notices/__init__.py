"""Notices prepared for every language, and the styles they wear."""
