"""Backups: taken beside the service, restored with every no of since, tried out, and used for upgrades."""
