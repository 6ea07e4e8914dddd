"""How many of something, in words."""


def count_noun(number: int, noun: str) -> str:
    """Write a number and what it counts: 1 record, 2 records."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
