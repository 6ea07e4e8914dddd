"""The front: takes requests in on the event loop, and says which of our own threads works on each."""
