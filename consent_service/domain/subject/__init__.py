"""People known by an address: what they do, and what is in force for them."""
