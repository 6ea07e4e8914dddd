"""Tests, a folder for each layer; structure/ looks at the tree, integration/ and browser/ at the whole."""
