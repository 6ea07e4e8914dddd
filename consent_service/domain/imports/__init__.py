"""Other tools' files, read row by row."""
