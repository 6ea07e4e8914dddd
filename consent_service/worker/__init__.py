"""The process that does the jobs of the outbox and the housekeeping."""
