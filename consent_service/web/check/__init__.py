"""The check, one at a time and in lists, over HTTP."""
