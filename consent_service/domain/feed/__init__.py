"""What is told to the shop: cursors, events and their signatures."""
