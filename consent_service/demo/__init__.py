"""The demo shop: an invented jeweller that gates its optional cookies as a real shop would."""
