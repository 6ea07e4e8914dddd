"""Taking in lists of other tools, and writing such lists."""
