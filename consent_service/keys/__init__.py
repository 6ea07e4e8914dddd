"""Keys and secrets: made, kept as files, and used to sign, verify and seal."""
