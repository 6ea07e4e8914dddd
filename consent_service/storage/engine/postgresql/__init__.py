"""The PostgreSQL engine, all of its dialect: connections, claims as locked rows, the schema."""
