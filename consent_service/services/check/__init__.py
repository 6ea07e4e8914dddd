"""May this be done? For one visitor, one person, or a list."""
