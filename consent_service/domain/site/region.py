"""Region profiles: what holds where a person is, as a record names it."""

REGION = "opt_in"
"""Without regions everybody has the strictest profile: nothing that is asked for is allowed before a yes."""
