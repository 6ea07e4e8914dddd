"""Mail and links about messages, going out and coming in."""
