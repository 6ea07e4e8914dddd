"""One shop: its purposes, its texts, its origins."""
