"""What the operator does: prepare a home, issue keys, see that all is well."""
