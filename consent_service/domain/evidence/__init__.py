"""The evidence: a tree of hashes over all records, its signed heads, and proofs that a record lies in it."""
