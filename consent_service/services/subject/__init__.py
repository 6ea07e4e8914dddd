"""Acts of people known by an address, recorded in one transaction."""
