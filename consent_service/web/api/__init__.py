"""What every route of the JSON API shares."""
