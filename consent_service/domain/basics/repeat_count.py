"""Repeats: how often a list names somebody again, counted in eight bytes a row however long the list is."""

from array import array

PARTS = 256


class Repeats:
    """Counts names that were met before; of each it keeps the 64 bits by which Python finds it in a dictionary."""

    def __init__(self) -> None:
        self._parts = [array("q") for _ in range(PARTS)]

    def add(self, name: str) -> None:
        """Take in one name."""
        mark = hash(name)
        self._parts[mark % PARTS].append(mark)

    def count(self) -> int:
        """Tell how many of them were repeats; part by part, so that this too needs little memory."""
        return sum(len(part) - len(set(part)) for part in self._parts)
