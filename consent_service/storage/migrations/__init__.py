"""Numbered, frozen steps of the schema; each declares its own copy of the tables it makes."""
