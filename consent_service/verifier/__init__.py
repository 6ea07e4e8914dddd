"""Verifying with public keys alone: no database, no network, no home folder, and neither Flask nor peewee."""
