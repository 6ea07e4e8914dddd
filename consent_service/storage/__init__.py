"""What the service remembers: the only importer of peewee; named queries that return domain values."""
