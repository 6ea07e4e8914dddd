"""What stands around every request: wiring, visit, guards, headers, problems."""
