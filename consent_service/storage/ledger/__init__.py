"""How records and what is in force are written into few bytes, and read back to the very same text."""
