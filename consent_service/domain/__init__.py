"""The rules: pure functions and values, standard library only; clock, randomness and keys come in as arguments."""
