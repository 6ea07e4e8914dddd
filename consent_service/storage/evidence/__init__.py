"""The sealed ledger in the database: what is still to be sealed, the tree and its checkpoints."""
