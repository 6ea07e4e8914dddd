"""Values and readers that know nothing of consent; imports no other area."""
